import { expect, test } from '@jest/globals'
import type { Sent } from '../../../../../tools/network.ts'
import { begin, isToken, oauth, provider, redirectUri, settings, signIn } from './oauth2-support.ts'
import { base, open } from './support.ts'

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
