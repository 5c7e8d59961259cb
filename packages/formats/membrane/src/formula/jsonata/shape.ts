import { invalid, isObject, unsupported } from '@latchkey/core/definition'
import type { Node } from './library.ts'

/** Deeper than any expression that a person writes; shallower than the stack. */
export const maxDepth = 200

const isFunction = (value: unknown): boolean =>
  typeof value === 'function' ||
  (typeof value === 'object' &&
    value !== null &&
    ('_jsonata_function' in value || '_jsonata_lambda' in value))

/**
 * A copy of JSON: own members, plain lists, no functions.
 * @throws {AuthError} definition_invalid where it nests without end
 */
export function plain(value: unknown, at: string, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return typeof value === 'function' ? undefined : value
  if (isFunction(value)) return undefined
  if (depth > maxDepth) throw tooDeep(at)
  if (Array.isArray(value)) return value.map((item) => plain(item, at, depth + 1))
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, item]) => {
      const copy = plain(item, at, depth + 1)
      return copy === undefined ? [] : [[name, copy]]
    }),
  )
}

export const tooDeep = (at: string): Error => invalid(at, `nests deeper than ${maxDepth} levels.`)

/**
 * How large values are when they are written out. Each object is measured once, so that one that holds another many
 * times over counts as what it would become.
 */
export function measure(at: string): (value: unknown) => number {
  const known = new WeakMap<object, number>()
  const sizeOf = (value: unknown, depth: number): number => {
    if (typeof value === 'string') return value.length
    if (typeof value !== 'object' || value === null || isFunction(value)) return 1
    const before = known.get(value)
    if (before !== undefined) return before
    if (depth > maxDepth) throw tooDeep(at)
    const size = Object.values(value).reduce((sum: number, item) => sum + sizeOf(item, depth + 1), 1)
    known.set(value, size)
    return size
  }
  return (value) => sizeOf(value, 0)
}

/** Every node of an expression; the library's trees have circles. */
export function nodesOf(root: Node): readonly Node[] {
  const seen = new Set<unknown>()
  const nodes: Node[] = []
  const rest: unknown[] = [root]
  while (rest.length > 0) {
    const part = rest.pop()
    if (typeof part !== 'object' || part === null || seen.has(part)) continue
    seen.add(part)
    if (isObject(part) && !(part instanceof RegExp)) nodes.push(part)
    rest.push(...(Object.values(part) as unknown[]))
  }
  return nodes
}

/** @throws {AuthError} unsupported for what changes its input */
export function checkNodes(nodes: readonly Node[], at: string): void {
  if (nodes.some(({ type }) => type === 'transform'))
    throw unsupported(
      at,
      'a transform (| … | … |) changes its input; build the object that you want instead.',
    )
}

/** The locator of a path of plain names; undefined for any other expression. */
export function locatorOf({ type, steps = [], value }: Node): string | undefined {
  if (type === 'name') return String(value)
  if (type !== 'path') return undefined
  const names =
    steps[0]?.type === 'variable' && ['$', ''].includes(String(steps[0].value)) ? steps.slice(1) : steps
  return names.length > 0 && names.every((step) => step.type === 'name')
    ? names.map((step) => String(step.value)).join('.')
    : undefined
}

/** The parts that an expression strings together with `&`, also those that it chooses between. */
export function partsOf(node: Node): readonly Node[] {
  if (node.type === 'binary' && node.value === '&' && node.lhs && node.rhs)
    return [...partsOf(node.lhs), ...partsOf(node.rhs)]
  if (node.type === 'condition' && node.then)
    return [...partsOf(node.then), ...(node.else ? partsOf(node.else) : [])]
  const [only, ...more] = node.type === 'block' ? (node.expressions ?? []) : []
  return only && more.length === 0 ? partsOf(only) : [node]
}
