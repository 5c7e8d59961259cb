import type { HashAlgorithm } from '@latchkey/core/crypto'
import type { Encoding, NonceFormat, SecretEncoding, TimestampFormat } from './formats.ts'

/** How the hash of a body is written into what is signed. */
export interface BodyHash {
  /** Default: the signature's own. */
  readonly algorithm?: HashAlgorithm
  /** Default: the signature's own. */
  readonly encoding?: Encoding
  /** What stands for a request without a body: the hash of nothing (the default), or nothing. */
  readonly empty?: 'hash' | 'nothing'
  /** The methods whose bodies are hashed; of others nothing is. Default: all. */
  readonly methods?: readonly string[]
  /** Only so many bytes from the start are hashed. Default: all. */
  readonly maxBytes?: number
}

/** Headers that are signed where the request has them, in this order. */
export interface SignedHeaders {
  readonly names: readonly string[]
  /** Between `name:value` and `name:value`; default a line feed. Spaces in a value are signed as one. */
  readonly separator?: string
}

/** A way of signing in data: what is signed, with what, and where everything goes. */
export interface Description<Name extends string = string> {
  /** Default `SHA-256`. */
  readonly algorithm?: HashAlgorithm
  /** `hash`: no key, the message itself names the secret. Default `hmac`. */
  readonly mac?: 'hmac' | 'hash'
  /** Of the signature; default `hex`. */
  readonly encoding?: Encoding
  /** The field with the secret; default `secret`. */
  readonly secret?: Name
  /** How the secret is written; default `text`, its UTF-8. */
  readonly secretEncoding?: SecretEncoding
  /** The key is the secret's HMAC of this template, as text in this encoding: a key for a day, or for a moment. */
  readonly derive?: { readonly message: string; readonly encoding: Encoding }
  /**
   * What is signed. `{method}`, `{scheme}`, `{host}` (with a port that is not the scheme's), `{path}`, `{query}`,
   * `{?query}` (with its question mark, where there is one), `{sortedQuery}`, `{target}` (path and `?query`), `{url}`,
   * `{timestamp}`, `{nonce}`, `{body}`, `{bodyHash}`, `{header:name}`, `{signedHeaders}`, and each field by its name.
   */
  readonly message: string
  readonly bodyHash?: BodyHash
  readonly signedHeaders?: SignedHeaders
  /** Default `seconds`. */
  readonly timestamp?: TimestampFormat
  /** Default: 16 bytes in `hex`. */
  readonly nonce?: NonceFormat
  /** Headers by name: templates as above, and `{signature}`. Those without it are there before the request is signed. */
  readonly headers?: Readonly<Record<string, string>>
  /** Query parameters by name, as the headers; they replace the caller's of the same name and stand last, in this order. */
  readonly query?: Readonly<Record<string, string>>
  /**
   * Where the time is signed: how far off a clock may be, in milliseconds, before the `Date` of a rejection is believed
   * and the request sent once more. Default 25,000.
   */
  readonly toleratedMs?: number
}
