import { AuthError } from '../errors.ts'
import { utf8 } from '../http/encoding.ts'
import { nativeCrypto, runtimeName, type NativeKey } from '../world/native.ts'
import { pemText } from './pem.ts'

const curve = 'secp256k1'

const unfit = (field: string, problem: string): AuthError =>
  new AuthError('settings_invalid', `${field} ${problem}.`, { field })

/** What a runtime cannot do, said with its name. */
export const unsupported = (field: string, what: string): AuthError =>
  new AuthError('unsupported', `${runtimeName()} cannot ${what} (${field}).`, { field })

/**
 * A private key in PEM that is protected by a passphrase, without the protection: PKCS#8. `fields` are what errors call
 * the key and the passphrase.
 * @throws {AuthError} unsupported, naming the runtime, where it has no cryptography of its own; settings_invalid where
 * the passphrase does not open the key
 */
export function openPem(text: string, passphrase: string, fields: readonly [string, string]): string {
  const native = nativeCrypto()
  if (native === undefined) throw unsupported(fields[0], 'read a key that is protected by a passphrase')
  try {
    const key = native.createPrivateKey({ key: pemText(text), format: 'pem', passphrase })
    return key.export({ format: 'pem', type: 'pkcs8' })
  } catch {
    throw unfit(fields[1], `does not open ${fields[0]}`)
  }
}

/**
 * Signs with ECDSA on secp256k1 and SHA-256, which Web Cryptography does not have: ES256K. RFC 8812 section 3.2.
 * @throws {AuthError} unsupported, naming the runtime; settings_invalid where the key is of another kind
 */
export function secp256k1Signer(
  given: string | JsonWebKey,
  field: string,
): (data: string) => Uint8Array<ArrayBuffer> {
  const native = nativeCrypto()
  if (native?.getCurves().includes(curve) !== true) throw unsupported(field, `sign on the curve ${curve}`)
  let key: NativeKey
  try {
    key = native.createPrivateKey(
      typeof given === 'string' ? { key: pemText(given), format: 'pem' } : { key: given, format: 'jwk' },
    )
  } catch {
    throw unfit(field, 'is not a private key that can sign')
  }
  if (key.asymmetricKeyDetails?.namedCurve !== curve) throw unfit(field, 'does not fit the algorithm ES256K')
  // RFC 7518 section 3.4: both numbers, one after the other.
  return (data) => new Uint8Array(native.sign('sha256', utf8(data), { key, dsaEncoding: 'ieee-p1363' }))
}
