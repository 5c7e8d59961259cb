import { invalid, isObject } from '@latchkey/core/definition'

/** Undefined, null or the empty text: what no text and no credential may be made of. */
export const isBlank = (value: unknown): boolean => value === undefined || value === null || value === ''

/** What `isEmpty` means: blank, or a list or object with nothing in it. */
export function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0
  return isBlank(value) || (isObject(value) && Object.keys(value).length === 0)
}

/**
 * A value as text: numbers and booleans as they are written, lists of such with commas.
 * @throws {AuthError} definition_invalid for an object, which has no text
 */
export function textOf(value: unknown, at: string): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return String(value)
  if (Array.isArray(value)) return value.map((item) => (item == null ? '' : textOf(item, at))).join(',')
  throw invalid(at, 'an object or nothing at all stands where a text is made; name a member of it.')
}

const isScalar = (value: unknown): boolean => value === null || typeof value !== 'object'

/** Equality as the definitions know it: `1` is `"1"`, nothing is null, and a list is its text; no object is another. */
export function looselyEqual(a: unknown, b: unknown): boolean {
  if (a == null || b == null) return a == null && b == null
  if (Array.isArray(a) !== Array.isArray(b) && (isScalar(a) || isScalar(b)))
    return looselyEqual(flat(a), flat(b))
  if (!isScalar(a) || !isScalar(b) || typeof a === typeof b) return a === b
  return toNumber(a) === toNumber(b)
}

const flat = (value: unknown): unknown =>
  Array.isArray(value) ? (value.every(isScalar) ? value.join(',') : undefined) : value

const toNumber = (value: unknown): number =>
  typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string' ? Number(value) : NaN

/** Equality of JSON values, member by member. `step` is called for each. */
export function deeplyEqual(a: unknown, b: unknown, step: () => void): boolean {
  step()
  if (Object.is(a, b)) return true
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => deeplyEqual(item, b[index], step))
  if (!isObject(a) || !isObject(b)) return false
  const names = Object.keys(a)
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && deeplyEqual(a[name], b[name], step))
  )
}
