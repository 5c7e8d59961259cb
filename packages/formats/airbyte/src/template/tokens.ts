import { invalid, type Budget } from '@latchkey/core/definition'

export interface Token {
  readonly kind: 'name' | 'number' | 'string' | 'operator'
  readonly text: string
}

/** A stretch of a template: text, or the tokens of an output (`{{ }}`) or of a statement (`{% %}`). */
export type Stretch =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'output' | 'statement'; readonly tokens: readonly Token[] }

const token =
  /\s*(?:([A-Za-z_]\w*)|(\d+(?:_\d+)*(?:\.\d+(?:_\d+)*)?(?:[eE][+-]?\d+)?)|'((?:[^'\\]|\\[^])*)'|"((?:[^"\\]|\\[^])*)"|(\*\*|\/\/|==|!=|<=|>=|[-+*/%~<>=()[\]{}.,:|]))/y
const opening = '([{'
const closing = ')]}'
const ends = { '{{': /\s*(-?)\}\}/y, '{%': /\s*([-+]?)%\}/y } as const

/**
 * A template cut into text and tokens. Jinja takes off one line end at the end of a template, and white space beside
 * `{{-`, `{%-`, `-%}` and `-}}`.
 * @throws {AuthError} definition_invalid
 */
export function tokensOf(source: string, at: string, budget: Budget): Stretch[] {
  budget.grow(source.length)
  const text = source.replace(/\r?\n$/, '')
  const stretches: Stretch[] = []
  let place = 0
  let trimNext = false
  const literal = (end: number, trimEnd: boolean): void => {
    let piece = text.slice(place, end)
    if (trimNext) piece = piece.trimStart()
    if (trimEnd) piece = piece.trimEnd()
    if (piece !== '') stretches.push({ kind: 'text', text: piece })
  }
  for (;;) {
    const start = nextOpening(text, place)
    if (start < 0) {
      literal(text.length, false)
      return stretches
    }
    budget.step()
    const open = text.slice(start, start + 2)
    const dash = text[start + 2] === '-'
    literal(start, dash)
    place = start + (dash ? 3 : 2)
    if (open === '{#') {
      const end = text.indexOf('#}', place)
      if (end < 0) throw invalid(at, 'the comment {# has no end #}.')
      trimNext = text[end - 1] === '-'
      place = end + 2
      continue
    }
    const read = inside(text, place, open as '{{' | '{%', at, budget)
    stretches.push({ kind: open === '{{' ? 'output' : 'statement', tokens: read.tokens })
    place = read.place
    trimNext = read.trim
  }
}

function nextOpening(text: string, from: number): number {
  for (let at = text.indexOf('{', from); at >= 0; at = text.indexOf('{', at + 1))
    if ('{%#'.includes(text[at + 1] ?? ' ')) return at
  return -1
}

function inside(
  text: string,
  from: number,
  open: '{{' | '{%',
  at: string,
  budget: Budget,
): { tokens: Token[]; place: number; trim: boolean } {
  const tokens: Token[] = []
  const stack: string[] = []
  let place = from
  for (;;) {
    const end = ends[open]
    end.lastIndex = place
    const ended = stack.length === 0 ? end.exec(text) : null
    if (ended) return { tokens, place: end.lastIndex, trim: ended[1] === '-' }
    budget.step()
    token.lastIndex = place
    const found = token.exec(text)
    if (!found)
      throw invalid(
        at,
        `the template cannot be read after its character ${place}; look for the end of ${open}.`,
      )
    place = token.lastIndex
    const [, name, number, single, double, operator] = found
    if (operator !== undefined) {
      if (opening.includes(operator)) stack.push(operator)
      else if (closing.includes(operator) && stack.pop() !== opening[closing.indexOf(operator)])
        throw invalid(at, `the template has a ${operator} without its partner.`)
    }
    if (name !== undefined) tokens.push({ kind: 'name', text: name })
    else if (number !== undefined) tokens.push({ kind: 'number', text: number.replaceAll('_', '') })
    else if (operator !== undefined) tokens.push({ kind: 'operator', text: operator })
    else tokens.push({ kind: 'string', text: unescaped(single ?? double ?? '') })
  }
}

const short: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  v: '\v',
  a: '\u0007',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '\n': '',
}

/** Python's escapes; a backslash before any other letter stands for itself. */
function unescaped(text: string): string {
  return text.replace(/\\(x[\da-fA-F]{2}|u[\da-fA-F]{4}|[^])/g, (whole, escape: string) =>
    escape.length > 1
      ? String.fromCharCode(parseInt(escape.slice(1), 16))
      : Object.hasOwn(short, escape)
        ? (short[escape] ?? whole)
        : whole,
  )
}
