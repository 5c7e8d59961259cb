import { isAuthError, type CredentialContext } from '@latchkey/core'
import type { OAuth2Credentials } from './credentials.ts'
import { newDpopKey } from './dpop.ts'
import { renderEndpoint } from './endpoints.ts'
import { exchange } from './exchange.ts'
import type { RequestShape } from './options.ts'
import { givenOf, scopeText, type Plan } from './plan.ts'
import { resourceOf } from './resource.ts'
import { refreshedBy } from './segment.ts'

/**
 * Trades the refresh token for new tokens, in one request. Undefined: there is none, or it has ended and new tokens can be
 * earned without a person. RFC 6749 section 6.
 */
export async function refreshTokens(
  plan: Plan,
  c: CredentialContext<Readonly<Record<string, unknown>>, OAuth2Credentials>,
): Promise<OAuth2Credentials | undefined> {
  const { options, acquires, grant } = plan
  const { credentials } = c
  if (options.refreshAccessToken !== undefined) return await refreshedBy(plan, options.refreshAccessToken, c)
  const { refreshToken } = credentials
  if (refreshToken === undefined || refreshToken === '') return undefined
  const given = givenOf(c, credentials)
  const scopes = credentials.scopes ?? []
  try {
    return await exchange(plan, c, {
      request: 'refresh',
      shape: shapeOf(plan),
      params: {
        grant_type: 'refresh_token',
        refresh_token: refreshToken,
        scope: options.refresh?.scope ? scopeText(plan, scopes) : undefined,
        resource: await resourceOf(plan, given),
      },
      given,
      url: options.refreshUrl === undefined ? undefined : renderEndpoint(options.refreshUrl, options, given),
      requestedScopes: [],
      client: credentials.client,
      dpopKey: options.dpop ? (credentials.dpopKey ?? (await newDpopKey())) : undefined,
    })
  } catch (error) {
    // A refresh token of the settings was spent for the one that is refused here.
    const earnsAnew = acquires && grant !== 'refresh_token'
    if (earnsAnew && isAuthError(error) && error.code === 'credentials_rejected') return undefined
    throw error
  }
}

/** As the token request, save what is said of the refresh; parameters of the one are seldom those of the other. */
function shapeOf({ options: { token, refresh } }: Plan): RequestShape {
  const { params: _, ...rest } = token ?? {}
  return { ...rest, ...refresh }
}
