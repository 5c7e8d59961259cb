import { unsupported, createBudget, type JsonObject } from '@latchkey/core/definition'
import type { Link, Node, Part, Template } from './ast.ts'
import { textOf } from './cell.ts'
import { evaluate } from './evaluate.ts'
import { parseTemplate } from './parse.ts'
import { pathOf, referencesOf, variablesOf } from './references.ts'
import type { Scope } from './scope.ts'

/** A value in a text that is not known yet; `isWhole` where it is the value at that path itself. */
export interface Slot {
  readonly path: readonly string[]
  readonly isWhole: boolean
}

/** One form that a text may take: literal text and slots by turns. */
export type Shape = readonly (string | Slot)[]

/** What is known before anybody has filled in the form. */
export interface Given {
  readonly parameters?: JsonObject | undefined
  readonly choices?: Scope['choices']
}

const most = 64

/**
 * Every form that the text of a template may take, whatever the user fills in. A value whose choices are known stands
 * there as each of them.
 * @throws {AuthError} definition_invalid for a syntax error, unsupported for more than 64 forms
 */
export function shapesOf(text: string, at: string, given: Given = {}): readonly Shape[] {
  const template = parseTemplate(text, at)
  const locals = new Map<string, readonly Shape[]>()

  const limited = (shapes: readonly Shape[]): readonly Shape[] => {
    const known = new Map(shapes.map((shape) => [JSON.stringify(shape), shape]))
    if (known.size > most) throw unsupported(at, `the template has more than ${most} forms; make it simpler.`)
    return [...known.values()]
  }
  const product = (a: readonly Shape[], b: readonly Shape[]): readonly Shape[] =>
    limited(a.flatMap((left) => b.map((right) => merged([...left, ...right]))))
  const together = (all: readonly (readonly Shape[])[]): readonly Shape[] => all.reduce(product, [[]])

  const opaque = (node: Node): readonly Shape[] => {
    const alone: Template = { at, parts: [{ part: 'output', node }] }
    const paths = referencesOf(alone)
    if (paths.length === 0 && variablesOf(alone).length === 0) {
      const scope: Scope = {
        config: {},
        parameters: given.parameters,
        now: () => 0,
        random: (length) => new Uint8Array(length),
      }
      const e = { scope, at, budget: createBudget(at), blame: undefined }
      return [merged([textOf(evaluate(node, new Map(), e), at)])]
    }
    return [[{ path: paths[0] ?? [], isWhole: false }]]
  }

  const valueAt = (path: readonly string[]): readonly Shape[] => {
    const choices = given.choices?.(path)
    return choices && choices.length > 0
      ? limited(choices.map((choice) => merged([String(choice)])))
      : [[{ path, isWhole: true }]]
  }

  const chain = (base: Node, links: readonly Link[]): readonly Shape[] => {
    if (base.op === 'name' && base.name === 'config') {
      const { path, used } = pathOf(links)
      const last = links[used - 1]
      const fallback = last?.link === 'call' ? last.args.positional[1] : undefined
      const rest = links.slice(used)
      const [filter] = rest
      const otherwise =
        rest.length === 1 && filter?.link === 'filter' && /^d(?:efault)?$/.test(filter.name)
          ? filter.args.positional[0]
          : fallback
      if (rest.length === 0 || otherwise !== fallback)
        return limited([...valueAt(path), ...(otherwise ? forms(otherwise) : [])])
    }
    const [first, second] = links
    if (links.length === 0) return forms(base)
    if (
      base.op === 'literal' &&
      first?.link === 'member' &&
      first.name === 'format' &&
      second?.link === 'call'
    )
      if (links.length === 2 && second.args.named.length === 0)
        return together(
          String(base.value)
            .split(/(\{\})/)
            .map((part, place) => {
              const argument = part === '{}' ? second.args.positional[(place - 1) / 2] : undefined
              return argument ? forms(argument) : [merged([part])]
            }),
        )
    return opaque({ op: 'chain', base, links })
  }

  const forms = (node: Node): readonly Shape[] => {
    switch (node.op) {
      case 'if':
        return limited([...forms(node.then), ...(node.otherwise ? forms(node.otherwise) : [[]])])
      case 'or':
        return limited(node.items.flatMap(forms))
      case 'fold':
        return node.rest.every(([operator]) => operator === '+' || operator === '~')
          ? together([node.first, ...node.rest.map(([, each]) => each)].map(forms))
          : opaque(node)
      case 'chain':
        return chain(node.base, node.links)
      case 'name':
        return locals.get(node.name) ?? opaque(node)
      default:
        return opaque(node)
    }
  }

  const all = (parts: readonly Part[]): readonly Shape[] =>
    together(
      parts.map((part): readonly Shape[] => {
        if (part.part === 'text') return [[part.text]]
        if (part.part === 'output') return forms(part.node)
        if (part.part === 'if')
          return limited([...part.branches.flatMap(([, body]) => all(body)), ...all(part.otherwise)])
        if (part.part === 'set') locals.set(part.name, forms(part.node))
        return part.part === 'set' ? [[]] : [[{ path: [], isWhole: false }]]
      }),
    )

  return all(template.parts)
}

/** Neighbouring literals as one; empty ones left out. */
function merged(shape: Shape): Shape {
  return shape.reduce<(string | Slot)[]>((done, piece) => {
    const last = done.at(-1)
    if (piece === '') return done
    if (typeof piece === 'string' && typeof last === 'string') return [...done.slice(0, -1), last + piece]
    return [...done, piece]
  }, [])
}
