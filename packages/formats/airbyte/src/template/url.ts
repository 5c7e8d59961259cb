import { AuthError, isAuthError } from '@latchkey/core'
import { invalid } from '@latchkey/core/definition'
import { renderUrl } from '@latchkey/core/http'
import { fieldOf, unfit, type Piece, type Source } from './cell.ts'
import { renderPieces, type Text } from './render.ts'
import type { Scope } from './scope.ts'
import { shapesOf, type Given, type Shape } from './shapes.ts'

/**
 * The URL of a template, or of a base and what is added to it, as Airbyte joins them with one slash. A value is encoded for
 * the place where it lands and cannot move the URL to another host, unless the author lets it name the host: then it must
 * be the whole host or the whole base URL, over https (http for a loopback address that is allowed).
 * @throws {AuthError} settings_invalid naming the field; definition_invalid for a template that makes no URL, or that glues
 * a value to a domain
 */
export function renderUrlTemplate(
  text: Text | readonly [base: Text, path: Text],
  scope: Scope,
  at: string,
): string {
  const pieces = (of: Text): readonly Piece[] => trimmed(renderPieces(of, scope, at))
  const [base, path] = typeof text === 'object' && '0' in text ? text : [text, '']
  const known = appended(pieces(base), pieces(path)).map((piece) => asAuthors(piece, scope))
  const values = new Map<string, { source: Source; text: string }>()
  const slot = (value: string, source: Source): string => {
    const name = `v${values.size}`
    values.set(name, { source, text: value })
    return name
  }
  const template = assembled(whole(known, scope, at, slot), slot)
  try {
    const texts = Object.fromEntries([...values].map(([name, value]) => [name, value.text]))
    return renderUrl(template, texts, scope.allow === undefined ? {} : { allow: scope.allow })
  } catch (error) {
    throw named(error, values, template, at)
  }
}

/** Without the white space with which YAML and statements surround a URL. */
function trimmed(pieces: readonly Piece[]): readonly Piece[] {
  const given = pieces.filter(({ text, source }) => source ?? text.trim() !== '')
  return given.map((piece, at) => {
    if (piece.source) return piece
    const start = at === 0 ? piece.text.trimStart() : piece.text
    return { text: at === given.length - 1 ? start.trimEnd() : start }
  })
}

/** What the form allows was written by the author. */
function asAuthors(piece: Piece, { choices }: Scope): Piece {
  const { source, isWhole, text } = piece
  if (!source || isWhole !== true || source.isVariable === true) return piece
  return choices?.(source.path)?.some((choice) => String(choice) === text) === true ? { text } : piece
}

function appended(base: readonly Piece[], path: readonly Piece[]): readonly Piece[] {
  const [first, ...others] = path
  if (!first || base.length === 0) return first ? path : base
  const last = base.findLastIndex(({ text }) => text !== '')
  const head = base.map((piece, at) =>
    at === last ? { ...piece, text: piece.text.replace(/\/+$/, '') } : piece,
  )
  const tail = first.source ? first : { text: first.text.replace(/^\/+/, '') }
  return [...head, { text: /^\?/.test(tail.text) && !tail.source ? '' : '/' }, tail, ...others]
}

type Item = string | { readonly slot: string } | Piece

/** A base URL that is a value, taken apart into its scheme, its host as a slot, and its path. */
function whole(
  pieces: readonly Piece[],
  scope: Scope,
  at: string,
  slot: (value: string, source: Source) => string,
): readonly Item[] {
  const [first, ...rest] = pieces.filter(({ text, source }) => text !== '' || source)
  if (!first?.source) return first ? [first.text.trimStart(), ...rest] : []
  const [, scheme = '', host = '', port = '', path = ''] =
    /^\s*(https?):\/\/([^/?#\\@:\s]+)(:\d{1,5})?(\/[^?#\s]*)?\s*$/i.exec(first.text) ?? []
  const isLoopback = /^(?:localhost|127(?:\.\d{1,3}){3})$/i.test(host)
  const isSafe = scheme.toLowerCase() === 'https' || (isLoopback && scope.allow !== undefined)
  if (host === '' || !isSafe)
    throw unfit(first.source, at, 'must be a URL that begins with https:// and has no query and no user name')
  const next = rest[0]
  // https://a.example and .evil.example beside it would be another host.
  if (path === '' && next && (next.source || !/^[/?]/.test(next.text)))
    throw invalid(at, 'the template adds to the host of a URL that a user chooses.')
  return [`${scheme}://`, { slot: `${slot(host, first.source)}:host` }, port + literal(path), ...rest]
}

const literal = (text: string): string =>
  text.replace(/[\s{}<>"`^|]/g, (character) => encodeURIComponent(character))

/** A URL template of the core. */
function assembled(items: readonly Item[], slot: (value: string, source: Source) => string): string {
  let text = ''
  items.forEach((item, index) => {
    if (typeof item === 'string') text += item
    else if ('slot' in item) text += `{${item.slot}}`
    else if (!item.source) text += literal(item.text)
    else if (!inHost(text)) {
      const value = item.plain ?? item.text
      // An empty value is nothing in a query, and an error elsewhere.
      if (value !== '' || !text.includes('?')) text += `{${slot(value, item.source)}}`
    } else text += hostSlot(item, item.source, text, items.slice(index + 1), slot)
  })
  return text.trimEnd()
}

const inHost = (before: string): boolean => /^https?:\/\/[^/?#]*$/i.test(before)

/** What stands in the host after this place, as far as it is literal. */
function restOfHost(items: readonly Item[]): { literal: string; hasValue: boolean } {
  let text = ''
  for (const item of items) {
    if (typeof item === 'string') text += item
    else if ('slot' in item || item.source) {
      if (!/[/?#:]/.test(text)) return { literal: text, hasValue: true }
    } else text += item.text
    if (/[/?#:]/.test(text)) break
  }
  return { literal: /^[^/?#:]*/.exec(text)?.[0] ?? '', hasValue: false }
}

function hostSlot(
  piece: Piece,
  source: Source,
  before: string,
  after: readonly Item[],
  slot: (value: string, source: Source) => string,
): string {
  if (/:$/.test(before)) return `{${slot(piece.text, source)}}`
  const { literal: rest, hasValue } = restOfHost(after)
  const isDomain = rest === '' && !hasValue
  const [, host = piece.text, port = ''] = isDomain ? (/^(.+?)(:\d{1,5})$/.exec(piece.text) ?? []) : []
  // Without a domain of the author's after it, the value is the host or the end of one; glued to it, it is neither.
  const chooses =
    (isDomain && /[/.]$/.test(before)) || (rest.startsWith('.') && !/^\.[^.]+\.[^.]/.test(rest) && !hasValue)
  // A value that brings its own dot: https://{{ 'eu.' }}example.com
  const dotted = !chooses && /^[^.]+\.$/.test(piece.text) && /^[^.]+\.[^.]/.test(rest)
  if (dotted) return `{${slot(piece.text.slice(0, -1), source)}}.`
  return `{${slot(host, source)}${chooses ? ':host' : ''}}${port}`
}

function named(
  error: unknown,
  values: ReadonlyMap<string, { source: Source }>,
  template: string,
  at: string,
): unknown {
  if (isAuthError(error)) {
    const source = values.get(error.field ?? '')?.source
    if (!source) return error
    const field = fieldOf(source)
    const message = `${at}: ${error.message.replace(error.field ?? '', field)}`
    return source.isVariable === true
      ? invalid(at, message)
      : new AuthError('settings_invalid', message, { field })
  }
  const shown = template.replace(/\{(v\d+)(:host)?\}/g, (_, name: string) => {
    const source = values.get(name)?.source
    return `{${source ? fieldOf(source) : ''}}`
  })
  return invalid(
    at,
    /^https?:/i.test(template)
      ? `${shown} is not a URL whose host is fixed, or that a value may complete safely.`
      : 'the template does not make an absolute URL that begins with https://.',
  )
}

/** One form of a URL: a URL template of the core whose slots are dotted paths, and what chooses its host. */
export interface UrlShape {
  /** `https://{subdomain}.example.com/api`; absent where the whole URL is a value. */
  readonly template?: string
  /** The path of the value that names the host. */
  readonly chosenBy?: readonly string[]
}

/** Every form that the host of a URL may take; path and query are left out. @throws {AuthError} as `shapesOf` */
export function urlShapesOf(text: string, at: string, given: Given = {}): readonly UrlShape[] {
  return shapesOf(text, at, given).map(urlShape)
}

function urlShape(shape: Shape): UrlShape {
  const [first] = shape
  if (typeof first === 'object') return { chosenBy: first.path }
  let template = ''
  let chosenBy: readonly string[] | undefined
  for (const [index, piece] of shape.entries()) {
    if (typeof piece === 'string') {
      const text = index === 0 ? piece.trimStart() : piece
      const scheme = index === 0 ? (/^https?:\/\//i.exec(text)?.[0] ?? '') : ''
      const host = /^[^/?#]*/.exec(text.slice(scheme.length))?.[0] ?? ''
      template += scheme + host
      if (scheme.length + host.length < text.length) break
      continue
    }
    const isChosen = choosesHost(shape.slice(index + 1), template)
    if (isChosen) chosenBy ??= piece.path
    template += `{${piece.path.join('.').replace(/[^\w.-]/g, '_')}${isChosen ? ':host' : ''}}`
  }
  return { template: template.trim(), ...(chosenBy && { chosenBy }) }
}

function choosesHost(rest: Shape, before: string): boolean {
  if (/:$/.test(before)) return false
  const [next] = rest
  if (typeof next === 'object') return false
  const host = /^[^/?#:]*/.exec(next ?? '')?.[0] ?? ''
  const isEnd = host.length < (next ?? '').length || rest.length <= 1
  return host === '' || (host.startsWith('.') && isEnd && !/^\.[^.]+\.[^.]/.test(host))
}

/** The path of the value by which a user chooses the host of a URL; undefined where the author's text fixes it. */
export function hostChosenBy(text: string, given: Given = {}): readonly string[] | undefined {
  return urlShapesOf(text, '', given).find(({ chosenBy }) => chosenBy)?.chosenBy
}
