import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { AuthContext, CredentialContext, Credentials } from '../context.ts'
import { choicesOf } from '../fields/value.ts'
import type { Condition, Field, Fields } from '../fields/field.ts'
import type { AuthStrategy } from '../strategy.ts'

/** One of the strategies that stand together. */
export interface Part {
  readonly name: string
  /** Before the names of its fields: '' or the name and a dot. */
  readonly prefix: string
  readonly strategy: AuthStrategy
}

/** What the parts of `allOf` earned, in their order; null: nothing, or nothing yet. */
export interface AllOfCredentials extends Credentials {
  readonly parts: readonly (Credentials | null)[]
}

/** The settings of a part under the names that it knows. */
export function ownSettings(
  { prefix, strategy }: Part,
  settings: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.keys(strategy.fields)
      .filter((name) => Object.hasOwn(settings, prefix + name))
      .map((name) => [name, settings[prefix + name]]),
  )
}

type Settings = Readonly<Record<string, unknown>>

/** The context of a part: its own settings, memory and credentials; `more` are the members of one verb. */
export function contextOf<T extends object>(
  part: Part,
  c: AuthContext<Settings>,
  credentials?: Credentials | null,
  more?: T,
): CredentialContext<Settings, Credentials | undefined> & T {
  return {
    settings: ownSettings(part, c.settings),
    memory: memoryIn(c.memory, part.name),
    fetch: c.fetch,
    // ky is made when it is first asked for.
    get http() {
      return c.http
    },
    now: c.now,
    random: c.random,
    signal: c.signal,
    credentials: credentials ?? undefined,
    ...(more as T),
  }
}

/** A map of its own inside a map. */
export function memoryIn(memory: Map<string, unknown>, name: string): Map<string, unknown> {
  const key = `allOf ${name}`
  const own = memory.get(key) ?? new Map<string, unknown>()
  memory.set(key, own)
  return own as Map<string, unknown>
}

/**
 * The fields of all parts.
 * @throws {TypeError} that names a field which two parts ask for
 */
export function mergedFields(parts: readonly Part[]): Fields {
  const owners = new Map<string, Part>()
  const fields: Record<string, Field> = {}
  for (const part of parts) {
    for (const [name, field] of Object.entries(part.strategy.fields)) {
      const full = part.prefix + name
      const other = owners.get(full)
      if (other) {
        throw new TypeError(
          `allOf(): the field "${full}" stands in ${other.strategy.scheme} and in ${part.strategy.scheme}; ` +
            'name the parts, allOf({ app: …, user: … }), or rename one of the fields',
        )
      }
      owners.set(full, part)
      fields[full] = part.prefix === '' ? field : prefixed(field, part)
    }
  }
  return fields
}

/** The same field where the fields that it speaks of have longer names. */
function prefixed(field: Field, part: Part): Field {
  const longer = (condition: Condition): Condition => {
    if ('all' in condition) return { all: condition.all.map(longer) }
    if ('any' in condition) return { any: condition.any.map(longer) }
    return { ...condition, field: part.prefix + condition.field }
  }
  const { when, required } = field
  const ask = 'choices' in field && typeof field.choices === 'function' ? field.choices : undefined
  const listed = choicesOf(field)?.map((choice) =>
    choice.when ? { ...choice, when: longer(choice.when) } : choice,
  )
  const choices = ask ? (c: Parameters<typeof ask>[0]) => ask(contextOf(part, c)) : listed
  return {
    ...field,
    ...(when && { when: longer(when) }),
    ...(typeof required === 'object' && { required: longer(required) }),
    ...(choices && { choices }),
  }
}

/** The schemas of all parts as one: each sees its own settings, and its issues name the fields of the whole. */
export function mergedSchema(parts: readonly Part[]): StandardSchemaV1 | undefined {
  const checked = parts.flatMap((part) =>
    part.strategy.schema ? [{ part, schema: part.strategy.schema }] : [],
  )
  if (checked.length === 0) return undefined
  const validate = async (value: unknown): Promise<StandardSchemaV1.Result<unknown>> => {
    const issues: StandardSchemaV1.Issue[] = []
    for (const { part, schema } of checked) {
      const result = await schema['~standard'].validate(ownSettings(part, value as Settings))
      for (const { message, path = [] } of result.issues ?? []) {
        const [first, ...rest] = path.map((segment) => (typeof segment === 'object' ? segment.key : segment))
        issues.push({ message, path: first === undefined ? [] : [part.prefix + String(first), ...rest] })
      }
    }
    return issues.length > 0 ? { issues } : { value }
  }
  return { '~standard': { version: 1, vendor: 'latchkey', validate } }
}
