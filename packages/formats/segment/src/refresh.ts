import { AuthError } from '@latchkey/core'
import { isObject } from '@latchkey/core/definition'
import type { RequestClient } from '@latchkey/core/http'
import type { RefreshAuth, RefreshedToken } from '@latchkey/oauth2'
import type { Foreign } from './definition.ts'
import { clientOver } from './request.ts'
import type { SegmentRequestOptions, SegmentResponse } from './types.ts'

/** What one call of `refreshAccessToken` needs. */
export interface RefreshCall {
  readonly refresh: Foreign
  readonly send: RequestClient
  readonly settings: Readonly<Record<string, unknown>>
  readonly auth: RefreshAuth
  readonly refreshTokenUrl: string | undefined
  /** What of the extension goes along. */
  readonly base: SegmentRequestOptions
  readonly check: (url: string) => void
}

/**
 * Calls it. Where it passes on only the access token, the answer that brought it is read for the rest: most definitions
 * drop a rotated refresh token and when the token ends.
 */
export async function refreshWith(call: RefreshCall): Promise<RefreshedToken> {
  const { refresh, send, settings, auth, refreshTokenUrl, base, check } = call
  const answers: SegmentResponse[] = []
  const request = clientOver(send, {
    base,
    check(url, options) {
      check(absolute(url, options))
      checkParameters(options)
    },
    heard: (response) => void answers.push(response),
  })
  const said = await refresh(request, {
    settings,
    auth: { ...present(auth), refreshTokenUrl },
  })
  const token = isObject(said) ? said : {}
  const brought = answers.map(({ data }) => data).findLast((data) => bringsToken(data, token['accessToken']))
  const more = isObject(brought) ? brought : {}
  return {
    accessToken: token['accessToken'] as string,
    refreshToken: rotated(auth, token['refreshToken'], more['refresh_token']),
    expiresIn: (token['expiresIn'] ?? more['expires_in']) as number | undefined,
    expiresAt: token['expiresAt'] as number | undefined,
  }
}

/** A function that hands back the token that it was given says nothing of a newer one. */
function rotated({ refreshToken: old }: RefreshAuth, said: unknown, brought: unknown): string | undefined {
  return [said, brought].find(
    (token): token is string => typeof token === 'string' && token !== '' && token !== old,
  )
}

const absolute = (url: string, { prefixUrl }: SegmentRequestOptions): string =>
  URL.canParse(url) || prefixUrl === undefined ? url : String(prefixUrl)

const bringsToken = (data: unknown, accessToken: unknown): boolean =>
  isObject(data) && typeof accessToken === 'string' && data['access_token'] === accessToken

/** What has no value is undefined for the function, as at home. */
const present = (auth: RefreshAuth): Partial<RefreshAuth> =>
  Object.fromEntries(Object.entries(auth).filter(([, value]) => value !== ''))

const needed = {
  refresh_token: ['credentials_missing', 'There is no refresh token; the account must be connected first.'],
  client_id: ['settings_invalid', 'oauth.clientId is missing; the operator must give it.'],
  client_secret: ['settings_invalid', 'oauth.clientSecret is missing; the operator must give it.'],
} as const
const fieldOf = { refresh_token: undefined, client_id: 'oauth.clientId', client_secret: 'oauth.clientSecret' }

/** Nothing is sent that says `undefined` where a secret should stand; at home it is. */
function checkParameters({ body, json }: SegmentRequestOptions): void {
  const given =
    body instanceof URLSearchParams || (typeof body === 'string' && /^[\w.]+=/.test(body))
      ? Object.fromEntries(new URLSearchParams(body))
      : json
  if (!isObject(given)) return
  for (const name of ['refresh_token', 'client_id', 'client_secret'] as const) {
    if (!Object.hasOwn(given, name)) continue
    if (![undefined, null, '', 'undefined', 'null'].includes(given[name] as string)) continue
    const [code, message] = needed[name]
    throw new AuthError(code, message, { field: fieldOf[name] })
  }
}
