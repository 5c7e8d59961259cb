const titles = /^(?:mr|mrs|ms|miss|mx|dr|prof|sir|madam|rev)\.?$/i
const suffixes = /^(?:jr|sr|ii|iii|iv|md|phd|esq)\.?$/i
const particles = /^(?:van|von|de|der|den|del|della|di|da|la|le|bin|ibn|al|st\.?)$/i

interface Name {
  readonly first?: string
  readonly last?: string
}

/** A person's name in its parts; one word is the last name. `Last, First` is turned round. */
export function nameOf(value: unknown): Name {
  if (typeof value !== 'string' && typeof value !== 'number') return {}
  const [before = '', after] = String(value).split(',', 2)
  const text = after === undefined || suffixes.test(after.trim()) ? before : `${after} ${before}`
  const words = text.split(/\s+/).filter((word) => word !== '' && !titles.test(word))
  while (words.length > 1 && suffixes.test(words.at(-1) ?? '')) words.pop()
  const [first, ...rest] = words
  if (first === undefined) return {}
  if (rest.length === 0) return { last: first }
  const from = rest.findIndex((word) => particles.test(word))
  return { first, last: rest.slice(from < 0 ? -1 : from).join(' ') }
}

/** What follows the one @ of an address. */
export function domainOf(value: unknown): string | undefined {
  const [, domain] = (typeof value === 'string' && /^[^@]+@([^@]+)$/.exec(value)) || []
  return domain
}

/** A moment as `2024-05-06T07:08:09.000Z`; undefined for what is no date. */
export function momentOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  const date = new Date(value)
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString()
}
