import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { AuthError, connect, defineStrategy, memoryStore } from '@latchkey/core'
import { basicHeader } from '@latchkey/core/http'
import { fakeClock } from '@latchkey/testing'
import { fakeProvider, type FakeProviderOptions } from '@latchkey/testing/msw'
import { setupServer } from 'msw/node'

const server = setupServer()
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
afterEach(() => server.resetHandlers())
afterAll(() => server.close())

const provide = (options: FakeProviderOptions = {}) => {
  const provider = fakeProvider(options)
  server.use(...provider.handlers)
  const call = (path: string, init?: RequestInit) => fetch(provider.origin + path, init)
  const token = async (form: Record<string, string>) => {
    const response = await call('/token', { method: 'POST', body: new URLSearchParams(form) })
    return { status: response.status, ...((await response.json()) as Record<string, unknown>) }
  }
  return { provider, call, token }
}

const users = { ada: 'ada-password' }
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })

test('each way of signing in is recognised, and nobody else', async () => {
  const { provider, call } = provide({ users, keys: ['key-1'] })
  const { access_token } = provider.issue('ada')
  const ways: readonly (readonly [string, RequestInit, string?])[] = [
    ['key:key-1', { headers: { 'x-api-key': 'key-1' } }],
    ['key:key-1', {}, '?api_key=key-1'],
    ['key:key-1', { headers: { cookie: 'a=b; api_key=key-1' } }],
    ['ada', { headers: { authorization: basicHeader('ada', 'ada-password') } }],
    ['ada', bearer(access_token)],
    ['ada', { headers: { cookie: `session=${access_token}` } }],
  ]
  for (const [id, init, query = ''] of ways) {
    expect(await (await call(`/me${query}`, init)).json()).toEqual({ id })
  }
  const wrong = [
    {},
    { headers: { 'x-api-key': 'key-2' } },
    { headers: { authorization: basicHeader('ada', 'another') } },
    { headers: { authorization: basicHeader('toString', '') } },
    { headers: { authorization: 'Basic ?' } },
    bearer('access-token-9'),
  ]
  for (const init of wrong) expect((await call('/me', init)).status).toBe(401)
  expect(provider.requests.map(({ user }) => user)).toEqual([
    ...ways.map(([id]) => id),
    ...wrong.map(() => undefined),
  ])
})

test('a scheme of your own is recognised by your own function', async () => {
  const { call } = provide({
    recognise: (request) => (request.headers.get('x-acme') === 'yes' ? 'acme' : undefined),
  })
  const response = await call('/echo?a=1', { method: 'POST', body: 'hello', headers: { 'x-acme': 'yes' } })
  expect(await response.json()).toEqual({
    method: 'POST',
    url: 'https://provider.latchkey.test/echo?a=1',
    body: 'hello',
  })
})

test('access tokens end after their lifetime, and at once when they are expired', async () => {
  const clock = fakeClock()
  const { provider, call } = provide({ tokens: { lifetimeMs: 60_000 }, now: clock.now })
  const [first, second] = [provider.issue('ada'), provider.issue('bob')]
  expect(first.expires_in).toBe(60)
  clock.jump(59_999)
  expect((await call('/me', bearer(first.access_token))).status).toBe(200)
  provider.expire(first.access_token)
  expect((await call('/me', bearer(first.access_token))).status).toBe(401)
  expect((await call('/me', bearer(second.access_token))).status).toBe(200)
  clock.jump(1)
  expect((await call('/me', bearer(second.access_token))).status).toBe(401)
})

test('under strict rotation a used refresh token ends all that came of the same sign-in', async () => {
  const { provider, call, token } = provide()
  const { refresh_token } = provider.issue('ada')
  const other = provider.issue('ada')
  const next = await token({ grant_type: 'refresh_token', refresh_token })
  expect(next).toMatchObject({
    status: 200,
    access_token: 'access-token-3',
    refresh_token: 'refresh-token-3',
  })
  expect(await token({ grant_type: 'refresh_token', refresh_token })).toEqual({
    status: 400,
    error: 'invalid_grant',
  })
  expect((await call('/me', bearer('access-token-3'))).status).toBe(401)
  expect(await token({ grant_type: 'refresh_token', refresh_token: 'refresh-token-3' })).toMatchObject({
    status: 400,
  })
  expect((await call('/me', bearer(other.access_token))).status).toBe(200)
})

test('a used refresh token is good for the grace period, and without rotation for ever', async () => {
  const clock = fakeClock()
  const grace = provide({ tokens: { rotation: 'grace', graceMs: 30_000 }, now: clock.now })
  const { refresh_token } = grace.provider.issue('ada')
  const again = () => grace.token({ grant_type: 'refresh_token', refresh_token })
  expect(await again()).toMatchObject({ status: 200 })
  clock.jump(29_999)
  expect(await again()).toMatchObject({ status: 200 })
  clock.jump(1)
  expect(await again()).toMatchObject({ status: 400 })
  const free = provide({ tokens: { rotation: 'none' }, now: clock.now })
  const kept = free.provider.issue('ada').refresh_token
  for (let times = 0; times < 3; times++) {
    expect(await free.token({ grant_type: 'refresh_token', refresh_token: kept })).toMatchObject({
      status: 200,
      refresh_token: kept,
    })
  }
})

test('clients get tokens for themselves, and unknown grants are refused', async () => {
  const { token, provider } = provide({ users })
  const client = { client_id: 'ada', client_secret: 'ada-password' }
  expect(await token({ grant_type: 'client_credentials', ...client })).toMatchObject({
    access_token: 'access-token-1',
  })
  expect(await token({ grant_type: 'client_credentials', client_id: 'ada', client_secret: 'x' })).toEqual({
    status: 401,
    error: 'invalid_client',
  })
  expect(await token({ grant_type: 'password' })).toEqual({ status: 400, error: 'unsupported_grant_type' })
  expect(provider.requests.map(({ status }) => status)).toEqual([200, 401, 400])
})

test('keys rotate, tokens are revoked, and requests fail to order', async () => {
  const { provider, call, token } = provide({ keys: ['key-1'] })
  provider.rotateKey('key-1', 'key-2')
  expect((await call('/me?api_key=key-1')).status).toBe(401)
  expect((await call('/me?api_key=key-2')).status).toBe(200)
  provider.reject(2)
  const statuses = []
  for (let times = 0; times < 3; times++) statuses.push((await call('/me?api_key=key-2')).status)
  expect(statuses).toEqual([401, 401, 200])
  const { access_token, refresh_token } = provider.issue('ada')
  provider.fail(503)
  const form = new URLSearchParams({ grant_type: 'refresh_token', refresh_token })
  expect((await call('/token', { method: 'POST', body: form })).status).toBe(503)
  await call('/revoke', { method: 'POST', body: new URLSearchParams({ token: refresh_token }) })
  expect((await call('/me', bearer(access_token))).status).toBe(401)
  expect(await token({ grant_type: 'refresh_token', refresh_token })).toMatchObject({ status: 400 })
  expect((await call('/nowhere')).status).toBe(404)
})

const session = defineStrategy({
  scheme: 'session',
  fields: {
    username: { type: 'string', label: 'User name', required: true },
    password: { type: 'password', label: 'Password', required: true },
  },
  async acquire({ fetch, settings, now }) {
    const response = await fetch('https://provider.latchkey.test/login', {
      method: 'POST',
      body: JSON.stringify(settings),
    })
    if (!response.ok) throw new AuthError('credentials_rejected', 'The log-in was refused')
    const { token, expires_in } = (await response.json()) as { token: string; expires_in: number }
    return { token, expiresAt: now() + expires_in * 1000 }
  },
  apply({ headers }, { credentials }) {
    headers.set('authorization', `Bearer ${credentials.token}`)
  },
})

test('a connection logs in once for a hundred requests, and once more when its token is refused', async () => {
  const { provider } = provide({ users })
  const connection = connect(session, {
    settings: { username: 'ada', password: 'ada-password' },
    origins: [provider.origin],
    store: memoryStore(),
  })
  const me = () => connection.fetch(`${provider.origin}/me`)
  await Promise.all(Array.from({ length: 100 }, me))
  provider.expire()
  expect((await me()).status).toBe(200)
  const paths = provider.requests.map(({ url, status }) => `${url.pathname} ${status}`)
  expect(paths.filter((path) => path === '/login 200')).toHaveLength(2)
  expect(paths.slice(-3)).toEqual(['/me 401', '/login 200', '/me 200'])
})

test('a wrong password is an error that names who must act', async () => {
  const { provider } = provide({ users })
  const connection = connect(session, {
    settings: { username: 'ada', password: 'another-one' },
    origins: [provider.origin],
  })
  await expect(connection.fetch(`${provider.origin}/me`)).rejects.toMatchObject({
    code: 'credentials_rejected',
    remedy: 'reconnect',
  })
})
