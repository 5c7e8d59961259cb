/**
 * The oracle's own reading of templates, which shares nothing with the package: text in, text out, and only the forms
 * that authenticators are written in. What it cannot read it refuses, so that no expectation is made up.
 */

type Config = Readonly<Record<string, unknown>>

/** What a template comes to under a configuration. */
export function read(template: string, config: Config, variables: Config = {}): string {
  return template
    .trim()
    .split(/(\{\{[^]*?\}\})/)
    .map((part) =>
      part.startsWith('{{') ? shown(valueOf(part.slice(2, -2).trim(), { ...variables, config })) : part,
    )
    .join('')
}

const shown = (value: unknown): string => {
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : (value as string | number | boolean).toString()
}

function valueOf(text: string, scope: Config): unknown {
  const expression = text.trim()
  const [then, condition, otherwise] = choice(expression)
  if (condition !== undefined)
    return valueOf(condition, scope) ? valueOf(then, scope) : valueOf(otherwise ?? "''", scope)
  const alternatives = apart(expression, ' or ')
  if (alternatives.length > 1) return alternatives.map((each) => valueOf(each, scope)).find(Boolean)
  if (expression.startsWith('not ')) return !valueOf(expression.slice(4), scope)
  for (const operator of ['==', '!=']) {
    const [left, right] = apart(expression, operator)
    if (left !== undefined && right !== undefined)
      return (valueOf(left, scope) === valueOf(right, scope)) === (operator === '==')
  }
  for (const operator of ['+', '~']) {
    const parts = apart(expression, operator)
    if (parts.length > 1) return parts.map((each) => shown(valueOf(each, scope))).join('')
  }
  const [base, ...filters] = apart(expression, '|')
  if (base !== undefined && filters.length > 0)
    return filters.reduce<unknown>((value, filter) => filtered(value, filter.trim()), valueOf(base, scope))
  return plain(expression, scope)
}

/** `a if b else c`, read at the outermost level. */
function choice(text: string): [string, string | undefined, string | undefined] {
  const [then, ...rest] = apart(text, ' if ')
  if (then === undefined || rest.length === 0) return [text, undefined, undefined]
  const [condition, ...others] = apart(rest.join(' if '), ' else ')
  return [then, condition, others.length > 0 ? others.join(' else ') : undefined]
}

/** A text cut at a separator that stands outside quotes and brackets. */
function apart(text: string, separator: string): string[] {
  const parts: string[] = []
  let [depth, quote, from] = [0, '', 0]
  const flat = text.replace(/\s/g, ' ')
  for (let at = 0; at < flat.length; at++) {
    const character = flat[at] ?? ''
    if (quote !== '') {
      if (character === quote) quote = ''
    } else if (character === '"' || character === "'") quote = character
    else if ('([{'.includes(character)) depth++
    else if (')]}'.includes(character)) depth--
    else if (depth === 0 && flat.startsWith(separator, at)) {
      parts.push(flat.slice(from, at))
      from = at + separator.length
      at = from - 1
    }
  }
  return [...parts, flat.slice(from)]
}

function filtered(value: unknown, filter: string): unknown {
  if (filter === 'base64encode' || filter === 'b64encode') return Buffer.from(shown(value)).toString('base64')
  const [, between] = /^join\('([^']*)'\)$/.exec(filter) ?? []
  if (between !== undefined) return (value as unknown[]).map(shown).join(between)
  throw new Error(`the oracle cannot read the filter ${filter}`)
}

function plain(text: string, scope: Config): unknown {
  const expression = text.trim()
  const [, quoted] = /^'([^']*)'$/.exec(expression) ?? /^"([^"]*)"$/.exec(expression) ?? []
  if (quoted !== undefined) return quoted
  if (expression === '{}') return {}
  if (expression.startsWith('['))
    return apart(expression.slice(1, -1), ',').map((each) => valueOf(each, scope))
  if (expression.startsWith('(') && closing(expression) === expression.length - 1)
    return valueOf(expression.slice(1, -1), scope)
  const [, format, rest] = /^"([^"]*)"\.format\((.*)\)$/.exec(expression) ?? []
  if (format !== undefined && rest !== undefined) return format.replace('{}', shown(valueOf(rest, scope)))
  if (expression.startsWith('json_loads(')) {
    const end = closing(expression.slice('json_loads'.length)) + 'json_loads'.length
    const loaded: unknown = JSON.parse(shown(valueOf(expression.slice('json_loads('.length, end), scope)))
    return member(loaded, expression.slice(end + 1), scope)
  }
  const [name = ''] = /^[A-Za-z_]\w*/.exec(expression) ?? []
  if (name === '' || !Object.hasOwn(scope, name)) throw new Error(`the oracle cannot read ${expression}`)
  return member(scope[name], expression.slice(name.length), scope)
}

/** Where the bracket closes that a text begins with. */
function closing(text: string): number {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '(') depth++
    if (text[at] === ')' && --depth === 0) return at
  }
  return -1
}

function member(value: unknown, links: string, scope: Config): unknown {
  if (links === '') return value
  const [whole, name, fallback] =
    /^\[\s*['"]([^'"]+)['"]\s*\]/.exec(links) ??
    /^\.get\(\s*['"]([^'"]+)['"]\s*(?:,\s*((?:[^()]|\([^)]*\))*))?\)/.exec(links) ??
    /^\.(\w+)(?!\w*\()/.exec(links) ??
    []
  if (whole === undefined || name === undefined) throw new Error(`the oracle cannot read ${links}`)
  const found =
    (value as Config | undefined)?.[name] ?? (fallback === undefined ? undefined : valueOf(fallback, scope))
  return member(found, links.slice(whole.length), scope)
}

/** The places in the configuration that a template looks up. */
export function lookUps(template: string): string[][] {
  const chain = /config((?:\[\s*['"][^'"]+['"]\s*\]|\.get\(\s*['"][^'"]+['"][^()]*\)|\.\w+(?!\w*\())+)/g
  return Array.from(template.matchAll(chain), ([, links = '']) =>
    Array.from(
      links.matchAll(/\[\s*['"]([^'"]+)['"]\s*\]|\.get\(\s*['"]([^'"]+)['"][^()]*\)|\.(\w+)/g),
      (found) => String(found[1] ?? found[2] ?? found[3]),
    ),
  )
}
