import type { HashAlgorithm } from '@latchkey/core/crypto'

/** The algorithms that sign, by `alg`. RFC 7518 section 3.1, RFC 8037 section 3.1, RFC 8812 section 3.2. Never `none`. */
export type JwtAlgorithm =
  | 'HS256'
  | 'HS384'
  | 'HS512'
  | 'RS256'
  | 'RS384'
  | 'RS512'
  | 'PS256'
  | 'PS384'
  | 'PS512'
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'ES256K'
  | 'EdDSA'

/** Whether one secret signs and verifies. */
export const isShared = (alg: string): boolean => alg.startsWith('HS')

/** The hash of an HMAC algorithm. */
export const hashOf = (alg: string): HashAlgorithm => `SHA-${alg.slice(2)}` as HashAlgorithm

/** @throws {TypeError} for a name that is none; RFC 8725 section 3.1: the algorithm is fixed in code. */
export function checkAlgorithm(alg: string): void {
  if (!/^(?:(?:HS|RS|PS)(?:256|384|512)|ES(?:256K?|384|512)|EdDSA)$/.test(alg))
    throw new TypeError(
      `jwt: algorithm must be one of RFC 7518 that signs, such as RS256, not ${JSON.stringify(alg)}`,
    )
}
