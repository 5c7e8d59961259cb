import type { Fields } from '@latchkey/core'
import { below, invalid, isObject, type JsonObject } from '@latchkey/core/definition'
import { formEncode, percentEncode } from '@latchkey/core/http'
import { parseTemplate, renderPieces, renderValue, type Scope } from '../../template/index.ts'
import { checkTexts, rendered } from '../value.ts'

/** A body as it is sent, and its type where the request names none. */
export interface Body {
  readonly text: string
  readonly type: string
}

const form = 'application/x-www-form-urlencoded'
const json = 'application/json'

/**
 * The body of a requester. A value that lands in a text of the author's is encoded for its place there.
 * @throws {AuthError} definition_invalid
 */
export function bodyOf(
  requester: JsonObject,
  at: string,
  fields: Fields,
): ((scope: Scope) => Body | undefined) | undefined {
  const given = partsOf(requester, at)
  const [part, second] = given
  if (second) throw invalid(second.at, `a request has one body, and ${part?.at ?? ''} gives another.`)
  if (!part) return undefined
  checkTexts(part.value, part.at)
  return (scope) =>
    typeof part.value === 'string' ? ofText(part.value, part, scope) : ofMapping(part, scope, fields)
}

interface Part {
  readonly kind: 'form' | 'json' | 'text'
  readonly value: unknown
  readonly at: string
}

const kinds: Readonly<Record<string, Part['kind']>> = {
  RequestBodyPlainText: 'text',
  RequestBodyUrlEncodedForm: 'form',
  RequestBodyJsonObject: 'json',
  RequestBodyGraphQL: 'json',
}

function partsOf(requester: JsonObject, at: string): Part[] {
  const { request_body: body, request_body_data: data, request_body_json: object } = requester
  const found: Part[] = []
  if (isGiven(data)) found.push({ kind: 'form', value: data, at: below(at, 'request_body_data') })
  if (isGiven(object)) found.push({ kind: 'json', value: object, at: below(at, 'request_body_json') })
  if (isGiven(body)) {
    const type = isObject(body) ? body['type'] : undefined
    const kind = typeof type === 'string' && Object.hasOwn(kinds, type) ? kinds[type] : undefined
    const path = below(at, 'request_body')
    if (!isObject(body) || !kind)
      throw invalid(below(path, 'type'), `this must be one of ${Object.keys(kinds).join(', ')}.`)
    found.push({ kind, value: body['value'], at: below(path, 'value') })
  }
  return found.filter(({ value }) => !(isObject(value) && Object.keys(value).length === 0))
}

const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== ''

function ofMapping({ kind, value, at }: Part, scope: Scope, fields: Fields): Body {
  const made = rendered(value, scope, at, fields)
  if (kind === 'form') return { text: formEncode(pairsOf(made, at)), type: form }
  return { text: JSON.stringify(made ?? {}), type: json }
}

/** The pairs of a mapping: a list gives several, null none, and a boolean is spelt as Python spells it. */
export function pairsOf(value: unknown, at: string): [string, string][] {
  if (!isObject(value)) throw invalid(at, 'this must be a mapping.')
  return Object.entries(value).flatMap(([name, item]) =>
    [item].flat().flatMap((each): [string, string][] => {
      if (each === null || each === undefined) return []
      if (typeof each === 'object')
        throw invalid(below(at, name), 'a form and a query have no nested values.')
      return [[name, typeof each === 'boolean' ? (each ? 'True' : 'False') : String(each)]]
    }),
  )
}

function ofText(source: string, { kind, at }: Part, scope: Scope): Body {
  const template = parseTemplate(source, at)
  const whole = kind === 'json' ? renderValue(template, scope, at) : undefined
  if (isObject(whole)) return { text: JSON.stringify(whole), type: json }
  const plain = textIn(source, scope, at, kind)
  return { text: plain.text, type: plain.type }
}

function textIn(source: string, scope: Scope, at: string, kind: Part['kind']): Body {
  const pieces = renderPieces(source, scope, at)
  const text = pieces.map((piece) => piece.text).join('')
  const authors = pieces.map((piece) => (piece.source ? 'x' : piece.text)).join('')
  // What the author wrote around the values says what it is; only then is it known how a value stands in it.
  const type =
    /^\s*[{[]/.test(authors) || kind === 'json' ? json : /^[\w.~%+-]+=/.test(authors) ? form : undefined
  if (type === undefined) return { text, type: 'text/plain;charset=UTF-8' }
  const encoded = pieces.map((piece) =>
    !piece.source
      ? piece.text
      : type === json
        ? JSON.stringify(piece.text).slice(1, -1)
        : piece.plain === undefined
          ? percentEncode(piece.text)
          : piece.text,
  )
  return { text: encoded.join(''), type }
}
