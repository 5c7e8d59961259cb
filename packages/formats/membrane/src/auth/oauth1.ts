import { AuthError, type AuthContext, type Authorization, type AuthStrategy } from '@latchkey/core'
import { chain } from '@latchkey/core/crypto'
import { below, invalid, type JsonObject } from '@latchkey/core/definition'
import { oauth1, type OAuth1Credentials } from '@latchkey/oauth1'
import { merged, valuesOf, type MembraneCredentials } from './credentials.ts'
import { configFor, needed, type OAuthConfig } from './oauth-config.ts'
import { methodOf, type Later, type Own, type Plan, type Settings, type Way } from './plan.ts'
import { renewedByFunction } from './renew.ts'

interface Client {
  readonly strategy: {
    readonly authorize: Authorization<Settings, OAuth1Credentials>
    readonly apply: AuthStrategy['apply']
  }
  /** Its settings: the consumer. */
  readonly settings: Settings
}

/**
 * Three legs with HMAC-SHA1, and each request signed after `makeApiClient` has put its headers and query on it. The
 * credentials are the provider's own parameters: `oauth_token`, `oauth_token_secret` and what came with them.
 */
export function oauth1Way(plan: Plan): Way {
  const custom = methodOf(plan, 'refreshCredentials')
  const open = (c: AuthContext<Settings>, redirectUri?: string): Later<Client> =>
    chain(configFor(plan, { settings: c.settings, fetch: c.fetch, redirectUri }), clientOf)
  const sign: Own['apply'] = (request, c) =>
    chain(open(c), ({ strategy, settings }) =>
      strategy.apply(request, { ...c, settings, credentials: ownOf(c.credentials) }),
    )
  return {
    sign,
    canRenew: () => custom !== undefined,
    authorize: {
      async begin(c) {
        const { strategy, settings } = await open(c, c.redirectUri)
        return strategy.authorize.begin({ ...c, settings, credentials: undefined })
      },
      async complete(c) {
        const { strategy, settings } = await open(c, c.redirectUri)
        const own = await strategy.authorize.complete({ ...c, settings })
        return own && stored(own, c.now())
      },
    },
    ...(custom && {
      refresh: async (c) => (await renewedByFunction(plan, custom, c, sign)).credentials,
    }),
  }
}

function clientOf(config: OAuthConfig): Client {
  const url = (name: string): string => {
    const value = config.url(name)
    if (value === undefined) throw invalid(below(config.at, name), 'is missing')
    return value
  }
  const strategy = oauth1({
    flow: 'three-legged',
    requestToken: url('requestTokenUri'),
    authorize: consentPage(config, url('authorizeUri')),
    accessToken: url('tokenUri'),
  })
  const settings = {
    consumerKey: needed(config, 'consumerKey'),
    consumerSecret: needed(config, 'consumerSecret'),
  }
  return { strategy: strategy as unknown as Client['strategy'], settings }
}

/** The page of consent with what `extra` and `scopes` add; lists of scopes have commas there (Trello). */
function consentPage(config: OAuthConfig, page: string): string {
  const target = new URL(page)
  const scopes = config.scopes()
  if (scopes.length > 0) target.searchParams.set('scope', scopes.join(','))
  for (const [name, value] of config.extra()) {
    if (/^oauth_/.test(name))
      throw invalid(
        below(below(config.at, 'extra'), name),
        'belongs to the protocol; extra cannot replace it',
      )
    target.searchParams.set(name, value)
  }
  return target.href
}

function stored(
  { token, tokenSecret, values, expiresAt }: OAuth1Credentials,
  now: number,
): MembraneCredentials {
  const fresh: JsonObject = { ...values, oauth_token: token, oauth_token_secret: tokenSecret }
  return merged({}, fresh, now, expiresAt)
}

function ownOf(credentials: unknown): OAuth1Credentials {
  const { oauth_token: token, oauth_token_secret: secret } = valuesOf(credentials)
  if (typeof token === 'string' && typeof secret === 'string') return { token, tokenSecret: secret }
  throw new AuthError('credentials_missing', 'The credentials hold no oauth_token; sign in again')
}
