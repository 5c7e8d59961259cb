import { without, type FieldGuard } from '../fields/complete.ts'
import { headerName } from './header.ts'

/** Who wins where a request already has a value in that place: ours (the default), the caller's, or nobody. */
export type Clash = 'ours' | 'caller' | 'error'

/** Where a value goes. In a JSON body a name is one member's, dots and all, and an array of names is a path. */
export type Place = {
  /** Stands before the value exactly as it is written here: `'Token '` has its space. */
  readonly prefix?: string | undefined
  readonly clash?: Clash | undefined
} & (
  | { readonly in: 'header' | 'query' | 'cookie' | 'form'; readonly name: string }
  | { readonly in: 'json'; readonly name: string | readonly string[] }
)

/** What may stand in a place, as the source of a regular expression; undefined: anything. */
export function placePattern({ in: at }: Place): string | undefined {
  if (at === 'header') return '[\\x20-\\x7e]*'
  // RFC 6265 section 4.1.1: cookie-octet.
  return at === 'cookie' ? '[\\x21\\x23-\\x2b\\x2d-\\x3a\\x3c-\\x5b\\x5d-\\x7e]*' : undefined
}

/**
 * What a value that goes to these places must match, and what to say where it does not. A prefix that ends in a space,
 * `=` or `:` is refused at the start of the value, because it would be sent twice.
 */
export function placeGuard(places: readonly Place[]): FieldGuard | undefined {
  const allowed = [...new Set(places.map(placePattern).filter((source) => source !== undefined))]
  const prefixes = [
    ...new Set(places.map(({ prefix }) => prefix ?? '').filter((prefix) => /[ =:]$/.test(prefix))),
  ]
  if (allowed.length + prefixes.length === 0) return undefined
  const absent = prefixes.map(without)
  const ahead = allowed.slice(1).map((source) => `(?=${source}$)`)
  const said = prefixes.map((prefix) => `, without “${prefix.trim()}” before it`)
  return {
    pattern: [...absent, ...ahead, allowed[0] ?? '.*'].join(''),
    patternHint: `Give only the key itself${said.join('')}: no accents, typographic quotes or invisible characters.`,
  }
}

/** What errors call a place. */
export function placeName({ in: at, name }: Place): string {
  const kinds = {
    header: 'header',
    query: 'query parameter',
    cookie: 'cookie',
    form: 'form field',
    json: 'JSON member',
  }
  return `${kinds[at]} ${JSON.stringify([name].flat().join('.'))}`
}

/**
 * Checks places; returns those in a body last. `who` begins the messages.
 * @throws {TypeError} that names the option
 */
export function checkPlaces<P extends Place>(places: readonly P[], who: string): P[] {
  if (places.length === 0) throw new TypeError(`${who}: placements must name at least one place`)
  for (const place of places) checkPlace(place, who)
  const spots = places.map(
    ({ in: at, name }) => `${at} ${at === 'header' ? name.toLowerCase() : JSON.stringify([name].flat())}`,
  )
  const twice = places.find((_, index) => spots.indexOf(spots[index] ?? '') !== index)
  if (twice !== undefined) throw new TypeError(`${who}: two placements go to ${placeName(twice)}`)
  const bodies = places.filter(({ in: at }) => at === 'form' || at === 'json')
  if (new Set(bodies.map(({ in: at }) => at)).size > 1)
    throw new TypeError(`${who}: one body cannot be both a form and JSON`)
  return [...places.filter((place) => !bodies.includes(place)), ...bodies]
}

function checkPlace(place: Place, who: string): void {
  const { in: at, name, prefix = '' } = place
  if (!['header', 'query', 'cookie', 'form', 'json'].includes(at)) {
    throw new TypeError(`${who}: in must be header, query, cookie, form or json, not ${JSON.stringify(at)}`)
  }
  const path = [name].flat()
  if (typeof name !== 'string' && at !== 'json')
    throw new TypeError(`${who}: only a JSON member's name can be a path (${at})`)
  if (path.length === 0 || path.some((part) => typeof part !== 'string' || part === '')) {
    throw new TypeError(`${who}: name must not be empty (${at})`)
  }
  if (at === 'header') headerName(name)
  // RFC 6265 section 4.1.1: cookie-name is a token.
  if (at === 'cookie' && !/^[\w!#$%&'*+.^`|~-]+$/.test(name))
    throw new TypeError(`${who}: ${placeName(place)} is not a cookie name`)
  const allowed = placePattern(place)
  if (allowed !== undefined && !new RegExp(`^${allowed}$`, 'u').test(prefix)) {
    throw new TypeError(`${who}: the prefix of ${placeName(place)} has characters that cannot be sent there`)
  }
}
