import { invalid, type Budget } from '@latchkey/core/definition'
import { missing, textOf, textOfPieces, type Cell } from './cell.ts'

/** Whether two cells are equal, as Python has it. */
export function isEqual(a: Cell, b: Cell, budget: Budget): boolean {
  budget.step()
  if ((a.kind === 'number' || a.kind === 'boolean') && (b.kind === 'number' || b.kind === 'boolean'))
    return Number(a.value) === Number(b.value)
  if (a.kind === 'text' && b.kind === 'text') return textOfPieces(a.pieces) === textOfPieces(b.pieces)
  if (a.kind === 'list' && b.kind === 'list')
    return (
      a.length === b.length &&
      budget.deeper(() =>
        Array.from({ length: a.length }, (_, index) => index).every((index) =>
          isEqual(a.at(index), b.at(index), budget),
        ),
      )
    )
  if (a.kind === 'dict' && b.kind === 'dict')
    return (
      a.names.length === b.names.length &&
      budget.deeper(() =>
        a.names.every((name) => isEqual(a.get(name) ?? missing, b.get(name) ?? missing, budget)),
      )
    )
  if (a.kind === 'moment' && b.kind === 'moment') return a.ms === b.ms
  return a.kind === b.kind && a.kind !== 'span'
}

/** Negative, zero or positive, of two numbers, texts or moments. @throws {AuthError} definition_invalid for others */
export function order(a: Cell, b: Cell, at: string): number {
  if ((a.kind === 'number' || a.kind === 'boolean') && (b.kind === 'number' || b.kind === 'boolean'))
    return Number(a.value) - Number(b.value)
  if (a.kind === 'moment' && b.kind === 'moment') return a.ms - b.ms
  const [left, right] = [a, b].map((each) =>
    each.kind === 'text' || each.kind === 'missing' || each.kind === 'none' ? textOf(each, at) : undefined,
  )
  if (left === undefined || right === undefined)
    throw invalid(at, `the template compares a ${a.kind} with a ${b.kind}.`)
  return left < right ? -1 : left > right ? 1 : 0
}

/** Whether something is in a text, a list, or among the names of an object. */
export function contains(whole: Cell, part: Cell, at: string, budget: Budget): boolean {
  if (whole.kind === 'missing' || whole.kind === 'none') return false
  if (whole.kind === 'list')
    return Array.from({ length: whole.length }, (_, index) => index).some((index) =>
      isEqual(whole.at(index), part, budget),
    )
  const text = textOf(part, at)
  if (whole.kind === 'dict') return whole.get(text) !== undefined
  return textOf(whole, at).includes(text)
}
