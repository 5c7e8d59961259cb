import { parseChallenges } from '@latchkey/core/http'
import type { HashAlgorithm } from '@latchkey/core/crypto'

/** The algorithms of RFC 7616 section 3.2, without `-sess`, which is no other algorithm. */
export type DigestAlgorithm = 'MD5' | 'SHA-256' | 'SHA-512-256'

/**
 * Best first. RFC 7616 section 3.9.2 prints SHA-512-256 computed wrongly, and so do clients and servers after it; SHA-256 is
 * as strong.
 */
export const allAlgorithms: readonly DigestAlgorithm[] = ['SHA-256', 'SHA-512-256', 'MD5']

/** What may be protected besides the credentials; `auth-int` is the body. RFC 7616 section 3.4.3. */
export type Qop = 'auth' | 'auth-int'

/** A challenge that can be answered. Texts are as the header has them: one character a byte. */
export interface Challenge {
  readonly realm: string
  readonly nonce: string
  readonly opaque: string | undefined
  /** As the server spells it; undefined where it names none, which is MD5. */
  readonly algorithm: string | undefined
  readonly hash: HashAlgorithm & DigestAlgorithm
  /** True for the `-sess` variants. */
  readonly session: boolean
  /** Undefined for servers older than RFC 2617. */
  readonly qop: Qop | undefined
  readonly userhash: boolean
  readonly stale: boolean
  /** Space-separated; see `pathsOf`. */
  readonly domain: string | undefined
}

/** What the client accepts, best first. */
export interface Preferences {
  readonly algorithms: readonly DigestAlgorithm[]
  readonly qop: Qop
}

/**
 * The best Digest challenge of a `WWW-Authenticate` header, or of several that Fetch has joined; undefined where there is
 * none that can be answered. Among equals the server's first. Other schemes, Basic above all, are never an answer.
 */
export function bestChallenge(header: string | null, preferences: Preferences): Challenge | undefined {
  const { algorithms } = preferences
  return parseChallenges(header)
    .flatMap(({ scheme, params }) => (scheme === 'digest' ? (read(params, preferences) ?? []) : []))
    .sort((one, other) => algorithms.indexOf(one.hash) - algorithms.indexOf(other.hash))[0]
}

function read(
  params: Readonly<Record<string, string>>,
  { algorithms, qop: wanted }: Preferences,
): Challenge | undefined {
  const { realm, nonce, opaque, algorithm, domain } = params
  // RFC 7616 section 3.3: names are compared without regard to case, and no algorithm is MD5.
  const [, name, session] =
    /^(MD5|SHA-256|SHA-512-256)(-SESS)?$/.exec(algorithm?.toUpperCase() ?? 'MD5') ?? []
  const hash = algorithms.find((known) => known === name)
  const offered = params['qop']?.toLowerCase().split(/[\s,]+/)
  const qop = [wanted, 'auth' as const, 'auth-int' as const].find((known) => offered?.includes(known))
  if (realm === undefined || nonce === undefined || hash === undefined) return undefined
  if (offered !== undefined && qop === undefined) return undefined
  if (!canBeQuoted(realm + nonce + (opaque ?? ''))) return undefined
  return {
    realm,
    nonce,
    opaque,
    algorithm,
    hash,
    session: session !== undefined,
    qop,
    userhash: params['userhash']?.toLowerCase() === 'true',
    stale: params['stale']?.toLowerCase() === 'true',
    domain,
  }
}

/** Whether what a server sent can stand in our own header. */
export function canBeQuoted(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- the point is to find them
  return !/[\0-\x1f\x7f]/.test(text)
}

/**
 * The paths below which the server expects the same credentials, each ending in a slash or as the server wrote it; `/` where
 * it names none. RFC 7616 section 3.3 lets `domain` name other servers: those are not asked by anybody and are ignored.
 */
export function pathsOf(domain: string | undefined, url: URL): readonly string[] {
  const own = (domain ?? '')
    .split(/\s+/)
    .filter((uri) => uri !== '' && URL.canParse(uri, url.origin))
    .map((uri) => new URL(uri, url.origin))
    .filter(({ origin }) => origin === url.origin)
    .map(({ pathname }) => pathname)
  return own.length === 0 ? ['/'] : own
}
