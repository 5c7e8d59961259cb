import { invalid } from '@latchkey/core/definition'
import { booleanCell, listCell, numberCell, piecesOf, sourceOf, textCell, textOf, type Cell } from './cell.ts'
import { contains, isEqual, order } from './compare.ts'
import type { Args, Evaluation } from './scope.ts'
import { itemsOf, joined, printed } from './text.ts'
import { shifted } from './time.ts'

/** `a + b` and its like. @throws {AuthError} definition_invalid for kinds that do not go together */
export function combined(operator: string, a: Cell, b: Cell, e: Evaluation): Cell {
  const { at } = e
  if (operator === '~') return joined([piecesOf(a, at), piecesOf(b, at)], [], e)
  const left = numberIn(a)
  const right = numberIn(b)
  if (left !== undefined && right !== undefined)
    return numberCell(calculated(operator, left, right, at), at, sourceOf(a) ?? sourceOf(b))
  const moved =
    operator === '+' || operator === '-' ? shifted(a, b, operator === '+' ? 1 : -1, at) : undefined
  if (moved) return moved
  if (operator === '%' && a.kind === 'text') return printed(a, b.kind === 'list' ? itemsOf(b, e) : [b], e)
  if (operator === '*' && (left !== undefined || right !== undefined))
    return repeated(left === undefined ? a : b, left ?? right ?? 0, e)
  if (operator === '+' && a.kind === 'list' && b.kind === 'list')
    return listCell([...itemsOf(a, e), ...itemsOf(b, e)])
  const isText = [a, b].every(({ kind }) => kind === 'text' || kind === 'missing' || kind === 'none')
  if (operator === '+' && isText) return joined([piecesOf(a, at), piecesOf(b, at)], [], e)
  // A missing value is named before the kinds are compared.
  for (const each of [a, b]) if (each.kind === 'missing' || each.kind === 'none') piecesOf(each, at)
  throw invalid(at, `the template has ${operator} between a ${a.kind} and a ${b.kind}.`)
}

const numberIn = (cell: Cell): number | undefined =>
  cell.kind === 'number' || cell.kind === 'boolean' ? Number(cell.value) : undefined

function calculated(operator: string, a: number, b: number, at: string): number {
  if (b === 0 && ['/', '//', '%'].includes(operator)) throw invalid(at, 'the template divides by zero.')
  switch (operator) {
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    case '/':
      return a / b
    case '//':
      return Math.floor(a / b)
    // Python's remainder has the sign of the divisor.
    case '%':
      return a - b * Math.floor(a / b)
    default:
      return a ** b
  }
}

/** Counted before it is made. */
function repeated(value: Cell, times: number, e: Evaluation): Cell {
  const count = Math.max(0, Math.trunc(times))
  if (value.kind === 'list') {
    e.budget.step(count * value.length)
    return listCell(Array.from({ length: count }, () => itemsOf(value, e)).flat())
  }
  const text = textOf(value, e.at)
  e.budget.grow(text.length * count)
  return textCell(text.repeat(text === '' ? 0 : count), sourceOf(value))
}

/** `a < b` and its like. */
export function compared(operator: string, a: Cell, b: Cell, e: Evaluation): boolean {
  switch (operator) {
    case '==':
      return isEqual(a, b, e.budget)
    case '!=':
      return !isEqual(a, b, e.budget)
    case 'in':
      return contains(b, a, e.at, e.budget)
    case 'not in':
      return !contains(b, a, e.at, e.budget)
    case '<':
      return order(a, b, e.at) < 0
    case '>':
      return order(a, b, e.at) > 0
    case '<=':
      return order(a, b, e.at) <= 0
    default:
      return order(a, b, e.at) >= 0
  }
}

const symbols: Readonly<Record<string, string>> = {
  eq: '==',
  equalto: '==',
  sameas: '==',
  ne: '!=',
  lt: '<',
  lessthan: '<',
  gt: '>',
  greaterthan: '>',
  le: '<=',
  ge: '>=',
  in: 'in',
}

/** `a is defined` and its like; undefined where there is no such test. */
export function tested(name: string, value: Cell, args: Args, e: Evaluation): Cell | undefined {
  const [other] = args.positional
  if (Object.hasOwn(symbols, name) && other)
    return booleanCell(compared(symbols[name] ?? '', value, other, e))
  const { kind } = value
  const whole = value.kind === 'number' && Number.isInteger(value.value) ? value.value : undefined
  switch (name) {
    case 'defined':
      return booleanCell(kind !== 'missing')
    case 'undefined':
      return booleanCell(kind === 'missing')
    case 'none':
      return booleanCell(kind === 'none')
    case 'string':
      return booleanCell(kind === 'text')
    case 'number':
      return booleanCell(kind === 'number' || kind === 'boolean')
    case 'integer':
      return booleanCell(whole !== undefined)
    case 'boolean':
      return booleanCell(kind === 'boolean')
    case 'true':
    case 'false':
      return booleanCell(value.kind === 'boolean' && value.value === (name === 'true'))
    case 'mapping':
      return booleanCell(kind === 'dict')
    case 'sequence':
    case 'iterable':
      return booleanCell(kind === 'list' || kind === 'text' || kind === 'dict')
    case 'even':
    case 'odd':
      return booleanCell(whole !== undefined && (whole % 2 === 0) === (name === 'even'))
    case 'divisibleby':
      return booleanCell(
        whole !== undefined && other?.kind === 'number' && other.value !== 0 && whole % other.value === 0,
      )
    default:
      return undefined
  }
}
