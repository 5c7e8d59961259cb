import { AuthError } from '@latchkey/core'
import { chain } from '@latchkey/core/crypto'
import { below, invalid, isObject, type JsonObject } from '@latchkey/core/definition'
import { queryOf } from '../client/config.ts'
import type { MethodName } from '../dialect/types.ts'
import { evaluate, evaluateUrl } from '../formula/index.ts'
import { endpointOf, guardHost, isPlain } from './urls.ts'
import { methodOf, run, variablesOf, type Later, type Plan, type Settings } from './plan.ts'

/** What `getOAuthConfig` may depend on besides settings. */
export interface Asked {
  readonly settings: Settings
  readonly fetch: typeof globalThis.fetch
  readonly redirectUri: string | undefined
}

/** What `getOAuthConfig` gives, with the place of each member for errors. */
export interface OAuthConfig {
  readonly at: string
  text(name: string): string | undefined
  flag(name: string): boolean
  /** @throws {AuthError} definition_invalid where it is none that secrets or a person may be sent to */
  url(name: string): string | undefined
  /** Each once; a text is a list with spaces. */
  scopes(): readonly string[]
  /** Added to the address of the consent. */
  extra(): readonly (readonly [string, string])[]
}

const urls = ['authorizeUri', 'tokenUri', 'requestTokenUri']

/**
 * Works out the configuration for one connection. URLs of a mapping are put together with each value in its place.
 * @throws {AuthError} definition_invalid for what is no configuration
 */
export function configFor(plan: Plan, asked: Asked): Later<OAuthConfig> {
  const method = methodOf(plan, 'getOAuthConfig')
  if (method === undefined) throw invalid(plan.definition.at, missingMethod('getOAuthConfig'))
  const { settings, redirectUri, fetch } = asked
  const { credentials: _, ...given } = variablesOf(plan, settings)
  const variables = { ...given, redirectUri }
  const { at } = method
  if (method.kind === 'mapping' && isPlain(method.mapping)) {
    const members = Object.entries(method.mapping).map(([name, value]) => {
      const place = below(at, name)
      return [
        name,
        urls.includes(name)
          ? evaluateUrl(value, variables, place, { allow: 'private' })
          : evaluate(value, variables, place),
      ] as const
    })
    return reader(Object.fromEntries(members), at)
  }
  return chain(run(method, variables, { fetch }), (made) => {
    if (!isObject(made)) throw invalid(at, 'must give an object with clientId, authorizeUri and tokenUri')
    for (const name of urls) {
      const url = made[name]
      if (typeof url === 'string') guardHost(url, plan.given(settings).connectionInput, below(at, name))
    }
    return reader(made, at)
  })
}

/** What to say where a type cannot do without a method. */
export const missingMethod = (name: MethodName): string =>
  `needs ${name}: give it in the definition or in files`

function reader(members: JsonObject | Readonly<Record<string, unknown>>, at: string): OAuthConfig {
  const text = (name: string): string | undefined => {
    const value = members[name]
    if (value === undefined || value === null || value === '') return undefined
    if (typeof value === 'string') return value
    throw invalid(below(at, name), 'must be a text')
  }
  return {
    at,
    text,
    flag: (name) => members[name] === true || members[name] === 'true',
    url(name) {
      const value = text(name)
      return value === undefined ? undefined : endpointOf(value, below(at, name))
    },
    scopes() {
      const value = members['scopes']
      const list = typeof value === 'string' ? value.split(/\s+/) : value
      if (list === undefined || list === null) return []
      if (!Array.isArray(list) || list.some((scope) => typeof scope !== 'string'))
        throw invalid(below(at, 'scopes'), 'must be a list of texts')
      return [...new Set(list as string[])].filter((scope) => scope !== '')
    },
    extra: () => queryOf(members['extra'] ?? undefined, below(at, 'extra')),
  }
}

/** @throws {AuthError} client_rejected, which the operator must act on */
export function needed(config: OAuthConfig, name: string): string {
  const value = config.text(name)
  if (value !== undefined) return value
  throw new AuthError(
    'client_rejected',
    `${below(config.at, name)} is empty: the operator must give the connector parameter that it is made of`,
  )
}
