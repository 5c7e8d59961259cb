import type { Json, OutgoingRequest } from '@latchkey/core'
import { generateJwk, sha256, signingKey, signJwt, thumbprint, type SigningKey } from '@latchkey/core/crypto'
import { base64urlEncode, parseChallenges } from '@latchkey/core/http'
import type { OAuth2Credentials } from './credentials.ts'
import type { Context } from './options.ts'
import { asText } from './plan.ts'

/** A private key as it is stored. */
export type DpopKey = NonNullable<OAuth2Credentials['dpopKey']>

/** A key for a new connection. */
export const newDpopKey = async (): Promise<DpopKey> => (await generateJwk()) as DpopKey

/** What the authorization request may bind the code to. RFC 9449 section 10. */
export const dpopThumbprint = (key: DpopKey): Promise<string> => thumbprint(key)

/** What a proof says. */
export interface ProofClaims {
  readonly jti: string
  readonly method: string
  /** With or without query and fragment, which are left out. */
  readonly url: string
  /** Epoch seconds. */
  readonly iat: number
  readonly accessToken?: string | undefined
  readonly nonce?: string | undefined
}

/** Header and payload of a proof. RFC 9449 section 4.2. */
export async function dpopParts(
  { kty, x, y, crv }: DpopKey,
  { jti, method, url, iat, accessToken, nonce }: ProofClaims,
): Promise<{ readonly header: Record<string, Json>; readonly payload: Record<string, Json> }> {
  const htu = new URL(url)
  htu.search = ''
  htu.hash = ''
  return {
    // Only the public members: `d` must never leave.
    header: { typ: 'dpop+jwt', alg: 'ES256', jwk: { kty, x, y, crv } },
    payload: {
      jti,
      htm: method,
      htu: htu.href,
      iat,
      ...(accessToken !== undefined && { ath: base64urlEncode(await sha256(accessToken)) }),
      ...(nonce !== undefined && { nonce }),
    },
  }
}

/** A signed proof for one request, with the newest nonce of the server that it goes to. */
export async function dpopProof(
  c: Context,
  key: DpopKey,
  method: string,
  url: string,
  accessToken?: string,
): Promise<string> {
  const { header, payload } = await dpopParts(key, {
    jti: base64urlEncode(c.random(16)),
    method,
    url,
    iat: Math.floor(c.now() / 1000),
    accessToken,
    nonce: c.memory.get(nonceKey(url)) as string | undefined,
  })
  return await signJwt(header, payload, await imported(c, key))
}

/** Importing a key takes longer than signing with it, so that the connection remembers it. */
async function imported(c: Context, key: DpopKey): Promise<SigningKey> {
  const name = `dpop key ${asText(key['x'])}`
  const known = c.memory.get(name) as SigningKey | undefined
  if (known !== undefined) return known
  const fresh = await signingKey(key)
  c.memory.set(name, fresh)
  return fresh
}

const nonceKey = (url: string): string => `dpop nonce ${new URL(url).origin}`

/** Remembers the nonce that any answer may bring. RFC 9449 section 8.2. */
export function keepNonce(c: Pick<Context, 'memory'>, url: string, headers: Headers): boolean {
  const nonce = headers.get('dpop-nonce')
  // RFC 9449 section 8.1: NQCHAR.
  if (nonce === null || !/^[\x21\x23-\x5b\x5d-\x7e]{1,1024}$/.test(nonce)) return false
  const changed = c.memory.get(nonceKey(url)) !== nonce
  c.memory.set(nonceKey(url), nonce)
  return changed
}

/** Whether a resource wants the request once more with the nonce that it has just given. RFC 9449 section 9. */
export function wantsNonce(
  response: Response,
  request: OutgoingRequest,
  c: Pick<Context, 'memory'>,
): boolean {
  const changed = keepNonce(c, request.url.href, response.headers)
  if (response.status !== 401 || !changed) return false
  return parseChallenges(response.headers.get('www-authenticate')).some(
    ({ scheme, params }) => scheme === 'dpop' && params['error'] === 'use_dpop_nonce',
  )
}
