import { chain, digestHex, type HashAlgorithm } from '@latchkey/core/crypto'
import { percentEncode, quoted, utf8 } from '@latchkey/core/http'
import type { Qop } from './challenge.ts'

type Later<T> = T | Promise<T>

/** What to hash for a text whose characters are bytes: an ASCII text stands for itself, and nothing is encoded. */
const hashable = (text: string): string | Uint8Array => (/^[ -~]*$/.test(text) ? text : octets(text))

/** The bytes of a text that came from a header, one character a byte. */
function octets(text: string): Uint8Array {
  const bytes = utf8(text)
  return bytes.length === text.length ? bytes : Uint8Array.from(text, (character) => character.charCodeAt(0))
}

const joined = (...parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]))

/** H(user ":" realm ":" password), which stands for the password. RFC 7616 section 3.4.2. */
export function secretHash(
  hash: HashAlgorithm,
  user: string,
  realm: string,
  password: string,
): Later<string> {
  return digestHex(hash, joined(utf8(`${user}:`), octets(realm), utf8(`:${password}`)))
}

/** What a `-sess` algorithm uses in its place, for as long as the server does not challenge again. RFC 7616 section 3.4.2. */
export function sessionHash(
  hash: HashAlgorithm,
  secret: string,
  nonce: string,
  cnonce: string,
): Later<string> {
  return digestHex(hash, octets(`${secret}:${nonce}:${cnonce}`))
}

/** H(user ":" realm), which hides the user name. RFC 7616 section 3.4.4. */
export function userHash(hash: HashAlgorithm, user: string, realm: string): Later<string> {
  return digestHex(hash, joined(utf8(`${user}:`), octets(realm)))
}

/** What a response is made of, besides the secret. */
export interface Proof {
  readonly hash: HashAlgorithm
  readonly nonce: string
  /** Eight hexadecimal digits. */
  readonly nc: string
  readonly cnonce: string
  readonly qop: Qop | undefined
  /** Empty where a server proves itself. RFC 7616 section 3.5. */
  readonly method: string
  /** The request target: path and query. */
  readonly uri: string
  /** The body, for `auth-int`. */
  readonly body?: Uint8Array | undefined
}

/** The value of `response`, and of `rspauth`. RFC 7616 sections 3.4.1 and 3.5. */
export function responseOf(secret: string, proof: Proof): Later<string> {
  const { hash, nonce, nc, cnonce, qop, method, uri, body } = proof
  const start = `${method}:${uri}`
  const a2 =
    qop === 'auth-int'
      ? chain(digestHex(hash, body ?? new Uint8Array()), (entity) =>
          digestHex(hash, hashable(`${start}:${entity}`)),
        )
      : digestHex(hash, hashable(start))
  // RFC 2617 section 3.2.2.1: servers of RFC 2069 send no qop and expect neither count nor cnonce.
  const middle = qop === undefined ? '' : `${nc}:${cnonce}:${qop}:`
  return chain(a2, (end) => digestHex(hash, hashable(`${secret}:${nonce}:${middle}${end}`)))
}

/** What the header says of the user: the name, or its hash. */
export interface Answer extends Omit<Proof, 'method' | 'body' | 'hash'> {
  readonly user: string
  readonly userhash: boolean
  readonly realm: string
  readonly opaque: string | undefined
  readonly algorithm: string | undefined
  /** True for a `-sess` algorithm, which needs cnonce also where there is no qop. */
  readonly session: boolean
  readonly response: string
}

/** The value of the Authorization header. RFC 7616 section 3.4. */
export function answerHeader(answer: Answer): string {
  const { user, userhash, realm, uri, algorithm, nonce, nc, cnonce, qop, session, response, opaque } = answer
  // RFC 7616 section 3.4: a name beyond ASCII is sent in the notation of RFC 8187.
  const name = /^[ -~]*$/.test(user) ? `=${quoted(user, 'username')}` : `*=UTF-8''${percentEncode(user)}`
  // RFC 7616 section 3.4: algorithm, qop, nc and userhash are not quoted.
  let header = `Digest username${name}, realm=${quoted(realm, 'realm')}, uri=${quoted(uri, 'uri')}`
  if (algorithm !== undefined) header += `, algorithm=${algorithm}`
  header += `, nonce=${quoted(nonce, 'nonce')}`
  if (qop !== undefined) header += `, nc=${nc}`
  if (qop !== undefined || session) header += `, cnonce="${cnonce}"`
  if (qop !== undefined) header += `, qop=${qop}`
  header += `, response="${response}"`
  if (opaque !== undefined) header += `, opaque=${quoted(opaque, 'opaque')}`
  return userhash ? `${header}, userhash=true` : header
}
