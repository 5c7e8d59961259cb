import { hexEncode, utf8 } from '../http/encoding.ts'
import type { HashAlgorithm } from './hash-algorithm.ts'

type Bytes = Uint8Array<ArrayBuffer>

const bytesOf = (data: Uint8Array | string): Bytes =>
  typeof data === 'string' ? utf8(data) : (data as Bytes)

/** See crypto/hash.ts. */
export async function digest(algorithm: HashAlgorithm, data: Uint8Array | string): Promise<Bytes> {
  const bytes = bytesOf(data)
  if (isForeign(algorithm)) return (await foreign(algorithm))(bytes)
  return new Uint8Array(await crypto.subtle.digest(algorithm, bytes))
}

/** See crypto/hash.ts. */
export async function digestHex(algorithm: HashAlgorithm, data: Uint8Array | string): Promise<string> {
  return hexEncode(await digest(algorithm, data))
}

/** See crypto/hash.ts. */
export async function hmac(
  algorithm: HashAlgorithm,
  key: Uint8Array | string,
  data: Uint8Array | string,
): Promise<Bytes> {
  // RFC 2104 section 2 pads a key with zeros, so that one zero is the empty key, which WebCrypto does not take.
  const secret = key.length === 0 ? new Uint8Array(1) : bytesOf(key)
  const bytes = bytesOf(data)
  if (isForeign(algorithm)) {
    const [{ hmac: mac }, hash] = await Promise.all([import('@noble/hashes/hmac.js'), foreign(algorithm)])
    return mac(hash, secret, bytes)
  }
  const imported = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: algorithm }, false, [
    'sign',
  ])
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, bytes))
}

type Foreign = 'MD5' | 'SHA-512-256'

/** What WebCrypto has no name for. */
const isForeign = (algorithm: HashAlgorithm): algorithm is Foreign =>
  algorithm === 'MD5' || algorithm === 'SHA-512-256'

/** Loaded when asked for, so that who signs with SHA-256 does not load it. */
async function foreign(algorithm: Foreign) {
  return algorithm === 'MD5'
    ? (await import('@noble/hashes/legacy.js')).md5
    : (await import('@noble/hashes/sha2.js')).sha512_256
}
