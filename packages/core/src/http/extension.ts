import { AuthError } from '../errors.ts'
import type { Json, OutgoingRequest } from '../strategy.ts'
import { basicHeader } from './basic.ts'
import { headerName, headerValue } from './header.ts'
import { mergeJsonBody } from './json-body.ts'
import { paramsOf, type RequestOptions } from './request-options.ts'

/**
 * What every request of a connection has besides what it says itself. `method`, `timeout`, `responseType` and
 * `throwHttpErrors` are defaults of the test's client; the other members hold for each request that is sent.
 */
export type Extension = Pick<
  RequestOptions,
  | 'headers'
  | 'searchParams'
  | 'username'
  | 'password'
  | 'prefixUrl'
  | 'json'
  | 'method'
  | 'timeout'
  | 'responseType'
  | 'throwHttpErrors'
>

/**
 * Merges an extension into a request. What the request says itself wins: a header in any case, a query parameter, a
 * member of a JSON body, and its Authorization over a user name and password. Only JSON needs the promise.
 * @throws {AuthError} settings_invalid for a value that no header can carry, unsupported where JSON has no body to go to
 * @throws {TypeError} for a header that cannot carry a credential
 */
export function extend(
  request: OutgoingRequest,
  extension: Extension,
  settings: Readonly<Record<string, unknown>>,
): void | Promise<void> {
  const { headers, url } = request
  const { username, password, json } = extension
  for (const [name, value] of entriesOf(extension.headers)) {
    if (value === undefined || headers.has(headerName(name))) continue
    headers.set(name, value === '' ? '' : headerValue(value, culprit(value, settings) ?? name))
  }
  if ((username !== undefined || password !== undefined) && !headers.has('authorization')) {
    const [user, pass] = [username ?? '', password ?? '']
    const fields = [culprit(user, settings) ?? 'username', culprit(pass, settings) ?? 'password'] as const
    headers.set('authorization', headerValue(basicHeader(user, pass, { fields }), fields.join(' and ')))
  }
  const added = paramsOf(extension.searchParams).filter(([name]) => !url.searchParams.has(name))
  // The caller's own parameters keep their spelling.
  if (added.length > 0)
    url.search = [url.search.slice(1), new URLSearchParams(added).toString()].filter(Boolean).join('&')
  if (json === undefined) return
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new AuthError(
      'definition_invalid',
      'The json of an extension must be an object, because it is merged into bodies',
    )
  }
  return mergeJsonBody(request, json as Record<string, Json>, (theirs) => theirs)
}

/** The setting that a text was made of, as far as one can tell: errors name it, so that a form can show them. */
function culprit(text: string, settings: Readonly<Record<string, unknown>>): string | undefined {
  return Object.keys(settings).find(
    (name) => settings[name] !== '' && typeof settings[name] === 'string' && text.includes(settings[name]),
  )
}

function entriesOf(headers: Extension['headers']): (readonly [string, string | undefined])[] {
  if (headers === undefined) return []
  return Symbol.iterator in headers ? [...headers] : Object.entries(headers)
}

/**
 * The base URL of an extension, as it was written.
 * @throws {AuthError} settings_invalid where a URL parser reads another host than the one that was written
 */
export function baseUrlOf({ prefixUrl }: Extension): string | undefined {
  if (prefixUrl === undefined) return undefined
  const text = String(prefixUrl)
  // A soft hyphen, say, would vanish from a host name: what a person sees is not what is called.
  if (URL.canParse(text) && !text.toLowerCase().startsWith(new URL(text).origin)) {
    throw new AuthError(
      'settings_invalid',
      'The base URL that these settings give has characters that are not part of a host name',
    )
  }
  return text
}
