import { isObject } from '@latchkey/core/definition'
import { fillable } from './known.ts'

/**
 * Whether two authenticators are the same: equal after references were filled in, in any order of their members, whatever
 * parameters came along, and whatever they have that means nothing to a component of their type. `sameText`: which texts
 * are the same; default: equal ones.
 */
export function sameAuthenticator(
  a: unknown,
  b: unknown,
  sameText: (a: string, b: string) => boolean = Object.is,
): boolean {
  if (Object.is(a, b)) return true
  if (typeof a === 'string' && typeof b === 'string') return sameText(a, b)
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => sameAuthenticator(item, b[index], sameText))
  if (!isObject(a) || !isObject(b)) return false
  const [left, right] = [meaningful(a), meaningful(b)]
  return (
    Object.keys(left).length === Object.keys(right).length &&
    Object.keys(left).every(
      (name) => Object.hasOwn(right, name) && sameAuthenticator(left[name], right[name], sameText),
    )
  )
}

function meaningful(value: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { $parameters: _, ...rest } = value
  const known = value['type'] === 'CustomAuthenticator' ? undefined : fillable(value['type'])
  return known
    ? Object.fromEntries(Object.entries(rest).filter(([name]) => name === 'type' || known.includes(name)))
    : rest
}
