import { createBudget, isObject } from '@latchkey/core/definition'
import { parseJsonata } from './jsonata/evaluate.ts'
import { locatorOf, nodesOf } from './jsonata/shape.ts'
import { parseTemplate, type TemplateTerm } from './template.ts'

/** The locators of every variable in a value, in order. */
export function locatorsIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(locatorsIn)
  if (!isObject(value)) return []
  const [[name, operand] = []] = Object.entries(value)
  if (name === '$plain') return []
  if (name === '$var') return typeof operand === 'string' ? [operand] : []
  if (name === '$template')
    return typeof operand === 'string' ? parseTemplate(operand, '').flatMap(inTerm) : []
  if (name === '$jsonata') return typeof operand === 'string' ? inExpression(operand) : []
  return Object.values(value).flatMap(locatorsIn)
}

const inExpression = (expression: string): readonly string[] =>
  nodesOf(parseJsonata(expression, { at: '', budget: createBudget('') }))
    .filter(({ type }) => type === 'path')
    .flatMap((node) => locatorOf(node) ?? [])

const inTerm = (term: TemplateTerm): readonly string[] =>
  term.kind === 'text' ? [] : term.kind === 'path' ? [term.locator] : term.terms.flatMap(inTerm)
