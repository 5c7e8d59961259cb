import { expect, test } from '@jest/globals'
import { oauth2, type OAuth2Options } from '@latchkey/oauth2'

import { json, open, rejection, tokenUrl, world } from './support.ts'

const held = {
  accessToken: 'old-access-token',
  refreshToken: 'old-refresh-token',
  expiresAt: 1,
  scopes: ['a', 'b'],
}

test('revoking sends the refresh token, or what the definition says, with the client', async () => {
  const provider = world(() => new Response(''))
  const revocationUrl = 'https://as.example.com/revoke'
  const one = open(oauth2({ tokenUrl, revocationUrl }), provider, { credentials: held })
  await one.connection.revoke()
  const two = open(
    oauth2({
      tokenUrl,
      revocationUrl,
      revoke: { tokens: ['access_token', 'refresh_token'], format: 'query' },
    }),
    provider,
    { credentials: held },
  )
  await two.connection.revoke()
  expect(provider.asked.map(({ url, body }) => [url.slice(revocationUrl.length), body])).toEqual([
    [
      '',
      'token=old-refresh-token&token_type_hint=refresh_token&client_id=the-client-id&client_secret=the-client-secret',
    ],
    [
      '?token=old-access-token&token_type_hint=access_token&client_id=the-client-id&client_secret=the-client-secret',
      '',
    ],
    [
      '?token=old-refresh-token&token_type_hint=refresh_token&client_id=the-client-id&client_secret=the-client-secret',
      '',
    ],
  ])
  expect(await one.credentials()).toBe(undefined)
})

test.each<[number, object, string | undefined]>([
  [200, {}, undefined],
  [400, { error: 'unsupported_token_type' }, undefined],
  [401, { error: 'invalid_client' }, 'client_rejected'],
  [503, {}, 'provider_unavailable'],
])(
  'a revocation that is answered with %d %j ends as %s, and the tokens are gone here',
  async (status, body, code) => {
    const provider = world(() => json(body, { status }))
    const opened = open(oauth2({ tokenUrl, revocationUrl: 'https://as.example.com/revoke' }), provider, {
      credentials: held,
    })
    const outcome: unknown = await opened.connection.revoke().catch((error: unknown) => error)
    expect((outcome as { code?: string } | undefined)?.code).toBe(code)
    expect(await opened.credentials()).toBe(undefined)
  },
)

test('userinfo proves a connection with its token, and introspection with the client; neither goes to the API', async () => {
  const provider = world(({ url }) =>
    json(
      url.endsWith('/userinfo')
        ? { sub: 'u1', email: 'a@example.com' }
        : { active: true, sub: 'u2', username: 'ann' },
    ),
  )
  const alive = { ...held, expiresAt: undefined }
  const userinfo = open(oauth2({ tokenUrl, userinfoUrl: 'https://as.example.com/userinfo' }), provider, {
    credentials: alive,
  })
  expect(await userinfo.connection.test()).toEqual({ id: 'u1', label: 'a@example.com' })
  const introspection = open(
    oauth2({ tokenUrl, introspectionUrl: 'https://as.example.com/introspect' }),
    provider,
    { credentials: alive },
  )
  expect(await introspection.connection.test()).toEqual({ id: 'u2', label: 'ann' })
  expect(provider.asked.map(({ headers, body }) => [headers.get('authorization'), body])).toEqual([
    ['Bearer old-access-token', ''],
    [
      null,
      'token=old-access-token&token_type_hint=access_token&client_id=the-client-id&client_secret=the-client-secret',
    ],
  ])
  expect(provider.sent).toHaveLength(0)
})

test('a token that is not active does not pass for a connection', async () => {
  const provider = world(() => json({ active: false }))
  const { connection } = open(oauth2({ tokenUrl, introspectionUrl: 'https://as.example.com/i' }), provider, {
    credentials: { accessToken: 'x' },
  })
  expect(await rejection(connection.test())).toMatchObject({ code: 'credentials_rejected' })
})

test.each<[OAuth2Options, string]>([
  [{ grant: 'client_credentials' }, 'give tokenUrl'],
  [{ grant: 'device_code', tokenUrl }, 'deviceUrl'],
  [{ authorizationUrl: tokenUrl, tokenUrl, authorize: { pushed: true } }, 'pushedUrl'],
  [{ tokenUrl, authorize: { state: { length: 4 } } }, 'length'],
  [{ tokenUrl, authorize: { state: { alphabet: 'abc' } } }, 'alphabet'],
  [{ tokenUrl: 'https://{x}.com/token' }, 'choose the domain'],
  [{ tokenUrl: '/token' }, 'absolute'],
  [{ tokenUrl, place: { header: 'host' } }, 'host'],
  [{ tokenUrl, endpointOrigins: ['https://*.com'] }, 'endpointOrigins'],
])('%j is refused where it is written', (options, words) => {
  expect(() => oauth2(options)).toThrow(words)
})
