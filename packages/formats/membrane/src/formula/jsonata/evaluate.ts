import { isAuthError } from '@latchkey/core'
import { invalid } from '@latchkey/core/definition'
import { missingValue, type Scope } from '../scope.ts'
import type { Piece } from '../pieces.ts'
import { isBlank, textOf } from '../values.ts'
import { functionsFor } from './functions.ts'
import { withLibrary, type Compiled, type Node } from './library.ts'
import { regexEngine } from './regex.ts'
import { checkNodes, locatorOf, maxDepth, measure, nodesOf, partsOf, plain, tooDeep } from './shape.ts'

/**
 * `$jsonata: expression`, in JSONata 1.8 over a copy of the variables. The expression is counted step by step; its regular
 * expressions are linear; it has no clock, randomness or `$eval`. Its errors are errors.
 * @throws {AuthError} definition_invalid or unsupported naming the place, never a value
 */
export function evaluateJsonata(operand: unknown, scope: Scope): unknown {
  const { result, name } = run(operand, scope, () => undefined)
  if (scope.strict && isBlank(result) && !scope.optional(name)) throw missingValue(name, scope.at)
  return result
}

/** What an expression strings together, in order: what it spells out, and its values. Used for URLs. */
export function jsonataPieces(operand: unknown, scope: Scope): readonly Piece[] {
  const pieces: Piece[] = []
  const { result } = run(operand, scope, (node, value, parts) => {
    if (!parts.includes(node) || isBlank(value)) return
    const text = textOf(value, scope.at)
    pieces.push(node.type === 'string' ? text : { name: locatorOf(node) ?? '$jsonata', value: text })
  })
  if (isBlank(result)) throw missingValue('$jsonata', scope.at)
  return pieces
}

/**
 * The tree of an expression.
 * @throws {AuthError} definition_invalid for what is no expression, unsupported for what cannot be evaluated here
 */
export function parseJsonata(operand: unknown, scope: Pick<Scope, 'at' | 'budget'>): Node {
  return compiled(operand, scope, (expression) => expression.ast())
}

function compiled<T>(
  operand: unknown,
  scope: Pick<Scope, 'at' | 'budget'>,
  use: (expression: Compiled, parts: readonly Node[], compile: (text: string) => Compiled) => T,
): T {
  const { at, budget } = scope
  if (typeof operand !== 'string')
    throw invalid(at, 'an expression must be written out as a text; it cannot be computed.')
  // The library looks its hooks up among the expression's own variables.
  if (operand.includes('__evaluate')) throw invalid(at, 'no variable may be called __evaluate….')
  if (operand.length > 16_384) throw invalid(at, 'an expression of more than 16,384 characters is too long.')
  budget.step(1 + Math.ceil(operand.length / 64))
  return withLibrary(regexEngine(at, budget), (compile) => {
    try {
      const expression = compile(operand)
      checkNodes(nodesOf(expression.ast()), at)
      return use(expression, partsOf(expression.ast()), compile)
    } catch (error) {
      throw isAuthError(error) ? error : problem(error, at)
    }
  })
}

/** What the library says holds values, secrets among them: only its code is passed on. */
function problem(error: unknown, at: string): Error {
  if (error instanceof RangeError) return tooDeep(at)
  const { code, position } = Object(error) as { readonly code?: unknown; readonly position?: unknown }
  const where = typeof position === 'number' ? ` at character ${position}` : ''
  return invalid(
    at,
    `the JSONata expression failed${where} (${typeof code === 'string' ? code : 'unknown error'}); its author must correct it.`,
  )
}

type Observe = (node: Node, value: unknown, parts: readonly Node[]) => void

interface Run {
  readonly result: unknown
  /** What errors call the result. */
  readonly name: string
}

function run(operand: unknown, scope: Scope, observe: Observe): Run {
  const { at, budget, strict, optional } = scope
  return compiled(operand, scope, (expression, parts, compile) => {
    const root = expression.ast()
    const { joined, used, ends } = rolesIn(root)
    const starts = new Map<Node, unknown>()
    const sizeOf = measure(at)
    const input = plain(scope.variables, at)
    const given = sizeOf(input)
    let depth = 0
    const entry = (node: Node, context: unknown): void => {
      budget.step()
      if (++depth > maxDepth) throw tooDeep(at)
      // A function may take its context for an argument that is not there.
      const bare = node.type === 'function' && (node.arguments?.length ?? 0) === 0
      if (bare || typeof context === 'string') budget.step(Math.floor(sizeOf(context) / 1024))
    }
    const exit = (node: Node, _context: unknown, _environment: unknown, made: unknown): void => {
      depth--
      starts.set(node, made)
      const start = ends.get(node)
      // A range is counted before it is made.
      if (start) budget.grow(Math.max(0, Math.ceil(Number(made) - Number(starts.get(start)))) || 0)
      const size = sizeOf(made)
      if (used.has(node)) budget.step(Math.floor(size / 1024))
      if (size > given) budget.grow(size - given)
      if (Array.isArray(made)) budget.grow(made.length)
      else if (typeof made === 'string' && !reads.has(node.type)) budget.grow(made.length)
      const value: unknown = Array.isArray(made) && made.length < 2 ? made[0] : made
      if (strict && joined.has(node) && isMissing(node, value)) {
        const name = locatorOf(node) ?? '$jsonata'
        if (!optional(name)) throw missingValue(name, at)
      }
      observe(node, value, parts)
    }
    const bindings = {
      ...functionsFor(operand as string, scope, compile),
      __evaluate_entry: entry,
      __evaluate_exit: exit,
    }
    return {
      result: plain(expression.evaluate(input, bindings), at),
      name: locatorOf(root) ?? '$jsonata',
    }
  })
}

/** What only hands on what is there already. */
const reads = new Set<string | undefined>(['name', 'path', 'variable', 'string'])

interface Roles {
  /** Their values are joined into a text. */
  readonly joined: ReadonlySet<Node | undefined>
  /** A function or an operator works on their values. */
  readonly used: ReadonlySet<Node | undefined>
  /** The ends of ranges, with their starts. */
  readonly ends: ReadonlyMap<Node | undefined, Node>
}

function rolesIn(root: Node): Roles {
  const nodes = nodesOf(root)
  const binary = (sign: string): readonly Node[] =>
    nodes.filter(({ type, value }) => type === 'binary' && value === sign)
  return {
    joined: new Set(binary('&').flatMap(({ lhs, rhs }) => [lhs, rhs])),
    used: new Set(nodes.flatMap((node) => [node.lhs, node.rhs, ...(node.arguments ?? [])])),
    ends: new Map(binary('..').flatMap(({ lhs, rhs }) => (lhs && rhs ? [[rhs, lhs]] : []))),
  }
}

const isMissing = (node: Node, value: unknown): boolean =>
  value === undefined || value === null || (value === '' && locatorOf(node) !== undefined)
