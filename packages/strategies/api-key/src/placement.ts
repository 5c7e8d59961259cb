import { without, type FieldGuard } from '@latchkey/core'

/** Who wins where a request already has a value in the key's place: the key (the default), the caller, or nobody. */
export type Clash = 'ours' | 'caller' | 'error'

interface PlacementBase<Name extends string> {
  /** Stands before the key exactly as it is written here: `'Token '` has its space. */
  readonly prefix?: string | undefined
  /** The field whose value goes here; default: `apiKey`, or the only field there is. */
  readonly field?: Name | undefined
  readonly clash?: Clash | undefined
}

/** Where one key goes. In a JSON body a name is one member's, dots and all, and an array of names is a path. */
export type Placement<Name extends string = string> = PlacementBase<Name> &
  (
    | { readonly in: 'header' | 'query' | 'cookie' | 'form'; readonly name: string }
    | { readonly in: 'json'; readonly name: string | readonly string[] }
  )

/** What may stand in a place, as the source of a regular expression; undefined: anything. */
export function patternFor({ in: at }: Placement): string | undefined {
  if (at === 'header') return '[\\x20-\\x7e]*'
  // RFC 6265 section 4.1.1: cookie-octet.
  return at === 'cookie' ? '[\\x21\\x23-\\x2b\\x2d-\\x3a\\x3c-\\x5b\\x5d-\\x7e]*' : undefined
}

/**
 * What a key that goes to these places must match, and what to say where it does not. A prefix that ends in a space,
 * `=` or `:` is refused at the start of the key, because it would be sent twice.
 */
export function guardOf(places: readonly Placement[]): FieldGuard | undefined {
  const allowed = [...new Set(places.map(patternFor).filter((source) => source !== undefined))]
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
export function placeOf({ in: at, name }: Placement): string {
  const kinds = {
    header: 'header',
    query: 'query parameter',
    cookie: 'cookie',
    form: 'form field',
    json: 'JSON member',
  }
  return `${kinds[at]} ${JSON.stringify([name].flat().join('.'))}`
}
