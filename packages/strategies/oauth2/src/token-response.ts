import type { Json } from '@latchkey/core'
import { expiryOf, expiryOfJwt } from '@latchkey/core/http'
import { salvaged, type Answer } from './answer.ts'
import type { Problem } from './problems.ts'
import type { OAuth2Credentials, Token } from './credentials.ts'
import type { Path, ResponseShape, TokenPaths } from './options.ts'
import { at, jsonAt, textAt } from './path.ts'

/** What is known besides the answer. */
export interface Reading {
  readonly shape: ResponseShape
  /** Epoch milliseconds. */
  readonly now: number
  /** True where the tokens must be bound to a key. */
  readonly dpop: boolean
}

/** What an answer holds: credentials, or why it holds none and the refresh token that must not be lost all the same. */
export type Read =
  | { readonly kind: 'token'; readonly credentials: OAuth2Credentials; readonly idToken: string | undefined }
  | { readonly kind: 'spoilt'; readonly problem: Problem; readonly refreshToken: string | undefined }
  /** It says nothing of a token: an error, or anything else. */
  | { readonly kind: 'none' }

/** Reads the tokens of an answer. Pure; never throws. */
export function readTokens(answer: Answer, reading: Reading): Read {
  const { shape, now } = reading
  const { body } = answer
  if (answer.kind === 'text')
    return asRead(problemOf(answer.text, undefined, reading), undefined, {
      accessToken: answer.text,
      expiresAt: lifeOf(undefined, answer.text, shape, now),
    })
  if (answer.kind === 'cut') {
    const name = lastOf(shape.refresh_token ?? 'refresh_token')
    const refreshToken = salvaged(answer.text, name)
    return refreshToken ? { kind: 'spoilt', problem: 'truncated', refreshToken } : { kind: 'none' }
  }
  if (answer.kind !== 'members') return { kind: 'none' }
  const accessToken = at(body, shape.access_token ?? 'access_token')
  const refreshToken = textAt(body, shape.refresh_token ?? 'refresh_token')
  if (typeof accessToken !== 'string' || accessToken === '') {
    const absent = accessToken === undefined || accessToken === null || accessToken === ''
    if (absent && refreshToken === undefined) return { kind: 'none' }
    const problem = absent ? 'tokenless' : 'untyped'
    return { kind: 'spoilt', problem, refreshToken }
  }
  const tokenType = textAt(body, shape.token_type ?? 'token_type')
  const refreshLife = expiryOf(at(body, shape.refresh_expires_in ?? 'refresh_expires_in'), now)
  const { credentials, ...rest } = {
    credentials: {
      ...tokenAt(body, shape, shape, now),
      accessToken,
      tokenType,
      ...(refreshLife !== undefined && refreshLife > now && { refreshExpiresAt: refreshLife }),
      ...kept(body, shape),
      ...others(body, shape, now),
    },
    problem: problemOf(accessToken, tokenType, reading),
    idToken: textAt(body, shape.id_token ?? 'id_token'),
  }
  return asRead(rest.problem, refreshToken, credentials, rest.idToken)
}

function asRead(
  problem: Problem | undefined,
  refreshToken: string | undefined,
  credentials: OAuth2Credentials,
  idToken?: string,
): Read {
  return problem === undefined
    ? { kind: 'token', credentials: defined(credentials), idToken }
    : { kind: 'spoilt', problem, refreshToken }
}

/** Token types that are worth nothing without a key. RFC 6749 section 7.1. */
const needsKey = /^(?:mac|pop|dpop|hok|signed)$/i

function problemOf(token: string, type: string | undefined, { shape, dpop }: Reading): Problem | undefined {
  if (token.length > 16_000) return 'oversized'
  if (!/^[\x21-\x7e]+$/.test(token)) return 'unprintable'
  const bound = type?.toLowerCase() === 'dpop'
  // RFC 9449 section 5: a client that asked for a bound token must not use another.
  if (dpop) return bound ? undefined : 'unbound'
  const known = type === undefined || /^bearer$/i.test(type)
  const taken = shape.tokenTypes?.some((each) => each.toLowerCase() === type?.toLowerCase())
  if (known || (taken ?? !needsKey.test(type))) return undefined
  return 'unusable'
}

type Found = { readonly [K in keyof Token]?: Token[K] | undefined }

function tokenAt(body: unknown, paths: TokenPaths, shape: ResponseShape, now: number): Found {
  const accessToken = textAt(body, paths.access_token ?? 'access_token')
  const scopes = scopesIn(at(body, paths.scope ?? 'scope'))
  return defined({
    accessToken,
    tokenType: textAt(body, paths.token_type ?? 'token_type'),
    refreshToken: textAt(body, paths.refresh_token ?? 'refresh_token'),
    expiresAt: lifeOf(said(body, paths, now), accessToken, shape, now),
    scopes,
  })
}

/** The moment that an answer states; `expires` is what Facebook wrote, `expires_on` what Entra writes. */
function said(body: unknown, paths: TokenPaths, now: number): number | undefined {
  const stated = paths.expires_in === undefined ? usual : [paths.expires_in]
  for (const path of stated) {
    const moment = expiryOf(at(body, path), now, paths.expiry)
    // An end in the past would have the next token fetched at once, over and over.
    if (moment !== undefined && moment > now) return moment
  }
  return undefined
}

const usual: readonly Path[] = ['expires_in', 'expires_at', 'expires_on', 'expires']

function lifeOf(
  stated: number | undefined,
  token: string | undefined,
  shape: ResponseShape,
  now: number,
): number | undefined {
  const own = expiryOfJwt(token)
  const standard = shape.defaultLifetime === undefined ? undefined : now + shape.defaultLifetime * 1000
  return stated ?? (own !== undefined && own > now ? own : standard)
}

/** RFC 6749 section 3.3; GitHub separates with commas, Twitch sends a list. */
export function scopesIn(value: unknown): readonly string[] | undefined {
  const list: unknown = typeof value === 'string' ? value.split(/[\s,]+/) : value
  if (!Array.isArray(list)) return undefined
  const scopes = list.filter((scope): scope is string => typeof scope === 'string' && scope !== '')
  return scopes.length === 0 ? undefined : scopes
}

function kept(body: unknown, { keep }: ResponseShape): { metadata?: Record<string, Json> } {
  if (keep === undefined) return {}
  const paths: (readonly [string, Path])[] = Array.isArray(keep)
    ? (keep as readonly string[]).map((name) => [name, name])
    : Object.entries(keep as Readonly<Record<string, Path>>)
  const entries = paths.map(([name, path]) => [name, jsonAt(body, path)] as const)
  return {
    metadata: Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Record<string, Json>,
  }
}

function others(body: unknown, shape: ResponseShape, now: number): { tokens?: Record<string, Token> } {
  if (shape.tokens === undefined) return {}
  const found = Object.entries(shape.tokens).map(
    ([name, paths]) => [name, tokenAt(body, paths, shape, now)] as const,
  )
  return {
    tokens: Object.fromEntries(found.filter(([, token]) => token.accessToken !== undefined)) as Record<
      string,
      Token
    >,
  }
}

/** Without members that are undefined: what is stored must be the same as what is read back. */
export function defined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T
}

const lastOf = (path: Path): string => (typeof path === 'string' ? path.split('.') : path).at(-1) ?? ''
