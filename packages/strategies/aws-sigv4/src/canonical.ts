import { percentEncode } from '@latchkey/core/http'

const unreserved = /^[\w.~-]*$/
const simplePath = /^(?:\/[\w~-][\w.~-]*)+$|^\/$/

/** Undoes percent-encoding; what is not valid stands as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Encoded as AWS encodes, whatever the URL encodes already; a `+` means a space, as in a form. */
function encoded(text: string): string {
  return unreserved.test(text) ? text : percentEncode(decoded(text.replaceAll('+', ' ')))
}

/** The query without its `?`, each name and value encoded once, in order of the encoded names, then values. */
export function canonicalQuery(query: string): string {
  if (query === '') return ''
  return query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const at = pair.indexOf('=')
      return at < 0
        ? ([encoded(pair), ''] as const)
        : ([encoded(pair.slice(0, at)), encoded(pair.slice(at + 1))] as const)
    })
    .sort(([name, value], [other, another]) =>
      name === other ? (value < another ? -1 : 1) : name < other ? -1 : 1,
    )
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
}

/**
 * The path of a URL. `asSent` is S3's way: encoded once and otherwise as it is, because a key may hold `//`; all others
 * remove empty and dot segments and encode what the URL encodes already once more.
 */
export function canonicalPath(path: string, asSent: boolean): string {
  if (simplePath.test(path)) return path
  if (asSent) return slashes(percentEncode(decoded(path.replaceAll('+', ' '))))
  const segments: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop()
    else if (segment !== '' && segment !== '.') segments.push(segment)
  }
  const end = segments.length > 0 && path.endsWith('/') ? '/' : ''
  return slashes(percentEncode(`/${segments.join('/')}${end}`))
}

const slashes = (text: string): string => text.replaceAll('%2F', '/')

/** The headers that a signature covers. */
export interface CanonicalHeaders {
  /** `name:value` in order of the names, each line with its end. */
  readonly lines: string
  /** The names, joined with `;`. */
  readonly names: string
}

// What proxies and clients add, change or take away. RFC 9110 section 7.6.1, and X-Ray's trace header.
const unsignable = /* @__PURE__ */ new Set(
  /* @__PURE__ */ 'authorization cache-control connection expect from keep-alive max-forwards pragma referer te trailer transfer-encoding upgrade user-agent x-amzn-trace-id'.split(
    ' ',
  ),
)

/** What a loop over headers needs; `Headers` loops four times as fast this way as with `for`. */
export interface HeaderSource {
  forEach(visit: (value: string, name: string) => void): void
}

/** The headers among these that are signed, and the host; a name that comes twice has its values joined with a comma. */
export function canonicalHeaders(headers: HeaderSource, host: string): CanonicalHeaders {
  const values = new Map<string, string>([['host', host]])
  headers.forEach((text, given) => {
    const name = given.toLowerCase()
    if (name === 'host' || unsignable.has(name) || name.startsWith('proxy-') || name.startsWith('sec-'))
      return
    const value = /\s\s|^\s|[^\S ]|\s$/.test(text) ? text.trim().replace(/\s+/g, ' ') : text
    const before = values.get(name)
    values.set(name, before === undefined ? value : `${before},${value}`)
  })
  const names = [...values.keys()].sort()
  let lines = ''
  for (const name of names) lines += `${name}:${values.get(name) ?? ''}\n`
  return { lines, names: names.join(';') }
}
