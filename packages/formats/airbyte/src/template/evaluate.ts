import { invalid } from '@latchkey/core/definition'
import type { ArgNodes, Link, Node, Part } from './ast.ts'
import {
  booleanCell,
  cellOf,
  dictCell,
  isTrue,
  listCell,
  missing,
  none,
  numberCell,
  piecesOf,
  sourceOf,
  textOf,
  unfit,
  type Cell,
  type Piece,
} from './cell.ts'
import { callFilter } from './filters.ts'
import { callFunction } from './functions.ts'
import { item, member, method, slice } from './members.ts'
import { combined, compared, tested } from './operators.ts'
import { variable, type Args, type Evaluation } from './scope.ts'
import { itemsOf } from './text.ts'

type Locals = ReadonlyMap<string, Cell>

/** The value of an expression. */
export function evaluate(node: Node, locals: Locals, e: Evaluation): Cell {
  e.budget.step()
  return e.budget.deeper(() => {
    const inner = (of: Node): Cell => evaluate(of, locals, e)
    switch (node.op) {
      case 'literal':
        return typeof node.value === 'number' ? numberCell(node.value, e.at) : cellOf(node.value)
      case 'name': {
        const found = variable(node.name, locals, e.scope)
        if (found) return found
        throw invalid(e.at, `the template names ${node.name}, which is not known here.`)
      }
      case 'list':
        return listCell(node.items.map(inner))
      case 'dict':
        return dictCell(node.entries.map(([name, of]) => [textOf(inner(name), e.at), inner(of)]))
      case 'not':
        return booleanCell(!isTrue(inner(node.of)))
      case 'minus': {
        const of = inner(node.of)
        if (of.kind !== 'number') throw unfit(sourceOf(of), e.at, 'is not a number')
        return numberCell(-of.value, e.at, of.source)
      }
      case 'fold':
        return node.rest.reduce<Cell>(
          (left, [operator, right]) => combined(operator, left, inner(right), e),
          inner(node.first),
        )
      case 'compare':
        return comparison(node, inner, e)
      case 'and':
      case 'or': {
        let last: Cell = missing
        for (const item of node.items) {
          last = inner(item)
          if (isTrue(last) === (node.op === 'or')) break
        }
        return last
      }
      case 'if':
        if (isTrue(inner(node.test))) return inner(node.then)
        return node.otherwise ? inner(node.otherwise) : missing
      case 'chain':
        return chained(node.base, node.links, locals, e)
    }
  })
}

function comparison(
  node: Extract<Node, { op: 'compare' }>,
  inner: (node: Node) => Cell,
  e: Evaluation,
): Cell {
  let left = inner(node.first)
  for (const [operator, of] of node.rest) {
    const right = inner(of)
    if (!compared(operator, left, right, e)) return booleanCell(false)
    left = right
  }
  return booleanCell(true)
}

function chained(base: Node, links: readonly Link[], locals: Locals, e: Evaluation): Cell {
  const args = (of: ArgNodes): Args => ({
    positional: of.positional.map((each) => evaluate(each, locals, e)),
    named: new Map(of.named.map(([name, each]) => [name, evaluate(each, locals, e)])),
  })
  let place = 0
  let value: Cell
  const [first] = links
  if (base.op === 'name' && first?.link === 'call' && !locals.has(base.name)) {
    const made = callFunction(base.name, args(first.args), e)
    if (!made) throw invalid(e.at, `the template calls ${base.name}, which is not known here.`)
    value = made
    place = 1
  } else value = mayBeUnknown(base, first, locals, e) ? missing : evaluate(base, locals, e)

  for (; place < links.length; place++) {
    e.budget.step()
    const link = links[place]
    const next = links[place + 1]
    if (link?.link === 'member' && next?.link === 'call') {
      value = method(value, link.name, args(next.args), e)
      place++
    } else if (link) value = linked(value, link, args, locals, e)
  }
  return value
}

/** A name that nobody knows may be asked whether it is defined, and given a default. */
function mayBeUnknown(base: Node, link: Link | undefined, locals: Locals, e: Evaluation): boolean {
  if (base.op !== 'name' || variable(base.name, locals, e.scope)) return false
  return (
    (link?.link === 'test' && /^(?:un)?defined$/.test(link.name)) ||
    (link?.link === 'filter' && (link.name === 'default' || link.name === 'd'))
  )
}

function linked(value: Cell, link: Link, args: (of: ArgNodes) => Args, locals: Locals, e: Evaluation): Cell {
  switch (link.link) {
    case 'member':
      return member(value, link.name, e)
    case 'item':
      return item(value, evaluate(link.of, locals, e), e)
    case 'slice':
      return slice(
        value,
        link.from && evaluate(link.from, locals, e),
        link.to && evaluate(link.to, locals, e),
        e,
      )
    case 'filter': {
      const made = callFilter(link.name, value, args(link.args), e)
      if (made) return made
      throw invalid(e.at, `the template has the filter ${link.name}, which is not known here.`)
    }
    case 'test': {
      const made = tested(link.name, value, args(link.args), e)
      if (made) return link.negated ? booleanCell(!isTrue(made)) : made
      throw invalid(e.at, `the template has the test ${link.name}, which is not known here.`)
    }
    case 'call':
      throw invalid(e.at, 'the template calls what is not a function.')
  }
}

/** The pieces of a whole template; `set` changes the locals, of a loop only its own. */
export function run(parts: readonly Part[], locals: Map<string, Cell>, e: Evaluation): Piece[] {
  const pieces: Piece[] = []
  const within = (body: readonly Part[], inner: Map<string, Cell>): Piece[] =>
    e.budget.deeper(() => run(body, inner, e))
  for (const part of parts) {
    e.budget.step()
    switch (part.part) {
      case 'text':
        pieces.push({ text: part.text })
        break
      case 'output':
        pieces.push(...piecesOf(evaluate(part.node, locals, e), e.at))
        break
      case 'set':
        locals.set(part.name, evaluate(part.node, locals, e))
        break
      case 'if': {
        const taken = part.branches.find(([test]) => isTrue(evaluate(test, locals, e)))
        pieces.push(...within(taken ? taken[1] : part.otherwise, locals))
        break
      }
      case 'for': {
        const items = itemsOf(evaluate(part.of, locals, e), e)
        for (const item of items) pieces.push(...within(part.body, withNames(part.names, item, locals, e)))
        if (items.length === 0) pieces.push(...within(part.otherwise, locals))
      }
    }
  }
  for (const { text } of pieces) e.budget.grow(text.length)
  return pieces
}

function withNames(names: readonly string[], of: Cell, locals: Locals, e: Evaluation): Map<string, Cell> {
  const values = names.length === 1 ? [of] : itemsOf(of, e)
  return new Map([...locals, ...names.map((name, at) => [name, values[at] ?? none] as const)])
}
