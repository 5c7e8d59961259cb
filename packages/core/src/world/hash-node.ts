import { createHmac, hash } from 'node:crypto'
import type { HashAlgorithm } from '../crypto/hash.ts'

const names = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
  'SHA-512-256': 'sha512-256',
} as const satisfies Record<HashAlgorithm, string>

/** Bytes without Buffer's own methods, at home in the same memory. */
const plain = ({ buffer, byteOffset, byteLength }: Buffer): Uint8Array<ArrayBuffer> =>
  new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength)

/** See crypto/hash.ts. */
export function digest(algorithm: HashAlgorithm, data: Uint8Array | string): Uint8Array<ArrayBuffer> {
  return plain(hash(names[algorithm], data, 'buffer'))
}

/** See crypto/hash.ts. */
export function hmac(
  algorithm: HashAlgorithm,
  key: Uint8Array | string,
  data: Uint8Array | string,
): Uint8Array<ArrayBuffer> {
  return plain(createHmac(names[algorithm], key).update(data).digest())
}
