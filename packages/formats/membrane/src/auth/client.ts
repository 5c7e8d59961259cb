import { AuthError } from '@latchkey/core'
import { chain } from '@latchkey/core/crypto'
import { below } from '@latchkey/core/definition'
import type { MembraneCredentials } from './credentials.ts'
import { readClient, type ClientConfig } from '../client/config.ts'
import { evaluate, evaluateUrl, type EvaluateOptions } from '../formula/index.ts'
import type { Implementation } from '../dialect/types.ts'
import {
  isOptional,
  methodOf,
  run,
  variablesOf,
  type Later,
  type Plan,
  type Settings,
  type Variables,
} from './plan.ts'
import { guardHost, isPlain } from './urls.ts'

/** What a request has where a definition says nothing of it. */
const silent: ClientConfig = { baseUri: undefined, extension: {}, responseHandlers: [], onError: undefined }

/**
 * The client of one connection: where its API is and what each request has. A mapping is worked out without its
 * response handlers, which speak of a response that is not there yet, and a value that is missing in it is an error:
 * at Membrane `Bearer ` would be sent.
 * @throws {AuthError} credentials_missing or settings_invalid that name what is missing; response_invalid where the last answer could not be read
 */
export function clientFor(plan: Plan, settings: Settings, credentials: unknown): Later<ClientConfig> {
  const { problem } = (credentials ?? {}) as Pick<MembraneCredentials, 'problem'>
  if (problem !== undefined) throw unusable(plan, problem)
  const method = methodOf(plan, 'makeApiClient')
  if (method === undefined) return silent
  const { at } = method
  if (method.kind !== 'mapping' || !isPlain(method.mapping))
    return computed(plan, method, settings, credentials)
  const variables = variablesOf(plan, settings, credentials)
  const { responseHandlers, baseUri, baseUrl, ...rest } = method.mapping
  const strict = strictly(plan)
  const values = Object.fromEntries(
    Object.entries(rest).map(([name, value]) => [name, evaluate(value, variables, below(at, name), strict)]),
  )
  return readClient({ ...values, responseHandlers, baseUri: baseIn(baseUri ?? baseUrl, variables, at) }, at)
}

function unusable({ definition }: Plan, problem: MembraneCredentials['problem']): AuthError {
  const at = definition.getCredentialsFromRefreshTokenResponse?.at ?? definition.at
  const said =
    problem === 'unread'
      ? `${at} failed over the last answer of the provider`
      : 'The last answer of the provider brought no access token'
  return new AuthError('response_invalid', `${said}; it will be asked again`)
}

/** Nothing goes out with a hole in it. */
const strictly = (plan: Plan): EvaluateOptions => ({ missing: 'error', optional: isOptional(plan) })

/** Where the API of a connection is; undefined where the definition does not say. */
export function baseFor(plan: Plan, settings: Settings, credentials: unknown): Later<string | undefined> {
  const method = methodOf(plan, 'makeApiClient')
  if (method === undefined) return undefined
  if (method.kind !== 'mapping' || !isPlain(method.mapping))
    return chain(computed(plan, method, settings, credentials), ({ baseUri }) => baseUri)
  const { baseUri, baseUrl } = method.mapping
  return baseIn(baseUri ?? baseUrl, variablesOf(plan, settings, credentials), method.at)
}

/** The core decides which addresses a connection may reach, by what the operator allows. */
function baseIn(base: unknown, variables: Variables, at: string): string | undefined {
  return base === undefined
    ? undefined
    : evaluateUrl(base, variables, below(at, 'baseUri'), { allow: 'private' })
}

/** A client that code, or a formula as a whole, puts together. */
function computed(
  plan: Plan,
  method: Implementation,
  settings: Settings,
  credentials: unknown,
): Later<ClientConfig> {
  const { at } = method
  const variables = variablesOf(plan, settings, credentials)
  return chain(run(method, variables, undefined, strictly(plan)), (made) => {
    const client = readClient(made, at)
    guardHost(client.baseUri, plan.given(settings).connectionInput, below(at, 'baseUri'))
    return client
  })
}
