import { AuthError, type OutgoingRequest } from '@latchkey/core'
import { headerName, headerValue, renderText } from '@latchkey/core/http'
import { problems } from './problems.ts'
import type { OAuth2Credentials } from './credentials.ts'
import type { Place } from './options.ts'

/** What is put on a request. */
export interface Placed {
  readonly credentials: OAuth2Credentials
  readonly settings: Readonly<Record<string, unknown>>
  readonly scheme: string
  readonly dpop: boolean
}

/**
 * The token that a place asks for.
 * @throws {AuthError} response_invalid where the last answer brought none, credentials_missing where it was never there
 */
export function tokenFor(
  { credentials, scheme }: Pick<Placed, 'credentials' | 'scheme'>,
  name?: string,
): string {
  const token = name === undefined ? credentials.accessToken : credentials.tokens?.[name]?.accessToken
  if (token !== undefined && token !== '') return token
  if (credentials.problem !== undefined)
    throw new AuthError(
      'response_invalid',
      `The last answer of the provider ${problems[credentials.problem]}; it will be asked again`,
      { scheme },
    )
  throw new AuthError(
    'credentials_missing',
    `The credentials hold no ${name === undefined ? 'access token' : `token "${name}"`}; sign in again`,
    { scheme },
  )
}

/** Puts tokens on a request. RFC 6750 section 2, RFC 9449 section 7.1, and what providers made of it. */
export function place(request: OutgoingRequest, placed: Placed, places: readonly Place[]): void {
  for (const { header, prefix, query, value, token } of places) {
    const text =
      value === undefined
        ? tokenFor(placed, token)
        : renderText(value, { ...placed.credentials.metadata, ...placed.settings }, (part) => part)
    if (query !== undefined) request.url.searchParams.set(query, text)
    if (header === undefined && query !== undefined) continue
    // The word of RFC 6750, whatever case the answer had it in: some APIs take no other.
    const word = value === undefined ? (prefix ?? (placed.dpop ? 'DPoP' : 'Bearer')) : (prefix ?? '')
    request.headers.set(header ?? 'authorization', headerValue(joined(word) + text, 'access token'))
  }
}

const joined = (prefix: string): string => (prefix === '' || /[ =]$/.test(prefix) ? prefix : `${prefix} `)

/** @throws {TypeError} for a place where nothing can be put */
export function placesOf(given: Place | readonly Place[] | undefined): readonly Place[] {
  const places =
    given === undefined ? [{}] : Array.isArray(given) ? (given as readonly Place[]) : [given as Place]
  for (const { header, prefix = '' } of places) {
    if (header !== undefined) headerName(header)
    if (!/^[\x20-\x7e]*$/.test(prefix))
      throw new TypeError('oauth2: the prefix of a place must be printable ASCII')
  }
  return places
}
