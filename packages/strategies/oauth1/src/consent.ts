import { AuthError, type Json } from '@latchkey/core'
import { sameText } from '@latchkey/core/crypto'

const scheme = 'oauth1'

/** What is kept between the two halves of a consent: the temporary token with its secret. */
export interface Pending {
  readonly token: string
  readonly tokenSecret: string
  /** True where the person brings a code back by hand. RFC 5849 section 2.1: `oob`. */
  readonly byHand: boolean
}

/** What the host has kept. @throws {AuthError} authorization_mismatch where it is none of ours */
export function pendingOf(json: Json): Pending {
  const { token, tokenSecret, byHand } = (json ?? {}) as Readonly<Record<string, Json | undefined>>
  if (typeof token !== 'string' || typeof tokenSecret !== 'string')
    throw mismatch('What was kept of it is not readable')
  return { token, tokenSecret, byHand: byHand === true }
}

/**
 * The verifier that a person has brought back, after all that can be checked has been checked. RFC 5849 section 2.2.
 * @throws {AuthError} authorization_mismatch, authorization_denied
 */
export function verifierIn(callback: URLSearchParams, { token, byHand }: Pending): string {
  const one = (name: string): string | undefined => {
    const values = callback.getAll(name)
    // Which of two would be meant?
    if (values.length > 1) throw mismatch(`The redirect has the parameter ${name} more than once`)
    return values[0]
  }
  // Twitter names the token of a refusal in `denied` instead.
  const [denied, problem, verifier] = ['denied', 'oauth_problem', 'oauth_verifier'].map(one)
  const returned = one('oauth_token') ?? denied
  if (returned === undefined ? !byHand : !sameText(token, returned))
    throw mismatch('The redirect does not belong to this sign-in')
  if (denied !== undefined || problem !== undefined) {
    // It comes through the browser, so that anybody may have written it.
    const shown = /^[a-z_]{1,40}$/.test(problem ?? '') ? ` (${problem ?? ''})` : ''
    throw new AuthError('authorization_denied', `Consent was not given${shown}`, { scheme })
  }
  if (verifier === undefined || verifier === '') throw mismatch('The redirect has no verifier')
  return verifier
}

const mismatch = (problem: string): AuthError =>
  new AuthError('authorization_mismatch', `${problem}; begin again`, { scheme })
