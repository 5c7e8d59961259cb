import {
  base64Decode,
  base64Encode,
  base64urlDecode,
  base64urlEncode,
  hexDecode,
  hexEncode,
  utf8,
} from '@latchkey/core/http'

/** How bytes become a text. */
export type Encoding = 'hex' | 'hex-upper' | 'base64' | 'base64url'

const encoders: Readonly<Record<Encoding, (bytes: Uint8Array) => string>> = {
  hex: hexEncode,
  'hex-upper': (bytes) => hexEncode(bytes).toUpperCase(),
  base64: base64Encode,
  base64url: base64urlEncode,
}

/** Bytes in an encoding. */
export const encode = (bytes: Uint8Array, encoding: Encoding): string => encoders[encoding](bytes)

/** How a secret was written down. */
export type SecretEncoding = 'text' | 'hex' | 'base64' | 'base64url'

const decoders: Readonly<Record<SecretEncoding, (text: string) => Uint8Array | undefined>> = {
  text: utf8,
  hex: hexDecode,
  base64: base64Decode,
  base64url: base64urlDecode,
}

/** The bytes of a secret; undefined where it is not in that encoding. */
export const decode = (text: string, encoding: SecretEncoding): Uint8Array | undefined =>
  decoders[encoding](text)

/**
 * How a moment is written: epoch `seconds` or `milliseconds`; `iso` 2003-12-15T14:43:07Z; `iso-milliseconds`
 * 2003-12-15T14:43:07.000Z; `compact` 20031215T14:43:07+0000; `http` Mon, 15 Dec 2003 14:43:07 GMT; or a function of
 * epoch milliseconds.
 */
export type TimestampFormat =
  'seconds' | 'milliseconds' | 'iso' | 'iso-milliseconds' | 'compact' | 'http' | ((ms: number) => string)

const iso = (ms: number): string => new Date(ms).toISOString()

const timestamps: Readonly<Record<TimestampFormat & string, (ms: number) => string>> = {
  seconds: (ms) => String(Math.floor(ms / 1000)),
  milliseconds: (ms) => String(Math.floor(ms)),
  iso: (ms) => `${iso(ms).slice(0, 19)}Z`,
  'iso-milliseconds': iso,
  compact: (ms) => `${iso(ms).slice(0, 19).replaceAll('-', '')}+0000`,
  // RFC 9110 section 5.6.7: IMF-fixdate.
  http: (ms) => new Date(ms).toUTCString(),
}

/** A moment as the description wants it; `ms` in epoch milliseconds. */
export const timestamp = (ms: number, format: TimestampFormat): string =>
  typeof format === 'string' ? timestamps[format](ms) : format(ms)

/** How a nonce is made: so many random bytes in an encoding, a version 4 UUID, or a function of a source of random bytes. */
export type NonceFormat =
  | 'uuid'
  | { readonly bytes: number; readonly encoding: Encoding }
  | ((random: (length: number) => Uint8Array) => string)

/** A nonce out of random bytes. */
export function nonce(random: (length: number) => Uint8Array, format: NonceFormat): string {
  if (typeof format === 'function') return format(random)
  if (format !== 'uuid') return encode(random(format.bytes), format.encoding)
  // RFC 9562 section 5.4: version and variant stand in two fixed places.
  const hex = hexEncode(
    random(16).map((byte, at) => (at === 6 ? (byte & 15) | 64 : at === 8 ? (byte & 63) | 128 : byte)),
  )
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** What a description may name, for its check at construction. */
export const known: {
  readonly encodings: readonly string[]
  readonly secretEncodings: readonly string[]
  readonly timestamps: readonly string[]
} = {
  encodings: Object.keys(encoders),
  secretEncodings: Object.keys(decoders),
  timestamps: Object.keys(timestamps),
}
