import { base64Encode } from '@latchkey/core/http'
import { invalid, isObject } from '@latchkey/core/definition'
import { inside, missingValue, variable, type Scope } from './scope.ts'
import { parseTemplate, type TemplateTerm } from './template.ts'
import { locatorsIn } from './locators.ts'
import { join, type Piece, type PiecesOf } from './pieces.ts'
import { isBlank, textOf } from './values.ts'

/**
 * The pieces of `$concat: [..]` or `{values, delimiter}`: blank parts are left out. Under `strict` a
 * missing variable is an error, and so are optional ones that are all missing: `Bearer ` alone is no credential.
 */
export function concatPieces(operand: unknown, scope: Scope, piecesOf: PiecesOf): readonly Piece[] {
  const whole: Readonly<Record<string, unknown>> = isObject(operand) ? operand : { values: operand }
  const values = Array.isArray(whole.values) ? (whole.values as unknown[]) : listIn(whole.values, scope)
  const delimiter = isObject(operand) ? piecesOf(whole.delimiter, inside(scope, 'delimiter')) : []
  const parts = (values ?? []).map((part, index) => {
    const pieces = piecesOf(part, inside(scope, index))
    const blank = pieces.every((piece) => (typeof piece === 'string' ? piece : piece.value) === '')
    return { part, pieces: blank ? [] : pieces }
  })
  if (scope.strict) demandOne(parts, scope)
  return parts
    .filter(({ pieces }) => pieces.length > 0)
    .flatMap(({ pieces }, index) => (index === 0 ? pieces : [...delimiter, ...pieces]))
}

/** The list of `values` where it is computed. */
const listIn = (values: unknown, scope: Scope): readonly unknown[] | undefined => {
  const list = isObject(values) ? scope.of(values, inside(scope, 'values')) : undefined
  // What comes out of a variable is data: it is not evaluated again.
  return Array.isArray(list) ? list.map((item) => ({ $plain: item as unknown })) : undefined
}

interface Part {
  readonly part: unknown
  readonly pieces: readonly Piece[]
}

/** Where every variable may be left out, one must be there all the same. */
function demandOne(parts: readonly Part[], { at }: Scope): void {
  const variables = parts.filter(({ part }) => isObject(part) && ('$var' in part || '$firstNotEmpty' in part))
  if (variables.length > 0 && variables.every(({ pieces }) => pieces.length === 0))
    throw missingValue(variables.flatMap(({ part }) => locatorsIn(part)).join(' or '), at)
}

/** The pieces of `$tpl: {template, values}`; values are not scanned for placeholders again. */
export function tplPieces(operand: unknown, scope: Scope, piecesOf: PiecesOf): readonly Piece[] {
  const { template, values } = (isObject(operand) ? operand : {}) as Readonly<Record<string, unknown>>
  if (typeof template !== 'string') return []
  const known: Readonly<Record<string, unknown>> = isObject(values) ? values : {}
  return template.split(/(\{[^{}]*\})/).flatMap((part, index) => {
    const name = part.slice(1, -1)
    if (index % 2 === 0 || !Object.hasOwn(known, name)) return part === '' ? [] : [part]
    return piecesOf(known[name], inside(inside(scope, 'values'), name))
  })
}

/** The pieces of `$template`; what base64() makes is one piece. A text of nothing but missing values is missing. */
export function templatePieces(operand: unknown, scope: Scope): readonly Piece[] {
  if (typeof operand !== 'string') throw invalid(scope.at, '$template must be a text.')
  const terms = parseTemplate(operand, scope.at)
  const parts = terms.map((term) => ({ term, pieces: termPieces(term, scope) }))
  const slots = parts.filter(({ term }) => term.kind !== 'text')
  if (slots.length > 0 && slots.every(({ pieces }) => pieces.length === 0)) {
    if (scope.strict) throw missingValue(locatorsIn({ $template: operand }).join(' or '), scope.at)
    return []
  }
  return parts.flatMap(({ pieces }) => pieces)
}

function termPieces(term: TemplateTerm, scope: Scope): readonly Piece[] {
  if (term.kind === 'text') return [term.text]
  if (term.kind === 'path') {
    const value = variable(term.locator, scope)
    return isBlank(value) ? [] : [{ name: term.locator, value: textOf(value, scope.at) }]
  }
  const parts = term.terms.flatMap((each) => termPieces(each, scope))
  if (!parts.some((part) => typeof part === 'object')) return []
  return [{ name: 'base64', value: base64Encode(join(parts, scope) ?? '') }]
}
