import { invalid } from '@latchkey/core/definition'
import {
  booleanCell,
  listCell,
  numberCell,
  piecesOf,
  sourceOf,
  textCell,
  textOf,
  textOfPieces,
  type Cell,
  type Piece,
} from './cell.ts'
import { argument, needed, type Args, type Evaluation } from './scope.ts'

/** Texts joined; each piece keeps where it came from. */
export function joined(items: readonly (readonly Piece[])[], between: readonly Piece[], e: Evaluation): Cell {
  const pieces: Piece[] = []
  items.forEach((item, index) => {
    e.budget.step()
    for (const piece of index > 0 ? [...between, ...item] : item) {
      e.budget.grow(piece.text.length)
      pieces.push(piece)
    }
  })
  return { kind: 'text', pieces }
}

/** Text made of a value: its source stays, the piece is no longer the value itself. */
export function made(text: string, e: Evaluation, ...of: readonly (Cell | undefined)[]): Cell {
  e.budget.grow(text.length)
  return textCell(
    text,
    of.map((cell) => cell && sourceOf(cell)).find((source) => source),
  )
}

/** Python's replace; the size of what comes out is counted before it is made. */
export function replaced(value: Cell, args: Args, e: Evaluation): Cell {
  const text = textOf(value, e.at)
  const old = needed(args, 0, 'old', 'replace', e.at)
  const put = needed(args, 1, 'new', 'replace', e.at)
  const [from, to] = [textOf(old, e.at), textOf(put, e.at)]
  const most = argument(args, 2, 'count')
  const limit = most?.kind === 'number' && most.value >= 0 ? most.value : Infinity
  const parts = from === '' ? ['', ...Array.from(text), ''] : text.split(from)
  const count = Math.min(parts.length - 1, limit)
  e.budget.step(count + 1)
  e.budget.grow(text.length + count * to.length)
  const head = parts.slice(0, count + 1).join(to)
  return textCell([head, ...parts.slice(count + 1)].join(from), sourceOf(value) ?? sourceOf(put))
}

function split(text: string, value: Cell, args: Args, e: Evaluation): Cell {
  const separator = argument(args, 0, 'sep')
  const most = argument(args, 1, 'maxsplit')
  const by = separator && separator.kind !== 'none' ? textOf(separator, e.at) : undefined
  if (by === '') throw invalid(e.at, 'split in the template needs a separator that is not empty.')
  const all = by === undefined ? text.split(/\s+/).filter((part) => part !== '') : text.split(by)
  const limit = most?.kind === 'number' && most.value >= 0 ? most.value : all.length
  const parts = all.length > limit + 1 ? [...all.slice(0, limit), all.slice(limit).join(by ?? ' ')] : all
  e.budget.step(parts.length)
  return listCell(parts.map((part) => made(part, e, value)))
}

/** Python's `'{} {0} {name}'.format(…)`, without members and widths. */
function format(text: string, args: Args, e: Evaluation): Cell {
  let place = 0
  const items = text.split(/(\{\{|\}\}|\{[^{}]*\})/).map((part): readonly Piece[] => {
    if (part === '{{' || part === '}}') return [{ text: part.slice(1) }]
    if (!part.startsWith('{')) return part === '' ? [] : [{ text: part }]
    const name = part.slice(1, -1)
    const found =
      name === ''
        ? args.positional[place++]
        : /^\d+$/.test(name)
          ? args.positional[Number(name)]
          : args.named.get(name)
    if (!found) throw invalid(e.at, `format in the template has ${part}, which is none of its arguments.`)
    return piecesOf(found, e.at)
  })
  return joined(items, [], e)
}

/** `'%s and %d' % (…)` and the filter `format`. */
export function printed(value: Cell, given: readonly Cell[], e: Evaluation): Cell {
  let place = 0
  const items = textOf(value, e.at)
    .split(/(%[^])/)
    .map((part): readonly Piece[] => {
      if (!part.startsWith('%') || part === '') return part === '' ? [] : [{ text: part }]
      if (part === '%%') return [{ text: '%' }]
      const found = given[place++]
      if ((part !== '%s' && part !== '%d') || !found)
        throw invalid(e.at, `the template formats ${part}, which is not %s or %d or has no value.`)
      return piecesOf(found, e.at)
    })
  return joined(items, [], e)
}

const stripped = (
  text: string,
  given: Cell | undefined,
  at: string,
  start: boolean,
  end: boolean,
): string => {
  const set = given && given.kind !== 'none' ? textOf(given, at) : undefined
  const drop = (character: string): boolean =>
    set === undefined ? character.trim() === '' : set.includes(character)
  let [from, to] = [0, text.length]
  while (start && from < to && drop(text[from] ?? '')) from++
  while (end && to > from && drop(text[to - 1] ?? '')) to--
  return text.slice(from, to)
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1).toLowerCase()

/** The methods of text that a template may call; undefined for any other name. */
export function textMethod(value: Cell, name: string, args: Args, e: Evaluation): Cell | undefined {
  const { at } = e
  const text = textOfPieces(piecesOf(value, at))
  const first = args.positional[0]
  const given = (): string => textOf(needed(args, 0, 'text', name, at), at)
  switch (name) {
    case 'lower':
    case 'casefold':
      return made(text.toLowerCase(), e, value)
    case 'upper':
      return made(text.toUpperCase(), e, value)
    case 'capitalize':
      return made(capital(text), e, value)
    case 'title':
      return made(text.replace(/\p{L}+/gu, capital), e, value)
    case 'strip':
      return made(stripped(text, first, at, true, true), e, value)
    case 'lstrip':
      return made(stripped(text, first, at, true, false), e, value)
    case 'rstrip':
      return made(stripped(text, first, at, false, true), e, value)
    case 'removeprefix':
      return made(text.startsWith(given()) ? text.slice(given().length) : text, e, value)
    case 'removesuffix':
      return made(given() !== '' && text.endsWith(given()) ? text.slice(0, -given().length) : text, e, value)
    case 'startswith':
      return booleanCell(text.startsWith(given()))
    case 'endswith':
      return booleanCell(text.endsWith(given()))
    case 'isdigit':
      return booleanCell(/^\d+$/.test(text))
    case 'find':
      return numberCell(text.indexOf(given()), at)
    case 'replace':
      return replaced(value, args, e)
    case 'split':
      return split(text, value, args, e)
    case 'join':
      return joined(
        itemsOf(first, e).map((item) => piecesOf(item, at)),
        piecesOf(value, at),
        e,
      )
    case 'format':
      return format(text, args, e)
    default:
      return undefined
  }
}

/** The items of a list, the names of an object, or the characters of a text. */
export function itemsOf(cell: Cell | undefined, e: Evaluation): Cell[] {
  if (cell === undefined || (cell.kind === 'missing' && !cell.source)) return []
  if (cell.kind === 'list') {
    e.budget.step(cell.length)
    return Array.from({ length: cell.length }, (_, index) => cell.at(index))
  }
  const source = sourceOf(cell)
  const parts = cell.kind === 'dict' ? cell.names : Array.from(textOf(cell, e.at))
  e.budget.step(parts.length)
  return parts.map((part) => textCell(part, source))
}
