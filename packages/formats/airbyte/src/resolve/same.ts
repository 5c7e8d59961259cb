import { isObject } from '@latchkey/core/definition'

/**
 * Whether two authenticators are the same: equal after references were filled in, in any order of their members, whatever
 * parameters came along.
 */
export function sameAuthenticator(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => sameAuthenticator(item, b[index]))
  if (!isObject(a) || !isObject(b)) return false
  const names = Object.keys(a).filter((name) => name !== '$parameters')
  return (
    names.length === Object.keys(b).filter((name) => name !== '$parameters').length &&
    names.every((name) => Object.hasOwn(b, name) && sameAuthenticator(a[name], b[name]))
  )
}
