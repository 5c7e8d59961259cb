import { expect, test } from '@jest/globals'
import { fromSegment, type SegmentRequest } from '@latchkey/format-segment'
import { testStrategy } from '@latchkey/testing'
import { field } from './support.ts'

const api = 'https://api.latchkey.test'
const runner = { test, expect }

testStrategy(
  fromSegment({
    name: 'Custom',
    authentication: {
      scheme: 'custom',
      fields: { apiKey: field({ type: 'password', required: true }) },
      testAuthentication: (request: SegmentRequest) => request(`${api}/me`),
    },
    extendRequest: ({ settings }: { settings: { apiKey: string } }) => ({
      prefixUrl: api,
      headers: { 'x-key': settings.apiKey },
    }),
  }).connector.auth,
  {
    name: 'a definition with a key',
    settings: { apiKey: 'api-key-canary-1' },
    accepts: ({ headers }, side) => headers.get('x-key') === (side.settings as { apiKey: string }).apiKey,
  },
  runner,
)

testStrategy(
  fromSegment({
    name: 'OAuth',
    authentication: {
      scheme: 'oauth2',
      fields: { secret: field({ type: 'password', required: true }) },
      refreshAccessToken: async (request: SegmentRequest, { settings }: { settings: { secret: string } }) => {
        const { data } = await request<{ access_token: string }>(`${api}/token`, {
          json: { secret: settings.secret },
        })
        return { accessToken: data.access_token }
      },
    },
    extendRequest: ({ auth }: { auth: { accessToken: string } }) => ({
      prefixUrl: api,
      headers: { authorization: `Bearer ${auth.accessToken}` },
    }),
  }).connector.auth,
  {
    name: 'a definition that earns its tokens',
    settings: { secret: 'secret-canary-1' },
    provider: ({ url, text }, { nth, settings }) =>
      url.pathname === '/token'
        ? text === JSON.stringify(settings)
          ? Response.json({ access_token: `token-canary-${nth}`, expires_in: 60 })
          : new Response(null, { status: 401 })
        : undefined,
    accepts: ({ headers }, { credentials }) =>
      headers.get('authorization') ===
      `Bearer ${String((credentials as { accessToken?: string }).accessToken)}`,
  },
  runner,
)
