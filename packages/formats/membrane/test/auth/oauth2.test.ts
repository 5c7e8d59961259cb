import { expect, test } from '@jest/globals'
import {
  begin,
  config,
  makeApiClient,
  oauth,
  provider,
  redirectUri,
  settings,
  signIn,
} from './oauth2-support.ts'
import { base, define, open } from './support.ts'

test('a consent has PKCE, a state and what extra adds, and the code is exchanged with the client in the header', async () => {
  const imported = oauth({ scopes: ['read', 'write'], extra: { prompt: 'consent', max: 3 } })
  const { connection, sent } = open(imported, settings, provider())
  const { searchParams, origin, pathname } = await signIn(connection)
  expect(`${origin}${pathname}`).toBe('https://auth.acme.test/authorize')
  expect(Object.fromEntries(searchParams)).toEqual({
    a: '1',
    response_type: 'code',
    client_id: 'c-1',
    redirect_uri: redirectUri,
    scope: 'read write',
    state: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge_method: 'S256',
    prompt: 'consent',
    max: '3',
  })
  const { grant_type, code, redirect_uri, code_verifier, ...rest } = Object.fromEntries(
    new URLSearchParams(sent[0]?.body),
  )
  expect({ grant_type, code, redirect_uri }).toEqual({
    grant_type: 'authorization_code',
    code: 'code-1',
    redirect_uri: redirectUri,
  })
  expect(code_verifier).toMatch(/^[\w-]{43}$/)
  expect(rest).toEqual({})
  // RFC 6749 section 2.3.1: form-encoded first.
  const pair = Buffer.from('c-1:s3cret+value%2B').toString('base64')
  expect(sent[0]?.headers.get('authorization')).toBe(`Basic ${pair}`)
  await connection.fetch(`${base}/me`)
  expect(sent[1]?.headers.get('authorization')).toBe('Bearer at-1-long')
})

test.each([
  [{ clientAuthLocation: 'headers' }, true, false],
  [{ clientAuthLocation: 'body' }, false, true],
  [{}, true, false],
  [{ skipClientAuthInHeader: true }, false, true],
  [{ skipClientAuthInBody: true }, true, false],
  [{ clientAuthLocation: 'both' }, true, true],
])(
  'the client is proven as %j says, and never twice unless that is asked for',
  async (more, header, body) => {
    const { connection, sent } = open(oauth(more), settings, provider())
    await signIn(connection)
    const params = new URLSearchParams(sent[0]?.body)
    expect(sent[0]?.headers.has('authorization')).toBe(header)
    expect(params.has('client_secret')).toBe(body)
  },
)

test('a client without a secret says only who it is', async () => {
  const { connection, sent } = open(oauth(), { clientId: 'c-1' }, provider())
  await signIn(connection)
  expect(sent[0]?.headers.has('authorization')).toBe(false)
  expect(new URLSearchParams(sent[0]?.body).get('client_id')).toBe('c-1')
})

test('skipPkce leaves PKCE out, and without scopes there is no scope', async () => {
  const { connection, sent } = open(oauth({ skipPkce: true }), settings, provider())
  const { searchParams } = await signIn(connection)
  expect([...searchParams.keys()].sort()).toEqual([
    'a',
    'client_id',
    'redirect_uri',
    'response_type',
    'state',
  ])
  expect(sent[0]?.body).not.toContain('code_verifier')
})

test.each(['state', 'redirect_uri', 'client_id', 'response_type', 'code_challenge', 'code_challenge_method'])(
  'extra cannot replace %s',
  async (name) => {
    const { connection } = open(oauth({ extra: { [name]: 'x' } }), settings, provider())
    await expect(begin(connection)).rejects.toMatchObject({
      code: 'definition_invalid',
      message: expect.stringContaining(`extra.${name}: belongs to the protocol`),
    })
  },
)

test('extra may name the scopes where the definition has none itself', async () => {
  const given = open(oauth({ extra: { scope: 'a,b' } }), settings, provider())
  expect((await begin(given.connection)).url.searchParams.get('scope')).toBe('a,b')
  const both = open(oauth({ extra: { scope: 'a,b' }, scopes: ['c'] }), settings, provider())
  await expect(begin(both.connection)).rejects.toMatchObject({ code: 'definition_invalid' })
})

test('a redirect that belongs to no consent of this connection is refused, and no code is spent', async () => {
  const { connection, sent } = open(oauth(), settings, provider())
  const { pending } = await begin(connection)
  for (const back of [`${redirectUri}?code=x`, `${redirectUri}?code=x&state=${'a'.repeat(43)}`])
    await expect(connection.authorize.complete(pending, back)).rejects.toMatchObject({
      code: 'authorization_mismatch',
    })
  expect(sent.length).toBe(0)
})

test('getOAuthConfig may be a function, with both names of what it gets, and may choose another redirect URI', async () => {
  const seen: Record<string, unknown>[] = []
  const imported = define(
    { type: 'oauth2', ui: { schema: { type: 'object', properties: { tenant: { type: 'string' } } } } },
    {
      makeApiClient,
      getOAuthConfig: async (given: Record<string, Record<string, string>>) => {
        seen.push(given)
        return {
          clientId: given['appParameters']?.['clientId'],
          clientSecret: given['connectorParameters']?.['clientSecret'],
          authorizeUri: `https://${given['connectionParameters']?.['tenant']}.acme.test/authorize`,
          tokenUri: 'https://auth.acme.test/token',
          redirectUri: 'https://relay.acme.test/callback',
        }
      },
    },
  )
  const { connection, sent } = open(imported, { ...settings, tenant: 'eu' }, provider())
  const { url, pending } = await begin(connection)
  expect(url.host).toBe('eu.acme.test')
  expect(url.searchParams.get('redirect_uri')).toBe('https://relay.acme.test/callback')
  expect(seen[0]?.['redirectUri']).toBe(redirectUri)
  const state = url.searchParams.get('state') ?? ''
  await connection.authorize.complete(pending, `${redirectUri}?code=1&state=${state}`)
  expect(new URLSearchParams(sent[0]?.body).get('redirect_uri')).toBe('https://relay.acme.test/callback')
  for (const tenant of ['evil.test/', 'evil.test#', 'evil.test\\', 'x@evil.test/', 'evil.test?']) {
    const hostile = open(imported, { ...settings, tenant }, provider())
    await expect(begin(hostile.connection)).rejects.toMatchObject({ code: 'settings_invalid' })
  }
})

test('scopes that the operator gives one connection are asked for, and those that are missing later besides', async () => {
  const imported = define(
    {
      type: 'oauth2',
      parametersSchema: {
        type: 'object',
        properties: {
          clientId: { type: 'string' },
          clientSecret: { type: 'string' },
          scopes: { type: 'array', items: { type: 'string' } },
        },
      },
    },
    { getOAuthConfig: { ...config, scopes: { $var: 'connectorParameters.scopes' } }, makeApiClient },
  )
  const ours = imported.settingsOf({ connectorParameters: { ...settings, scopes: ['contacts', 'deals'] } })
  const { connection } = open(imported, ours, provider())
  expect((await signIn(connection)).searchParams.get('scope')).toBe('contacts deals')
  const { url } = await begin(connection, ['files'])
  expect(url.searchParams.get('scope')).toBe('contacts deals files')
  expect(imported.configOf(ours)).toEqual({
    input: {},
    connectorParameters: { ...settings, scopes: ['contacts', 'deals'] },
  })
})

test('without a client id the operator must act, and an endpoint that is not https is refused', async () => {
  const none = open(oauth({ clientId: '' }), { clientSecret: 'secret-1' }, provider())
  await expect(begin(none.connection)).rejects.toMatchObject({ code: 'client_rejected' })
  for (const tokenUri of ['http://auth.acme.test/token', 'https://u:p@auth.acme.test/token', 'ftp://x']) {
    const { connection } = open(oauth({ tokenUri }), settings, provider())
    await expect(begin(connection)).rejects.toMatchObject({ code: 'definition_invalid' })
  }
})

test('what a user typed cannot fill a slot of ours: no secret gets into the address of the consent', async () => {
  const imported = define(
    { type: 'oauth2', ui: { schema: { type: 'object', properties: { hint: { type: 'string' } } } } },
    {
      getOAuthConfig: {
        ...config,
        authorizeUri: {
          $concat: ['https://auth.acme.test/', { $var: 'connectionInput.hint' }, '/authorize'],
        },
        extra: { login_hint: { $var: 'connectionInput.hint' } },
      },
      makeApiClient,
    },
  )
  const { connection } = open(imported, { ...settings, hint: '{clientSecret}' }, provider())
  const { url } = await begin(connection)
  expect(url.searchParams.get('login_hint')).toBe('{clientSecret}')
  expect(url.pathname).toBe('/%7BclientSecret%7D/authorize')
})
