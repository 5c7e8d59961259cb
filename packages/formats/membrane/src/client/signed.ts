import {
  AuthError,
  type AuthStrategy,
  type CredentialContext,
  type Credentials,
  type OutgoingRequest,
} from '@latchkey/core'
import { matchesOrigin } from '@latchkey/core/http'

/**
 * A fetch that signs with credentials that are being renewed or ended, for the functions that do so: there is no
 * connection to ask then. It goes to the API's own origin alone, which must be one of `origins` where they are given, and
 * nothing is renewed or followed.
 */
export function signedFetch<S, C extends Credentials | undefined>(
  apply: AuthStrategy<S, C>['apply'],
  c: CredentialContext<S, C>,
  baseUrl: string | undefined,
  origins: readonly string[] | undefined,
): typeof globalThis.fetch {
  const own = baseUrl === undefined ? undefined : new URL(baseUrl).origin
  const check = ({ origin }: URL): void => {
    const isMeant = origins === undefined || origins.some((pattern) => matchesOrigin(pattern, origin))
    if (origin === own && isMeant) return
    throw new AuthError('origin_forbidden', `The client of a function must not send credentials to ${origin}`)
  }
  return async (input, init) => {
    const request = new Request(input, init)
    const { method, headers, signal } = request
    const open: OutgoingRequest = {
      method,
      headers,
      url: new URL(request.url),
      body: request.body === null ? null : new Uint8Array(await request.arrayBuffer()),
      bytes: async () => new Uint8Array(await new Response(open.body).arrayBuffer()),
    }
    check(open.url)
    await apply(open, c)
    check(open.url)
    return c.fetch(open.url.href, { method, headers, body: open.body, signal, redirect: 'manual' })
  }
}
