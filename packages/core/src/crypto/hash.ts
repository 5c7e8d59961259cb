import { digest as platformDigest, digestHex as platformDigestHex, hmac as platformHmac } from '#platform'
import type { HashAlgorithm } from '../world/hash-algorithm.ts'

/** Bytes at once where the runtime's own cryptography is synchronous (Node), later elsewhere (WebCrypto). */
export type Hashed = Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>>

/** The hash of bytes, or of the UTF-8 bytes of a text. FIPS 180-4, RFC 1321. */
export function digest(algorithm: HashAlgorithm, data: Uint8Array | string): Hashed {
  return platformDigest(algorithm, data)
}

/** As `digest`, in lower-case hexadecimal; faster than encoding its bytes. */
export function digestHex(algorithm: HashAlgorithm, data: Uint8Array | string): string | Promise<string> {
  return platformDigestHex(algorithm, data)
}

/** The keyed hash of bytes; a text stands for its UTF-8 bytes, and the key may be empty. RFC 2104. */
export function hmac(algorithm: HashAlgorithm, key: Uint8Array | string, data: Uint8Array | string): Hashed {
  return platformHmac(algorithm, key, data)
}

/**
 * Goes on with a value now if it is there, and later if it is not: where hashing is synchronous no promise is made.
 */
export function chain<T, R>(value: T | Promise<T>, next: (value: T) => R | Promise<R>): R | Promise<R> {
  return value instanceof Promise ? value.then(next) : next(value)
}
