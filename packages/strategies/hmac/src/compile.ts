import { headerName } from '@latchkey/core/http'
import type { Description } from './description.ts'
import { known } from './formats.ts'
import { parseTemplate, uses, type Piece } from './template.ts'

/** A description that has been checked, its templates taken apart. */
export interface Compiled {
  readonly description: Description
  readonly secret: string
  readonly message: readonly Piece[]
  readonly derive: readonly Piece[] | undefined
  /** Without the signature: put on the request before it is signed. */
  readonly before: readonly Target[]
  readonly after: readonly Target[]
  /** Whether a template anywhere names the time. */
  readonly timed: boolean
}

/** Where a template goes. */
export interface Target {
  readonly in: 'header' | 'query'
  readonly name: string
  readonly template: readonly Piece[]
}

const request = 'method scheme host path query ?query sortedQuery target url timestamp nonce header'.split(
  ' ',
)
const content = ['body', 'bodyHash', 'signedHeaders']

const algorithms = ['MD5', 'SHA-1', 'SHA-256', 'SHA-384', 'SHA-512', 'SHA-512-256']

/** @throws {TypeError} that names the option that cannot work */
export function compile(description: Description, fields: readonly string[]): Compiled {
  const { secret = 'secret', message, derive, headers = {}, query = {} } = description
  checkNames(description)
  if (!fields.includes(secret))
    throw new TypeError(`hmac: fields must have the field "${secret}" for the secret`)
  const clash = fields.find((field) => [...request, ...content, 'signature'].includes(field))
  if (clash !== undefined)
    throw new TypeError(`hmac: the field "${clash}" has the name of a part of the request`)
  const signed = new Set([...request, ...content, ...fields])
  const placed = new Set([...request.filter((name) => name !== 'header'), 'bodyHash', 'signature', ...fields])
  // A secret is signed with, never sent.
  if (description.mac !== 'hash') signed.delete(secret)
  placed.delete(secret)
  const targets: Target[] = [
    ...Object.entries(headers).map(([name, template]) => ({
      in: 'header' as const,
      name: headerName(name),
      template: parseTemplate(template, placed, `headers["${name}"]`),
    })),
    ...Object.entries(query).map(([name, template]) => ({
      in: 'query' as const,
      name,
      template: parseTemplate(template, placed, `query["${name}"]`),
    })),
  ]
  const after = targets.filter(({ template }) => uses(template, 'signature'))
  if (after.length === 0) throw new TypeError('hmac: headers or query must have the slot {signature}')
  const parsed = parseTemplate(message, signed, 'message')
  const derived = derive && parseTemplate(derive.message, signed, 'derive.message')
  return {
    description,
    secret,
    message: parsed,
    derive: derived,
    before: targets.filter((target) => !after.includes(target)),
    after,
    timed: [parsed, derived ?? [], ...targets.map(({ template }) => template)].some((pieces) =>
      uses(pieces, 'timestamp'),
    ),
  }
}

function checkNames(given: Description): void {
  const { nonce, timestamp = 'seconds' } = given
  const rules: readonly (readonly [string, unknown, readonly unknown[]])[] = [
    ['algorithm', given.algorithm, algorithms],
    ['mac', given.mac, ['hmac', 'hash']],
    ['encoding', given.encoding, known.encodings],
    ['secretEncoding', given.secretEncoding, known.secretEncodings],
    ['derive.encoding', given.derive?.encoding, known.encodings],
    ['bodyHash.algorithm', given.bodyHash?.algorithm, algorithms],
    ['bodyHash.encoding', given.bodyHash?.encoding, known.encodings],
    ['timestamp', typeof timestamp === 'string' ? timestamp : undefined, known.timestamps],
    ['nonce.encoding', typeof nonce === 'object' ? nonce.encoding : undefined, known.encodings],
  ]
  for (const [name, value, allowed] of rules) {
    if (value !== undefined && !allowed.includes(value))
      throw new TypeError(`hmac: ${name} must be ${allowed.join(', ')}`)
  }
}
