import { expect, test } from '@jest/globals'
import type { SegmentRequest } from '@latchkey/format-segment'
import { api, destination, open, rejection, tokens, withTokens } from './support.ts'

const byStatus = (status: number) => {
  const testAuthentication = (request: SegmentRequest) => request(`${api}/me`)
  return open(destination({}, { testAuthentication }), { answer: () => new Response('said', { status }) })
    .connection
}

test.each([
  [401, 'credentials_rejected', 'reconnect'],
  [403, 'credentials_rejected', 'reconnect'],
  [404, 'response_invalid', 'operator'],
  [429, 'provider_unavailable', 'retry'],
  [503, 'provider_unavailable', 'retry'],
])('a test that meets the status %i says who must act: %s', async (status, code, remedy) => {
  expect(await rejection(byStatus(status).test())).toMatchObject({ code, remedy, cause: { status } })
})

test('an unreachable provider is an outage and no bad credential', async () => {
  const testAuthentication = (request: SegmentRequest) => request(`${api}/me`)
  const { connection } = open(destination({}, { testAuthentication }), {
    answer: () => {
      throw Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED' } })
    },
  })
  expect(await rejection(connection.test())).toMatchObject({ code: 'provider_unavailable' })
})

const classes: readonly [string, () => unknown, string][] = [
  ['an error of its own', () => new Error('c4n4ry-key is wrong'), 'credentials_rejected'],
  [
    'an error with the status 401',
    () => Object.assign(new Error('x'), { status: 401 }),
    'credentials_rejected',
  ],
  [
    'an error with the status 500',
    () => Object.assign(new Error('x'), { status: 500 }),
    'provider_unavailable',
  ],
  ['an error with a response', () => ({ response: { status: 403 } }), 'credentials_rejected'],
  [
    'an error of the network',
    () => Object.assign(new Error('x'), { code: 'ECONNRESET' }),
    'provider_unavailable',
  ],
  ['a mistake in its code', () => new TypeError('undefined is not a function'), 'response_invalid'],
  ['a text', () => 'no', 'response_invalid'],
]
test.each(classes)('a test that throws %s is told apart, without its text', async (_, make, code) => {
  const testAuthentication = () => {
    throw make()
  }
  const error = await rejection(open(destination({}, { testAuthentication })).connection.test())
  expect(error).toMatchObject({ code })
  expect(error.message).not.toContain('c4n4ry')
})

test("the documentation's testRequest is a test, with relative URLs on the prefix", async () => {
  const definition = destination(
    {
      extendRequest: ({ settings }: { settings: { apiKey: string } }) => ({
        prefixUrl: `${api}/v1`,
        headers: { 'x-key': settings.apiKey },
        responseType: 'json',
      }),
    },
    { testRequest: async (request: SegmentRequest) => (await request<object>('/me')).data },
  )
  const { connection, sent } = open(definition, { answer: () => new Response('{"id":7,"name":"Ada"}') })
  expect(await connection.test()).toEqual({ id: '7', label: 'Ada' })
  expect(sent[0]!.url).toBe(`${api}/v1/me`)
})

test('no test is no proof but having settings', async () => {
  const { connection, sent } = open(destination())
  expect(await connection.test()).toBeUndefined()
  expect(sent).toEqual([])
})

test('settings are checked before the test runs', () => {
  expect(() => open(destination(), { settings: {} })).toThrow('apiKey: Enter a value')
})

test('a test that meets an expired token refreshes it once and asks again', async () => {
  const testAuthentication = (request: SegmentRequest) => request(`${api}/me`)
  const { connection, sent } = open(withTokens({ testAuthentication }), {
    settings: { 'oauth.clientId': 'c', 'oauth.clientSecret': 's-secret' },
    credentials: tokens,
    answer: ({ url, headers }) =>
      url.endsWith('/token')
        ? Response.json({ access_token: 'c4n4ry-access-2' })
        : new Response(null, {
            status: headers.get('authorization') === 'Bearer c4n4ry-access-2' ? 200 : 401,
          }),
  })
  await connection.test()
  expect(sent.map(({ url }) => url)).toEqual([`${api}/me`, `${api}/token`, `${api}/me`])
})

test('testAuthentication sees settings and tokens, and nothing of the client', async () => {
  const seen: unknown[] = []
  const testAuthentication = (_: unknown, given: unknown) => void seen.push(given)
  const { connection } = open(withTokens({ testAuthentication }), {
    settings: { 'oauth.clientId': 'c', 'oauth.clientSecret': 's-secret' },
    credentials: tokens,
  })
  await connection.test()
  expect(seen).toEqual([{ settings: {}, auth: { ...tokens, refreshTokenUrl: undefined } }])
})
