import { AuthError } from '@latchkey/core'
import { invalid, isObject, type Budget } from '@latchkey/core/definition'

/** Where a value came from: the configuration, or a variable that the caller gave. */
export interface Source {
  /** `['credentials', 'client_id']`; of a variable its name first: `['session_token']`. */
  readonly path: readonly string[]
  /** True for a variable of the caller. */
  readonly isVariable?: boolean
}

/** A piece of a rendered text: literal text of the template, or text that came from a value. */
export interface Piece {
  readonly text: string
  /** Absent: the author of the definition wrote it. */
  readonly source?: Source
  /** True where the text is the value at that path itself, not made of it. */
  readonly isWhole?: boolean
  /** The text before the template encoded it for a URL. */
  readonly plain?: string
}

/** A value while a template is evaluated. Members and items are made when they are asked for. */
export type Cell =
  | { readonly kind: 'text'; readonly pieces: readonly Piece[] }
  | { readonly kind: 'number'; readonly value: number; readonly source?: Source }
  | { readonly kind: 'boolean'; readonly value: boolean; readonly source?: Source }
  | { readonly kind: 'none'; readonly source?: Source }
  /** Without a source: what an `if` without `else` gives. */
  | { readonly kind: 'missing'; readonly source?: Source }
  | {
      readonly kind: 'list'
      readonly length: number
      readonly at: (index: number) => Cell
      readonly source?: Source
    }
  | {
      readonly kind: 'dict'
      readonly names: readonly string[]
      readonly get: (name: string) => Cell | undefined
      readonly source?: Source
    }
  /** Epoch milliseconds, in UTC; `isDay` prints the date alone. */
  | { readonly kind: 'moment'; readonly ms: number; readonly isDay?: boolean }
  | { readonly kind: 'span'; readonly ms: number; readonly months: number }

export const missing: Cell = { kind: 'missing' }
export const none: Cell = { kind: 'none' }

/** `credentials.client_id` */
export const fieldOf = ({ path }: Source): string => (path.length === 0 ? 'config' : path.join('.'))

/** Text that the author wrote, or, with a source, text made of a value. */
export function textCell(text: string, source?: Source): Cell {
  return { kind: 'text', pieces: text === '' ? [] : [source ? { text, source } : { text }] }
}

export function numberCell(value: number, at: string, source?: Source): Cell {
  if (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER)
    throw invalid(at, 'the template makes a number that is too large.')
  return { kind: 'number', value, ...(source && { source }) }
}

export const booleanCell = (value: boolean): Cell => ({ kind: 'boolean', value })

export function listCell(items: readonly Cell[]): Cell {
  return { kind: 'list', length: items.length, at: (index) => items[index] ?? missing }
}

export function dictCell(entries: readonly (readonly [string, Cell])[]): Cell {
  const map = new Map(entries)
  return { kind: 'dict', names: [...map.keys()], get: (name) => map.get(name) }
}

/** A JSON value, own members only. */
export function cellOf(value: unknown, source?: Source): Cell {
  const from = source && { source }
  const below = (name: string): Source | undefined => source && { ...source, path: [...source.path, name] }
  if (value === undefined) return { kind: 'missing', ...from }
  if (value === null) return { kind: 'none', ...from }
  if (typeof value === 'number' || typeof value === 'bigint')
    return { kind: 'number', value: Number(value), ...from }
  if (typeof value === 'boolean') return { kind: 'boolean', value, ...from }
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value
    return {
      kind: 'list',
      length: items.length,
      at: (index) => cellOf(items[index], below(String(index))),
      ...from,
    }
  }
  if (isObject(value))
    return {
      kind: 'dict',
      names: Object.keys(value),
      get: (name) => (Object.hasOwn(value, name) ? cellOf(value[name], below(name)) : undefined),
      ...from,
    }
  const text = typeof value === 'string' ? value : ''
  return { kind: 'text', pieces: text === '' && !source ? [] : [{ text, ...from, isWhole: true }] }
}

/** Where a cell came from: of a text its first piece that has a source. */
export function sourceOf(cell: Cell): Source | undefined {
  if (cell.kind === 'text') return cell.pieces.find(({ source }) => source)?.source
  return 'source' in cell ? cell.source : undefined
}

/** The error of a value that is not there, or not of the kind that is needed. */
export function unfit(source: Source | undefined, at: string, problem: string): AuthError {
  if (!source) return invalid(at, `the template gives a value that ${problem}.`)
  const field = fieldOf(source)
  if (source.isVariable) return invalid(at, `${field} ${problem} here.`)
  return new AuthError('settings_invalid', `${at}: ${field} ${problem}.`, { field })
}

/**
 * The pieces of a cell as text, as Python prints it: `True`, `False`, numbers as JSON does.
 * @throws {AuthError} settings_invalid naming the field, where a value of the configuration is missing or no text
 */
export function piecesOf(cell: Cell, at: string): readonly Piece[] {
  const from = 'source' in cell ? { source: cell.source, isWhole: true } : {}
  switch (cell.kind) {
    case 'text':
      return cell.pieces
    case 'number':
      return [{ text: String(cell.value), ...from }]
    case 'boolean':
      return [{ text: cell.value ? 'True' : 'False', ...from }]
    case 'missing':
      if (cell.source) throw unfit(cell.source, at, 'is missing')
      return []
    case 'none':
      throw unfit(cell.source, at, 'is missing')
    case 'moment': {
      const iso = new Date(cell.ms).toISOString()
      return [{ text: cell.isDay ? iso.slice(0, 10) : `${iso.slice(0, 19).replace('T', ' ')}+00:00` }]
    }
    default:
      throw unfit(sourceOf(cell), at, `is a ${cell.kind} where text is needed`)
  }
}

/** The text of a cell. @throws {AuthError} as `piecesOf` */
export const textOf = (cell: Cell, at: string): string => textOfPieces(piecesOf(cell, at))

export const textOfPieces = (pieces: readonly Piece[]): string => pieces.map(({ text }) => text).join('')

/** The JSON value of a cell; undefined where it is missing. Strings stay strings. */
export function jsonOf(cell: Cell, at: string, budget: Budget): unknown {
  budget.step()
  switch (cell.kind) {
    case 'number':
    case 'boolean':
      return cell.value
    case 'none':
      return null
    case 'missing':
      return undefined
    case 'list':
      return budget.deeper(() =>
        Array.from({ length: cell.length }, (_, index) => jsonOf(cell.at(index), at, budget) ?? null),
      )
    case 'dict':
      return budget.deeper(() =>
        Object.fromEntries(cell.names.map((name) => [name, jsonOf(cell.get(name) ?? missing, at, budget)])),
      )
    default: {
      const text = textOf(cell, at)
      budget.grow(text.length)
      return text
    }
  }
}

/** What counts as true. */
export function isTrue(cell: Cell): boolean {
  switch (cell.kind) {
    case 'text':
      return cell.pieces.some(({ text }) => text !== '')
    case 'number':
      return cell.value !== 0
    case 'boolean':
      return cell.value
    case 'list':
      return cell.length > 0
    case 'dict':
      return cell.names.length > 0
    case 'none':
    case 'missing':
      return false
    default:
      return true
  }
}
