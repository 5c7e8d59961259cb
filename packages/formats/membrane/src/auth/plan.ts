import type { AuthStrategy, CredentialContext, Fields, TestContext, Verdict } from '@latchkey/core'
import { chain } from '@latchkey/core/crypto'
import { invalid, isObject, type JsonObject } from '@latchkey/core/definition'
import type { Definition, Implementation, MethodName } from '../dialect/types.ts'
import { evaluate, type EvaluateOptions } from '../formula/index.ts'
import { valuesOf, type MembraneCredentials } from './credentials.ts'
import { failureOf } from './failure.ts'

export type Settings = Readonly<Record<string, unknown>>
export type Variables = Readonly<Record<string, unknown>>
export type Later<T> = T | Promise<T>

/** What a connection was given, in the shape that functions and formulas know. */
export interface Given {
  readonly connectionInput: JsonObject
  readonly connectorParameters: JsonObject
}

/** One way of signing in, worked out. */
export interface Plan {
  /** With what it inherits. */
  readonly definition: Definition
  readonly scheme: string
  readonly fields: Fields
  given(settings: Settings): Given
  /** What the host has said of where the API is. */
  readonly stated: { readonly baseUrl?: string | undefined; readonly origins?: readonly string[] | undefined }
}

/** A strategy whose settings are those of the form. */
export type Own = AuthStrategy<Settings, MembraneCredentials | undefined>

/** What a type adds to what all types have in common. */
export interface Way extends Pick<Own, 'acquire' | 'refresh' | 'authorize' | 'redact'> {
  /** Signs a request that has what `makeApiClient` says. */
  readonly sign?: Own['apply'] | undefined
  /** What a response says that no handler has judged; undefined: the default rules. */
  inspect?(response: Response, c: Inspected): Verdict | Promise<Verdict>
  /** Whether new credentials can be had without a person. */
  canRenew(credentials: unknown): boolean
  /** Fields besides those of the definition. */
  readonly fields?: Fields | undefined
  readonly test?: Own['test'] | undefined
}

export type Inspected = Parameters<NonNullable<Own['inspect']>>[1]
export type Held = CredentialContext<Settings, MembraneCredentials | undefined>
export type Tested = TestContext<Settings>

/** What formulas and functions see, by new names and old; `credentials` where a connection has some. */
export function variablesOf(plan: Plan, settings: Settings, credentials?: unknown): Variables {
  const { connectionInput, connectorParameters } = plan.given(settings)
  return {
    connectorParameters,
    connectionInput,
    appParameters: connectorParameters,
    connectionParameters: connectionInput,
    credentials: credentialsSeen(plan, connectionInput, credentials),
  }
}

/** Membrane's default: the input is the credentials; what was earned is merged over it. */
function credentialsSeen({ definition }: Plan, input: JsonObject, credentials: unknown): JsonObject {
  const earned = valuesOf(credentials)
  return definition.type === 'client-credentials' ? { ...input, ...earned } : earned
}

/**
 * Whether a value may be missing from what is sent: one that the form shows openly and does not insist on. A secret, or
 * what was earned, may not.
 */
export function isOptional({ definition, fields }: Plan): (locator: string) => boolean {
  return (locator) => {
    const [, root = '', name = ''] = /^(?:\$\.)?(\w+)\.(.+)$/.exec(locator) ?? []
    const field = fields[name]
    const isTyped =
      inputs.includes(root) || (root === 'credentials' && definition.type === 'client-credentials')
    return isTyped && field?.public === true && field.required !== true
  }
}

const inputs = ['connectionInput', 'connectionParameters', 'connectorParameters', 'appParameters']

/** The implementation of a method; undefined where there is none, or where it says that there is none. */
export function methodOf({ definition }: Plan, name: MethodName): Implementation | undefined {
  const method = definition[name]
  return method?.kind === 'not-supported' ? undefined : method
}

/** What a function gets besides values: a bounded fetch, and a client that signs in where there is a connection. */
export interface Tools {
  readonly fetch: typeof globalThis.fetch
  readonly apiClient?: unknown
}

/**
 * What a method gives back: a mapping's value, or what the imported function returns or resolves. The function gets copies
 * of all values: what it writes into them is nothing to the next call, nor to another account.
 * @throws {AuthError} what the function threw, as an error that names the method
 */
export function run(
  method: Implementation,
  variables: Variables,
  tools?: Tools,
  options: EvaluateOptions = {},
): Later<unknown> {
  const { at } = method
  if (method.kind === 'mapping') return evaluate(method.mapping, variables, at, options)
  if (method.kind !== 'javascript') throw invalid(at, `a ${method.kind} cannot stand here`)
  const { fetch, apiClient } = tools ?? {}
  const input = {
    ...structuredClone(variables),
    ...(fetch && { fetch }),
    ...(apiClient !== undefined && { apiClient, externalApiClient: apiClient }),
  }
  const failed = (error: unknown): never => {
    throw failureOf(error, at, 'credentials_rejected', variables)
  }
  try {
    const made = method.run(input)
    return isLater(made) ? Promise.resolve(made).catch(failed) : made
  } catch (error) {
    return failed(error)
  }
}

/** Whether it is a promise, of whatever library. */
const isLater = (made: unknown): made is PromiseLike<unknown> =>
  isObject(made) && typeof (made as { readonly then?: unknown }).then === 'function'

/** The object that a method gives back; nothing where there is no such method. */
export function objectFrom(
  plan: Plan,
  name: MethodName,
  variables: Variables,
  tools: Tools,
): Later<JsonObject | undefined> {
  const method = methodOf(plan, name)
  if (method === undefined) return undefined
  return chain(run(method, variables, tools), (made) => {
    // A mapping that comes to nothing has nothing to say; at Membrane it is no error either.
    if (made === undefined && method.kind === 'mapping') return {}
    if (isObject(made)) return made
    throw invalid(method.at, 'must give an object')
  })
}
