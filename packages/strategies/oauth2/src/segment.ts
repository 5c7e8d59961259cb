import { AuthError, type CredentialContext, type OutgoingRequest } from '@latchkey/core'
import { createRequestClient, expiryOf, extend } from '@latchkey/core/http'
import type { OAuth2Credentials } from './credentials.ts'
import { checkEndpoint } from './endpoints.ts'
import type { AnyOptions, RequestAuth } from './options.ts'
import { settingOf, type Plan } from './plan.ts'
import { defined } from './token-response.ts'

type Settings = Readonly<Record<string, unknown>>

/** What functions see of the settings: nothing of the client. */
export function visible(plan: Plan, settings: Settings): Settings {
  const names = (['clientId', 'clientSecret', 'privateKey'] as const).map(
    (name) => plan.options.fieldNames?.[name] ?? name,
  )
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !names.includes(name)))
}

/** What functions see of the credentials, in Segment's names. */
export const authOf = ({ accessToken = '', refreshToken = '' }: OAuth2Credentials): RequestAuth => ({
  accessToken,
  refreshToken,
})

/** `refreshAccessToken` as a refresh: what it returns follows the same rules as an answer of a token endpoint. */
export async function refreshedBy(
  plan: Plan,
  refreshAccessToken: NonNullable<AnyOptions['refreshAccessToken']>,
  c: CredentialContext<Settings, OAuth2Credentials>,
): Promise<OAuth2Credentials> {
  const { credentials, settings, now } = c
  const { options } = plan
  const fetch: typeof globalThis.fetch =
    options.endpointOrigins === undefined
      ? c.fetch
      : async (input, init) => {
          checkEndpoint(input instanceof Request ? input.url : String(input), options)
          return await c.fetch(input, init)
        }
  const client = {
    clientId: plan.options.clientId ?? settingOf(plan, settings, 'clientId') ?? '',
    clientSecret: settingOf(plan, settings, 'clientSecret') ?? '',
  }
  const request = createRequestClient({ fetch, now, scheme: plan.scheme })
  const auth = { ...authOf(credentials), ...client }
  const said: unknown = await refreshAccessToken(request, {
    settings: visible(plan, settings),
    auth,
  })
  const { accessToken, refreshToken, expiresIn, expiresAt } = (said ?? {}) as Readonly<
    Record<string, unknown>
  >
  const fresh =
    typeof refreshToken === 'string' && refreshToken !== '' ? refreshToken : credentials.refreshToken
  const ends = expiryOf(expiresAt, now()) ?? expiryOf(expiresIn, now())
  const kept = { ...credentials, expiresAt: undefined, problem: undefined, refreshToken: fresh }
  if (typeof accessToken === 'string' && accessToken !== '')
    return defined({ ...kept, accessToken, expiresAt: ends !== undefined && ends > now() ? ends : undefined })
  if (fresh === credentials.refreshToken)
    throw new AuthError('response_invalid', 'refreshAccessToken returned no accessToken', {
      scheme: plan.scheme,
      ambiguous: true,
    })
  return defined({ ...kept, accessToken: undefined, expiresAt: now() + 30_000, problem: 'tokenless' })
}

/** `extendRequest` as an `apply`. */
export function extended(
  plan: Plan,
  extendRequest: NonNullable<AnyOptions['extendRequest']>,
  request: OutgoingRequest,
  credentials: OAuth2Credentials,
  settings: Settings,
): void | Promise<void> {
  const own = visible(plan, settings)
  const extension = extendRequest({ settings: own, auth: authOf(credentials) })
  return 'then' in extension
    ? extension.then((ready) => extend(request, ready, own))
    : extend(request, extension, own)
}
