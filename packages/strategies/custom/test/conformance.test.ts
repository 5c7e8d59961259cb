import { expect, test } from '@jest/globals'
import { custom } from '@latchkey/custom'
import { testStrategy } from '@latchkey/testing'

const fields = { apiKey: { type: 'password', label: 'API key', required: true } } as const
const settings = { apiKey: 'api-key-canary-1' }
const runner = { test, expect }

testStrategy(
  custom({
    fields,
    origins: ['https://api.latchkey.test'],
    extendRequest: ({ settings: { apiKey } }) => ({
      prefixUrl: 'https://api.latchkey.test',
      headers: { Authorization: `Bearer ${apiKey}` },
      searchParams: { key: apiKey },
    }),
    testRequest: (request) => request('/me'),
  }),
  {
    name: 'extendRequest',
    settings,
    accepts: ({ headers, url }, side) =>
      headers.get('authorization') === `Bearer ${side.settings.apiKey}` &&
      url.searchParams.get('key') === side.settings.apiKey,
  },
  runner,
)

testStrategy(
  custom({ fields, request: { headers: { 'x-key': 'v={apiKey}' }, json: { auth: { key: '{apiKey}' } } } }),
  {
    name: 'plain JSON',
    settings,
    accepts: ({ headers, text }, side) =>
      headers.get('x-key') === `v=${side.settings.apiKey}` &&
      text.includes(`"auth":{"key":${JSON.stringify(side.settings.apiKey)}}`),
  },
  runner,
)

testStrategy(
  custom({
    scheme: 'my-session',
    fields,
    async acquire({ http, settings: { apiKey } }) {
      const { token, seconds } = await http
        .post('https://login.latchkey.test/', { json: { apiKey } })
        .json<{ token: string; seconds: number }>()
      return { token, seconds }
    },
    extendRequest: ({ auth }) => ({ headers: { 'x-session': auth.token } }),
  }),
  {
    name: 'credentials of its own',
    settings,
    provider: ({ url, text }, { nth, settings: { apiKey } }) =>
      url.hostname === 'login.latchkey.test'
        ? text === JSON.stringify({ apiKey })
          ? Response.json({ token: `session-canary-${nth}`, seconds: 60 })
          : new Response(null, { status: 401 })
        : undefined,
    accepts: ({ headers }, { credentials }) => headers.get('x-session') === credentials?.token,
  },
  runner,
)

testStrategy(
  custom({
    fields,
    apply({ url }, { settings: { apiKey } }) {
      url.searchParams.set('key', apiKey)
    },
  }),
  {
    name: 'apply',
    settings,
    accepts: ({ url }, side) => url.searchParams.get('key') === side.settings.apiKey,
  },
  runner,
)
