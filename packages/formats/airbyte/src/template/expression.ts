import { invalid, type Budget } from '@latchkey/core/definition'
import type { ArgNodes, Link, Node } from './ast.ts'
import type { Token } from './tokens.ts'

/** The tokens of one expression or statement, read from left to right. */
export interface Reader {
  readonly at: string
  readonly budget: Budget
  /** The next token, without taking it. */
  peek(ahead?: number): Token | undefined
  /** Takes the next token if it is this operator or word. */
  take(text: string): boolean
  /** Takes the next token, whatever it is. @throws {AuthError} definition_invalid at the end */
  next(): Token
  /** @throws {AuthError} definition_invalid */
  expect(text: string): void
}

/** A reader of these tokens. */
export function readerOf(tokens: readonly Token[], at: string, budget: Budget): Reader {
  let place = 0
  const reader: Reader = {
    at,
    budget,
    peek: (ahead = 0) => tokens[place + ahead],
    take(text) {
      const token = tokens[place]
      const found = token !== undefined && token.kind !== 'string' && token.text === text
      if (found) place++
      return found
    },
    next() {
      const token = tokens[place++]
      if (!token) throw invalid(at, 'the template ends in the middle of an expression.')
      return token
    },
    expect(text) {
      if (reader.take(text)) return
      const found = tokens[place]
      throw invalid(at, `the template needs ${text} ${found ? `before ${found.text}` : 'at its end'}.`)
    },
  }
  return reader
}

/**
 * Reads an expression: `a if b else c`, and what binds more tightly.
 * @throws {AuthError} definition_invalid
 */
export function expression(r: Reader): Node {
  return r.budget.deeper(() => {
    const then = some(r, 'or', (each) => some(each, 'and', negation))
    if (!r.take('if')) return then
    const test = some(r, 'or', (each) => some(each, 'and', negation))
    return { op: 'if', test, then, otherwise: r.take('else') ? expression(r) : undefined }
  })
}

function some(r: Reader, op: 'and' | 'or', part: (r: Reader) => Node): Node {
  const items = [part(r)]
  while (r.take(op)) items.push(part(r))
  const [first] = items
  return items.length === 1 && first ? first : { op, items }
}

function negation(r: Reader): Node {
  return r.take('not') ? r.budget.deeper(() => ({ op: 'not', of: negation(r) })) : comparison(r)
}

const comparisons = ['==', '!=', '<', '>', '<=', '>=', 'in']

function comparison(r: Reader): Node {
  const first = sum(r)
  const rest: [string, Node][] = []
  for (;;) {
    const found = comparisons.find((each) => r.take(each))
    if (found !== undefined) rest.push([found, sum(r)])
    else if (r.peek()?.text === 'not' && r.peek(1)?.text === 'in') {
      r.expect('not')
      r.expect('in')
      rest.push(['not in', sum(r)])
    } else return rest.length === 0 ? first : { op: 'compare', first, rest }
  }
}

function fold(r: Reader, operators: readonly string[], part: (r: Reader) => Node): Node {
  const first = part(r)
  const rest: [string, Node][] = []
  for (;;) {
    const found = operators.find((each) => r.take(each))
    if (found === undefined) return rest.length === 0 ? first : { op: 'fold', first, rest }
    rest.push([found, part(r)])
  }
}

// Jinja's order: + and - bind less than ~, which binds less than * and its like.
const sum = (r: Reader): Node => fold(r, ['+', '-'], joining)
const joining = (r: Reader): Node => fold(r, ['~'], product)
const product = (r: Reader): Node => fold(r, ['*', '/', '//', '%'], power)
const power = (r: Reader): Node => fold(r, ['**'], (each) => unary(each, true))

function unary(r: Reader, filters: boolean): Node {
  const sign = ['-', '+'].find((each) => r.take(each))
  const base: Node =
    sign === undefined
      ? primary(r)
      : r.budget.deeper(() => (sign === '-' ? { op: 'minus', of: unary(r, false) } : unary(r, false)))
  const links = linksOf(r, filters)
  return links.length === 0 ? base : { op: 'chain', base, links }
}

const constants: Readonly<Record<string, boolean | null>> = {
  true: true,
  True: true,
  false: false,
  False: false,
  none: null,
  None: null,
}
const reserved = ['if', 'else', 'and', 'or', 'not', 'in', 'is']

function primary(r: Reader): Node {
  const token = r.next()
  if (token.kind === 'string') {
    let value = token.text
    while (r.peek()?.kind === 'string') value += r.next().text
    return { op: 'literal', value }
  }
  if (token.kind === 'number') return { op: 'literal', value: Number(token.text) }
  if (token.kind === 'name' && !reserved.includes(token.text))
    return Object.hasOwn(constants, token.text)
      ? { op: 'literal', value: constants[token.text] ?? null }
      : { op: 'name', name: token.text }
  if (token.text === '(') return group(r)
  if (token.text === '[') return { op: 'list', items: until(r, ']', expression) }
  if (token.text === '{')
    return {
      op: 'dict',
      entries: until(r, '}', (each) => {
        const name = expression(each)
        each.expect(':')
        return [name, expression(each)] as const
      }),
    }
  throw invalid(r.at, `the template has ${token.text} where a value should be.`)
}

/** A value in brackets, or a tuple, which is a list here. */
function group(r: Reader): Node {
  if (r.take(')')) return { op: 'list', items: [] }
  const first = expression(r)
  if (r.take(')')) return first
  r.expect(',')
  return { op: 'list', items: [first, ...until(r, ')', expression)] }
}

function until<T>(r: Reader, end: string, item: (r: Reader) => T): T[] {
  const items: T[] = []
  while (!r.take(end)) {
    items.push(item(r))
    if (!r.take(',')) {
      r.expect(end)
      break
    }
  }
  return items
}

function linksOf(r: Reader, filters: boolean): Link[] {
  const links: Link[] = []
  for (;;) {
    r.budget.step()
    if (r.take('.')) links.push({ link: 'member', name: r.next().text })
    else if (r.take('[')) links.push(subscript(r))
    else if (r.take('(')) links.push({ link: 'call', args: argumentsOf(r) })
    else if (filters && r.take('|')) links.push({ link: 'filter', name: nameOf(r), args: given(r) })
    else if (filters && r.take('is')) {
      const negated = r.take('not')
      const name = nameOf(r)
      links.push({ link: 'test', name, negated, args: r.peek()?.text === '(' ? given(r) : bare(r) })
    } else return links
  }
}

function subscript(r: Reader): Link {
  const from = r.peek()?.text === ':' ? undefined : expression(r)
  if (!r.take(':')) {
    r.expect(']')
    return { link: 'item', of: from ?? { op: 'literal', value: null } }
  }
  const to = r.peek()?.text === ']' ? undefined : expression(r)
  r.expect(']')
  return { link: 'slice', from, to }
}

function nameOf(r: Reader): string {
  const token = r.next()
  if (token.kind !== 'name') throw invalid(r.at, `the template has ${token.text} where a name should be.`)
  return token.text
}

const none: ArgNodes = { positional: [], named: [] }
const given = (r: Reader): ArgNodes => (r.take('(') ? argumentsOf(r) : none)

/** The argument of a test without brackets: `is divisibleby 3`. */
function bare(r: Reader): ArgNodes {
  const token = r.peek()
  const isValue =
    token !== undefined &&
    (token.kind === 'string' ||
      token.kind === 'number' ||
      token.text === '[' ||
      (token.kind === 'name' && !reserved.includes(token.text)))
  return isValue ? { positional: [unary(r, false)], named: [] } : none
}

function argumentsOf(r: Reader): ArgNodes {
  const positional: Node[] = []
  const named: [string, Node][] = []
  until(r, ')', (each) => {
    if (each.peek()?.kind === 'name' && each.peek(1)?.text === '=' && each.peek(1)?.kind === 'operator') {
      const name = nameOf(each)
      each.expect('=')
      named.push([name, expression(each)])
    } else positional.push(expression(each))
  })
  return { positional, named }
}
