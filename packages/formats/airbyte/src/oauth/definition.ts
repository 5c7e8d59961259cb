import type { Json } from '@latchkey/core'
import {
  below,
  invalid,
  isObject,
  unknownMembers,
  type JsonObject,
  type Warning,
} from '@latchkey/core/definition'

/** An answer that means that a refresh token has ended. */
export interface ErrorRule {
  readonly statuses: readonly number[]
  readonly key: string
  readonly values: readonly string[]
}

/** Where the configuration keeps single-use tokens. */
export interface UpdaterPaths {
  readonly accessToken: readonly string[]
  readonly refreshToken: readonly string[]
  readonly expiry: readonly string[]
}

/** An `OAuthAuthenticator`, checked. Texts are templates. */
export interface OAuthDefinition {
  readonly at: string
  readonly clientId: string | undefined
  readonly clientSecret: string | undefined
  readonly endpoint: string | undefined
  readonly refreshToken: string | undefined
  readonly grant: string
  readonly accessTokenValue: string | undefined
  readonly expiryDate: string | undefined
  readonly scopes: readonly string[]
  readonly body: JsonObject
  readonly headers: JsonObject
  readonly inQuery: boolean
  readonly names: {
    readonly clientId: string
    readonly clientSecret: string
    readonly refreshToken: string
    readonly grant: string
    readonly accessToken: string
    readonly expiresIn: string
  }
  readonly errors: ErrorRule | undefined
  readonly updater: UpdaterPaths | undefined
  /** The `JwtAuthenticator` whose token is the assertion, where one is used. */
  readonly assertion: JsonObject | undefined
}

const errorMembers = [
  'refresh_token_error_status_codes',
  'refresh_token_error_key',
  'refresh_token_error_values',
]
const updaterMembers = [
  'refresh_token_name',
  'access_token_config_path',
  'refresh_token_config_path',
  'token_expiry_date_config_path',
  ...errorMembers,
]
const members = [
  'type',
  '$parameters',
  'name',
  'client_id',
  'client_secret',
  'client_id_name',
  'client_secret_name',
  'refresh_token_name',
  'grant_type_name',
  'token_refresh_endpoint',
  'refresh_token',
  'grant_type',
  'access_token_name',
  'expires_in_name',
  'access_token_value',
  'token_expiry_date',
  'token_expiry_date_format',
  'scopes',
  'refresh_request_body',
  'refresh_request_headers',
  'send_refresh_request_as_query_params',
  'refresh_token_updater',
  'profile_assertion',
  'use_profile_assertion',
  ...errorMembers,
]

/**
 * Reads an `OAuthAuthenticator`.
 * @throws {AuthError} definition_invalid that names the member
 */
export function readOAuth(
  definition: unknown,
  at: string,
  warn: (warning: Warning) => void,
): OAuthDefinition {
  if (!isObject(definition)) throw invalid(at, 'an authenticator must be an object with a type')
  unknownMembers(definition, members, at).forEach(warn)
  const text = (name: string): string | undefined => textAt(definition, name, at)
  const updater = objectAt(definition, 'refresh_token_updater', at)
  if (updater !== undefined)
    unknownMembers(updater, updaterMembers, below(at, 'refresh_token_updater')).forEach(warn)
  const grant = text('grant_type') ?? 'refresh_token'
  const assertion = assertionOf(definition, at)
  const endpoint = text('token_refresh_endpoint')
  if (endpoint === '') throw invalid(below(at, 'token_refresh_endpoint'), 'this must be a URL')
  const client = ['client_id', 'client_secret'].find((name) => text(name) === undefined)
  if (endpoint !== undefined && assertion === undefined && client !== undefined)
    throw invalid(below(at, client), 'both client_id and client_secret must be given')
  if (endpoint !== undefined && assertion === undefined && grant === 'refresh_token')
    if (text('refresh_token') === undefined && updater === undefined)
      throw invalid(below(at, 'refresh_token'), 'the grant refresh_token needs a refresh_token')
  if (endpoint === undefined && text('access_token_value') === undefined)
    throw invalid(at, 'give token_refresh_endpoint, or access_token_value for a token that is never renewed')
  const refreshName = updater === undefined ? undefined : textAt(updater, 'refresh_token_name', at)
  return {
    at,
    clientId: text('client_id'),
    clientSecret: text('client_secret'),
    endpoint,
    refreshToken: text('refresh_token'),
    grant,
    accessTokenValue: text('access_token_value'),
    expiryDate: text('token_expiry_date'),
    scopes: textsAt(definition, 'scopes', at) ?? [],
    body: objectAt(definition, 'refresh_request_body', at) ?? {},
    headers: objectAt(definition, 'refresh_request_headers', at) ?? {},
    inQuery: definition['send_refresh_request_as_query_params'] === true,
    names: {
      clientId: text('client_id_name') ?? 'client_id',
      clientSecret: text('client_secret_name') ?? 'client_secret',
      refreshToken: refreshName ?? (updater ? undefined : text('refresh_token_name')) ?? 'refresh_token',
      grant: text('grant_type_name') ?? 'grant_type',
      accessToken: text('access_token_name') ?? 'access_token',
      expiresIn: text('expires_in_name') ?? 'expires_in',
    },
    errors: errorsOf(definition, updater, at),
    updater: updater === undefined ? undefined : pathsOf(updater, below(at, 'refresh_token_updater')),
    assertion,
  }
}

function pathsOf(updater: JsonObject, at: string): UpdaterPaths {
  const path = (name: string, usual: string): readonly string[] =>
    textsAt(updater, `${name}_config_path`, at) ?? ['credentials', usual]
  return {
    accessToken: path('access_token', 'access_token'),
    refreshToken: path('refresh_token', 'refresh_token'),
    expiry: path('token_expiry_date', 'token_expiry_date'),
  }
}

function assertionOf(definition: JsonObject, at: string): JsonObject | undefined {
  const use = definition['use_profile_assertion']
  // A template is always true at home; a person who writes "false" means it.
  if (use === undefined || use === null || use === false || /^\s*(?:false|0)?\s*$/i.test(asText(use)))
    return undefined
  const found = objectAt(definition, 'profile_assertion', at)
  if (found !== undefined) return found
  throw invalid(below(at, 'profile_assertion'), 'use_profile_assertion needs the JwtAuthenticator that signs')
}

function errorsOf(
  definition: JsonObject,
  updater: JsonObject | undefined,
  at: string,
): ErrorRule | undefined {
  const holders = [definition, ...(updater === undefined ? [] : [updater])].filter((holder) =>
    errorMembers.some((name) => !isEmpty(holder[name])),
  )
  if (holders.length > 1)
    throw invalid(at, 'refresh_token_error_… stands here and in refresh_token_updater; keep one of them')
  const [holder] = holders
  if (holder === undefined) return undefined
  const [codes, key, values] = errorMembers.map((name) => holder[name])
  // All three are needed: the rule means nothing without one of them.
  if (isEmpty(codes) || isEmpty(key) || isEmpty(values)) return undefined
  if (!Array.isArray(codes) || typeof key !== 'string' || !Array.isArray(values))
    throw invalid(at, 'refresh_token_error_… must be a list of statuses, a name and a list of values')
  return { statuses: codes.map(Number), key, values: values.map(String) }
}

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)

/** A value of the file as text: what is no text is written as JSON. */
export const asText = (value: Json | undefined): string =>
  typeof value === 'string' ? value : JSON.stringify(value ?? '')

/** A template; numbers are written as they stand in the file. */
export function textAt(holder: JsonObject, name: string, at: string): string | undefined {
  const value = holder[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  throw invalid(below(at, name), 'this must be text')
}

function textsAt(holder: JsonObject, name: string, at: string): readonly string[] | undefined {
  const value: unknown = holder[name]
  if (value === undefined || value === null) return undefined
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value
  throw invalid(below(at, name), 'this must be a list of texts')
}

function objectAt(holder: JsonObject, name: string, at: string): JsonObject | undefined {
  const value = holder[name]
  if (value === undefined || value === null) return undefined
  if (isObject(value)) return value
  throw invalid(below(at, name), 'this must be an object')
}
