import type { Connector } from '../connector.ts'
import type { Credentials, Json } from '../context.ts'
import type { Fields } from '../fields/field.ts'
import type { AuthStrategy } from '../strategy.ts'

/** A JSON object: the form in which another system keeps what its users filled in. */
export interface JsonObject {
  readonly [name: string]: Json | undefined
}

/** What is risky, or was passed over, in a definition that works nevertheless. */
export interface Warning {
  /** Where in the file: `definitions.auth.header`, `streams[0].retriever`; '' is the whole. */
  readonly path: string
  /** What it is and what to do about it, in one or two sentences. */
  readonly message: string
}

/** A definition of another system, as a connector. */
export interface Imported<A extends AuthStrategy = AuthStrategy> {
  readonly connector: Connector<A>
  readonly warnings: readonly Warning[]
  /**
   * Our settings out of what the other system's users filled in, nested as they know it. Strings stay strings.
   * @throws {AuthError} settings_invalid naming the place in that configuration
   */
  settingsOf(config: JsonObject): Readonly<Record<string, Json>>
  /** The tokens that the other system's configuration holds, for `connect`'s `credentials`; undefined: it holds none. */
  credentialsOf?(config: JsonObject): Credentials | undefined
  /** The way back; what was rotated since comes out of the credentials, at the places where that system keeps it. */
  configOf(settings: Readonly<Record<string, unknown>>, credentials?: unknown): JsonObject
}

/** What a JSON Schema asks for, as a form of ours. A nested property is a field with dots: `credentials.client_id`. */
export interface SchemaForm {
  /** Of the whole form, or, where there are branches, common to all of them; in the order of `order`, then of the schema. */
  readonly fields: Fields
  /** The alternatives (`oneOf`) at the place that was asked for, each with its own fields. */
  readonly branches?:
    | {
        /** The field that tells them apart: `credentials.auth_type`. */
        readonly discriminator: string
        readonly title?: string | undefined
        readonly description?: string | undefined
        /** By the value of the discriminator, in the order of the schema. */
        readonly options: Readonly<
          Record<
            string,
            {
              readonly title?: string | undefined
              readonly description?: string | undefined
              readonly fields: Fields
            }
          >
        >
      }
    | undefined
  readonly warnings: readonly Warning[]
  settingsOf(config: JsonObject): Readonly<Record<string, Json>>
  configOf(settings: Readonly<Record<string, unknown>>): JsonObject
}

/** How a dialect of JSON Schema is read. */
export interface SchemaDialect {
  /** Whether a property holds a secret. A property that the dialect does not speak of is secret where this says so only. */
  readonly secret: (property: JsonObject, path: readonly string[]) => boolean
  /** The property whose alternatives become branches: `['credentials']`; other alternatives become conditional fields. */
  readonly branchesAt?: readonly string[] | undefined
  /** Where the schema stands in its file; begins the paths of warnings and errors. */
  readonly at: string
}

/** Bounds on what a definition from a stranger may make an interpreter do. */
export interface Limits {
  /** How many steps of evaluation; loops and calls count each time. */
  readonly steps: number
  /** How deep expressions, calls and values may nest. */
  readonly depth: number
  /** Characters of text and members of lists that may be made, in all. */
  readonly size: number
}

/** Counts what an interpreter does against its limits. */
export interface Budget {
  /** @throws {AuthError} definition_invalid where there are none left */
  step(count?: number): void
  /** Runs something one level deeper. @throws {AuthError} definition_invalid where that is too deep */
  deeper<T>(run: () => T): T
  /** @throws {AuthError} definition_invalid where it grows beyond the limit */
  grow(size: number): void
}
