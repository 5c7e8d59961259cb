import { isObject, type JsonObject } from '@latchkey/core/definition'
import { hmac, jwtClaims, sameText } from '@latchkey/core/crypto'
import { base64urlDecode, base64urlEncode } from '@latchkey/core/http'

/** What a token of the type `membrane-token` or `integration-app-token` says. */
export interface TokenClaims {
  /** The key of the workspace. */
  readonly iss: string
  /** The id of the user. */
  readonly sub: string
  readonly fields: JsonObject
}

/** What a token is held against. */
export interface VerifyOptions {
  /** The workspace's. */
  readonly secret: string
  /** Epoch milliseconds. */
  readonly now: number
  /** Tokens of other workspaces are refused; default: the secret alone decides. */
  readonly workspaceKey?: string | undefined
  /** By how much the sender's clock may differ, in milliseconds; default 60,000. */
  readonly toleranceMs?: number | undefined
}

const hashes = { HS256: 'SHA-256', HS384: 'SHA-384', HS512: 'SHA-512' } as const

/**
 * What a token says, for the API that receives it in `X-Membrane-Token`; undefined where it is not signed with the
 * workspace's secret, has ended, or names no user. RFC 7519, RFC 8725.
 */
export async function verifyToken(token: string, options: VerifyOptions): Promise<TokenClaims | undefined> {
  const { secret, now, workspaceKey, toleranceMs = 60_000 } = options
  const [head = '', payload = '', signature = ''] = token.split('.')
  const hash = hashOf(head)
  const claims = jwtClaims(token)
  // An empty secret would be anybody's.
  if (hash === undefined || claims === undefined || secret === '') return undefined
  const expected = base64urlEncode(await hmac(hash, secret, `${head}.${payload}`))
  if (!sameText(expected, signature)) return undefined
  const { iss, sub, fields = {}, exp, nbf } = claims
  const isNumber = (value: unknown): value is number => typeof value === 'number'
  if (exp !== undefined && !(isNumber(exp) && exp * 1_000 + toleranceMs > now)) return undefined
  if (nbf !== undefined && !(isNumber(nbf) && nbf * 1_000 - toleranceMs <= now)) return undefined
  if (typeof iss !== 'string' || typeof sub !== 'string' || !isObject(fields)) return undefined
  return workspaceKey === undefined || iss === workspaceKey ? { iss, sub, fields } : undefined
}

/** RFC 8725 section 3.1: the header chooses among hashes of one secret, and never `none`. */
function hashOf(head: string): (typeof hashes)[keyof typeof hashes] | undefined {
  try {
    const header: unknown = JSON.parse(new TextDecoder().decode(base64urlDecode(head)))
    const { alg, crit } = Object(header) as { readonly alg?: unknown; readonly crit?: unknown }
    return crit === undefined && typeof alg === 'string' && Object.hasOwn(hashes, alg)
      ? hashes[alg as keyof typeof hashes]
      : undefined
  } catch {
    return undefined
  }
}
