import type { Fields } from '@latchkey/core'
import { checkPlaces, placeGuard, placeName, type Placing } from '@latchkey/core/http'
import type { Placement } from './placement.ts'

/** A placement that knows its field and what may stand there. */
export type Placed = Placing & {
  readonly required: boolean
  readonly fits?: RegExp | undefined
  readonly hint?: string | undefined
}

/**
 * The placements, each with its field; those in a body last.
 * @throws {TypeError} that names the option
 */
export function placed(places: readonly Placement[], fields: Fields, scheme: string): Placed[] {
  return checkPlaces(places, 'apiKey').map((place) => one(place, fields, scheme))
}

function one(place: Placement, fields: Fields, scheme: string): Placed {
  const names = Object.keys(fields)
  const field =
    place.field ?? (names.includes('apiKey') ? 'apiKey' : names.length === 1 ? names[0] : undefined)
  if (field === undefined)
    throw new TypeError(`apiKey: ${placeName(place)} must say which field goes there (field)`)
  const form = Object.hasOwn(fields, field) ? fields[field] : undefined
  if (form === undefined)
    throw new TypeError(
      `apiKey: ${placeName(place)} names the field "${field}", and fields has none of that name`,
    )
  const guard = placeGuard([place])
  return {
    ...place,
    field,
    scheme,
    required: form.required === true,
    fits: guard && new RegExp(`^(?:${guard.pattern})$`, 'u'),
    hint: guard?.patternHint,
  }
}
