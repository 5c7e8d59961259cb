import { base64urlDecode, base64urlEncode, utf8 } from '../http/encoding.ts'
import type { Json } from '../strategy.ts'
import { systemSubtle } from '../world/crypto.ts'
import { webAlgorithm, type SigningKey } from './keys.ts'

type Members = Readonly<Record<string, Json | undefined>>

/** A JWT in compact form; `alg` and the key's `kid` come first in the header unless it says otherwise. RFC 7515 section 7.1. */
export async function signJwt(
  header: Members,
  payload: Members,
  { key, alg, kid }: SigningKey,
): Promise<string> {
  const full = { ...(header['alg'] === undefined && { alg }), ...(kid !== undefined && { kid }), ...header }
  const input = `${base64urlEncode(JSON.stringify(full))}.${base64urlEncode(JSON.stringify(payload))}`
  // WebCrypto writes ECDSA signatures as RFC 7518 section 3.4 wants them: both numbers, one after the other.
  const signature = await systemSubtle().sign(webAlgorithm(alg), key, utf8(input))
  return `${input}.${base64urlEncode(new Uint8Array(signature))}`
}

/** The claims of a JWT whose signature is not checked; undefined where it is none. */
export function jwtClaims(token: string): Members | undefined {
  const [, payload = ''] = /^[\w-]+\.([\w-]+)\.[\w-]*$/.exec(token) ?? []
  try {
    const claims: unknown = JSON.parse(new TextDecoder().decode(base64urlDecode(payload)))
    return typeof claims === 'object' && claims !== null && !Array.isArray(claims)
      ? (claims as Members)
      : undefined
  } catch {
    return undefined
  }
}
