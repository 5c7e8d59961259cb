import { expect, test } from '@jest/globals'
import { testStrategy, type SeenRequest } from '@latchkey/testing'
import { oauth2, type OAuth2Credentials, type OAuth2Options } from '@latchkey/oauth2'

const runner = { test, expect }
const tokenUrl = 'https://as.latchkey.test/token'
const settings = { clientId: 'client-id-canary', clientSecret: 'client-secret-canary' }

/** A token endpoint that rotates: each answer is new, and says until when it holds. */
function provider(request: SeenRequest, { nth }: { readonly nth: number }): Response | undefined {
  if (request.url.href !== tokenUrl) return undefined
  const form = new URLSearchParams(request.text)
  if (form.get('client_id') === null) return Response.json({ error: 'invalid_client' }, { status: 401 })
  return Response.json({
    access_token: `access-canary-${nth}`,
    refresh_token: `refresh-canary-${nth}`,
    expires_in: 600,
  })
}

const accepts = (
  { headers }: SeenRequest,
  { credentials }: { readonly credentials: OAuth2Credentials | undefined },
): boolean => headers.get('authorization') === `Bearer ${credentials?.accessToken ?? ''}`

testStrategy(
  oauth2({ grant: 'client_credentials', tokenUrl }),
  { name: 'client credentials', settings, provider, accepts },
  runner,
)

testStrategy(
  oauth2({ authorizationUrl: 'https://as.latchkey.test/authorize', tokenUrl }),
  {
    name: 'authorization code',
    settings,
    provider,
    accepts,
    credentials: (now) => ({
      accessToken: 'access-canary-0',
      refreshToken: 'refresh-canary-0',
      expiresAt: now + 600_000,
    }),
  },
  runner,
)

const inQuery = {
  tokenUrl,
  place: [{ query: 'access_token' }, { header: 'x-token', prefix: '' }],
} as const satisfies OAuth2Options
testStrategy(
  oauth2(inQuery),
  {
    name: 'in query and header',
    settings,
    provider,
    accepts: ({ url, headers }, { credentials }) =>
      url.searchParams.get('access_token') === credentials?.accessToken &&
      headers.get('x-token') === credentials.accessToken,
    credentials: () => ({ accessToken: 'access-canary-0', refreshToken: 'refresh-canary-0' }),
  },
  runner,
)
