import { chain, digest, hmac } from '@latchkey/core/crypto'
import { utf8 } from '@latchkey/core/http'
import type { Compiled } from './compile.ts'
import type { BodyHash, Description, SignedHeaders } from './description.ts'
import { encode } from './formats.ts'
import { fillText, uses, type Slot } from './template.ts'

/** A request as it is described to be signed. */
export interface Subject {
  readonly method: string
  readonly url: URL
  readonly headers: Headers
  readonly body: string | Uint8Array
  readonly timestamp: string
  readonly nonce: string
  /** The fields, by name, as text. */
  readonly fields: Readonly<Record<string, string>>
  /** The secret's bytes. */
  readonly key: Uint8Array
}

/** The value of a slot, for all but the body and what is made of it. */
export function slotValue({ name, argument }: Slot, subject: Subject): string {
  const { method, url, headers } = subject
  switch (name) {
    case 'method':
      return method
    case 'scheme':
      return url.protocol.slice(0, -1)
    case 'host':
      return url.host
    case 'path':
      return url.pathname
    case 'query':
      return url.search.slice(1)
    case '?query':
      return url.search
    case 'sortedQuery':
      return sorted(url.search.slice(1))
    case 'target':
      return url.pathname + url.search
    case 'url':
      return url.origin + url.pathname + url.search
    case 'timestamp':
      return subject.timestamp
    case 'nonce':
      return subject.nonce
    case 'header':
      return headers.get(argument) ?? ''
    default:
      return subject.fields[name] ?? ''
  }
}

/** The pairs as they are spelt, in order of their names, then values. */
function sorted(query: string): string {
  return query
    .split('&')
    .map((pair) => pair.split(/=(.*)/s) as [string, string?])
    .sort(([name, value = ''], [other, another = '']) =>
      name === other ? (value < another ? -1 : 1) : name < other ? -1 : 1,
    )
    .map(([name, value]) => (value === undefined ? name : `${name}=${value}`))
    .join('&')
}

function headerLines(headers: Headers, { names, separator = '\n' }: SignedHeaders): string {
  return names
    .filter((name) => headers.has(name))
    .map((name) => `${name.toLowerCase()}:${(headers.get(name) ?? '').trim().replace(/\s+/g, ' ')}`)
    .join(separator)
}

/** The hash of a body as the description writes it. */
export function hashOf(
  { method, body }: Pick<Subject, 'method' | 'body'>,
  description: Description,
): string | Promise<string> {
  const {
    algorithm = description.algorithm ?? 'SHA-256',
    encoding = description.encoding ?? 'hex',
    ...rest
  } = description.bodyHash ?? {}
  const { empty = 'hash', methods, maxBytes }: BodyHash = rest
  if (methods?.includes(method) === false || (body.length === 0 && empty === 'nothing')) return ''
  const bytes =
    maxBytes === undefined ? body : (typeof body === 'string' ? utf8(body) : body).subarray(0, maxBytes)
  return chain(digest(algorithm, bytes), (hash) => encode(hash, encoding))
}

/** The signature over a request. */
export function signatureOf(
  { description, message, derive }: Compiled,
  subject: Subject,
  bodyHash: string,
): string | Promise<string> {
  const { algorithm = 'SHA-256', encoding = 'hex', mac } = description
  const value = (slot: Slot): string => {
    if (slot.name === 'bodyHash') return bodyHash
    if (slot.name === 'signedHeaders')
      return headerLines(subject.headers, description.signedHeaders ?? { names: [] })
    return slotValue(slot, subject)
  }
  const text = messageOf(message, value, subject.body)
  const end = (bytes: Uint8Array): string => encode(bytes, encoding)
  if (mac === 'hash') return chain(digest(algorithm, text), end)
  const key = derive
    ? chain(hmac(algorithm, subject.key, fillText(derive, value)), (bytes) =>
        encode(bytes, description.derive?.encoding ?? 'hex'),
      )
    : subject.key
  return chain(
    chain(key, (ready) => hmac(algorithm, ready, text)),
    end,
  )
}

/** A text, unless the body in it is bytes, which need not be text. */
function messageOf(
  message: Compiled['message'],
  value: (slot: Slot) => string,
  body: string | Uint8Array,
): string | Uint8Array {
  if (typeof body === 'string' || !uses(message, 'body'))
    return fillText(message, (slot) => (slot.name === 'body' ? (body as string) : value(slot)))
  const parts = message.map((piece) =>
    typeof piece === 'object' && piece.name === 'body' ? body : utf8(fillText([piece], value)),
  )
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}
