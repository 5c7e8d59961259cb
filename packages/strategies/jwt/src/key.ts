import { AuthError, type Json } from '@latchkey/core'
import { chain, hmac, isProtected, openPem, secp256k1Signer, signingKey } from '@latchkey/core/crypto'
import { base64Encode, base64urlEncode, hexDecode, utf8 } from '@latchkey/core/http'
import { CompactSign } from 'jose'
import { hashOf, isShared, type JwtAlgorithm } from './algorithm.ts'
import { decodeKey, secretBytes, type KeyEncoding } from './secret.ts'

/** The members of a header or of a payload. */
export type Members = Readonly<Record<string, Json | undefined>>

/** Signs; at once where the runtime's cryptography does. */
export interface Signer {
  /** As the JWK names it. */
  readonly kid?: string | undefined
  sign(header: Members, payload: string): string | Promise<string>
}

/** A key as it was given, and what there is to know of it. */
export interface GivenKey {
  readonly algorithm: JwtAlgorithm
  readonly text: string
  readonly passphrase?: string | undefined
  /** What errors call the key and the passphrase. */
  readonly fields: readonly [key: string, passphrase: string]
  readonly encoding: KeyEncoding
  readonly base64EncodeSecret: boolean
  /** True: a secret may be shorter than its hash. */
  readonly shortSecret: boolean
}

/**
 * What signs with a key.
 * @throws {AuthError} settings_invalid where the key is none or does not fit the algorithm, unsupported (naming the
 * runtime) where the runtime cannot read it; never with the key
 */
export function signerFor(given: GivenKey): Signer | Promise<Signer> {
  const { algorithm } = given
  if (isShared(algorithm)) return hmacSigner(given)
  const text = privateText(given)
  if (algorithm === 'ES256K') return es256kSigner(text, given.fields[0])
  return joseSigner(text, given)
}

function hmacSigner({ algorithm, text, fields: [field], encoding, ...given }: GivenKey): Signer {
  const leastBytes = given.shortSecret ? 1 : Number(algorithm.slice(2)) / 8
  const secret = secretBytes(text, { field, encoding, base64Encode: given.base64EncodeSecret, leastBytes })
  return {
    sign: (header, payload) => {
      const input = signingInput(header, payload)
      return chain(hmacSignature(algorithm, secret, input), (mac) => `${input}.${mac}`)
    },
  }
}

/** The signature of a text with a shared secret, in base64url. RFC 7518 section 3.2. */
export function hmacSignature(
  algorithm: JwtAlgorithm,
  secret: Uint8Array<ArrayBuffer>,
  input: string,
): string | Promise<string> {
  return chain(hmac(hashOf(algorithm), secret, input), base64urlEncode)
}

function es256kSigner(text: string, field: string): Signer {
  const jwk = text.trimStart().startsWith('{') ? jwkOf(text, field) : undefined
  const sign = secp256k1Signer(jwk ?? text, field)
  return {
    kid: kidOf(jwk),
    sign: (header, payload) => {
      const input = signingInput(header, payload)
      return `${input}.${base64urlEncode(sign(input))}`
    },
  }
}

async function joseSigner(text: string, { algorithm, fields: [field] }: GivenKey): Promise<Signer> {
  const { key, kid } = await signingKey(text, { field, alg: algorithm })
  const { modulusLength = 2048 } = key.algorithm as Partial<RsaKeyAlgorithm>
  // RFC 7518 sections 3.3 and 3.5: a key of 2048 bits or larger.
  if (modulusLength < 2048) throw unfit(field, `has ${modulusLength} bits, and ${algorithm} needs 2048`)
  return {
    kid,
    sign: (header, payload) =>
      new CompactSign(utf8(payload))
        .setProtectedHeader(header as Members & { readonly alg: string })
        .sign(key),
  }
}

/** BASE64URL(header) || '.' || BASE64URL(payload). RFC 7515 section 5.1. */
function signingInput(header: Members, payload: string): string {
  return `${base64urlEncode(JSON.stringify(header))}.${base64urlEncode(payload)}`
}

// RFC 8410 section 7: the 32 bytes of a private Ed25519 key in PKCS#8.
const ed25519Head = '302e020100300506032b657004220420'

/** A private key as PEM or JWK: taken out of its encoding, and opened where it is protected. */
function privateText({ algorithm, text, passphrase = '', fields, encoding }: GivenKey): string {
  const [field] = fields
  if (text.trim() === '') throw unfit(field, 'is missing')
  let plain = text
  if (encoding !== 'text') {
    const bytes = decodeKey(text, encoding, field)
    const decoded = new TextDecoder().decode(bytes)
    // A seed alone, or with the public key after it, as Coinbase and libsodium write it.
    const isSeed = algorithm === 'EdDSA' && (bytes.byteLength === 32 || bytes.byteLength === 64)
    const der = isSeed ? [...(hexDecode(ed25519Head) ?? []), ...bytes.subarray(0, 32)] : bytes
    plain = /^\s*(?:\{|-----BEGIN )/.test(decoded)
      ? decoded
      : `-----BEGIN PRIVATE KEY-----\n${base64Encode(Uint8Array.from(der))}\n-----END PRIVATE KEY-----`
  }
  return passphrase !== '' && isProtected(plain) ? openPem(plain, passphrase, fields) : plain
}

function jwkOf(text: string, field: string): JsonWebKey {
  try {
    return JSON.parse(text) as JsonWebKey
  } catch {
    throw unfit(field, 'is not a JWK')
  }
}

function kidOf(jwk: JsonWebKey | undefined): string | undefined {
  const { kid } = (jwk ?? {}) as { readonly kid?: unknown }
  return typeof kid === 'string' ? kid : undefined
}

const unfit = (field: string, problem: string): AuthError =>
  new AuthError('settings_invalid', `${field} ${problem}.`, { field })
