import type { Json } from '@latchkey/core'
import { renderText, slotNames } from '@latchkey/core/http'
import type { OAuth2Credentials } from './credentials.ts'
import type { AnyOptions, ClientAuth, Context, Given, StandardField, Values } from './options.ts'

/** The options with their defaults, worked out once. */
export interface Plan {
  readonly options: AnyOptions
  readonly scheme: string
  /** The grant as the options name it. */
  readonly grant: string
  readonly method: ClientAuth
  /** True where credentials are earned without a person. */
  readonly acquires: boolean
}

/** Grant types as they are sent. */
const grantTypes: Readonly<Record<string, string>> = {
  jwt_bearer: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
  token_exchange: 'urn:ietf:params:oauth:grant-type:token-exchange',
  device_code: 'urn:ietf:params:oauth:grant-type:device_code',
}

/** The `grant_type` of a grant. */
export const grantType = (grant: string): string => grantTypes[grant] ?? grant

/** Works out what the options leave open. */
export function planOf(options: AnyOptions): Plan {
  const { grant = 'authorization_code', managed, scheme } = options
  const name = typeof grant === 'string' ? grant : grant.type
  // RFC 7523 section 3.1: an assertion needs no client; Google's service accounts have none.
  const standalone = name === 'jwt_bearer' || options.clientId !== undefined
  const method = options.clientAuth ?? (standalone ? 'none' : 'client_secret_post')
  return {
    options,
    scheme: scheme ?? (managed ? 'oauth-managed' : 'oauth2'),
    grant: name,
    method,
    acquires: name !== 'authorization_code' && name !== 'device_code',
  }
}

/** The value of a standard field under the name that it has here; undefined where it is empty. */
export function settingOf(
  { options }: Plan,
  settings: Readonly<Record<string, unknown>>,
  name: StandardField,
): string | undefined {
  const value = settings[options.fieldNames?.[name] ?? name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** What computed values may depend on. */
export function givenOf(
  c: Context,
  credentials?: OAuth2Credentials,
  callback: Readonly<Record<string, string>> = credentials?.callback ?? {},
): Given {
  return { settings: c.settings, callback, credentials, now: c.now() }
}

/** Values for slots: settings first, then what the callback and the answers brought. */
export function slotsOf({ settings, callback, credentials }: Given): Readonly<Record<string, unknown>> {
  return { ...credentials?.metadata, ...callback, ...settings }
}

/** The parameters of a request as computed values see them. */
export function withParameters(given: Given, parameters: Readonly<Record<string, Json | undefined>>): Given {
  const texts = Object.entries(parameters).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  )
  return { ...given, parameters: { ...given.parameters, ...Object.fromEntries(texts) } }
}

/** A text with its slots filled; undefined where one has no value. */
export function textOf(template: string, given: Given): string | undefined {
  const slots = slotsOf(given)
  const missing = slotNames(template).some(
    (name) => !Object.hasOwn(slots, name) || (slots[name] ?? '') === '',
  )
  return missing ? undefined : renderText(template, slots, (value) => value)
}

/** Parameters or headers, worked out. */
export function valuesOf<V extends Json>(values: Values<V> | undefined, given: Given): Record<string, V> {
  if (values === undefined) return {}
  const entries = Object.entries(typeof values === 'function' ? values(given) : values)
  const filled = entries.map(([name, value]) => [
    name,
    typeof value === 'string' && typeof values !== 'function' ? textOf(value, given) : value,
  ])
  return Object.fromEntries(filled.filter(([, value]) => value !== undefined)) as Record<string, V>
}

/** A value as a parameter of a form or a URL: a list or an object has no form but JSON. */
export const asText = (value: Json | undefined): string =>
  typeof value === 'object' ? JSON.stringify(value) : String(value)

/** The scopes that are asked for, each once. */
export function scopesOf(
  { options: { scopes } }: Plan,
  given: Given,
  more: readonly string[] = [],
): string[] {
  return [...new Set([...(typeof scopes === 'function' ? scopes(given) : (scopes ?? [])), ...more])]
}

/** The scopes as one text; undefined where there are none. */
export function scopeText({ options }: Plan, scopes: readonly string[]): string | undefined {
  return scopes.length === 0 ? undefined : scopes.join(options.scopeSeparator ?? ' ')
}
