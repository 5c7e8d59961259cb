import type { Fields } from '@latchkey/core'
import { headerName } from '@latchkey/core/http'
import { guardOf, patternFor, placeOf, type Placement } from './placement.ts'

/** A placement that knows its field and what may stand there. */
export type Placed = Placement & {
  readonly field: string
  readonly required: boolean
  readonly fits?: RegExp | undefined
  readonly hint?: string | undefined
}

/**
 * The placements, each with its field; those in a body last.
 * @throws {TypeError} that names the option
 */
export function placed(places: readonly Placement[], fields: Fields): Placed[] {
  if (places.length === 0) throw new TypeError('apiKey: placements must name at least one place')
  const all = places.map((place) => one(place, fields))
  const spots = all.map(
    ({ in: at, name }) => `${at} ${at === 'header' ? name.toLowerCase() : JSON.stringify([name].flat())}`,
  )
  const twice = all.find((_, index) => spots.indexOf(spots[index] ?? '') !== index)
  if (twice !== undefined) throw new TypeError(`apiKey: two placements go to ${placeOf(twice)}`)
  const bodies = all.filter(({ in: at }) => at === 'form' || at === 'json')
  if (new Set(bodies.map(({ in: at }) => at)).size > 1)
    throw new TypeError('apiKey: one body cannot be both a form and JSON')
  return [...all.filter((place) => !bodies.includes(place)), ...bodies]
}

function one(place: Placement, fields: Fields): Placed {
  checkName(place)
  const names = Object.keys(fields)
  const field =
    place.field ?? (names.includes('apiKey') ? 'apiKey' : names.length === 1 ? names[0] : undefined)
  if (field === undefined)
    throw new TypeError(`apiKey: ${placeOf(place)} must say which field goes there (field)`)
  const form = Object.hasOwn(fields, field) ? fields[field] : undefined
  if (form === undefined)
    throw new TypeError(
      `apiKey: ${placeOf(place)} names the field "${field}", and fields has none of that name`,
    )
  const guard = guardOf([place])
  return {
    ...place,
    field,
    required: form.required === true,
    fits: guard && new RegExp(`^(?:${guard.pattern})$`, 'u'),
    hint: guard?.patternHint,
  }
}

function checkName(place: Placement): void {
  const { in: at, name, prefix = '' } = place
  if (!['header', 'query', 'cookie', 'form', 'json'].includes(at)) {
    throw new TypeError(`apiKey: in must be header, query, cookie, form or json, not ${JSON.stringify(at)}`)
  }
  const path = [name].flat()
  if (typeof name !== 'string' && at !== 'json')
    throw new TypeError(`apiKey: only a JSON member's name can be a path (${at})`)
  if (path.length === 0 || path.some((part) => typeof part !== 'string' || part === '')) {
    throw new TypeError(`apiKey: name must not be empty (${at})`)
  }
  if (at === 'header') headerName(name)
  // RFC 6265 section 4.1.1: cookie-name is a token.
  if (at === 'cookie' && !/^[\w!#$%&'*+.^`|~-]+$/.test(name))
    throw new TypeError(`apiKey: ${placeOf(place)} is not a cookie name`)
  const allowed = patternFor(place)
  if (allowed !== undefined && !new RegExp(`^${allowed}$`, 'u').test(prefix)) {
    throw new TypeError(`apiKey: the prefix of ${placeOf(place)} has characters that cannot be sent there`)
  }
}
