import { AuthError } from '@latchkey/core'
import { invalid, isObject } from '@latchkey/core/definition'
import { textsIn } from './failure.ts'

/** Whether a mapping names its members itself, as against a formula that computes them. */
export function isPlain(mapping: unknown): mapping is Readonly<Record<string, unknown>> {
  return isObject(mapping) && Object.keys(mapping)[0]?.startsWith('$') !== true
}

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/**
 * A URL that secrets may be sent to: https, or http on loopback, without user information. Braces are encoded, because
 * elsewhere they are slots.
 * @throws {AuthError} definition_invalid that names the place, never the URL's query
 */
export function endpointOf(value: unknown, at: string): string {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined
  if (url === undefined) throw invalid(at, 'must be a URL such as https://api.example.com')
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback.test(url.hostname)))
    throw invalid(
      at,
      `must be https, not ${url.protocol}//${url.host}; credentials would be sent in the clear`,
    )
  if (url.username !== '' || url.password !== '') throw invalid(at, 'must not carry a user name or password')
  return url.href.replaceAll('{', '%7B').replaceAll('}', '%7D')
}

/**
 * Holds a URL that code has put together against what the user typed: a value may be a label of the host, the whole host
 * or the beginning of the URL, but must not break out of the place where it stands.
 * @throws {AuthError} settings_invalid
 */
export function guardHost(text: string | undefined, input: unknown, at: string): void {
  if (text === undefined || !URL.canParse(text)) return
  const url = new URL(text)
  const lower = text.toLowerCase()
  const start = lower.indexOf('://') + 3
  // A character that the URL parser drops or reads otherwise: what stands there is not what is called.
  const broken =
    !lower.startsWith(url.origin) ||
    url.username !== '' ||
    url.password !== '' ||
    /^\.|\.\./.test(url.hostname)
  const outside = textsIn(input, 1).some((typed) => {
    const value = typed.toLowerCase()
    const from = lower.indexOf(value)
    if (from < 0 || from >= start + url.host.length || /^[a-z\d-]+$/.test(value)) return false
    const rest = lower.slice(from + value.replace(/\/$/, '').length)
    if (from === 0) return !/^https?:\/\/[^/?#@\\\s]+/.test(value) || !/^(?:$|[/?#])/.test(rest)
    return !/^[a-z\d-]+(?:\.[a-z\d-]+)*(?::\d+)?$/.test(value) || !/^(?:$|[./:?])/.test(rest)
  })
  if (!broken && !outside) return
  throw new AuthError('settings_invalid', `${at}: a value of the form would change the host of the API`)
}
