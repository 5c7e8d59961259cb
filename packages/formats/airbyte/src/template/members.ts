import { invalid } from '@latchkey/core/definition'
import {
  cellOf,
  listCell,
  missing,
  sourceOf,
  textCell,
  textOf,
  unfit,
  type Cell,
  type Source,
} from './cell.ts'
import { argument, needed, type Args, type Evaluation } from './scope.ts'
import { itemsOf, textMethod } from './text.ts'
import { momentMember } from './time.ts'

/** Own members only; names that begin with two underscores do not exist. */
export function member(value: Cell, name: string, e: Evaluation): Cell {
  if (name.startsWith('__')) throw invalid(e.at, `the template asks for ${name}, which is out of reach.`)
  const source = sourceOf(value)
  if (value.kind === 'dict') {
    const below: Source | undefined = source && { ...source, path: [...source.path, name] }
    return value.get(name) ?? cellOf(undefined, below)
  }
  if (value.kind === 'missing' && value.source)
    return { kind: 'missing', source: { ...value.source, path: [...value.source.path, name] } }
  if (value.kind === 'moment') {
    const found = momentMember(value, name, [], e.at)
    if (found) return found
  }
  if (value.kind === 'missing' || value.kind === 'none') throw unfit(source, e.at, 'is missing')
  throw invalid(e.at, `the template asks a ${value.kind} for ${name}, which it does not have.`)
}

/** `a[b]` */
export function item(value: Cell, key: Cell, e: Evaluation): Cell {
  if (key.kind !== 'number') return member(value, textOf(key, e.at), e)
  if (value.kind === 'dict' || value.kind === 'missing') return member(value, String(key.value), e)
  const length = value.kind === 'list' ? value.length : textOf(value, e.at).length
  const at = key.value < 0 ? length + key.value : key.value
  if (value.kind === 'list') return value.at(at)
  const source = sourceOf(value)
  return textCell(textOf(value, e.at)[at] ?? '', source)
}

/** `a[b:c]` */
export function slice(value: Cell, from: Cell | undefined, to: Cell | undefined, e: Evaluation): Cell {
  const [start, end] = [from, to].map((each) => (each?.kind === 'number' ? each.value : undefined))
  if (value.kind === 'list') return listCell(itemsOf(value, e).slice(start, end))
  return textCell(textOf(value, e.at).slice(start, end), sourceOf(value))
}

/** `a.b(…)` */
export function method(value: Cell, name: string, args: Args, e: Evaluation): Cell {
  const source = sourceOf(value)
  if (value.kind === 'dict' || (value.kind === 'missing' && value.source)) {
    if (name === 'get') return got(value, args, e)
    if (value.kind === 'missing') throw unfit(source, e.at, 'is missing')
    if (name === 'keys') return listCell(itemsOf(value, e))
    const pairs = value.names.map((each) => [textCell(each, source), value.get(each) ?? missing] as const)
    e.budget.step(pairs.length)
    if (name === 'values') return listCell(pairs.map(([, each]) => each))
    if (name === 'items') return listCell(pairs.map((pair) => listCell(pair)))
  }
  const made =
    value.kind === 'moment'
      ? momentMember(value, name, args.positional, e.at)
      : value.kind === 'text'
        ? textMethod(value, name, args, e)
        : undefined
  if (made) return made
  if (value.kind === 'missing' || value.kind === 'none') throw unfit(source, e.at, 'is missing')
  throw invalid(e.at, `the template calls ${name} of a ${value.kind}, which has no such method.`)
}

/** `.get(name, default)`; without a default what is not there is missing, so that it is named where it is needed. */
function got(value: Cell, args: Args, e: Evaluation): Cell {
  const found = member(value, textOf(needed(args, 0, 'key', 'get', e.at), e.at), e)
  return found.kind === 'missing' ? (argument(args, 1, 'default') ?? found) : found
}
