import { hexEncode } from '@latchkey/core/http'
import { invalid } from '@latchkey/core/definition'
import { cellOf, numberCell, sourceOf, textCell, textOf, unfit, type Cell, type Source } from './cell.ts'
import { order } from './compare.ts'
import { argument, needed, type Args, type Evaluation } from './scope.ts'
import { itemsOf, made } from './text.ts'
import { formatted, momentOf, shifted, spanOf } from './time.ts'

const standard = '%Y-%m-%dT%H:%M:%S.%f%z'
const day = 86_400_000

/** The functions that Airbyte gives every template; undefined for any other name. */
export function callFunction(name: string, args: Args, e: Evaluation): Cell | undefined {
  const { at, scope } = e
  const now: Cell = { kind: 'moment', ms: scope.now() }
  const text = (place: number, what: string): string => textOf(needed(args, place, what, name, at), at)
  switch (name) {
    case 'now_utc':
      return now
    case 'today_utc':
      return { kind: 'moment', ms: Math.floor(scope.now() / day) * day, isDay: true }
    case 'today_with_timezone':
      return dayIn(text(0, 'timezone'), e)
    case 'timestamp':
      return numberCell(Math.floor(momentOf(needed(args, 0, 'dt', name, at), at).ms / 1000), at)
    case 'str_to_datetime':
      return momentOf(needed(args, 0, 's', name, at), at)
    case 'format_datetime': {
      const moment = momentOf(needed(args, 0, 'dt', name, at), at)
      return made(formatted(moment, text(1, 'format'), at), e, args.positional[0])
    }
    case 'day_delta': {
      const count = needed(args, 0, 'num_days', name, at)
      if (count.kind !== 'number') throw invalid(at, 'day_delta in the template needs a number.')
      const moment = shifted(now, { kind: 'span', ms: count.value * day, months: 0 }, 1, at)
      const format = argument(args, 1, 'format')
      return textCell(formatted(momentOf(moment ?? now, at), format ? textOf(format, at) : standard, at))
    }
    case 'duration':
      return spanOf(needed(args, 0, 'datestring', name, at), at)
    case 'max':
    case 'min':
      return most(name, args, e)
    case 'generate_uuid':
      return textCell(uuid(scope.random(16)))
    case 'sanitize_url':
      return urlEncoded(needed(args, 0, 'value', name, at), true, e)
    case 'camel_case_to_snake_case':
      return made(snake(text(0, 'value')), e, args.positional[0])
    case 'json_loads':
      return scope.functions?.includes('json_loads') === true
        ? loaded(needed(args, 0, 'value', name, at), e)
        : undefined
    default:
      return undefined
  }
}

/** The filters and functions `max` and `min`. */
export function most(name: 'max' | 'min', args: Args, e: Evaluation): Cell {
  const items = args.positional.length === 1 ? itemsOf(args.positional[0], e) : args.positional
  const [first, ...rest] = items
  if (!first) throw invalid(e.at, `${name} in the template has nothing to choose from.`)
  return rest.reduce((best, item) => {
    e.budget.step()
    return order(item, best, e.at) * (name === 'max' ? 1 : -1) > 0 ? item : best
  }, first)
}

// RFC 9562 section 5.4.
function uuid(bytes: Uint8Array): string {
  const hex = hexEncode(
    bytes.map((byte, at) => (at === 6 ? (byte & 15) | 64 : at === 8 ? (byte & 63) | 128 : byte)),
  )
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

const snake = (text: string): string =>
  text
    .replace(/([^])([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()

/** Percent-encoded as Python's `quote` (which leaves `/`) or `quote_plus` does; the plain text is remembered. */
export function urlEncoded(value: Cell, plus: boolean, e: Evaluation): Cell {
  const plain = textOf(value, e.at)
  if (/\p{Cs}/u.test(plain)) throw unfit(sourceOf(value), e.at, 'is no text that a URL can carry')
  const encoded = encodeURIComponent(plain).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  const text = plus ? encoded.replaceAll('%20', '+') : encoded.replaceAll('%2F', '/')
  e.budget.grow(text.length)
  const source = sourceOf(value)
  return { kind: 'text', pieces: [source ? { text, source, plain } : { text }] }
}

function dayIn(zone: string, e: Evaluation): Cell {
  try {
    // The Swedish form of a date is ISO 8601's.
    const text = new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(e.scope.now())
    return { kind: 'moment', ms: Date.parse(`${text}T00:00:00Z`), isDay: true }
  } catch (cause) {
    throw invalid(e.at, 'the template names a time zone that is not known.', cause)
  }
}

function loaded(value: Cell, e: Evaluation): Cell {
  const source: Source | undefined = sourceOf(value) ?? e.blame
  const text = value.kind === 'text' ? textOf(value, e.at) : ''
  if (value.kind === 'missing' || value.kind === 'none' || (text === '' && value.kind === 'text'))
    throw unfit(source, e.at, 'is missing')
  // A default such as {} in place of a text that is not there.
  if (value.kind === 'dict' && value.names.length === 0 && !value.source)
    throw unfit(source, e.at, 'is missing')
  e.budget.grow(text.length)
  try {
    return cellOf(JSON.parse(text), source)
  } catch {
    throw unfit(source, e.at, 'is not JSON')
  }
}
