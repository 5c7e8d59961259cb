import { expect, test } from '@jest/globals'
import type { JsonObject } from '@latchkey/core/definition'
import { api, config, json, manifestOf, oauth, open, opened, rejection, secret, sorted } from './support.ts'

const token = (): Response => json({ access_token: 'an-access-token', expires_in: 3600 })

/** The one request for a token that an authenticator leads to. */
async function asked(
  members: JsonObject,
  given: JsonObject = config,
  properties: object = Object.fromEntries(Object.keys(given).map((name) => [name, secret])),
): Promise<{ url: string; body: string[]; headers: Headers; authorization: string | null }> {
  const world = opened(manifestOf({ ...oauth, ...members }, properties), given, token)
  await world.connection.fetch(api)
  expect(world.asked).toHaveLength(1)
  const [{ url, body, headers } = { url: '', body: '', headers: new Headers() }] = world.asked
  return {
    url,
    body: sorted(body),
    headers,
    authorization: world.sent[0]?.headers.get('authorization') ?? null,
  }
}

const standard = [
  'client_id=the-id',
  'client_secret=the-secret',
  'grant_type=refresh_token',
  'refresh_token=seed-token',
]

test('the refresh token of the form earns an access token, as a form, and the token signs as Bearer', async () => {
  const { url, body, headers, authorization } = await asked({})
  expect(url).toBe('https://as.example.com/token')
  expect(body).toEqual(standard)
  expect(headers.get('content-type')).toBe('application/x-www-form-urlencoded')
  expect(authorization).toBe('Bearer an-access-token')
})

test('every parameter goes under the name that the definition gives it', async () => {
  const { body } = await asked({
    client_id_name: 'app',
    client_secret_name: 'key',
    refresh_token_name: 'renewal',
    grant_type_name: 'grant',
  })
  expect(body).toEqual(['app=the-id', 'grant=refresh_token', 'key=the-secret', 'renewal=seed-token'])
})

test('scopes are sent as "scopes", repeated for each, because existing definitions mean that', async () => {
  const { body } = await asked({ scopes: ['read', "{{ config['scope'] }}"] }, { ...config, scope: 'write' })
  expect(body).toEqual([...standard, 'scopes=read', 'scopes=write'])
})

test('refresh_request_body adds parameters and replaces none of the standard ones', async () => {
  const { body } = await asked({
    scopes: ['read'],
    refresh_request_body: {
      scope: 'a b',
      expires_in: 172800,
      offline: true,
      nested: { a: "{{ config['client_id'] }}" },
      grant_type: 'password',
      client_id: 'other',
      client_secret: 'other',
      refresh_token: 'other',
      scopes: 'other',
    },
  })
  expect(body).toEqual(
    [
      ...standard,
      'scopes=read',
      'scope=a b',
      'expires_in=172800',
      'offline=true',
      'nested={"a":"the-id"}',
    ].sort(),
  )
})

test.each(['Authorization', 'authorization', 'AUTHORIZATION'])(
  'with a header %s the client is left out of the body',
  async (name) => {
    const { body, headers } = await asked({
      refresh_request_headers: {
        [name]: "Basic {{ [config['client_id'], config['client_secret']] | join(':') | base64encode }}",
      },
    })
    expect(body).toEqual(['grant_type=refresh_token', 'refresh_token=seed-token'])
    expect(headers.get('authorization')).toBe('Basic dGhlLWlkOnRoZS1zZWNyZXQ=')
  },
)

test('another header leaves the client in the body, and one that says JSON does not make the body JSON', async () => {
  const members = {
    refresh_request_headers: { 'Content-Type': 'application/json', 'X-Key': "{{ config['client_id'] }}" },
  }
  const { body, headers } = await asked(members)
  expect(body).toEqual(standard)
  expect(headers.get('content-type')).toBe('application/json')
  expect(headers.get('x-key')).toBe('the-id')
  const world = opened(manifestOf({ ...oauth, ...members }), config, token, { tokenFormat: 'json' })
  expect(world.imported.warnings).toEqual([])
  await world.connection.fetch(api)
  expect(JSON.parse(world.asked[0]?.body ?? '')).toEqual({
    grant_type: 'refresh_token',
    refresh_token: 'seed-token',
    client_id: 'the-id',
    client_secret: 'the-secret',
  })
  expect(opened(manifestOf({ ...oauth, ...members })).imported.warnings).toEqual([
    {
      path: 'streams[0].retriever.requester.authenticator.refresh_request_headers',
      message: expect.stringContaining('tokenFormat') as never,
    },
  ])
})

test('as query parameters everything is in the URL, beside what stands there, and the body is empty', async () => {
  const { url, body } = await asked({
    send_refresh_request_as_query_params: true,
    token_refresh_endpoint: 'https://as.example.com/token?tenant=t1',
  })
  expect(body).toEqual([])
  expect(new URL(url).searchParams.get('tenant')).toBe('t1')
  expect(sorted(new URL(url).search)).toEqual([...standard, 'tenant=t1'])
})

test('an empty client secret is sent as such, an empty client id is an error that names it', async () => {
  const manifest = manifestOf(oauth)
  const spec = manifest['spec'] as { connection_specification: { required: string[] } }
  spec.connection_specification.required = []
  const world = opened(manifest, { ...config, client_secret: '' }, token)
  await world.connection.fetch(api)
  expect(sorted(world.asked[0]?.body ?? '')).toEqual(standard.map((each) => each.replace('the-secret', '')))
  const none = opened(manifest, { ...config, client_id: '' }, token)
  expect(await rejection(none.connection.fetch(api))).toMatchObject({
    code: 'settings_invalid',
    field: 'client_id',
  })
  expect(none.asked).toEqual([])
})

test('what looks like a number stays the text that the user typed', async () => {
  const { body } = await asked({}, { client_id: '0x1F', client_secret: '1e5', refresh_token: 'True' })
  expect(body).toEqual([
    'client_id=0x1F',
    'client_secret=1e5',
    'grant_type=refresh_token',
    'refresh_token=True',
  ])
})

test('the endpoint may depend on the configuration, and its host on one name only', async () => {
  const members = {
    token_refresh_endpoint: "https://{{ config['site'] }}.example.com/{{ config['tenant'] }}/token",
  }
  const { url } = await asked(members, { ...config, site: 'acme', tenant: 'a b/c' })
  expect(url).toBe('https://acme.example.com/a%20b%2Fc/token')
  const world = opened(
    manifestOf(
      { ...oauth, ...members },
      { client_id: open, client_secret: secret, refresh_token: secret, site: open, tenant: open },
    ),
    { ...config, site: 'evil.test/', tenant: 't' },
    token,
  )
  expect(await rejection(world.connection.fetch(api))).toMatchObject({
    code: 'settings_invalid',
    field: 'site',
  })
  expect(world.asked).toEqual([])
})

test.each([
  [
    'a definition without an endpoint and a token',
    { token_refresh_endpoint: null },
    /token_refresh_endpoint/,
  ],
  ['an empty endpoint', { token_refresh_endpoint: '' }, /token_refresh_endpoint: this must be a URL/],
  ['no client id', { client_id: null }, /client_id: both client_id and client_secret/],
  ['no refresh token', { refresh_token: null }, /refresh_token: the grant refresh_token needs/],
  ['scopes that are no list', { scopes: 'a b' }, /scopes: this must be a list of texts/],
  [
    'error rules in two places',
    {
      refresh_token_error_status_codes: [400],
      refresh_token_updater: { refresh_token_error_key: 'error' },
    },
    /keep one of them/,
  ],
])('%s is refused by the place where it stands', (_, members, message) => {
  const read = (): unknown => opened(manifestOf({ ...oauth, ...members }))
  expect(read).toThrow(message)
  expect(read).toThrow(/^streams\[0\]\.retriever\.requester\.authenticator/)
})

test('a member that nobody knows is a warning', () => {
  const { warnings } = opened(
    manifestOf({ ...oauth, expire_in_name: 'x', refresh_token_updater: { access_token_name: 'y' } }),
  ).imported
  expect(warnings.map(({ path }) => path.replace(/^.*authenticator\./, ''))).toEqual([
    'expire_in_name',
    'refresh_token_updater.access_token_name',
  ])
  expect(warnings[0]?.message).toContain('Did you mean "expires_in_name"?')
})
