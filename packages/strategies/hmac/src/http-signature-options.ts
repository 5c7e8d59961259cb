import type { SettingsOf } from '@latchkey/core'
import type { JwsAlgorithm } from '@latchkey/core/crypto'
import type { SecretEncoding } from './formats.ts'
import type { About } from './hmac.ts'

/** The algorithms with a private key, by what JOSE calls them. RFC 9421 section 3.3. */
export const keyed = {
  'rsa-pss-sha512': 'PS512',
  'rsa-v1_5-sha256': 'RS256',
  'ecdsa-p256-sha256': 'ES256',
  'ecdsa-p384-sha384': 'ES384',
  ed25519: 'EdDSA',
} as const satisfies Readonly<Record<string, JwsAlgorithm>>

export interface KeyId {
  readonly type: 'string'
  readonly label: string
  readonly required: true
  readonly public: true
  readonly pattern: string
}

interface Secret {
  readonly type: 'password'
  readonly label: string
  readonly required: true
  readonly multiline?: true
}

/** The form where signatures are made with a shared secret. */
export type SharedFields = { readonly keyId: KeyId; readonly secret: Secret }

/** The form where they are made with a private key: PEM or JWK. */
export type PrivateFields = { readonly keyId: KeyId; readonly privateKey: Secret }

/** What is signed and what is said of it. */
interface Common {
  /** Default: `@method`, `@target-uri`, `content-type` and `content-digest`; of `content-*` what a request has not is left out. */
  readonly components?: readonly string[]
  /** Default `sig1`. */
  readonly label?: string
  /** The hash in `Content-Digest`, which is set where it is a component and there is a body. Default `sha-256`. */
  readonly digest?: 'sha-256' | 'sha-512'
  /** Says the algorithm, too. Default false: the key determines it. */
  readonly alg?: boolean
  /** Adds 16 random bytes. Default false. */
  readonly nonce?: boolean
  /** Adds when the signature ends: seconds from its creation. */
  readonly expiresIn?: number
  /** What the application calls this kind of signature. */
  readonly tag?: string
  /** How far off a clock may be, in milliseconds, before a rejection is put down to it. Default 25,000. */
  readonly toleratedMs?: number
}

/** With a shared secret. */
export interface SharedOptions extends Common, About<SettingsOf<SharedFields>> {
  readonly algorithm: 'hmac-sha256'
  /** Default `text`. */
  readonly secretEncoding?: SecretEncoding
}

/** With a private key. */
export interface PrivateOptions extends Common, About<SettingsOf<PrivateFields>> {
  readonly algorithm: keyof typeof keyed
}

/** @throws {TypeError} that names the option that cannot work */
export function checkOptions({
  algorithm,
  label = 'sig1',
  expiresIn = 1,
  tag = '',
}: SharedOptions | PrivateOptions): void {
  if (algorithm !== 'hmac-sha256' && !Object.hasOwn(keyed, algorithm))
    throw new TypeError(`httpSignature: algorithm must be hmac-sha256, ${Object.keys(keyed).join(', ')}`)
  // RFC 8941 section 3.1.2: a key of a dictionary.
  if (!/^[a-z*][a-z\d_.*-]*$/.test(label))
    throw new TypeError('httpSignature: label must be lower-case letters and digits')
  if (!(Number.isInteger(expiresIn) && expiresIn > 0))
    throw new TypeError('httpSignature: expiresIn must be whole seconds')
  if (!/^[\x20-\x7e]*$/.test(tag)) throw new TypeError('httpSignature: tag must be printable ASCII')
}
