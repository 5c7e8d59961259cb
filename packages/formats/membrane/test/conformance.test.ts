import { expect, test } from '@jest/globals'
import { fromMembrane, type MembraneCredentials } from '@latchkey/format-membrane'
import { testStrategy, type SeenRequest } from '@latchkey/testing'

const api = 'https://api.latchkey.test'
const runner = { test, expect }
const mapping = (value: unknown): object => ({ type: 'mapping', mapping: value })
const inputSchema = { type: 'object', properties: { apiKey: { type: 'string' } }, required: ['apiKey'] }
const valueOf = (credentials: unknown, name: string): unknown =>
  (credentials as MembraneCredentials | undefined)?.values[name]

testStrategy(
  fromMembrane({
    type: 'client-credentials',
    inputSchema,
    makeApiClient: mapping({ baseUri: api, headers: { 'X-Key': { $var: 'credentials.apiKey' } } }),
  }).connector.auth,
  {
    name: 'a definition with a key',
    settings: { apiKey: 'api-key-canary-1' },
    accepts: ({ headers }, side) => headers.get('x-key') === (side.settings as { apiKey: string }).apiKey,
  },
  runner,
)

testStrategy(
  fromMembrane({
    type: 'client-credentials',
    inputSchema,
    makeApiClient: mapping({ baseUri: api, query: { token: { $var: 'credentials.token' } } }),
    getCredentialsFromConnectionParameters: async (given: {
      readonly fetch: typeof fetch
      readonly connectionInput: { readonly apiKey: string }
    }) => {
      const response = await given.fetch(`${api}/login`, {
        method: 'POST',
        body: given.connectionInput.apiKey,
      })
      if (!response.ok) throw Object.assign(new Error('refused'), { status: response.status })
      return (await response.json()) as object
    },
  }).connector.auth,
  {
    name: 'a definition that logs in',
    settings: { apiKey: 'api-key-canary-1' },
    provider: ({ url, text }, { nth, settings }) =>
      url.pathname === '/login'
        ? text === (settings as { apiKey: string }).apiKey
          ? Response.json({ token: `token-canary-${nth}`, expires_in: 60 })
          : new Response(null, { status: 401 })
        : undefined,
    accepts: ({ url }, { credentials }) => url.searchParams.get('token') === valueOf(credentials, 'token'),
  },
  runner,
)

const tokens = ({ url }: SeenRequest, { nth }: { readonly nth: number }): Response | undefined =>
  url.pathname === '/token'
    ? Response.json({
        access_token: `access-canary-${nth}`,
        refresh_token: `refresh-canary-${nth}`,
        expires_in: 600,
      })
    : undefined

testStrategy(
  fromMembrane({
    type: 'oauth2',
    getOAuthConfig: mapping({
      clientId: { $var: 'connectorParameters.clientId' },
      clientSecret: { $var: 'connectorParameters.clientSecret' },
      authorizeUri: 'https://as.latchkey.test/authorize',
      tokenUri: 'https://as.latchkey.test/token',
    }),
    makeApiClient: mapping({
      baseUri: api,
      headers: { Authorization: { $concat: ['Bearer ', { $var: 'credentials.access_token' }] } },
    }),
  }).connector.auth,
  {
    name: 'a definition with a consent',
    settings: { clientId: 'client-id-canary', clientSecret: 'client-secret-canary' },
    provider: tokens,
    accepts: ({ headers }, { credentials }) =>
      headers.get('authorization') === `Bearer ${valueOf(credentials, 'access_token') as string}`,
    credentials: (now) => ({
      values: { access_token: 'access-canary-0', refresh_token: 'refresh-canary-0' },
      expiresAt: now + 600_000,
    }),
  },
  runner,
)
