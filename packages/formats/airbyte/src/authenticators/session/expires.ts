import { invalid } from '@latchkey/core/definition'
import { expiryOf } from '@latchkey/core/http'

/**
 * How long a session lasts: an ISO 8601 duration, months and years of the calendar included, or, as connectors write it
 * too, a number of seconds, which becomes milliseconds. Undefined: until it is rejected.
 * @throws {AuthError} definition_invalid
 */
export function expiresIn(value: unknown, at: string): string | number | undefined {
  if (value === undefined || value === null) return undefined
  const text = typeof value === 'number' ? String(value) : value
  if (typeof text === 'string') {
    const trimmed = text.trim()
    if (/^\d{1,9}(?:\.\d{1,9})?$/.test(trimmed) && Number(trimmed) > 0) return Number(trimmed) * 1000
    if (/^P/.test(trimmed) && expiryOf(trimmed, 0, 'duration') !== undefined) return trimmed
  }
  throw invalid(at, 'this must be an ISO 8601 duration such as PT1H or P14D, or a number of seconds.')
}
