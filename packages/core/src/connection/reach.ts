import { AuthError } from '../errors.ts'
import { checkOrigin, matchesOrigin } from '../http/origin.ts'
import { parseUrlTemplate, renderUrl, type UrlTemplate } from '../http/url-template.ts'
import { addressClass, isAllowed } from '../world/addresses.ts'
import type { AuthStrategy, BaseUrl, Known } from '../strategy.ts'
import type { NetworkOptions } from '../world/options.ts'

/** Where a connection's credentials may go. */
export interface Reach {
  readonly baseUrl: string | undefined
  /** Takes an address as `URL.href` writes it. */
  allows(href: string): boolean
}

/** What names an API's addresses: a connector, or the options of `connect` for a bare strategy. */
export interface Addresses {
  readonly baseUrl?: BaseUrl | undefined
  /** Exact origins (`https://api.example.com`) or one leading wildcard label (`https://*.example.com`); default: the base URL's. */
  readonly origins?: readonly string[] | ((given: Known) => readonly string[]) | undefined
  /** What computed base URLs and origins must match; needed where either is a function. */
  readonly originPatterns?: readonly string[] | undefined
}

/**
 * Checks what can be checked before anyone signs in.
 * @throws {TypeError} that names the option
 */
export function checkAddresses(where: string, { baseUrl, origins, originPatterns }: Addresses): void {
  const named = typeof origins === 'function' ? undefined : origins
  for (const [option, list] of Object.entries({ origins: named, originPatterns })) {
    if (list !== undefined && !Array.isArray(list))
      throw new TypeError(`${where} ${option}: give a list, such as ['https://api.example.com']`)
  }
  for (const origin of named ?? []) checkNamed(`${where} origins`, origin)
  for (const origin of originPatterns ?? []) checkNamed(`${where} originPatterns`, origin)
  if (typeof baseUrl === 'string') {
    const { host, port, scheme } = parsed(where, baseUrl)
    if ([...host, port].every((piece) => typeof piece !== 'object'))
      checkNamed(`${where} baseUrl`, new URL(baseUrl).origin)
    else if (scheme === 'http')
      throw new TypeError(`${where} baseUrl: a host that settings choose must be https`)
  }
  if (
    originPatterns === undefined &&
    (typeof origins === 'function' || (typeof baseUrl === 'function' && named === undefined))
  ) {
    throw new TypeError(
      `${where}: a computed base URL or origin needs originPatterns, such as ['https://*.example.com'], to be checked against`,
    )
  }
}

function parsed(where: string, baseUrl: string): UrlTemplate {
  try {
    return parseUrlTemplate(baseUrl)
  } catch (error) {
    throw new TypeError(`${where} baseUrl: ${(error as Error).message}`, { cause: error })
  }
}

/** Any host at all: for software that its users host themselves. */
const anywhere = 'https://*'

function checkNamed(where: string, origin: string): void {
  if (origin === anywhere) return
  const canonical = checkOrigin(origin, where)
  if (canonical !== origin) throw new TypeError(`${where}: write "${origin}" as ${canonical}`)
  if (canonical.startsWith('http:') && addressClass(new URL(canonical).hostname) !== 'loopback') {
    throw new TypeError(`${where}: "${origin}" must be https; http is for loopback addresses only`)
  }
}

/** Origins that code names exactly: they may be reached even where they are private or loopback. */
export function trustedOrigins({ baseUrl, origins }: Addresses): string[] {
  const fixed = typeof baseUrl === 'string' && !baseUrl.includes('{') ? [new URL(baseUrl).origin] : []
  return [...fixed, ...(typeof origins === 'function' ? [] : (origins ?? []))]
}

/**
 * Works out base URL and origins for these settings and credentials.
 * @throws {AuthError} settings_invalid for a value that does not fit its place, origin_forbidden for an address outside the patterns
 */
export async function reachOf(
  addresses: Addresses,
  leaf: AuthStrategy,
  known: Known,
  allow: NetworkOptions['allow'],
): Promise<Reach> {
  const patterns =
    addresses.originPatterns ??
    (typeof addresses.origins === 'function' ? [] : addresses.origins) ??
    leaf.origins
  // A way of signing in that can name a base URL need not: then the connector's holds.
  const baseUrl =
    (await resolveBase(leaf.baseUrl, patterns, known, allow)) ??
    (await resolveBase(addresses.baseUrl, patterns, known, allow))
  const named = typeof addresses.origins === 'function' ? addresses.origins(known) : addresses.origins
  const origins = named ?? impliedOrigins(leaf, baseUrl)
  if (typeof addresses.origins === 'function') for (const origin of origins) checkAgainst(patterns, origin)
  const wild = origins.filter((origin) => origin.includes('*'))
  // A slash ends the authority in `URL.href`, so that these are the beginnings of all that may be reached.
  const starts = origins.filter((origin) => !wild.includes(origin)).map((origin) => `${origin}/`)
  return {
    baseUrl,
    allows: (href) =>
      starts.some((start) => href.startsWith(start)) ||
      (wild.length > 0 && matches(wild, new URL(href).origin)),
  }
}

/** One account's credentials reach its own base URL, and of a pattern that this was checked against nothing else. */
function impliedOrigins({ origins = [] }: AuthStrategy, baseUrl: string | undefined): readonly string[] {
  if (baseUrl === undefined) return origins
  return [new URL(baseUrl).origin, ...origins.filter((origin) => !origin.includes('*'))]
}

async function resolveBase(
  baseUrl: BaseUrl | undefined,
  patterns: readonly string[] | undefined,
  known: Known,
  allow: NetworkOptions['allow'],
): Promise<string | undefined> {
  if (typeof baseUrl === 'string') return renderUrl(baseUrl, known.settings, { allow })
  const computed = await baseUrl?.(known)
  if (computed === undefined) return undefined
  if (!URL.canParse(computed)) throw forbidden('The computed base URL is not a URL')
  const { origin, hostname } = new URL(computed)
  checkAgainst(patterns, origin)
  // A value may choose the host here; what code names exactly it has not chosen.
  if (!isAllowed(addressClass(hostname), allow) && !patterns?.includes(origin)) {
    throw forbidden(
      `The computed base URL is on ${origin}, which is not a public address; network.allow must permit it`,
    )
  }
  return computed
}

function checkAgainst(patterns: readonly string[] | undefined, origin: string): void {
  if (patterns === undefined || !matches(patterns, origin)) {
    throw forbidden(`The origin ${origin} matches none of the origins that the connector declares`)
  }
}

function matches(patterns: readonly string[], origin: string): boolean {
  return patterns.some((pattern) =>
    pattern === anywhere ? origin.startsWith('https://') : matchesOrigin(pattern, origin),
  )
}

function forbidden(message: string): AuthError {
  return new AuthError('origin_forbidden', message)
}
