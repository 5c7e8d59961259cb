import { expect, test } from '@jest/globals'
import type { Connection } from '@latchkey/core'
import type { MembraneImport } from '@latchkey/format-membrane'
import type { Sent } from '../../../../../tools/network.ts'
import { base, define, open } from './support.ts'

const redirectUri = 'https://app.test/cb'
const settings = { clientId: 'c-1', clientSecret: 's3cret value+' }
const config = {
  clientId: { $var: 'connectorParameters.clientId' },
  clientSecret: { $var: 'connectorParameters.clientSecret' },
  authorizeUri: 'https://auth.acme.test/authorize?a=1',
  tokenUri: 'https://auth.acme.test/token',
}
const makeApiClient = {
  baseUri: base,
  headers: { Authorization: { $concat: ['Bearer ', { $var: 'credentials.access_token' }] } },
}
const oauth = (more: object = {}, methods: object = {}): MembraneImport =>
  define({ type: 'oauth2' }, { getOAuthConfig: { ...config, ...more }, makeApiClient, ...methods })

const isToken = ({ url }: Sent): boolean => url === 'https://auth.acme.test/token'

/** A provider that gives `at-1`, `rt-1`, then `at-2`, `rt-2` … and an API that takes the newest. */
const provider = (extra: object = {}): ((request: Sent) => Response) => {
  let issued = 0
  return (request) => {
    if (isToken(request)) {
      issued += 1
      return Response.json({
        access_token: `at-${issued}-long`,
        refresh_token: `rt-${issued}-long`,
        ...extra,
      })
    }
    const isRight = request.headers.get('authorization') === `Bearer at-${issued}-long`
    return new Response('{}', { status: isRight ? 200 : 401 })
  }
}

const begin = async (connection: Connection, scopes?: readonly string[]) => {
  const { url, pending } = await connection.authorize.begin({ redirectUri, ...(scopes && { scopes }) })
  return { url: new URL(url), pending }
}
const signIn = async (connection: Connection, more = ''): Promise<URL> => {
  const { url, pending } = await begin(connection)
  const state = url.searchParams.get('state') ?? ''
  const back = `${redirectUri}?code=code-1&state=${state}${more}`
  expect(await connection.authorize.complete(pending, back, { redirectUri })).toBe(true)
  return url
}

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

test('the whole token response and what is taken out of it are the credentials, refreshed answers are merged over them', async () => {
  const calls: unknown[] = []
  const imported = oauth(
    {},
    {
      getCredentialsFromAccessTokenResponse: (given: Record<string, unknown>) => {
        calls.push(given['queryParameters'], given['tokenResponse'])
        return { realm: (given['queryParameters'] as Record<string, string>)['realm'], kept: 1 }
      },
      getCredentialsFromRefreshTokenResponse: { kept: 2, seen: { $var: 'tokenResponse.refresh_token' } },
      getCredentialsFromConnectionParameters: { kept: 0, fromInput: 'yes' },
    },
  )
  const { connection, sent } = open(imported, settings, provider({ instance: 'eu', expires_in: 3600 }))
  await signIn(connection, '&realm=r-7')
  expect(calls).toEqual([
    { code: 'code-1', state: expect.any(String), realm: 'r-7' },
    { access_token: 'at-1-long', refresh_token: 'rt-1-long', instance: 'eu', expires_in: 3600 },
  ])
  expect(await connection.credentials()).toMatchObject({
    values: {
      access_token: 'at-1-long',
      refresh_token: 'rt-1-long',
      instance: 'eu',
      expires_in: 3600,
      realm: 'r-7',
      kept: 1,
      fromInput: 'yes',
    },
    expiresAt: expect.any(Number),
    redirectUri,
  })
  await connection.refresh()
  expect(Object.fromEntries(new URLSearchParams(sent[1]?.body))).toEqual({
    grant_type: 'refresh_token',
    refresh_token: 'rt-1-long',
  })
  expect(await connection.credentials()).toMatchObject({
    values: { access_token: 'at-2-long', realm: 'r-7', kept: 2, seen: 'rt-2-long', fromInput: 'yes' },
  })
})

test('after a 401 there is one refresh for all callers, each request is sent once more, and the new tokens are what is kept', async () => {
  let issued = 0
  const { connection, sent } = open(oauth(), settings, (request) => {
    if (isToken(request))
      return Response.json({ access_token: `at-${++issued}-long`, refresh_token: `rt-${issued}-long` })
    return new Response('{}', {
      status: request.headers.get('authorization') === 'Bearer at-2-long' ? 200 : 401,
    })
  })
  await signIn(connection)
  const answers = await Promise.all(
    [1, 2, 3].map(() => connection.fetch(`${base}/me`, { method: 'POST', body: 'x' })),
  )
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
  expect(sent.filter(isToken).length).toBe(2)
  const renewed = sent.filter((request) => !isToken(request)).slice(-3)
  expect(renewed.map(({ body }) => body)).toEqual(['x', 'x', 'x'])
})

test('an answer without a refresh token, or with an empty one, keeps the old one', async () => {
  let answers = 0
  const { connection, sent } = open(oauth(), settings, (request) => {
    if (!isToken(request)) return new Response('{}')
    answers += 1
    const token = { access_token: `at-${answers}-long` }
    return Response.json(
      answers === 1 ? { ...token, refresh_token: 'rt-1-long' } : { ...token, refresh_token: null },
    )
  })
  await signIn(connection)
  await connection.refresh()
  await connection.refresh()
  expect(new URLSearchParams(sent[2]?.body).get('refresh_token')).toBe('rt-1-long')
})

test('a token response without a refresh token is no error, whatever noRefreshToken says', async () => {
  for (const more of [{}, { noRefreshToken: true }, { noRefreshToken: false }]) {
    const { connection } = open(oauth(more), settings, (request) =>
      isToken(request) ? Response.json({ access_token: 'at-1-long' }) : new Response('{}'),
    )
    await signIn(connection)
    expect((await connection.fetch(`${base}/me`)).status).toBe(200)
    await expect(connection.refresh()).rejects.toMatchObject({ code: 'credentials_expired' })
  }
})

test('a function that fails over a refreshed answer does not lose the new refresh token', async () => {
  let fails = true
  const imported = oauth(
    {},
    {
      getCredentialsFromRefreshTokenResponse: () => {
        if (fails) throw new Error('cannot read at-2-long')
        return {}
      },
    },
  )
  let now = 1_800_000_000_000
  const { connection, sent } = open(imported, settings, provider(), { now: () => now })
  await signIn(connection)
  await connection.refresh()
  await expect(connection.fetch(`${base}/me`)).rejects.toMatchObject({
    code: 'response_invalid',
    message: expect.stringContaining('failed over the last answer of the provider'),
  })
  fails = false
  now += 60_000
  expect((await connection.fetch(`${base}/me`)).status).toBe(200)
  const used = sent.filter(isToken).map(({ body }) => new URLSearchParams(body).get('refresh_token'))
  expect(used).toEqual([null, 'rt-1-long', 'rt-2-long'])
})

test('getTokenData stands in for the token request, after everything about the redirect has been checked', async () => {
  const seen: Record<string, unknown>[] = []
  const imported = oauth(
    {},
    {
      getTokenData: async (given: Record<string, unknown>) => {
        seen.push(given)
        return { access_token: 'at-9-long', account: 'a-1' }
      },
    },
  )
  const { connection, sent } = open(imported, settings, () => new Response('{}'))
  const { url, pending } = await begin(connection)
  await expect(connection.authorize.complete(pending, `${redirectUri}?code=1&state=x`)).rejects.toMatchObject(
    {
      code: 'authorization_mismatch',
    },
  )
  expect(seen.length).toBe(0)
  const state = url.searchParams.get('state') ?? ''
  await connection.authorize.complete(pending, `${redirectUri}?code=code-1&state=${state}`)
  const { codeVerifier, queryParameters, redirectUri: own, connectorParameters } = seen[0] ?? {}
  expect({ queryParameters, own, connectorParameters }).toEqual({
    queryParameters: { code: 'code-1', state },
    own: redirectUri,
    connectorParameters: settings,
  })
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(String(codeVerifier)))
  expect(Buffer.from(digest).toString('base64url')).toBe(url.searchParams.get('code_challenge'))
  expect(sent.length).toBe(0)
  await connection.fetch(`${base}/me`)
  expect(sent[0]?.headers.get('authorization')).toBe('Bearer at-9-long')
})

test('a token may be elsewhere in the answer, and a client that does not find it sends nothing', async () => {
  const answer = (request: Sent): Response =>
    isToken(request)
      ? Response.json({ ok: true, authed_user: { access_token: 'user-1-long' } })
      : new Response('{}')
  const found = open(
    oauth(
      {},
      {
        makeApiClient: {
          baseUri: base,
          headers: {
            Authorization: { $concat: ['Bearer ', { $var: 'credentials.authed_user.access_token' }] },
          },
        },
      },
    ),
    settings,
    answer,
  )
  await signIn(found.connection)
  await found.connection.fetch(`${base}/me`)
  expect(found.sent[1]?.headers.get('authorization')).toBe('Bearer user-1-long')
  const lost = open(oauth(), settings, answer)
  await signIn(lost.connection)
  await expect(lost.connection.fetch(`${base}/me`)).rejects.toMatchObject({
    code: 'credentials_missing',
    message: expect.stringContaining('credentials.access_token'),
  })
  expect(lost.sent.length).toBe(1)
})

test('an error in a 200, a refusal and a provider that is down are three things', async () => {
  const refusal = async (response: () => Response): Promise<unknown> => {
    const { connection } = open(oauth(), settings, (request) =>
      isToken(request) ? response() : new Response(),
    )
    return signIn(connection).catch((error: unknown) => (error as { code: string }).code)
  }
  expect(await refusal(() => Response.json({ ok: false, error: 'invalid_code' }))).toBe(
    'credentials_rejected',
  )
  expect(await refusal(() => Response.json({ error: 'invalid_client' }, { status: 401 }))).toBe(
    'client_rejected',
  )
  expect(await refusal(() => new Response('<h1>', { status: 503 }))).toBe('provider_unavailable')
})

test('refreshCredentials of the definition stands in for the refresh grant', async () => {
  const imported = oauth(
    {},
    {
      refreshCredentials: ({ credentials }: { credentials: Record<string, string> }) => ({
        access_token: `${String(credentials['refresh_token'])}-traded`,
        expires_in: 60,
      }),
    },
  )
  const { connection, sent } = open(imported, settings, provider())
  await signIn(connection)
  await connection.refresh()
  expect(sent.filter(isToken).length).toBe(1)
  expect(await connection.credentials()).toMatchObject({
    values: { access_token: 'rt-1-long-traded', refresh_token: 'rt-1-long' },
    expiresAt: expect.any(Number),
  })
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
