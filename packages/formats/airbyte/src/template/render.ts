import { isAuthError } from '@latchkey/core'
import { createBudget } from '@latchkey/core/definition'
import type { Template } from './ast.ts'
import { jsonOf, textOfPieces, unfit, type Piece } from './cell.ts'
import { evaluate, run } from './evaluate.ts'
import { parseTemplate } from './parse.ts'
import { referencesOf } from './references.ts'
import type { Evaluation, Scope } from './scope.ts'

/** A template, or its text. */
export type Text = string | Template

const read = (text: Text, at: string): Template => (typeof text === 'string' ? parseTemplate(text, at) : text)

/** A budget of its own for every evaluation. */
function evaluation(template: Template, scope: Scope, at: string): Evaluation {
  const [path] = referencesOf(template)
  return { scope, at, budget: createBudget(at), blame: path && { path } }
}

/**
 * The text of a template in pieces, so that it is known which were written by the author and which came from a value.
 * What is made of a value counts as a value.
 * @throws {AuthError} settings_invalid naming the place in the configuration where a value is missing or unfit;
 * definition_invalid for a template that cannot be evaluated, or not within the limits
 */
export function renderPieces(text: Text, scope: Scope, at: string): readonly Piece[] {
  const template = read(text, at)
  return run(template.parts, new Map(), evaluation(template, scope, at))
}

/** The text of a template; may be empty. @throws {AuthError} as `renderPieces` */
export function renderText(text: Text, scope: Scope, at: string): string {
  return textOfPieces(renderPieces(text, scope, at))
}

/** As `renderText`, but an empty text is an error too, which names the first value that the template asks for. */
export function renderRequired(text: Text, scope: Scope, at: string): string {
  const template = read(text, at)
  const rendered = renderText(template, scope, at)
  if (rendered !== '') return rendered
  const [path] = referencesOf(template)
  throw unfit(path && { path }, at, 'is empty')
}

/** As `renderText`, but undefined where a value of the configuration is missing. */
export function renderOptional(text: Text, scope: Scope, at: string): string | undefined {
  try {
    return renderText(text, scope, at)
  } catch (error) {
    // `unfit` says so of what is not there; of a value that is there it says something else.
    if (isAuthError(error) && error.field !== undefined && error.message.endsWith(' is missing.'))
      return undefined
    throw error
  }
}

/**
 * The JSON value of a template that is one expression: a list stays a list, a number a number, and a text is never read
 * as anything else. Of any other template its text. Undefined where an `if` without `else` gives nothing.
 * @throws {AuthError} as `renderPieces`
 */
export function renderValue(text: Text, scope: Scope, at: string): unknown {
  const template = read(text, at)
  const parts = template.parts.filter((part) => part.part !== 'text' || part.text.trim() !== '')
  const [only] = parts
  const e = evaluation(template, scope, at)
  if (parts.length !== 1 || only?.part !== 'output') return textOfPieces(run(template.parts, new Map(), e))
  const cell = evaluate(only.node, new Map(), e)
  if ((cell.kind === 'missing' || cell.kind === 'none') && cell.source)
    throw unfit(cell.source, at, 'is missing')
  return jsonOf(cell, at, e.budget)
}
