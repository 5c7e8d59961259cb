import { base64Encode } from '@latchkey/core/http'
import { below, invalid } from '@latchkey/core/definition'
import type { AuthStrategy, Authorization } from '@latchkey/core'
import { oauth2, type ClientAuth, type OAuth2Credentials } from '@latchkey/oauth2'
import { needed, type OAuthConfig } from './oauth-config.ts'
import { methodOf, type Plan, type Settings } from './plan.ts'

/** Our OAuth 2 strategy for what a definition says of one connection. */
export interface Consent {
  readonly strategy: {
    readonly authorize: Authorization<Settings, OAuth2Credentials>
    readonly refresh: NonNullable<AuthStrategy<Settings, OAuth2Credentials>['refresh']>
  }
  /** Its settings: the client. */
  readonly settings: Settings
  readonly redirectUri: string | undefined
}

/** What only the protocol may say. RFC 6749 section 4.1.1, RFC 7636 section 4.3, RFC 9101, RFC 8707, OpenID Connect. */
const reserved = [
  'response_type',
  'client_id',
  'redirect_uri',
  'state',
  'code_challenge',
  'code_challenge_method',
  'nonce',
  'request',
  'request_uri',
]

/**
 * The strategy for one connection, out of what `getOAuthConfig` gave.
 * @throws {AuthError} definition_invalid for a member that cannot be used, client_rejected without a client id
 */
export function oauth2Client(plan: Plan, config: OAuthConfig, given: string | undefined): Consent {
  const { at } = config
  const authorizationUrl = config.url('authorizeUri')
  if (authorizationUrl === undefined) throw invalid(below(at, 'authorizeUri'), 'is missing')
  // With a function in the place of the token request, the address is asked by that alone.
  const tokenUrl =
    config.url('tokenUri') ?? (methodOf(plan, 'getTokenData') === undefined ? undefined : authorizationUrl)
  if (tokenUrl === undefined) throw invalid(below(at, 'tokenUri'), 'is missing')
  const scopes = config.scopes()
  const extra = Object.fromEntries(config.extra())
  const taken = [...reserved, ...(scopes.length > 0 ? ['scope'] : [])].find((name) =>
    Object.hasOwn(extra, name),
  )
  if (taken !== undefined)
    throw invalid(below(below(at, 'extra'), taken), 'belongs to the protocol; extra cannot replace it')
  const clientId = needed(config, 'clientId')
  const clientSecret = config.text('clientSecret')
  const { clientAuth, both } = clientAuthOf(config)
  const strategy = oauth2({
    authorizationUrl,
    tokenUrl,
    clientAuth,
    scopes,
    pkce: !config.flag('skipPkce'),
    authorize: { params: () => extra },
    ...(both &&
      clientSecret !== undefined && {
        token: {
          headers: () => ({ authorization: `Basic ${base64Encode(`${clientId}:${clientSecret}`)}` }),
          params: () => ({ client_id: clientId, client_secret: clientSecret }),
        },
      }),
  })
  return {
    strategy: strategy as unknown as Consent['strategy'],
    settings: { clientId, ...(clientSecret !== undefined && { clientSecret }) },
    redirectUri: config.text('redirectUri') ?? given,
  }
}

/** RFC 6749 section 2.3.1: in the header where nothing is said, and never in two places unless that is asked for. */
function clientAuthOf(config: OAuthConfig): { readonly clientAuth: ClientAuth; readonly both: boolean } {
  const location = config.text('clientAuthLocation')
  const skipsBody = config.flag('skipClientAuthInBody')
  const skipsHeader = config.flag('skipClientAuthInHeader')
  switch (location) {
    case 'headers':
      return { clientAuth: 'client_secret_basic', both: false }
    case 'body':
      return { clientAuth: 'client_secret_post', both: false }
    case 'both':
      return { clientAuth: 'client_secret_post', both: true }
    case undefined:
      if (skipsBody && skipsHeader) return { clientAuth: 'none', both: false }
      return { clientAuth: skipsHeader ? 'client_secret_post' : 'client_secret_basic', both: false }
    default:
      throw invalid(below(config.at, 'clientAuthLocation'), 'must be headers, body or both')
  }
}
