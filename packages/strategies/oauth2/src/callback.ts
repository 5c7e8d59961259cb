import { AuthError } from '@latchkey/core'
import { sameText } from '@latchkey/core/crypto'
import type { Names } from './options.ts'
import { meaningOf } from './refusal.ts'

/** What the answer to a consent is held against. */
export interface Expected {
  readonly state: string
  readonly issuer: string | undefined
  /** True where the server says that it always names itself. RFC 9207 section 3. */
  readonly issuerIsSent: boolean
  readonly names: Names
  readonly scheme: string
}

/**
 * The code of a redirect, after all that can be checked has been checked. Pure.
 * @throws {AuthError} authorization_mismatch, authorization_denied, client_rejected, provider_unavailable
 */
export function codeIn(callback: URLSearchParams, expected: Expected): string {
  const { names, scheme } = expected
  const one = (name: string): string | undefined => {
    const values = callback.getAll(names[name] ?? name)
    // RFC 6749 section 3.1: parameters must not come twice; which of two would be meant?
    if (values.length > 1) throw mismatch(`The redirect has the parameter ${name} more than once`, scheme)
    return values[0]
  }
  const [state, iss, error, code] = ['state', 'iss', 'error', 'code'].map(one)
  if (state === undefined || !sameText(expected.state, state))
    throw mismatch('The redirect does not belong to this sign-in', scheme)
  // RFC 9207 section 2.4; on error answers too.
  if (iss === undefined ? expected.issuerIsSent : expected.issuer !== undefined && iss !== expected.issuer)
    throw mismatch('The redirect is the answer of another authorization server', scheme)
  if (error !== undefined) throw refused(error, scheme)
  if (code === undefined || code === '')
    throw mismatch('The redirect has neither a code nor an error', scheme)
  return code
}

const mismatch = (problem: string, scheme: string): AuthError =>
  new AuthError('authorization_mismatch', `${problem}; begin again`, { scheme })

/** RFC 6749 section 4.1.2.1 and OpenID Connect Core section 3.1.2.6. */
function refused(error: string, scheme: string): AuthError {
  // It comes through the browser, so that anybody may have written it.
  const shown = /^[\w.-]{1,64}$/.test(error) ? ` (${error})` : ''
  const meaning = error === 'invalid_request' ? 'client' : meaningOf(error)
  if (meaning === 'client')
    return new AuthError('client_rejected', `The provider does not accept the request for consent${shown}`, {
      scheme,
    })
  if (meaning === 'unavailable')
    return new AuthError('provider_unavailable', `The provider cannot ask for consent now${shown}`, {
      scheme,
    })
  return new AuthError('authorization_denied', `Consent was not given${shown}`, { scheme })
}
