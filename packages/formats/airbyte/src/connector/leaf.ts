import { none, type AuthStrategy, type Fields } from '@latchkey/core'
import { isObject, type JsonObject, type SchemaForm, type Warning } from '@latchkey/core/definition'
import { eachLeaf, strategyOf, withExtras } from '../authenticators/index.ts'
import type { Where } from '../authenticators/where.ts'
import { consented } from '../oauth/consented.ts'
import type { ConsentSpec } from '../oauth/consent-spec.ts'
import { readOAuth } from '../oauth/definition.ts'
import type { OAuthExtras } from '../oauth/options.ts'
import { oauthStrategy } from '../oauth/oauth.ts'
import { consentPaths, joinedPaths, refreshPaths, type EarnedPaths } from '../oauth/overlay.ts'
import type { Scope } from '../template/index.ts'
import { addressOf, type UrlText } from './base-url.ts'
import { testOf } from './check.ts'
import type { Variant } from './requests.ts'

/** What every strategy of a manifest has in common. */
export interface Surroundings {
  readonly resolved: JsonObject
  readonly form: SchemaForm
  readonly choices: Scope['choices']
  readonly allow: Scope['allow']
  readonly tokenFormat: 'form' | 'json' | undefined
  readonly warn: (warning: Warning) => void
}

/** One way of signing in, and where the configuration has what it earns. */
export interface Leaf {
  readonly strategy: AuthStrategy
  readonly paths: EarnedPaths
}

/**
 * An authenticator of a variant as a strategy with its address and its test. `consent` where a person may sign in here.
 * @throws {AuthError} definition_invalid, unsupported
 */
export function leafOf(
  authenticator: JsonObject | undefined,
  at: string,
  variant: Variant,
  fields: Fields,
  consent: ConsentSpec | undefined,
  around: Surroundings,
): Leaf {
  const { form, choices, allow, warn, tokenFormat, resolved } = around
  const [first] = variant.requests
  const parameters = authenticator?.['$parameters'] ?? first?.parameters
  const where: Where = {
    at,
    fields,
    configOf: (settings) => form.configOf(settings),
    parameters: isObject(parameters) ? parameters : {},
    warn,
    oauth: () => {
      throw new TypeError('an OAuthAuthenticator stands inside another authenticator')
    },
    ...(first && { requester: first.requester }),
    ...(choices && { choices }),
    ...(allow && { allow }),
  }
  const paths = earnedPaths(authenticator, where, consent)
  const { strategy, sent } = signing(authenticator, variant, where, paths, { consent, tokenFormat })
  const { baseUrl, origins } = addressOf(urlsOf(variant), where, paths)
  const test = testOf(resolved, variant.requests, where, paths, sent)
  return {
    paths,
    strategy: eachLeaf(strategy, (leaf) => ({
      ...leaf,
      ...(baseUrl !== undefined && { baseUrl }),
      ...(origins.length > 0 && { origins }),
      ...(test && { test }),
    })),
  }
}

function signing(
  authenticator: JsonObject | undefined,
  { requests }: Variant,
  where: Where,
  paths: EarnedPaths,
  extras: OAuthExtras,
): { strategy: AuthStrategy; sent: readonly string[] } {
  const { consent } = extras
  const make = (own: Where): ReturnType<typeof withExtras> => {
    const oauth: Where['oauth'] = (definition, inner) => oauthStrategy(definition, inner, paths, extras)
    return withExtras(strategyOf(authenticator, { ...own, oauth }), requests, own)
  }
  const made = make(where)
  const { strategy, sent } = made
  // A selector's choices have been offered the consent, and an OAuthAuthenticator has it.
  const isSettled = strategy.select !== undefined || strategy.authorize !== undefined
  if (consent?.shape === undefined || isSettled) return made
  if (strategy.acquire === undefined)
    return { sent, strategy: consented(consent, consent.shape, paths, where, (own) => make(own).strategy) }
  where.warn({
    path: consent.at,
    message: `What ${where.at} needs is earned without a person, so that no consent is offered.`,
  })
  return made
}

function earnedPaths(
  authenticator: JsonObject | undefined,
  where: Where,
  consent: ConsentSpec | undefined,
): EarnedPaths {
  const own = pathsIn(authenticator, where)
  return consent?.shape === undefined ? own : joinedPaths(own, consentPaths(consent))
}

/** Where the tokens of an OAuthAuthenticator are kept, also of one that a custom class comes down to. */
function pathsIn(authenticator: JsonObject | undefined, where: Where): EarnedPaths {
  const silent: Where = { ...where, warn: () => undefined }
  const read = (definition: JsonObject, at: string): EarnedPaths =>
    refreshPaths(readOAuth(definition, at, silent.warn))
  const type = authenticator?.['type']
  if (authenticator && type === 'OAuthAuthenticator') return read(authenticator, where.at)
  if (type !== 'CustomAuthenticator') return {}
  const found: EarnedPaths[] = []
  strategyOf(authenticator, {
    ...silent,
    oauth(definition, { at }) {
      if (isObject(definition)) found.push(read(definition, at))
      return none()
    },
  })
  return found.reduce(joinedPaths, {})
}

/** The base URLs of a variant, the one that most requests have first. */
function urlsOf({ requests }: Variant): UrlText[] {
  const found = new Map<string, { at: string; count: number }>()
  for (const { urlBase, at } of requests) {
    if (urlBase === undefined || urlBase === '') continue
    const known = found.get(urlBase)
    if (known) known.count++
    else found.set(urlBase, { at: `${at}.url_base`, count: 1 })
  }
  return [...found].sort(([, a], [, b]) => b.count - a.count).map(([text, { at }]) => ({ text, at }))
}
