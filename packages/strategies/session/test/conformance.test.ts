import { expect, test } from '@jest/globals'
import { basic } from '@latchkey/basic'
import { session } from '@latchkey/session'
import { testStrategy } from '@latchkey/testing'

const runner = { test, expect }
const url = 'https://login.latchkey.test/session'
const fields = {
  user: { type: 'string', label: 'User', required: true, public: true },
  password: {},
} as const
const settings = { user: 'ada', password: 'password-canary-1' }
const json = { user: '{user}', password: '{password}' }
const isLogin = ({ url: to }: { readonly url: URL }): boolean => to.hostname === 'login.latchkey.test'
const no = () => new Response(null, { status: 401 })

testStrategy(
  session({
    fields,
    login: { url, json, take: { token: { json: ['data', 'token'] } } },
    expires: { json: 'ttl' },
  }),
  {
    name: 'a token with an end',
    settings,
    provider: (request, { nth, settings: given }) =>
      !isLogin(request)
        ? undefined
        : request.text === JSON.stringify({ user: given.user, password: given.password })
          ? Response.json({ data: { token: `session-canary-${nth}` }, ttl: 3600 })
          : no(),
    accepts: ({ headers }, { credentials }) =>
      headers.get('authorization') === `Bearer ${credentials?.values['token']}`,
    secrets: ({ values }) => [String(values['token'])],
    invalid: [{ settings: { user: 'ada' }, field: 'password' }],
  },
  runner,
)

testStrategy(
  session({ fields, login: { url, form: json }, use: 'cookies' }),
  {
    name: 'cookies without an end',
    settings,
    provider: (request, { nth, settings: given }) =>
      !isLogin(request)
        ? undefined
        : new URLSearchParams(request.text).get('password') === given.password
          ? new Response(null, {
              status: 302,
              headers: {
                location: '/',
                'set-cookie': `sid=session-canary-${nth}; Domain=latchkey.test; Path=/`,
              },
            })
          : no(),
    accepts: ({ headers }, { credentials }) => {
      const sid = /(?:^|; )sid=([^;]*)/.exec(headers.get('cookie') ?? '')?.[1]
      return sid !== undefined && credentials?.cookies?.values.includes(sid) === true
    },
    secrets: ({ cookies }) => cookies?.values ?? [],
  },
  runner,
)

testStrategy(
  session({
    fields: basic().fields,
    login: {
      url,
      method: 'POST',
      auth: basic(),
      take: { token: { header: 'x-token' }, refreshToken: { header: 'x-refresh' } },
    },
    refresh: {
      url: `${url}/refresh`,
      form: { refresh: '{refreshToken}' },
      take: { token: { header: 'x-token' }, refreshToken: { header: 'x-refresh' } },
    },
    logout: { url, method: 'DELETE', headers: { 'x-token': '{token}' } },
    expires: 'PT1H',
    sliding: true,
    use: [
      { in: 'header', name: 'x-session', value: 'token={token}' },
      { in: 'query', name: 'sid' },
    ],
  }),
  {
    name: 'basic, refreshed, in two places',
    settings: { username: 'username-canary-1', password: 'password-canary-1' },
    provider: (request, { nth, settings: given, credentials }) => {
      if (!isLogin(request)) return undefined
      const headers = { 'x-token': `session-canary-${nth}`, 'x-refresh': `refresh-canary-${nth}` }
      if (request.method === 'DELETE') return new Response(null, { status: 204 })
      const isRefresh = request.url.pathname.endsWith('/refresh')
      const good = isRefresh
        ? request.text === `refresh=${credentials?.values['refreshToken']}`
        : request.headers.get('authorization') ===
          `Basic ${Buffer.from(`${given.username}:${given.password}`).toString('base64')}`
      return good ? new Response('', { headers }) : no()
    },
    accepts: ({ headers, url: to }, { credentials }) => {
      const token = credentials?.values['token']
      return (
        token !== undefined &&
        headers.get('x-session') === `token=${token}` &&
        to.searchParams.getAll('sid').join() === token
      )
    },
    secrets: ({ values }) => Object.values(values),
  },
  runner,
)
