import { AuthError, isAuthError } from '@latchkey/core'
import { invalid, isObject } from '@latchkey/core/definition'
import { renderUrl, type RenderOptions } from '@latchkey/core/http'
import { chooseCase, chooseFirst, chooseMapped, type Choose } from '../conditions.ts'
import { scopeOf } from '../evaluate.ts'
import { formulaIn } from '../formulas.ts'
import { jsonataPieces } from '../jsonata/evaluate.ts'
import { parseLocator } from '../locator.ts'
import { inside, missingValue, variable, type EvaluateOptions, type Scope, type Variables } from '../scope.ts'
import type { Piece, PiecesOf } from '../pieces.ts'
import { concatPieces, templatePieces, tplPieces } from '../text.ts'
import { isBlank, textOf } from '../values.ts'
import { layoutOf, type Part } from './layout.ts'

/** How a URL is evaluated; a missing value is always an error. */
export interface UrlOptions extends Omit<EvaluateOptions, 'missing'>, RenderOptions {}

const choosers: Readonly<Record<string, Choose>> = {
  $case: chooseCase,
  $map: chooseMapped,
  $firstNotEmpty: chooseFirst,
}

/** What the definition spells out, and what comes from values; nothing that a value holds counts as spelt out. */
const piecesOf: PiecesOf = (value, scope) => {
  scope.budget.step()
  if (typeof value === 'string') return value === '' ? [] : [value]
  const formula = isObject(value) ? formulaIn(value) : undefined
  if (!formula) return isBlank(value) ? [] : [textOf(value, scope.at)]
  const { name, operand } = formula
  const place = inside(scope, name)
  return scope.budget.deeper(() => {
    const choose = Object.hasOwn(choosers, name) ? choosers[name] : undefined
    const taken = choose?.(operand, place)
    if (choose) return taken ? piecesOf(taken.value, taken.scope) : []
    if (name === '$concat') return concatPieces(operand, place, piecesOf)
    if (name === '$tpl') return tplPieces(operand, place, piecesOf)
    if (name === '$template') return templatePieces(operand, place)
    if (name === '$jsonata') return jsonataPieces(operand, place)
    const made = name === '$var' ? variable(operand, place) : scope.of(value, scope)
    if (isBlank(made)) return []
    return [{ name: name === '$var' ? String(operand) : name, value: textOf(made, place.at) }]
  })
}

/**
 * The URL that a mapping makes. Values are checked and encoded for the place where they land: no value moves the URL to
 * a host that the definition does not spell out. Where a value is the host, or the whole URL, it must be a public host
 * under https; `hostChosenBy` says so beforehand.
 * @throws {AuthError} settings_invalid or credentials_missing naming the value, definition_invalid naming the place
 */
export function evaluateUrl(
  value: unknown,
  variables: Variables,
  at: string,
  options: UrlOptions = {},
): string {
  const scope = scopeOf(variables, at, { ...options, missing: 'error' })
  const pieces = piecesOf(value, scope)
  const [first] = pieces
  if (first === undefined) throw invalid(at, 'no URL comes out of this.')
  if (pieces.every((piece) => typeof piece === 'string')) return literalUrl(pieces.join(''), at)
  return typeof first === 'string'
    ? assemble(pieces, at, options, /^http:/i.test(first))
    : assembleOn(first, pieces.slice(1), scope, options)
}

function literalUrl(text: string, at: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    throw invalid(at, 'must be an absolute http or https URL without a user name.')
  return text
}

/** What errors and forms call a variable: its locator without the word that says whose it is. */
function fieldOf(locator: string): string {
  const [root, ...rest] = parseLocator(locator) ?? []
  const name = (rest.length > 0 ? rest : [root ?? 'value']).join('.')
  return name.replace(/[^\w.-]+/g, '_')
}

interface Slots {
  readonly parts: readonly Part[]
  readonly values: Readonly<Record<string, string>>
}

/** Slots by names that say what they are; two values of one name are told apart. */
function slotsOf(pieces: readonly Piece[]): Slots {
  const values = new Map<string, string>()
  const parts = pieces.map((piece): Part => {
    if (typeof piece === 'string') return piece
    let slot = fieldOf(piece.name)
    while (values.has(slot) && values.get(slot) !== piece.value) slot += '.'
    values.set(slot, piece.value)
    return { slot }
  })
  return { parts, values: Object.fromEntries(values) }
}

function assemble(pieces: readonly Piece[], at: string, options: UrlOptions, isPlain: boolean): string {
  const { parts, values } = slotsOf(pieces)
  const layout = layoutOf(parts, at)
  if (!layout) throw invalid(at, 'is no URL.')
  const [chosen] = layout.chosenBy
  if (chosen !== undefined && isPlain && options.allow === undefined)
    throw invalid(at, 'a host that a value names must be reached over https.')
  try {
    const url = renderUrl(layout.template, values, options)
    // The parser's slash after the host is no part of the definition.
    return /^[^/]*\/\/[^/?]*$/.test(layout.template) ? url.replace(/\/$/, '') : url
  } catch (error) {
    throw error instanceof TypeError && !isAuthError(error) ? invalid(at, error.message, error) : error
  }
}

/** A URL that begins with one that a value holds. */
function assembleOn(
  base: Exclude<Piece, string>,
  rest: readonly Piece[],
  { at }: Scope,
  options: UrlOptions,
): string {
  const field = fieldOf(base.name)
  const refuse = (problem: string): AuthError =>
    new AuthError('settings_invalid', `${field} must be ${problem}.`, { field })
  const [, scheme, host = '', port = ''] =
    /^(https?):\/\/([^/?#@\\:]+)(:\d+)?(?:\/[^?#\\]*)?$/i.exec(base.value) ?? []
  const url = URL.canParse(base.value) ? new URL(base.value) : undefined
  if (scheme === undefined || !url)
    throw refuse('a URL that begins with https:// and has no user name, query or fragment')
  const isPlain = scheme.toLowerCase() === 'http'
  if (isPlain && options.allow === undefined) throw refuse('a URL that begins with https://')
  const [next] = rest
  if (next !== undefined && (typeof next === 'object' || !/^[/?]/.test(next)))
    throw invalid(
      at,
      `what follows ${base.name} must begin with a slash, so that it cannot become part of the host.`,
    )
  const path =
    url.pathname === '/' || next?.startsWith('/') === true ? url.pathname.replace(/\/+$/, '') : url.pathname
  const start = isPlain ? 'http://' : 'https://'
  return assemble([start, { name: base.name, value: host }, `${port}${path}`, ...rest], at, options, isPlain)
}

/**
 * The path of a mapping with its `{name}` placeholders filled, each as (part of) one segment or of the query.
 * @throws {AuthError} definition_invalid for a placeholder without a value, settings_invalid for one that climbs
 */
export function renderPath(path: string, values: Variables, at: string): string {
  if (/^(?:[a-z][a-z\d+.-]*:|[/\\]{2})/i.test(path)) throw invalid(at, 'must be a path, not a URL.')
  return path.replace(/(?<=(.?))\{([^{}]+)\}(?=(.?))/g, (_, before: string, name: string, after: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    if (isBlank(value)) throw missingValue(name, at)
    const text = textOf(value, at)
    // A dot beside a dot of the path, or of another value, would make a step upwards.
    if (
      /(?:^|[/\\])\.{1,2}(?:$|[/\\])/.test(`${beside(before)}${text}${beside(after)}`) ||
      /\p{Cs}/u.test(text)
    )
      throw new AuthError('settings_invalid', `${name} must be a name that can stand in a path.`, {
        field: name,
      })
    return encodeURIComponent(text)
  })
}

const beside = (character: string): string => (character === '.' ? '.' : '')
