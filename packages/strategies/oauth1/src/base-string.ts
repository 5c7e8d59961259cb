import { percentEncode } from '@latchkey/core/http'

/** A parameter, name and value encoded as signatures need it. */
export type Pair = readonly [name: string, value: string]

const plain = /^[\w.~-]*$/

/** Most names and values are what they are. */
const encode = (text: string): string => (plain.test(text) ? text : percentEncode(text))

/**
 * What stands in a query or a form, encoded as signatures need it whatever encoding it came in. Bytes that are not UTF-8
 * stay what they are. RFC 5849 section 3.6.
 */
function normalised(raw: string): string {
  if (plain.test(raw)) return raw
  return raw.replaceAll('+', '%20').replace(/%([\da-f]{2})|%|[^\w.~%-]+/gi, (text: string, hex?: string) => {
    if (hex === undefined) return percentEncode(text)
    const character = String.fromCharCode(parseInt(hex, 16))
    return /[\w.~-]/.test(character) ? character : text.toUpperCase()
  })
}

/** The parameters of a query (without its `?`) or of a form body. RFC 5849 section 3.4.1.3.1. */
export function pairsIn(text: string): Pair[] {
  return text.split('&').flatMap((part): Pair[] => {
    if (part === '') return []
    const at = part.indexOf('=')
    return [at < 0 ? [normalised(part), ''] : [normalised(part.slice(0, at)), normalised(part.slice(at + 1))]]
  })
}

/** Parameters that are not encoded yet. */
export function encoded(parameters: Iterable<readonly [string, string]>): Pair[] {
  return Array.from(parameters, ([name, value]) => [encode(name), encode(value)])
}

/** Scheme, authority and path: what `URL` makes of them is what RFC 5849 section 3.4.1.2 asks for. */
export function baseUri(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)

/** All parameters in the order of their bytes: by name, then by value. RFC 5849 section 3.4.1.3.2. */
export function normalisedParameters(pairs: readonly Pair[]): string {
  return pairs
    .toSorted(
      ([name, value], [otherName, otherValue]) => compare(name, otherName) || compare(value, otherValue),
    )
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
}

/** What is signed. RFC 5849 section 3.4.1.1. */
export function baseString(method: string, uri: string, pairs: readonly Pair[]): string {
  return [method.toUpperCase(), uri, normalisedParameters(pairs)].map(percentEncode).join('&')
}
