import type { AuthContext, Json } from '@latchkey/core'
import { chain } from '@latchkey/core/crypto'
import type { JsonObject } from '@latchkey/core/definition'
import type { OAuth2Credentials } from '@latchkey/oauth2'
import type { MethodName } from '../dialect/types.ts'
import { endOf, merged, over, valuesOf, type MembraneCredentials } from './credentials.ts'
import { exchanged } from './oauth2-answer.ts'
import { oauth2Client, type Consent } from './oauth2-client.ts'
import { configFor } from './oauth-config.ts'
import { methodOf, objectFrom, variablesOf, type Later, type Plan, type Settings, type Way } from './plan.ts'
import { renewedByFunction, withExtracted } from './renew.ts'

/** What a host keeps of a consent, besides what the protocol needs: the redirect URI that it gave. */
type Pending = { readonly redirectUriGiven?: Json | undefined }

/** The authorization code with PKCE and the refresh grant, as `getOAuthConfig` says; answers as the definition reads them. */
export function oauth2Way(plan: Plan): Way {
  const custom = methodOf(plan, 'refreshCredentials')

  /** The client for one call; `redirectUri` is the host's, which the definition may replace. */
  const open = (c: AuthContext<Settings>, redirectUri: string | undefined): Later<Consent> =>
    chain(configFor(plan, { settings: c.settings, fetch: c.fetch, redirectUri }), (config) =>
      oauth2Client(plan, config, redirectUri),
    )

  return {
    canRenew: (credentials) =>
      custom !== undefined || typeof valuesOf(credentials)['refresh_token'] === 'string',
    authorize: {
      async begin(c) {
        const { strategy, settings, redirectUri } = await open(c, c.redirectUri)
        const credentials = c.credentials === undefined ? undefined : ownOf(c.credentials)
        const prompt = await strategy.authorize.begin({ ...c, settings, redirectUri, credentials })
        const pending = { ...(prompt.pending as JsonObject), redirectUriGiven: c.redirectUri }
        return { ...prompt, pending }
      },
      async complete(c) {
        const { redirectUriGiven } = (c.pending ?? {}) as Pending
        const host = c.redirectUri ?? (typeof redirectUriGiven === 'string' ? redirectUriGiven : undefined)
        const { strategy, settings, redirectUri } = await open(c, host)
        const queryParameters = Object.fromEntries(c.callback)
        const { fetch, answer } = exchanged(plan, c, true, {
          queryParameters,
          redirectUri,
          pending: c.pending,
        })
        const own = await strategy.authorize.complete({ ...c, settings, redirectUri, fetch })
        if (own === undefined) return undefined
        const tokenResponse = answer() ?? {}
        const seen = { ...variablesOf(plan, c.settings), queryParameters, tokenResponse }
        const from = (name: MethodName): Later<JsonObject | undefined> =>
          objectFrom(plan, name, { ...seen, credentials: tokenResponse }, { fetch: c.fetch })
        const more = (await from('getCredentialsFromAccessTokenResponse')) ?? {}
        const before = { ...(await from('getCredentialsFromConnectionParameters')), ...tokenResponse }
        return {
          ...merged(before, more, c.now(), endOf(more, c.now()) ?? own.expiresAt),
          ...(own.scopes && { scopes: own.scopes }),
          ...(host !== undefined && { redirectUri: host }),
        }
      },
    },
    async refresh(c) {
      if (custom !== undefined) return withExtracted(plan, c, await renewedByFunction(plan, custom, c))
      const held = c.credentials as MembraneCredentials
      const { strategy, settings } = await open(c, held.redirectUri)
      const tolerant = held.values['access_token'] === undefined
      const { fetch, answer } = exchanged(plan, c, tolerant)
      const own = await strategy.refresh({ ...c, settings, credentials: ownOf(held), fetch })
      if (own === undefined) return undefined
      const { problem: _, expiresAt: __, ...kept } = held
      const { refreshToken, expiresAt, problem, scopes } = own
      const fresh = answer() ?? (refreshToken === undefined ? {} : { refresh_token: refreshToken })
      const credentials: MembraneCredentials = {
        ...kept,
        values: over(held.values, fresh),
        ...(expiresAt !== undefined && { expiresAt }),
        ...(scopes && { scopes }),
      }
      return problem === undefined
        ? withExtracted(plan, c, { credentials, fresh })
        : { ...credentials, problem: 'token' }
    },
  }
}

/** The credentials of our strategy, as far as it needs them to renew or to ask for more. */
function ownOf({ values, scopes, expiresAt }: MembraneCredentials): OAuth2Credentials {
  const text = (name: string): string | undefined => {
    const value = values[name]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  return { accessToken: text('access_token'), refreshToken: text('refresh_token'), scopes, expiresAt }
}
