import { AuthError } from '@latchkey/core'
import { derAt } from '@latchkey/core/crypto'
import { base64Decode, base64Encode, base64urlDecode, hexDecode, utf8 } from '@latchkey/core/http'

type Bytes = Uint8Array<ArrayBuffer>

/** How a key is written in its field. */
export type KeyEncoding = 'text' | 'hex' | 'base64' | 'base64url'

/** What there is to know of a secret besides its text. */
export interface SecretRules {
  readonly field: string
  readonly encoding: KeyEncoding
  /** The secret's bytes are the base64 text of what was given. */
  readonly base64Encode: boolean
  /** The least number of bytes. RFC 7518 section 3.2: as many as the hash has. */
  readonly leastBytes: number
}

const unfit = (field: string, problem: string): AuthError =>
  new AuthError('settings_invalid', `${field} ${problem}.`, { field })

/** The bytes of a key that was written in an encoding. @throws {AuthError} settings_invalid */
export function decodeKey(text: string, encoding: KeyEncoding, field: string): Bytes {
  if (encoding === 'text') return utf8(text)
  const decode = { hex: hexDecode, base64: base64Decode, base64url: base64urlDecode }[encoding]
  const bytes = decode(text.trim())
  if (bytes === undefined) throw unfit(field, `is not ${encoding}`)
  return bytes
}

/**
 * The bytes of a shared secret: as text, encoded, or a JWK of the type `oct`.
 * @throws {AuthError} settings_invalid for what is no shared secret (RFC 8725 section 3.1: who verifies with a public
 * key must not be talked into an HMAC with it) and for too short a one
 */
export function secretBytes(
  text: string,
  { field, encoding, base64Encode: encode, leastBytes }: SecretRules,
): Bytes {
  if (text === '') throw unfit(field, 'is missing')
  const jwk = jwkOf(text)
  const bytes = jwk === undefined ? decodeKey(text, encoding, field) : octBytes(jwk, field)
  if (
    isForeignText(text) ||
    isForeignText(new TextDecoder().decode(bytes)) ||
    isKeyDer(bytes) ||
    isKeyDer(base64Decode(text.trim()))
  )
    throw unfit(field, 'is a key pair, a public key or a certificate, not a shared secret')
  const secret = encode ? utf8(base64Encode(bytes)) : bytes
  if (secret.byteLength < leastBytes)
    throw unfit(field, `has ${secret.byteLength} bytes, and its algorithm needs ${leastBytes}`)
  return secret
}

/** PEM, OpenSSH's public keys. */
const isForeignText = (text: string): boolean =>
  /-----BEGIN |^\s*(?:ssh-|ecdsa-sha2-|sk-ssh-|sk-ecdsa-)/.test(text)

function jwkOf(text: string): JsonWebKey | undefined {
  if (!text.trimStart().startsWith('{')) return undefined
  try {
    const value = JSON.parse(text) as JsonWebKey
    return typeof value.kty === 'string' ? value : undefined
  } catch {
    return undefined
  }
}

function octBytes({ kty, k }: JsonWebKey, field: string): Bytes {
  const bytes = kty === 'oct' && typeof k === 'string' ? base64urlDecode(k) : undefined
  if (bytes === undefined) throw unfit(field, 'is a JWK of another type than oct')
  return bytes
}

/** A sequence over all bytes that begins with a sequence (public key, certificate) or a version (private key). X.690. */
function isKeyDer(bytes: Bytes | undefined): boolean {
  const whole = bytes && bytes.byteLength > 40 ? derAt(bytes, 0) : undefined
  if (whole?.tag !== 0x30 || whole.end !== bytes?.byteLength) return false
  const first = derAt(whole.content, 0)
  return first?.tag === 0x30 || (first?.tag === 2 && first.content.byteLength === 1)
}
