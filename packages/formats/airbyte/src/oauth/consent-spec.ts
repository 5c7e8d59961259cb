import {
  below,
  invalid,
  isObject,
  unknownMembers,
  type JsonObject,
  type Warning,
} from '@latchkey/core/definition'
import { asText } from './definition.ts'

/** One value that a consent brings, and where the source system keeps it. */
export interface ConsentOutput {
  readonly name: string
  /** `['credentials', 'refresh_token']` */
  readonly configPath: readonly string[]
  /** Where it stands in the answer of the token endpoint. */
  readonly answerPath: readonly string[]
}

/** How a person is sent to the provider, and how the code is traded; templates in the consent's dialect. */
export interface ConsentShape {
  readonly consentUrl: string
  readonly tokenUrl: string
  readonly scopes: readonly string[]
  /** Between scopes. */
  readonly separator: string
  /** Absent: the default content type and `Accept: application/json`. */
  readonly headers: Readonly<Record<string, string>> | undefined
  /** Absent: no body; all parameters are in the URL. */
  readonly params: JsonObject | undefined
  readonly state: { readonly min: number; readonly max: number } | undefined
  /** What the parameters are called: `auth_code`, `client_id`, `client_secret`, `redirect_uri`, `scope`, `state`. */
  readonly keys: Readonly<Record<string, string>>
  /** Other texts of the specification; templates see them by name. */
  readonly texts: Readonly<Record<string, string>>
  readonly at: string
}

/** What `spec.advanced_auth` says. */
export interface ConsentSpec {
  readonly at: string
  readonly flow: string
  /** Under which value of the configuration the consent is offered. */
  readonly predicate: { readonly path: readonly string[]; readonly value: string } | undefined
  /** Absent where the consent is code of the source system. */
  readonly shape: ConsentShape | undefined
  /** Variables of the templates, by where the configuration has them. */
  readonly inputs: Readonly<Record<string, readonly string[]>>
  readonly outputs: readonly ConsentOutput[]
  /** Where the configuration has what the operator owns, by its name: `client_id`, `client_secret`. */
  readonly operator: Readonly<Record<string, readonly string[]>>
}

const defaultKeys = {
  auth_code: 'code',
  client_id: 'client_id',
  client_secret: 'client_secret',
  redirect_uri: 'redirect_uri',
  scope: 'scope',
  state: 'state',
}

const shapeMembers = [
  'consent_url',
  'access_token_url',
  'scope',
  'scopes',
  'optional_scopes',
  'scopes_join_strategy',
  'access_token_headers',
  'access_token_params',
  'extract_output',
  'state',
  ...Object.keys(defaultKeys).map((name) => `${name}_key`),
]

/**
 * Reads `spec.advanced_auth`. `own` stands in for a missing `oauth_connector_input_specification`.
 * @throws {AuthError} definition_invalid that names the member
 */
export function readConsent(
  advancedAuth: unknown,
  own: unknown,
  warnings: Warning[],
  at = 'spec.advanced_auth',
): ConsentSpec {
  const auth = objectAt(advancedAuth ?? {}, at)
  const where = below(at, 'oauth_config_specification')
  const config = objectAt(auth['oauth_config_specification'] ?? {}, where)
  const member = (name: string): JsonObject =>
    objectAt(objectAt(config[name] ?? {}, below(where, name))['properties'] ?? {}, below(where, name))
  const paths = (name: string): Record<string, readonly string[]> =>
    Object.fromEntries(
      Object.entries(member(name)).flatMap(([each, property]) => {
        const path = pathOf(property, 'path_in_connector_config')
        return path === undefined ? [] : [[each, path] as const]
      }),
    )
  const given = config['oauth_connector_input_specification']
  const shapeAt = own === undefined ? below(where, 'oauth_connector_input_specification') : 'options.consent'
  const said = own ?? given
  const shape =
    said === undefined || said === null ? undefined : shapeOf(objectAt(said, shapeAt), shapeAt, warnings)
  const extract = isObject(said) && Array.isArray(said['extract_output']) ? said['extract_output'] : []
  const predicatePath = textsIn(auth['predicate_key'])
  const flow = auth['auth_flow_type']
  return {
    at,
    flow: typeof flow === 'string' ? flow : 'oauth2.0',
    predicate:
      predicatePath.length > 0 && auth['predicate_value'] !== undefined
        ? { path: predicatePath, value: asText(auth['predicate_value']) }
        : undefined,
    shape,
    inputs: paths('oauth_user_input_from_connector_config_specification'),
    outputs: outputsOf(member('complete_oauth_output_specification'), textsIn(extract)),
    operator: paths('complete_oauth_server_output_specification'),
  }
}

function outputsOf(properties: JsonObject, extract: readonly string[]): ConsentOutput[] {
  const extracted = extract.map((text) => text.split('.'))
  return Object.entries(properties).flatMap(([name, property]) => {
    const configPath = pathOf(property, 'path_in_connector_config')
    if (configPath === undefined) return []
    const answerPath =
      pathOf(property, 'path_in_oauth_response') ??
      extracted.find((path) => path.at(-1) === name) ??
      (name === 'token_expiry_date'
        ? (extracted.find((path) => path.at(-1) === 'expires_in') ?? ['expires_in'])
        : [name])
    return [{ name, configPath, answerPath }]
  })
}

function shapeOf(spec: JsonObject, at: string, warnings: Warning[]): ConsentShape {
  const text = (name: string): string => {
    const value = spec[name]
    if (typeof value === 'string' && value !== '') return value
    throw invalid(below(at, name), 'this must be a URL, with slots such as {{ client_id_value }}')
  }
  const others = Object.entries(spec).filter(
    (entry): entry is [string, string] => !shapeMembers.includes(entry[0]) && typeof entry[1] === 'string',
  )
  const rest = Object.fromEntries(
    Object.entries(spec).filter(([name]) => !others.some(([other]) => other === name)),
  )
  warnings.push(...unknownMembers(rest, shapeMembers, at))
  const keys = Object.fromEntries(
    Object.entries(defaultKeys).map(([name, usual]) => {
      const key = spec[`${name}_key`]
      return [name, typeof key === 'string' && key !== '' ? key : usual]
    }),
  )
  const headers = spec['access_token_headers']
  const params = spec['access_token_params']
  return {
    consentUrl: text('consent_url'),
    tokenUrl: text('access_token_url'),
    ...scopesOf(spec),
    headers: isObject(headers)
      ? Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, asText(value)]))
      : undefined,
    params: isObject(params) ? params : undefined,
    state: stateOf(spec['state'], below(at, 'state')),
    keys: { ...keys, scopes: keys['scope'] ?? 'scope', optional_scopes: keys['scope'] ?? 'scope' },
    texts: Object.fromEntries(others),
    at,
  }
}

const joins: Readonly<Record<string, string>> = { space: ' ', comma: ',', plus: '+' }

/** A list wins over the text, which is taken as one; optional scopes are asked for with the others. */
function scopesOf(spec: JsonObject): Pick<ConsentShape, 'scopes' | 'separator'> {
  const { scope, scopes, optional_scopes: optional, scopes_join_strategy: join } = spec
  const listed = [scopes, optional].flatMap((list) =>
    Array.isArray(list) ? list.map((each) => (isObject(each) ? each['scope'] : (each as unknown))) : [],
  )
  const names = textsIn(listed)
  const separator = (typeof join === 'string' ? joins[join] : undefined) ?? ' '
  if (names.length > 0) return { scopes: names, separator }
  return { scopes: typeof scope === 'string' && scope !== '' ? [scope] : [], separator }
}

function stateOf(given: unknown, at: string): ConsentShape['state'] {
  if (given === undefined || given === null) return undefined
  const { min = 7, max = 24 } = objectAt(given, at)
  if (typeof min === 'number' && typeof max === 'number' && min <= max) return { min, max }
  throw invalid(at, 'min and max must be numbers of characters, min not above max')
}

function objectAt(value: unknown, at: string): JsonObject {
  if (isObject(value)) return value
  throw invalid(at, 'this must be an object')
}

function pathOf(property: unknown, name: string): readonly string[] | undefined {
  const path = isObject(property) ? textsIn(property[name]) : []
  return path.length === 0 ? undefined : path
}

const textsIn = (list: unknown): string[] =>
  Array.isArray(list) ? list.filter((each): each is string => typeof each === 'string') : []
