import { AuthError, type Account, type Json } from '@latchkey/core'
import { jwtClaims } from '@latchkey/core/crypto'

/** What an ID token must say. */
export interface IdTokenCheck {
  readonly clientId: string | undefined
  readonly issuer: string | undefined
  readonly nonce?: string | undefined
  /** Epoch milliseconds. */
  readonly now: number
}

type Claims = { readonly [name: string]: Json }

const leewaySeconds = 300

/**
 * The claims of an ID token that came from the token endpoint over TLS, which stands for its signature. OpenID Connect
 * Core section 3.1.3.7, rules 2, 3, 6, 9 and 11.
 * @throws {AuthError} authorization_mismatch
 */
export function checkIdToken(token: string, { clientId, issuer, nonce, now }: IdTokenCheck): Claims {
  const claims = jwtClaims(token)
  const fail = (problem: string): never => {
    throw new AuthError('authorization_mismatch', `The ID token ${problem}; sign in again`)
  }
  if (claims === undefined) return fail('is no JWT')
  const { iss, aud, exp } = claims
  if (issuer !== undefined && iss !== issuer) fail('is of another issuer')
  const audience: readonly unknown[] = Array.isArray(aud) ? aud : [aud]
  if (clientId !== undefined && !audience.includes(clientId)) fail('is meant for another client')
  if (typeof exp !== 'number' || exp + leewaySeconds < now / 1000) fail('has ended')
  if (nonce !== undefined && claims['nonce'] !== nonce) fail('belongs to another sign-in')
  const { sub, name, email, preferred_username } = claims
  const shown = Object.entries({ iss, sub, name, email, preferred_username })
  return Object.fromEntries(shown.filter(([, value]) => typeof value === 'string')) as Claims
}

/** Who signed in, by claims of an ID token, of the userinfo endpoint or of an introspection. */
export function accountOf(claims: Readonly<Record<string, unknown>>): Account {
  const text = (name: string): string | undefined => {
    const value = claims[name]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  return {
    id: text('sub'),
    label: text('email') ?? text('preferred_username') ?? text('username') ?? text('name'),
  }
}
