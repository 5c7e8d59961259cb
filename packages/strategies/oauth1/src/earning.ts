import { AuthError } from '@latchkey/core'
import type { AuthContext, AuthStrategy, Fields, Prompt } from '@latchkey/core'
import { expiryOf, renderUrl } from '@latchkey/core/http'
import { pendingOf, verifierIn } from './consent.ts'
import type { Flow, MoreFields } from './fields.ts'
import type { About, Endpoint, OAuth1Credentials, OAuth1Options } from './options.ts'
import type { Signer, Signing } from './sign.ts'
import type { SignatureMethod } from './signature.ts'
import { credentialsOf, filled, requestToken } from './token-request.ts'

const scheme = 'oauth1'

/** Settings of any form. */
export type Values = Readonly<Record<string, never>>
/** What is held for a flow of any kind. */
export type Kept = OAuth1Credentials | undefined

/** Options of any form. */
export type Loose = Omit<
  OAuth1Options<SignatureMethod, Flow, MoreFields>,
  'realm' | 'fields' | keyof About<never>
> & {
  readonly fields?: MoreFields
  readonly realm?: string | ((settings: never) => string | undefined)
}

/** How a token is come by: the verbs that the flow has. */
export function earning(
  options: Loose,
  flow: Flow,
  fields: Fields,
  signing: Signing,
  signerFor: (settings: Values, token?: string, tokenSecret?: string) => Signer,
): Pick<AuthStrategy<Values, Kept>, 'acquire' | 'refresh' | 'authorize'> {
  const { requestToken: temporary, authorize: page, accessToken, refresh } = options
  const { confirmsCallback = true, callbackValues = [] } = options

  const ask = (
    c: AuthContext<Values>,
    endpoint: string | Endpoint | undefined,
    signer: Signer,
    given: Readonly<Record<string, string>>,
  ): Promise<URLSearchParams> => {
    const ofConsumer = signer.token === undefined && fields['consumerKey']?.owner === 'app'
    const refusal = ofConsumer ? 'client_rejected' : 'credentials_rejected'
    return requestToken({ endpoint: endpoint ?? '', signing, signer, more: given, refusal }, c)
  }

  async function begin(
    c: AuthContext<Values> & { readonly redirectUri?: string | undefined },
  ): Promise<Prompt> {
    // RFC 5849 section 2.1: oob where the person is to carry the verifier by hand.
    const answer = await ask(c, temporary, signerFor(c.settings), { oauth_callback: c.redirectUri ?? 'oob' })
    if (confirmsCallback && answer.get('oauth_callback_confirmed') !== 'true')
      throw new AuthError(
        'response_invalid',
        'The provider did not confirm the callback (oauth_callback_confirmed)',
        {
          scheme,
        },
      )
    const token = answer.get('oauth_token') ?? ''
    const { url, params = {} } = typeof page === 'object' ? page : { url: page ?? '' }
    const target = new URL(renderUrl(url, c.settings))
    for (const [name, value] of [...filled(params, c.settings), ['oauth_token', token] as const])
      target.searchParams.set(name, value)
    return {
      url: target.href,
      pending: {
        token,
        tokenSecret: answer.get('oauth_token_secret') ?? '',
        byHand: c.redirectUri === undefined,
      },
      expiresAt: expiryOf(answer.get('oauth_expires_in'), c.now(), 'seconds'),
    }
  }

  return {
    ...(flow === 'two-legged' && {
      async acquire(c: AuthContext<Values>): Promise<OAuth1Credentials> {
        const granted =
          temporary === undefined
            ? undefined
            : await ask(c, temporary, signerFor(c.settings), { oauth_callback: 'oob' })
        const token = granted?.get('oauth_token') ?? undefined
        const signer = signerFor(c.settings, token, granted?.get('oauth_token_secret') ?? undefined)
        return credentialsOf(await ask(c, accessToken, signer, {}), c.now())
      },
    }),
    ...(refresh !== undefined && {
      async refresh(c: AuthContext<Values> & { readonly credentials: Kept }): Promise<Kept> {
        const { token, tokenSecret, sessionHandle } = c.credentials ?? {}
        if (sessionHandle === undefined) return undefined
        const endpoint = refresh === true ? accessToken : refresh
        const signer = signerFor(c.settings, token, tokenSecret)
        return credentialsOf(
          await ask(c, endpoint, signer, { oauth_session_handle: sessionHandle }),
          c.now(),
          c.credentials,
        )
      },
    }),
    ...(flow === 'three-legged' && {
      authorize: {
        begin,
        async complete(c): Promise<OAuth1Credentials> {
          const pending = pendingOf(c.pending)
          const verifier = verifierIn(c.callback, pending)
          const signer = signerFor(c.settings, pending.token, pending.tokenSecret)
          const answer = await ask(c, accessToken, signer, { oauth_verifier: verifier })
          const kept = callbackValues.flatMap((name) => {
            const value = c.callback.get(name)
            return value === null ? [] : [[name, value]]
          })
          return credentialsOf(answer, c.now(), {
            values: Object.fromEntries(kept) as Record<string, string>,
          })
        },
      } satisfies AuthStrategy<Values, OAuth1Credentials>['authorize'],
    }),
  }
}
