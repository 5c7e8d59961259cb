import { expect, test } from '@jest/globals'
import { advanced, begun, client, properties, specification } from './consent-support.ts'
import {
  api,
  json,
  manifestOf,
  oauth,
  opened,
  pairs,
  redirectUri,
  rejection,
  secret,
  sorted,
} from './support.ts'

test('a person is sent to the consent that the template makes, every value encoded', async () => {
  const { url } = await begun()
  expect(url.origin + url.pathname).toBe('https://as.example.com/consent')
  expect([...url.searchParams]).toEqual([
    ['response_type', 'code'],
    ['client_id', 'the id&x'],
    ['redirect_uri', redirectUri],
    ['scope', 'read write'],
    ['state', expect.stringMatching(/^[\w-]{43}$/) as never],
  ])
  expect(url.search).toContain('client_id=the%20id%26x')
})

test('the code is traded for what the parameters say and nothing more, and what comes is used and shown', async () => {
  const world = await begun()
  expect(await world.complete()).toBe(true)
  expect(world.asked.map(({ method, url, body }) => [method, url, sorted(body)])).toEqual([
    [
      'POST',
      'https://as.example.com/exchange',
      [
        'client_id=the id&x',
        'client_secret=the-secret',
        'code=c/1',
        'grant_type=authorization_code',
        `redirect_uri=${redirectUri}`,
      ],
    ],
  ])
  await world.connection.fetch(api)
  expect(world.sent[0]?.headers.get('authorization')).toBe('Bearer access-token-1')
  expect(await world.config()).toEqual({
    ...client,
    refresh_token: 'rotated-token-1',
    access_token: 'access-token-1',
  })
  await world.clock.advance(3_600_000)
  await world.connection.fetch(api)
  expect(world.asked[1]?.url).toBe('https://as.example.com/token')
  expect(new URLSearchParams(world.asked[1]?.body).get('refresh_token')).toBe('rotated-token-1')
})

test('the client is the operator’s, and nobody need type a refresh token where a consent brings one', async () => {
  const { imported, connection } = await begun()
  const { fields } = imported.connector.auth
  expect(fields['client_id']).toMatchObject({ owner: 'app', required: true })
  expect(fields['client_secret']).toMatchObject({ owner: 'app', required: true, keepsGrant: true })
  expect(fields['refresh_token']?.required).toBe(undefined)
  expect(await rejection(connection.fetch(api))).toMatchObject({ code: 'credentials_missing' })
})

test('a refresh token that the form brings does without a consent', async () => {
  const world = await begun({}, pairs, { config: { ...client, refresh_token: 'seed-token' } })
  await world.connection.fetch(api)
  expect(new URLSearchParams(world.asked[0]?.body).get('refresh_token')).toBe('seed-token')
})

test('every key has the name that the specification gives it, there and back', async () => {
  const world = await begun({
    consent_url:
      'https://as.example.com/consent?{{client_id_param}}&{{redirect_uri_key}}={{redirect_uri_value}}&{{ {{scope_key}} }}={{ {{scope_value}} | urlEncoder }}&{{state_param}}',
    access_token_params: {
      '{{ auth_code_key }}': '{{ auth_code_value }}',
      '{{ client_secret_key }}': '{{client_secret_value}}',
    },
    client_id_key: 'client_key',
    client_secret_key: 'app_secret',
    redirect_uri_key: 'callback_uri',
    scope_key: 'permissions',
    state_key: 'nonce',
    auth_code_key: 'ticket',
  })
  expect([...world.url.searchParams.keys()]).toEqual(['client_key', 'callback_uri', 'permissions', 'nonce'])
  expect(world.url.searchParams.get('permissions')).toBe('read write')
  expect(await rejection(world.complete(`code=c1&state=${world.pending.state}`))).toMatchObject({
    code: 'authorization_mismatch',
  })
  expect(await world.complete(`ticket=c1&nonce=${world.pending.state}`)).toBe(true)
  expect(sorted(world.asked[0]?.body ?? '')).toEqual(['app_secret=the-secret', 'ticket=c1'])
})

test.each([
  [{ scopes: [{ scope: 'a' }, { scope: 'b' }] }, 'a b'],
  [{ scopes: [{ scope: 'a' }, { scope: 'b' }], scopes_join_strategy: 'comma' }, 'a,b'],
  [{ scopes: [{ scope: 'a' }, { scope: 'b' }], scopes_join_strategy: 'plus' }, 'a+b'],
  [{ scopes: [{ scope: 'a' }], optional_scopes: [{ scope: 'c' }] }, 'a c'],
  [{ scope: 'x,y' }, 'x,y'],
])('scopes %j are asked for as %s', async (shape, scope) => {
  for (const name of ['scope_param', 'scopes_param', 'optional_scopes_param']) {
    const consent_url = `https://as.example.com/consent?{{${name}}}&{{state_param}}`
    expect((await begun({ ...shape, consent_url })).url.searchParams.get('scope')).toBe(scope)
  }
})

test('the state is as long as the specification allows, of its alphabet, and never shorter than ours', async () => {
  expect((await begun({ state: { min: 10, max: 27 } })).pending.state).toMatch(/^[a-zA-Z0-9._-]{27}$/)
  expect((await begun({ state: {} })).pending.state).toHaveLength(24)
  const short = await begun({ state: { min: 4, max: 6 } })
  expect(short.pending.state).toHaveLength(8)
  expect(short.imported.warnings.map(({ message }) => message)).toEqual([
    'A state of at most 6 characters can be guessed; 8 are sent.',
  ])
})

test.each([
  ['no state', 'code=c1', 'authorization_mismatch'],
  ['another state', 'code=c1&state=other', 'authorization_mismatch'],
])('a redirect with %s is refused, which Airbyte does not do', async (_, query, code) => {
  const world = await begun()
  expect(await rejection(world.complete(query))).toMatchObject({ code })
  expect(world.asked).toEqual([])
})

test('a person may say no, and a redirect counts once', async () => {
  const world = await begun()
  expect(await rejection(world.complete(`error=access_denied&state=${world.pending.state}`))).toMatchObject({
    code: 'authorization_denied',
  })
  await world.complete()
  expect(await rejection(world.complete())).toMatchObject({ code: 'authorization_mismatch' })
})

test('an exchange that is refused is an error by its status, and repeats no secret', async () => {
  const world = await begun({}, () =>
    json({ error: 'invalid_grant', error_description: 'the-secret' }, { status: 400 }),
  )
  const error = (await rejection(world.complete())) as Error
  expect(error).toMatchObject({ code: 'credentials_rejected' })
  expect(error.message).not.toContain('the-secret')
})

test('an authenticator without OAuth reads what the consent has brought', async () => {
  const authenticator = { type: 'BearerAuthenticator', api_token: "{{ config['access_token'] }}" }
  const given = { authenticator, properties: { access_token: secret }, config: client }
  const world = await begun(
    { extract_output: ['access_token'] },
    () => json({ access_token: 'consented-token' }),
    given,
  )
  expect(Object.keys(world.imported.connector.auth.fields)).toEqual([
    'access_token',
    'client_id',
    'client_secret',
  ])
  expect(await rejection(world.connection.fetch(api))).toMatchObject({ code: 'credentials_missing' })
  await world.complete()
  await world.connection.fetch(api)
  expect(world.sent[0]?.headers.get('authorization')).toBe('Bearer consented-token')
  expect(await world.config()).toEqual({ ...client, access_token: 'consented-token' })
  const brought = await begun({}, pairs, { ...given, config: { ...client, access_token: 'brought-token' } })
  await brought.connection.fetch(api)
  expect(brought.sent[0]?.headers.get('authorization')).toBe('Bearer brought-token')
})

test('a token that a consent has brought and nothing renews is a person’s to replace, where the answer says so', async () => {
  const authenticator = { type: 'BearerAuthenticator', api_token: "{{ config['access_token'] }}" }
  for (const [challenge, code] of [
    ['Bearer error="invalid_token"', 'credentials_rejected'],
    ['Bearer', undefined],
  ] as const) {
    const manifest = manifestOf(authenticator, { access_token: secret }, advanced(specification))
    const world = opened(manifest, client, pairs, {}, () =>
      json({}, { status: 401, headers: { 'www-authenticate': challenge } }),
    )
    const { pending } = await world.connection.authorize.begin({ redirectUri })
    await world.connection.authorize.complete(pending, `code=c&state=${(pending as { state: string }).state}`)
    expect((await world.connection.fetch(api)).status).toBe(401)
    expect((await world.connection.status()).error?.code).toBe(code)
    expect(world.asked).toHaveLength(1)
  }
})

test('a consent that is code of Airbyte’s platform is a warning, and the host may name one', async () => {
  const manifest = manifestOf(oauth, properties, advanced(undefined))
  const world = opened(manifest, { ...client, refresh_token: 'seed-token' }, pairs)
  expect(world.imported.warnings.map(({ path: at }) => at)).toEqual(['spec.advanced_auth'])
  expect(world.imported.connector.auth.fields['client_id']?.owner).toBe(undefined)
  expect(world.imported.connector.auth.fields['refresh_token']?.required).toBe(true)
  const own = opened(manifest, client, pairs, { consent: specification })
  expect(own.imported.warnings).toEqual([])
  const { url } = await own.connection.authorize.begin({ redirectUri })
  expect(new URL(url).origin).toBe('https://as.example.com')
})

test('OAuth 1.0a is a warning that says what to do', () => {
  const spec = advanced(undefined) as { advanced_auth: object }
  const manifest = manifestOf(oauth, properties, {
    advanced_auth: { ...spec.advanced_auth, auth_flow_type: 'oauth1.0' },
  })
  expect(opened(manifest, { ...client, refresh_token: 't' }).imported.warnings).toEqual([
    {
      path: 'spec.advanced_auth.auth_flow_type',
      message: expect.stringContaining('@latchkey/oauth1') as never,
    },
  ])
})

test.each([
  [{ consent_url: null }, /oauth_connector_input_specification\.consent_url: this must be a URL/],
  [{ access_token_url: '' }, /access_token_url: this must be a URL/],
  [{ state: { min: 9, max: 3 } }, /state: min and max/],
  [{ state: 5 }, /state: this must be an object/],
])('a specification with %j is refused by its place', (shape, message) => {
  const manifest = manifestOf(oauth, properties, advanced({ ...specification, ...shape }))
  expect(() => opened(manifest, client)).toThrow(message)
})

test('a member that nobody knows is a warning, a text is a variable of the templates', async () => {
  const world = await begun({
    consent_urls: ['x'],
    prompt: 'login now',
    consent_url: 'https://as.example.com/consent?{{state_param}}&prompt={{ prompt }}',
  })
  expect(world.url.searchParams.get('prompt')).toBe('login now')
  expect(world.imported.warnings.map(({ path: at }) => at)).toEqual([
    'spec.advanced_auth.oauth_config_specification.oauth_connector_input_specification.consent_urls',
  ])
})
