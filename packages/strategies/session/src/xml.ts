/**
 * The text of the first element with that name, or at that path from the root; prefixes of namespaces do not count.
 * Undefined where there is none, or where the document is no XML. Linear; a document type is refused, so that no entity
 * can grow or reach out. XML 1.0 sections 2.4 to 2.8.
 */
export function xmlText(document: string, path: readonly string[]): string | undefined {
  if (document.includes('<!DOCTYPE')) return undefined
  const open: string[] = []
  let text: string | undefined
  let depth = 0
  // Comments, instructions and CDATA before tags, because they may hold what looks like one.
  const token =
    /<!--(?:[^-]|-(?!->))*-->|<\?(?:[^?]|\?(?!>))*\?>|<!\[CDATA\[((?:[^\]]|\](?!\]>))*)\]\]>|<(\/?)([^\s<>/="']+)((?:[^<>"']|"[^"]*"|'[^']*')*)>|([^<]+)|</g
  for (const [whole, cdata, slash, name = '', rest = '', plain] of document.matchAll(token)) {
    if (whole === '<') return undefined
    if (plain !== undefined || cdata !== undefined) {
      if (text !== undefined) text += cdata ?? decoded(plain ?? '')
      continue
    }
    if (name === '') continue
    const local = name.slice(name.indexOf(':') + 1)
    if (slash === '/') {
      if (open.pop() !== local) return undefined
      if (text !== undefined && open.length < depth) return text.trim()
      continue
    }
    open.push(local)
    if (text === undefined && matches(open, path)) {
      text = ''
      depth = open.length
    }
    if (rest.endsWith('/')) {
      open.pop()
      if (text !== undefined && open.length < depth) return text
    }
  }
  return undefined
}

const matches = (open: readonly string[], path: readonly string[]): boolean =>
  path.length === 1 ? open.at(-1) === path[0] : open.join('/') === path.join('/')

const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

function decoded(text: string): string {
  return text.replace(
    /&(?:#x([\da-f]{1,6})|#(\d{1,7})|(\w{1,4}));/gi,
    (whole, hex?: string, decimal?: string, name = '') => {
      if (hex === undefined && decimal === undefined) return named[name as string] ?? whole
      const code = hex === undefined ? Number(decimal) : parseInt(hex, 16)
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole
    },
  )
}

/** A text as the content of an element or of an attribute. */
export function xmlEscape(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
}
