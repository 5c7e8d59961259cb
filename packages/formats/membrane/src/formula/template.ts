import { invalid } from '@latchkey/core/definition'

/** A part of what stands between `${` and `}`. */
export type TemplateTerm =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'path'; readonly locator: string }
  | { readonly kind: 'base64'; readonly terms: readonly TemplateTerm[] }

const slot = /\$\{((?:[^{}'"]|'[^']*'|"[^"]*")*)\}/g
const token = /\s*(?:'([^']*)'|"([^"]*)"|([A-Za-z_$][\w$-]*(?:\.[\w$-]+|\[\d+\])*)|([+()]))\s*/y

/**
 * The parts of `$template`: text with slots `${a.b}`. A slot holds variables, quoted texts, `+` between them, and
 * `base64(…)` around them; nothing else is known, for this is data and no program.
 * @throws {AuthError} definition_invalid for anything else
 */
export function parseTemplate(template: string, at: string): readonly TemplateTerm[] {
  const terms: TemplateTerm[] = []
  let from = 0
  const literal = (text: string): void => {
    if (text.includes('${'))
      throw invalid(at, 'a ${ has no } that ends it, or holds more than names, texts, + and base64().')
    if (text !== '') terms.push({ kind: 'text', text })
  }
  for (const found of template.matchAll(slot)) {
    literal(template.slice(from, found.index))
    terms.push(...parseSlot(found[1] ?? '', at))
    from = found.index + found[0].length
  }
  literal(template.slice(from))
  return terms
}

function parseSlot(text: string, at: string): TemplateTerm[] {
  const next = tokens(text, at)
  const sum = (depth: number): TemplateTerm[] => {
    const terms = term(depth)
    while (next.peek() === '+') {
      next.take()
      terms.push(...term(depth))
    }
    return terms
  }
  const term = (depth: number): TemplateTerm[] => {
    const found = next.take()
    if (typeof found === 'object') {
      if (found.kind !== 'path' || next.peek() !== '(') return [found]
      if (found.locator !== 'base64')
        throw invalid(at, `${found.locator}() is not known here; base64() is the only function.`)
      if (depth > 8) throw invalid(at, 'base64() nests too deep.')
      next.take()
      const terms = sum(depth + 1)
      if (next.take() !== ')') throw unreadable(at)
      return [{ kind: 'base64', terms }]
    }
    if (found !== '(' || depth > 8) throw unreadable(at)
    const terms = sum(depth + 1)
    if (next.take() !== ')') throw unreadable(at)
    return terms
  }
  const terms = sum(0)
  if (next.peek() !== undefined) throw unreadable(at)
  return terms
}

type Token = TemplateTerm | '+' | '(' | ')'

interface Tokens {
  peek(): Token | undefined
  take(): Token | undefined
}

function tokens(text: string, at: string): Tokens {
  const list: Token[] = []
  const next = new RegExp(token)
  while (next.lastIndex < text.length) {
    const found = next.exec(text)
    if (!found) throw unreadable(at)
    const [, single, double, path, sign] = found
    const quoted = single ?? double
    if (quoted !== undefined) list.push({ kind: 'text', text: quoted })
    else if (path !== undefined) list.push({ kind: 'path', locator: path })
    else list.push(sign as Token)
  }
  let position = 0
  return { peek: () => list[position], take: () => list[position++] }
}

const unreadable = (at: string): Error =>
  invalid(at, 'a slot may hold names with dots, quoted texts, + between them, and base64(…).')
