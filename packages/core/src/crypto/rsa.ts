import { AuthError } from '../errors.ts'
import { utf8 } from '../http/encoding.ts'
import { systemSubtle } from '../world/crypto.ts'
import { parsePem } from './pem.ts'

const scheme = 'RSASSA-PKCS1-v1_5'

/**
 * A private RSA key out of PEM for signatures that no JWS algorithm names, SHA-1 among them. `field` is what errors call it.
 * @throws {AuthError} settings_invalid naming the field, never with the key
 */
export async function rsaKey(
  pem: string,
  hash: 'SHA-1' | 'SHA-256' | 'SHA-512',
  field: string,
): Promise<CryptoKey> {
  const { kind, bytes } = parsePem(pem, field)
  const refuse = (problem: string): AuthError =>
    new AuthError('settings_invalid', `${field} ${problem}.`, { field })
  if (kind !== 'RSA') throw refuse('is not an RSA key')
  try {
    return await systemSubtle().importKey('pkcs8', bytes, { name: scheme, hash }, false, ['sign'])
  } catch {
    // The runtime's message may quote the key.
    throw refuse('is not a private key that can sign')
  }
}

/** An RSA signature over bytes, or over the UTF-8 bytes of a text. RFC 8017 section 8.2. */
export async function rsaSign(
  key: CryptoKey,
  data: Uint8Array<ArrayBuffer> | string,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await systemSubtle().sign(scheme, key, typeof data === 'string' ? utf8(data) : data))
}
