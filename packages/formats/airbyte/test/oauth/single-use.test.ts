import { expect, test } from '@jest/globals'
import { api, json, manifestOf, oauth, open, opened, pairs, rejection, secret } from './support.ts'

const now = 1_749_988_800_000
const at = (name: string): string => `{{ config['credentials']['${name}'] }}`
const authenticator = {
  ...oauth,
  client_id: at('client_id'),
  client_secret: at('client_secret'),
  refresh_token: at('refresh_token'),
  refresh_token_updater: {},
}
const manifest = manifestOf(authenticator, {
  credentials: {
    type: 'object',
    required: ['client_id', 'client_secret', 'refresh_token', 'access_token', 'token_expiry_date'],
    properties: {
      client_id: open,
      client_secret: secret,
      refresh_token: secret,
      access_token: secret,
      token_expiry_date: open,
    },
  },
  start_date: open,
})
const credentials = { client_id: 'the-id', client_secret: 'the-secret', refresh_token: 'seed-token' }
const given = { credentials, start_date: '2020-01-01' }
const renewals = (bodies: readonly { readonly body: string }[]): (string | null)[] =>
  bodies.map(({ body }) => new URLSearchParams(body).get('refresh_token'))

test('an access token with an end is used until then, and the refresh token of the form after it', async () => {
  const full = {
    ...given,
    credentials: { ...credentials, access_token: 'given-token', token_expiry_date: '2025-06-15T13:00:00Z' },
  }
  const world = opened(manifest, full, pairs)
  await world.connection.fetch(api)
  expect(world.asked).toEqual([])
  await world.clock.advance(3_600_000)
  await world.connection.fetch(api)
  expect(renewals(world.asked)).toEqual(['seed-token'])
  expect(world.sent.map(({ headers }) => headers.get('authorization'))).toEqual([
    'Bearer given-token',
    'Bearer access-token-1',
  ])
})

test.each([
  ['2025-06-15T11:59:59Z', 1],
  ['', 1],
  ['nonsense', 1],
  [String(now / 1000 + 600), 0],
  [String(now + 600_000), 0],
  ['2025-06-16', 0],
])('an end of %p asks for %p new tokens', async (token_expiry_date, count) => {
  const full = { ...given, credentials: { ...credentials, access_token: 'given-token', token_expiry_date } }
  const world = opened(manifest, full, pairs)
  await world.connection.fetch(api)
  expect(world.asked).toHaveLength(count)
})

test('neither access token nor end need be given, though the schema demands them', async () => {
  const world = opened(manifest, given, pairs)
  await world.connection.fetch(api)
  expect(renewals(world.asked)).toEqual(['seed-token'])
})

test('a rotated token is spent next, shows up in the configuration, and leaves the settings alone', async () => {
  const world = opened(manifest, given, pairs)
  await world.connection.fetch(api)
  await world.clock.advance(3_600_000)
  await world.connection.fetch(api)
  expect(renewals(world.asked)).toEqual(['seed-token', 'rotated-token-1'])
  expect(await world.config()).toEqual({
    credentials: {
      client_id: 'the-id',
      client_secret: 'the-secret',
      refresh_token: 'rotated-token-2',
      access_token: 'access-token-2',
      token_expiry_date: '2025-06-15T14:00:00.000Z',
    },
    start_date: '2020-01-01',
  })
  expect(await world.settings()).toMatchObject({ 'credentials.refresh_token': 'seed-token' })
})

test('of a custom class that comes down to single-use tokens the rotated one shows up too', async () => {
  const custom = {
    type: 'CustomAuthenticator',
    class_name: 'source_salesloft.components.SingleUseOauth2Authenticator',
  }
  const properties = { client_id: open, client_secret: secret, refresh_token: secret, access_token: secret }
  const schema = { credentials: { type: 'object', required: ['refresh_token'], properties } }
  const world = opened(manifestOf(custom, schema), { credentials }, pairs)
  await world.connection.fetch(api)
  expect(renewals(world.asked)).toEqual(['seed-token'])
  expect(await world.config()).toMatchObject({
    credentials: { refresh_token: 'rotated-token-1', access_token: 'access-token-1' },
  })
  expect(await world.settings()).toMatchObject({ 'credentials.refresh_token': 'seed-token' })
})

test('the configuration that was read back opens a connection again', async () => {
  const world = opened(manifest, given, pairs)
  await world.connection.fetch(api)
  const again = opened(manifest, await world.config(), pairs)
  await again.connection.fetch(api)
  expect(again.asked).toEqual([])
  await again.clock.advance(3_600_000)
  await again.connection.fetch(api)
  expect(renewals(again.asked)).toEqual(['rotated-token-1'])
})

test('the updater says where the configuration keeps them, and what the refresh token is called both ways', async () => {
  const moved = manifestOf(
    {
      ...oauth,
      refresh_token_name: 'ignored',
      refresh_token_updater: {
        refresh_token_name: 'renewal',
        access_token_config_path: ['access'],
        refresh_token_config_path: ['kept', 'renewal'],
        token_expiry_date_config_path: ['ends'],
      },
    },
    {
      client_id: open,
      client_secret: secret,
      kept: { type: 'object', properties: { renewal: secret } },
      access: secret,
      ends: open,
    },
  )
  const world = opened(
    moved,
    { client_id: 'the-id', client_secret: 's', kept: { renewal: 'seed-token' } },
    (_, nth) => json({ access_token: `access-token-${nth}`, renewal: `renewal-${nth}`, expires_in: 60 }),
  )
  await world.connection.fetch(api)
  await world.clock.advance(60_000)
  await world.connection.fetch(api)
  expect(world.asked.map(({ body }) => new URLSearchParams(body).get('renewal'))).toEqual([
    'seed-token',
    'renewal-1',
  ])
  expect(await world.config()).toMatchObject({
    kept: { renewal: 'renewal-2' },
    access: 'access-token-2',
    ends: '2025-06-15T12:02:00.000Z',
  })
})

test('paths that the form does not have fall back on what the authenticator itself reads', async () => {
  const lost = manifestOf({
    ...oauth,
    refresh_token_updater: {
      access_token_config_path: ['oauth_access_token'],
      refresh_token_config_path: ['client_refresh_token'],
      token_expiry_date_config_path: ['oauth_token_expiry_date'],
    },
  })
  const world = opened(lost, { client_id: 'the-id', client_secret: 's', refresh_token: 'seed-token' }, pairs)
  await world.connection.fetch(api)
  expect(renewals(world.asked)).toEqual(['seed-token'])
})

test.each([[''], [null], [undefined]])(
  'an answer whose refresh token is %p keeps the old one',
  async (refresh_token) => {
    const world = opened(manifest, given, (_, nth) =>
      json({ access_token: `access-token-${nth}`, refresh_token, expires_in: 3600 }),
    )
    await world.connection.fetch(api)
    await world.clock.advance(3_600_000)
    await world.connection.fetch(api)
    expect(renewals(world.asked)).toEqual(['seed-token', 'seed-token'])
  },
)

test('an answer without an access token is an error, and its refresh token is kept all the same', async () => {
  const world = opened(manifest, given, () => json({ access_token: null, refresh_token: 'rotated-token' }))
  await rejection(world.connection.fetch(api))
  expect(await world.credentials()).toMatchObject({ refreshToken: 'rotated-token' })
})

test('where the rotated token is refused a person must act: the spent one of the form is not tried again', async () => {
  const world = opened(manifest, given, (request, nth) =>
    nth === 1 ? pairs(request, nth) : json({ error: 'invalid_grant' }, { status: 400 }),
  )
  await world.connection.fetch(api)
  await world.clock.advance(3_600_000)
  for (let time = 0; time < 2; time++)
    expect(await rejection(world.connection.fetch(api))).toMatchObject({ remedy: 'reconnect' })
  expect(renewals(world.asked)).toEqual(['seed-token', 'rotated-token-1'])
})

test('five at once spend one refresh token', async () => {
  const world = opened(manifest, given, pairs)
  await Promise.all(Array.from({ length: 5 }, () => world.connection.fetch(api)))
  expect(renewals(world.asked)).toEqual(['seed-token'])
})

test('a setting that nothing of this reads does not end the grant, one that it reads does', () => {
  const { fields } = opened(manifest, given).imported.connector.auth
  const keeping = Object.entries(fields).filter(([, { keepsGrant }]) => keepsGrant === true)
  expect(keeping.map(([name]) => name)).toEqual([
    'credentials.client_secret',
    'credentials.access_token',
    'credentials.token_expiry_date',
    'start_date',
  ])
})

test('a token that is rotated without an updater goes where the authenticator reads it', async () => {
  const world = opened(
    manifestOf(oauth),
    { client_id: 'i', client_secret: 's', refresh_token: 'seed-token' },
    pairs,
  )
  await world.connection.fetch(api)
  expect(await world.config()).toEqual({
    client_id: 'i',
    client_secret: 's',
    refresh_token: 'rotated-token-1',
  })
})

test('other templates see the token of today', async () => {
  const world = opened(
    manifestOf(
      {
        ...authenticator,
        refresh_request_headers: { 'X-Old': at('refresh_token') },
      },
      {
        credentials: {
          type: 'object',
          properties: { client_id: open, client_secret: secret, refresh_token: secret },
        },
      },
    ),
    { credentials },
    pairs,
  )
  await world.connection.fetch(api)
  await world.clock.advance(3_600_000)
  await world.connection.fetch(api)
  expect(world.asked.map(({ headers }) => headers.get('x-old'))).toEqual(['seed-token', 'rotated-token-1'])
})
