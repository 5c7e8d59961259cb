import { expect, test } from '@jest/globals'
import { oauth2, type OAuth2Options } from '@latchkey/oauth2'
import { cc } from './asked.ts'
import { api, app, json, open, tokenUrl, world } from './support.ts'

const refreshToken = { access_token: 'second-access-token', expires_in: 3600 }
const held = {
  accessToken: 'old-access-token',
  refreshToken: 'old-refresh-token',
  expiresAt: 1,
  scopes: ['a', 'b'],
}

test('a refresh is its own request: its URL, format, parameters and scope', async () => {
  const provider = world(() => json(refreshToken))
  const auth = oauth2({
    tokenUrl,
    refreshUrl: 'https://as.example.com/refresh',
    token: { params: { grant_type: 'authorization_code', only: 'token' }, headers: { 'x-version': '1' } },
    refresh: { format: 'json', scope: true, names: { refresh_token: 'rt' } },
  })
  const { connection } = open(auth, provider, { credentials: held })
  await connection.fetch(api)
  expect(provider.asked.map(({ url, body, headers }) => [url, body, headers.get('x-version')])).toEqual([
    [
      'https://as.example.com/refresh',
      '{"grant_type":"refresh_token","rt":"old-refresh-token","scope":"a b","client_id":"the-client-id","client_secret":"the-client-secret"}',
      '1',
    ],
  ])
})

test('a dead refresh token of a grant without a person leads to a new grant, once', async () => {
  const provider = world(({ form: sent }) =>
    sent.get('grant_type') === 'refresh_token'
      ? json({ error: 'invalid_grant' }, { status: 400 })
      : json(refreshToken),
  )
  const { connection, credentials } = open(oauth2({ grant: 'password', tokenUrl }), provider, {
    settings: { ...app, username: 'u', password: 'p' },
    credentials: held,
  })
  await connection.fetch(api)
  expect(provider.asked.map(({ form: sent }) => sent.get('grant_type'))).toEqual([
    'refresh_token',
    'password',
  ])
  expect((await credentials())?.accessToken).toBe('second-access-token')
})

test('an access token alone is static: it is used until the API says that it is dead', async () => {
  const provider = world(() => json({}))
  const { connection } = open(oauth2({ tokenUrl }), provider, {
    credentials: { accessToken: 'only-access-token' },
  })
  await connection.fetch(api)
  await provider.clock.advance(10 * 86_400_000)
  await connection.fetch(api)
  expect([provider.asked.length, provider.sent.map(({ headers }) => headers.get('authorization'))]).toEqual([
    0,
    ['Bearer only-access-token', 'Bearer only-access-token'],
  ])
})

test.each<[NonNullable<OAuth2Options['place']>, string, Record<string, string>]>([
  [{ prefix: 'SSWS' }, `${api}/`, { authorization: 'SSWS t0' }],
  [{ header: 'x-token', prefix: '' }, `${api}/`, { 'x-token': 't0' }],
  [{ query: 'auth' }, `${api}/?auth=t0`, {}],
  [
    [{}, { header: 'client-id', value: '{clientId}' }],
    `${api}/`,
    { authorization: 'Bearer t0', 'client-id': 'the-client-id' },
  ],
  [{ token: 'bot' }, `${api}/`, { authorization: 'Bearer b0' }],
  [{ value: 'Zoho-oauthtoken {site}' }, `${api}/`, { authorization: 'Zoho-oauthtoken s0' }],
])('a token goes where place says: %j', async (place, url, headers) => {
  const provider = world(() => json({}))
  const credentials = {
    accessToken: 't0',
    tokenType: 'bEaReR',
    tokens: { bot: { accessToken: 'b0' } },
    metadata: { site: 's0' },
  }
  const { connection } = open(oauth2({ tokenUrl, place }), provider, { credentials })
  await connection.fetch(api)
  expect(provider.sent[0]?.url).toBe(url)
  const sent = provider.sent[0]?.headers ?? new Headers()
  for (const [name, value] of Object.entries(headers)) expect(sent.get(name)).toBe(value)
  if (!('authorization' in headers)) expect(sent.has('authorization')).toBe(false)
})

test('several tokens in one answer are kept by name', async () => {
  const answer = {
    ok: true,
    access_token: 'xoxb-1',
    token_type: 'bot',
    authed_user: { access_token: 'xoxp-1', refresh_token: 'xoxe-1', expires_in: 43_200, scope: 'a,b' },
  }
  const provider = world(() => json(answer))
  const auth = oauth2({
    ...cc,
    response: {
      tokens: {
        user: {
          access_token: 'authed_user.access_token',
          refresh_token: 'authed_user.refresh_token',
          expires_in: 'authed_user.expires_in',
          scope: 'authed_user.scope',
          token_type: 'authed_user.token_type',
        },
      },
    },
  })
  const { connection, credentials } = open(auth, provider)
  await connection.fetch(api)
  expect(await credentials()).toEqual({
    accessToken: 'xoxb-1',
    tokenType: 'bot',
    tokens: {
      user: {
        accessToken: 'xoxp-1',
        refreshToken: 'xoxe-1',
        expiresAt: provider.clock.now() + 43_200_000,
        scopes: ['a', 'b'],
      },
    },
  })
})
