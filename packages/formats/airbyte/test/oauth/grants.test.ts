import { generateKeyPairSync, verify } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { api, config, json, manifestOf, oauth, open, opened, pairs, secret, sorted } from './support.ts'

const token = (): Response => json({ access_token: 'an-access-token', expires_in: 3600 })

test.each([
  [
    'client_credentials',
    {},
    ['client_id=the-id', 'client_secret=the-secret', 'grant_type=client_credentials'],
  ],
  [
    'password',
    { refresh_request_body: { username: "{{ config['user'] }}", password: "{{ config['pass'] }}" } },
    ['client_id=the-id', 'client_secret=the-secret', 'grant_type=password', 'password=p&w', 'username=ann'],
  ],
  [
    'account_credentials',
    {},
    ['client_id=the-id', 'client_secret=the-secret', 'grant_type=account_credentials'],
  ],
])(
  'the grant %s earns tokens from settings, again each time, and ignores a refresh token',
  async (grant, more, body) => {
    const given = { client_id: 'the-id', client_secret: 'the-secret', user: 'ann', pass: 'p&w' }
    const properties = { client_id: open, client_secret: secret, user: open, pass: secret }
    const { refresh_token: _, ...rest } = oauth
    const world = opened(manifestOf({ ...rest, grant_type: grant, ...more }, properties), given, pairs)
    await world.connection.fetch(api)
    await world.clock.advance(3_600_000)
    await world.connection.fetch(api)
    expect(world.asked.map((request) => sorted(request.body))).toEqual([body, body])
  },
)

test('the grant may be a template', async () => {
  const properties = { client_id: open, client_secret: secret, refresh_token: secret, grant: open }
  for (const [grant, count] of [
    ['refresh_token', 4],
    ['client_credentials', 3],
  ] as const) {
    const world = opened(
      manifestOf({ ...oauth, grant_type: "{{ config['grant'] }}" }, properties),
      { ...config, grant },
      pairs,
    )
    await world.connection.fetch(api)
    await world.clock.advance(3_600_000)
    await world.connection.fetch(api)
    expect(world.asked.map(({ body }) => new URLSearchParams(body).get('grant_type'))).toEqual([grant, grant])
    expect(world.asked.map(({ body }) => sorted(body).length)).toEqual([count, count])
  }
})

test('an access token without an endpoint is static: nobody is asked, and a 401 changes nothing', async () => {
  const properties = { access_token: secret }
  const manifest = manifestOf(
    { type: 'OAuthAuthenticator', access_token_value: "{{ config['access_token'] }}" },
    properties,
  )
  const world = opened(manifest, { access_token: 'given-token' }, token, {}, () => json({}, { status: 401 }))
  expect((await world.connection.fetch(api)).status).toBe(401)
  expect(world.asked).toEqual([])
  expect(world.sent.map(({ headers }) => headers.get('authorization'))).toEqual(['Bearer given-token'])
})

test('a 401 renews once and sends again, which Airbyte does not do', async () => {
  const world = opened(manifestOf(oauth), config, pairs, {}, (_, nth) =>
    json({}, { status: nth === 1 ? 401 : 200 }),
  )
  expect((await world.connection.fetch(api)).status).toBe(200)
  expect(world.asked.map(({ body }) => new URLSearchParams(body).get('refresh_token'))).toEqual([
    'seed-token',
    'rotated-token-1',
  ])
})

test('ten streams at once are one refresh', async () => {
  const world = opened(manifestOf(oauth), config, pairs)
  await Promise.all(Array.from({ length: 10 }, () => world.connection.fetch(api)))
  expect(world.asked).toHaveLength(1)
})

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const at = (name: string): string =>
  `{{ json_loads(config.get('authorization', {}).get('account', {})).get('${name}') }}`
const assertion = {
  type: 'OAuthAuthenticator',
  token_refresh_endpoint: 'https://as.example.com/token',
  refresh_request_headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  use_profile_assertion: true,
  profile_assertion: {
    type: 'JwtAuthenticator',
    secret_key: at('private_key'),
    algorithm: 'RS256',
    token_duration: 3600,
    header_prefix: 'Bearer',
    jwt_payload: { aud: at('token_uri'), iss: at('client_email') },
    additional_jwt_payload: { scope: 'a b' },
  },
}
const account = {
  private_key: pem,
  token_uri: 'https://as.example.com/token',
  client_email: 'robot@example.com',
}
const forAccount = manifestOf(assertion, {
  authorization: { type: 'object', required: ['account'], properties: { account: secret } },
})
const settings = { authorization: { account: JSON.stringify(account) } }

test('a profile assertion is a signed JWT and nothing else is sent with it', async () => {
  const world = opened(forAccount, settings, token)
  await world.connection.fetch(api)
  const body = new URLSearchParams(world.asked[0]?.body)
  expect([...body.keys()].sort()).toEqual(['assertion', 'grant_type'])
  expect(body.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer')
  const [head = '', claims = '', signature = ''] = (body.get('assertion') ?? '').split('.')
  expect(JSON.parse(Buffer.from(head, 'base64url').toString())).toEqual({ alg: 'RS256', typ: 'JWT' })
  const iat = Math.floor(world.clock.now() / 1000)
  expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toEqual({
    iss: 'robot@example.com',
    aud: 'https://as.example.com/token',
    scope: 'a b',
    iat,
    nbf: iat,
    exp: iat + 3600,
  })
  expect(
    verify('sha256', Buffer.from(`${head}.${claims}`), publicKey, Buffer.from(signature, 'base64url')),
  ).toBe(true)
  expect(world.sent[0]?.headers.get('authorization')).toBe('Bearer an-access-token')
})

test('a new token takes a new assertion, and no refresh token', async () => {
  const world = opened(forAccount, settings, pairs)
  await world.connection.fetch(api)
  await world.clock.advance(7_200_000)
  await world.connection.fetch(api)
  const sent = world.asked.map(({ body }) => new URLSearchParams(body).get('assertion'))
  expect(new Set(sent).size).toBe(2)
  expect(sent).not.toContain(null)
})

test('use_profile_assertion is what it says, also as text', () => {
  const read = (use: unknown): unknown =>
    opened(
      manifestOf(
        { ...assertion, use_profile_assertion: use },
        { authorization: { type: 'object', properties: { account: secret } } },
      ),
      {},
      token,
    )
  for (const use of [false, 'false', 'False', '', null])
    expect(() => read(use)).toThrow(/both client_id and client_secret/)
  for (const use of [true, 'true']) expect(read(use)).toHaveProperty('imported')
})
