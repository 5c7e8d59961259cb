import { chain, digest, hmac, rsaKey, rsaSign } from '@latchkey/core/crypto'
import { base64Encode, percentEncode } from '@latchkey/core/http'

/** RFC 5849 section 3.4, and the same with younger hashes. */
export type SignatureMethod = `${'HMAC' | 'RSA'}-SHA${1 | 256 | 512}` | 'PLAINTEXT'

type Hash = 'SHA-1' | 'SHA-256' | 'SHA-512'
type Later<T> = T | Promise<T>

export const signatureMethods: readonly SignatureMethod[] = [
  'HMAC-SHA1',
  'HMAC-SHA256',
  'HMAC-SHA512',
  'RSA-SHA1',
  'RSA-SHA256',
  'RSA-SHA512',
  'PLAINTEXT',
]

/** What signs: `consumerSecret` is for HMAC and PLAINTEXT, `privateKey` (PEM) for RSA. */
export interface Secrets {
  readonly consumerSecret?: string | undefined
  readonly privateKey?: string | undefined
  readonly tokenSecret: string
}

/** The hash of a method; PLAINTEXT has none, and a body is then hashed as the drafts did. */
const hashOf = (method: SignatureMethod): Hash => {
  const bits = method.split('SHA')[1] ?? '1'
  return `SHA-${bits as '1' | '256' | '512'}`
}

/**
 * The signature, not yet encoded for its place. `memory` keeps the key that a PEM was made into.
 * @throws {AuthError} settings_invalid for a private key that cannot sign
 */
export function signatureOf(
  method: SignatureMethod,
  base: string,
  { consumerSecret = '', privateKey = '', tokenSecret }: Secrets,
  memory: Map<string, unknown>,
): Later<string> {
  if (method.startsWith('RSA')) {
    const key = keyFor(privateKey, hashOf(method), memory)
    return key.then((ready) => rsaSign(ready, base)).then(base64Encode)
  }
  // RFC 5849 section 3.4.2: the ampersand is there also where a secret is empty.
  const key = `${percentEncode(consumerSecret)}&${percentEncode(tokenSecret)}`
  return method === 'PLAINTEXT' ? key : chain(hmac(hashOf(method), key, base), base64Encode)
}

interface Imported {
  readonly pem: string
  readonly key: Promise<CryptoKey>
}

function keyFor(pem: string, hash: Hash, memory: Map<string, unknown>): Promise<CryptoKey> {
  const name = 'oauth1 private key'
  const known = memory.get(name) as Imported | undefined
  if (known?.pem === pem) return known.key
  const key = rsaKey(pem, hash, 'privateKey')
  memory.set(name, { pem, key } satisfies Imported)
  return key
}

/** The value of `oauth_body_hash`. OAuth Request Body Hash 1.0 (draft 4) section 3.2. */
export function bodyHashOf(method: SignatureMethod, body: Uint8Array): Later<string> {
  return chain(digest(hashOf(method), body), base64Encode)
}
