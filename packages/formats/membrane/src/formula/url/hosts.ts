import { createBudget, invalid, isObject } from '@latchkey/core/definition'
import { originPattern, parseUrlTemplate } from '@latchkey/core/http'
import { formulaIn } from '../formulas.ts'
import { locatorOf } from '../jsonata/shape.ts'
import { parseJsonata } from '../jsonata/evaluate.ts'
import type { Node } from '../jsonata/library.ts'
import { parseTemplate, type TemplateTerm } from '../template.ts'
import { layoutOf, type Part } from './layout.ts'

/** Where a URL may lead, whatever its values. */
export interface Hosts {
  /** Exact origins, and patterns such as `https://*.example.com`; undefined where a value chooses. */
  readonly origins: readonly string[] | undefined
  /** What chooses: locators, or the formula that computes it; empty where the definition itself does. */
  readonly by: readonly string[]
}

interface Found {
  readonly origins: readonly string[]
  readonly by: readonly string[]
}

type Alternatives = readonly (readonly Part[])[]
type Members = Readonly<Record<string, unknown>>

const most = 64
const unknownText = (what: string): Alternatives => [[{ slot: what }]]

/** Every way to put one alternative of each after the other. */
function sequence(list: readonly Alternatives[]): Alternatives {
  return list.reduce<Alternatives>(
    (before, next) =>
      before.length * next.length > most
        ? unknownText('too many alternatives')
        : before.flatMap((head) => next.map((tail) => [...head, ...tail])),
    [[]],
  )
}

const membersOf = (value: unknown): Members => (isObject(value) ? value : {})
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : [])

function alternatives(value: unknown, at: string, depth = 0): Alternatives {
  if (depth > 64) throw invalid(at, 'nests deeper than 64 levels.')
  if (typeof value === 'string' || typeof value === 'number') return [[String(value)]]
  if (value == null) return [[]]
  const next = (part: unknown): Alternatives => alternatives(part, at, depth + 1)
  const formula = isObject(value) ? formulaIn(value) : undefined
  const { name = '', operand } = formula ?? {}
  const whole = membersOf(operand)
  const fallback = Object.hasOwn(whole, 'default') ? next(whole.default) : []
  switch (name) {
    case '$var':
      return unknownText(String(operand))
    case '$plain':
      return typeof operand === 'string' ? [[operand]] : unknownText(name)
    case '$concat': {
      const values = Array.isArray(operand) ? operand : whole.values
      if (!Array.isArray(values)) return unknownText(name)
      const between = next(whole.delimiter)
      return sequence(values.flatMap((part, index) => (index === 0 ? [next(part)] : [between, next(part)])))
    }
    case '$tpl': {
      const values = membersOf(whole.values)
      return sequence(
        String(whole.template)
          .split(/(\{[^{}]*\})/)
          .map((part, index) => {
            const slot = part.slice(1, -1)
            return index % 2 === 1 && Object.hasOwn(values, slot) ? next(values[slot]) : [[part]]
          }),
      )
    }
    case '$template':
      return typeof operand === 'string' ? [parseTemplate(operand, at).map(partOfTerm)] : unknownText(name)
    case '$case':
      return [
        ...listOf(Array.isArray(operand) ? operand : whole.cases).flatMap((each) =>
          next(membersOf(each).value),
        ),
        ...fallback,
      ]
    case '$map':
      return [...listOf(whole.mapping).flatMap((row) => next(membersOf(row).to)), ...fallback]
    case '$firstNotEmpty':
      return listOf(operand).flatMap(next)
    case '$jsonata':
      return expressionParts(parseJsonata(operand, { at, budget: createBudget(at) }))
    default:
      return unknownText(name === '' ? 'an object' : name)
  }
}

const partOfTerm = (term: TemplateTerm): Part =>
  term.kind === 'text' ? term.text : { slot: term.kind === 'path' ? term.locator : 'base64' }

function expressionParts(node: Node): Alternatives {
  const [only, ...more] = node.type === 'block' ? (node.expressions ?? []) : []
  if (only && more.length === 0) return expressionParts(only)
  if (node.type === 'string') return [[String(node.value)]]
  if (node.type === 'condition' && node.then)
    return [...expressionParts(node.then), ...(node.else ? expressionParts(node.else) : [])]
  if (node.type === 'binary' && node.value === '&' && node.lhs && node.rhs)
    return sequence([expressionParts(node.lhs), expressionParts(node.rhs)])
  return unknownText(locatorOf(node) ?? '$jsonata')
}

/**
 * Where the URL of a mapping may lead, without looking at any value: through every branch of its conditions.
 * @throws {AuthError} definition_invalid for what is no URL
 */
export function hostChosenBy(value: unknown, at = ''): Hosts {
  const all = alternatives(value, at)
    .filter((parts) => parts.length > 0)
    .map((parts) => hostOf(parts, at))
  const by = [...new Set(all.flatMap((each) => each.by))]
  return { origins: by.length > 0 ? undefined : [...new Set(all.flatMap(({ origins }) => origins))], by }
}

function hostOf(parts: readonly Part[], at: string): Found {
  const [first] = parts
  if (typeof first === 'object') return { origins: [], by: [first.slot] }
  // The names of slots are locators, which a template cannot hold: they are numbered here.
  const slots = parts.flatMap((part) => (typeof part === 'string' ? [] : [part.slot]))
  let count = 0
  const numbered = parts.map((part) => (typeof part === 'string' ? part : { slot: `s${count++}` }))
  const nameOf = (slot: string): string => slots[Number(slot.slice(1))] ?? slot
  const layout = layoutOf(numbered, at)
  if (!layout || layout.chosenBy.length > 0) return { origins: [], by: (layout?.chosenBy ?? []).map(nameOf) }
  const pattern = patternOf(layout.template, at)
  return pattern === undefined ? { origins: [], by: slots } : { origins: [pattern], by: [] }
}

/** The origin of a template; slots beside text in the first label are covered by a wildcard. */
function patternOf(template: string, at: string): string | undefined {
  try {
    parseUrlTemplate(template)
    return originPattern(template.replace(/^(https?:\/\/)[^./?#]*\{[^./?#]*\}[^./?#]*(?=\.)/i, '$1{label}'))
  } catch (error) {
    if (error instanceof TypeError) throw invalid(at, error.message, error)
    throw error
  }
}
