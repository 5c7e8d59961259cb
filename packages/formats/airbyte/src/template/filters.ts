import { hmac } from '@noble/hashes/hmac.js'
import { md5, sha1 } from '@noble/hashes/legacy.js'
import { sha224, sha256, sha384, sha512 } from '@noble/hashes/sha2.js'
import { base64Decode, base64Encode, hexEncode, utf8 } from '@latchkey/core/http'
import { invalid } from '@latchkey/core/definition'
import {
  isTrue,
  jsonOf,
  listCell,
  missing,
  numberCell,
  piecesOf,
  sourceOf,
  textCell,
  textOf,
  unfit,
  type Cell,
} from './cell.ts'
import { isEqual, order } from './compare.ts'
import { most, urlEncoded } from './functions.ts'
import { regexReplace, regexSearch } from './pattern.ts'
import { argument, needed, type Args, type Evaluation } from './scope.ts'
import { itemsOf, joined, made, printed, replaced, textMethod } from './text.ts'

const hashes = { md5, sha1, sha224, sha256, sha384, sha512 } as const

function hashNamed(name: string, at: string): (typeof hashes)[keyof typeof hashes] {
  const known = name.toLowerCase()
  if (!Object.hasOwn(hashes, known)) throw invalid(at, 'the template names a hash that is not known here.')
  return hashes[known as keyof typeof hashes]
}

/** Applies a filter; undefined where there is none of that name. */
export function callFilter(name: string, value: Cell, args: Args, e: Evaluation): Cell | undefined {
  const { at } = e
  const text = (place: number, what: string, otherwise?: string): string => {
    const found = otherwise === undefined ? needed(args, place, what, name, at) : argument(args, place, what)
    return found ? textOf(found, at) : (otherwise ?? '')
  }
  switch (name) {
    case 'default':
    case 'd': {
      const strict = argument(args, 1, 'boolean')
      const isAbsent = strict && isTrue(strict) ? !isTrue(value) : value.kind === 'missing'
      return isAbsent ? (argument(args, 0, 'default_value') ?? textCell('')) : value
    }
    case 'string':
    case 'safe':
      return { kind: 'text', pieces: piecesOf(value, at) }
    case 'lower':
    case 'upper':
    case 'capitalize':
    case 'title':
      return textMethod(value, name, { positional: [], named: new Map() }, e)
    case 'trim':
      return textMethod(value, 'strip', args, e)
    case 'replace':
      return replaced(value, args, e)
    case 'format':
      return printed(value, args.positional, e)
    case 'join': {
      const between = argument(args, 0, 'd')
      const attribute = argument(args, 1, 'attribute')
      const items = itemsOf(value, e).map((item) =>
        piecesOf(attribute ? memberOf(item, textOf(attribute, at)) : item, at),
      )
      return joined(items, between ? piecesOf(between, at) : [], e)
    }
    case 'tojson':
      return made(JSON.stringify(jsonOf(value, at, e.budget) ?? null), e, value)
    case 'urlencode':
    case 'urlEncode':
      return urlEncoded(value, false, e)
    case 'urldecode':
      return made(urlDecoded(value, at), e, value)
    // At home the last of these is named for the opposite of what it does.
    case 'base64encode':
    case 'b64encode':
    case 'base64binascii_decode':
      return made(base64Encode(textOf(value, at)), e, value)
    case 'base64decode':
      return made(decoded(value, at), e, value)
    case 'hash': {
      const salt = argument(args, 1, 'salt')
      const hash = hashNamed(text(0, 'hash_type', 'md5'), at)
      const input = textOf(value, at) + (salt ? textOf(salt, at) : '')
      return made(hexEncode(hash(utf8(input))), e, value, salt)
    }
    case 'hmac': {
      const hash = hashNamed(text(1, 'hash_type', 'sha256'), at)
      const key = needed(args, 0, 'key', name, at)
      return made(hexEncode(hmac(hash, utf8(textOf(key, at)), utf8(textOf(value, at)))), e, value, key)
    }
    case 'regex_search':
      return regexSearch(value, needed(args, 0, 'regex', name, at), e)
    case 'regex_replace':
      return regexReplace(
        value,
        needed(args, 0, 'regex', name, at),
        needed(args, 1, 'replacement', name, at),
        e,
      )
    default:
      return listFilter(name, value, args, e)
  }
}

function decoded(value: Cell, at: string): string {
  const bytes = base64Decode(textOf(value, at))
  if (!bytes) throw unfit(sourceOf(value), at, 'is not base64')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw unfit(sourceOf(value), at, 'is not text in base64')
  }
}

function urlDecoded(value: Cell, at: string): string {
  try {
    return decodeURIComponent(textOf(value, at).replaceAll('+', ' '))
  } catch {
    throw unfit(sourceOf(value), at, 'is not percent-encoded text')
  }
}

/** A member of an object; a path with dots goes deeper, as Jinja's attributes do. */
function memberOf(cell: Cell, path: string): Cell {
  return path
    .split('.')
    .reduce<Cell>((at, name) => (at.kind === 'dict' ? (at.get(name) ?? missing) : missing), cell)
}

function listFilter(name: string, value: Cell, args: Args, e: Evaluation): Cell | undefined {
  const { at } = e
  const items = (): Cell[] => itemsOf(value, e)
  switch (name) {
    case 'length':
    case 'count':
      return numberCell(value.kind === 'list' ? value.length : items().length, at)
    case 'first':
      return items()[0] ?? missing
    case 'last':
      return items().at(-1) ?? missing
    case 'list':
      return listCell(items())
    case 'reverse':
      return value.kind === 'list'
        ? listCell(items().reverse())
        : made(Array.from(textOf(value, at)).reverse().join(''), e, value)
    case 'unique':
      return listCell(
        items().filter(
          (item, index, all) => all.findIndex((other) => isEqual(item, other, e.budget)) === index,
        ),
      )
    case 'sort':
      return listCell(
        items().sort((a, b) => {
          e.budget.step()
          return order(a, b, at)
        }),
      )
    case 'max':
    case 'min':
      return most(name, { positional: [value], named: new Map() }, e)
    case 'map': {
      const attribute = args.named.get('attribute')
      const filter = args.positional[0]
      return listCell(
        items().map((item) => {
          if (attribute) return memberOf(item, textOf(attribute, at))
          const inner = filter ? textOf(filter, at) : ''
          const rest = { positional: args.positional.slice(1), named: args.named }
          const made = e.budget.deeper(() => callFilter(inner, item, rest, e))
          if (!made) throw invalid(at, 'map in the template needs an attribute or a filter.')
          return made
        }),
      )
    }
    case 'selectattr':
    case 'rejectattr':
      return listCell(items().filter((item) => isChosen(item, args, e) === (name === 'selectattr')))
    case 'int':
    case 'float':
    case 'abs':
    case 'round':
      return numeric(name, value, args, e)
    default:
      return undefined
  }
}

function isChosen(item: Cell, args: Args, e: Evaluation): boolean {
  const found = memberOf(item, textOf(needed(args, 0, 'attribute', 'selectattr', e.at), e.at))
  const [, test, other] = args.positional
  if (!test) return isTrue(found)
  if (!['equalto', 'eq', '=='].includes(textOf(test, e.at)) || !other)
    throw invalid(e.at, 'selectattr in the template knows the test equalto only.')
  return isEqual(found, other, e.budget)
}

function numeric(name: string, value: Cell, args: Args, e: Evaluation): Cell {
  const { at } = e
  const source = sourceOf(value)
  const text = value.kind === 'text' ? textOf(value, at).trim() : ''
  // Digits only: what looks like a number in another way stays what the user typed.
  const read =
    value.kind === 'number' || value.kind === 'boolean'
      ? Number(value.value)
      : /^[-+]?\d{1,300}(?:\.\d{0,300})?(?:e[-+]?\d{1,3})?$/i.test(text)
        ? Number(text)
        : undefined
  if (value.kind === 'missing' || value.kind === 'none') piecesOf(value, at)
  if (name === 'int' || name === 'float') {
    const number = read === undefined ? argument(args, 0, 'default') : undefined
    if (number) return number
    const found = read ?? 0
    return numberCell(name === 'int' ? Math.trunc(found) : found, at, source)
  }
  if (read === undefined) throw unfit(source, at, 'is not a number')
  if (name === 'abs') return numberCell(Math.abs(read), at, source)
  const digits = argument(args, 0, 'precision')
  const factor = 10 ** (digits?.kind === 'number' ? digits.value : 0)
  return numberCell(Math.round(read * factor) / factor, at, source)
}
