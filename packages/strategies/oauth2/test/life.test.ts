import { inspect } from 'node:util'
import { expect, test } from '@jest/globals'
import { memoryStore } from '@latchkey/core'
import { oauth2, type OAuth2Options } from '@latchkey/oauth2'
import { api, app, authorizationUrl, json, open, redirectUri, rejection, tokenUrl, world } from './support.ts'

const held = { accessToken: 'old-access-token', refreshToken: 'old-refresh-token', expiresAt: 1 }

test('1,000 callers at the end of a token make one token request', async () => {
  const provider = world((_, nth) =>
    json({ access_token: `access-token-${nth}`, refresh_token: `refresh-token-${nth}`, expires_in: 60 }),
  )
  const { connection } = open(oauth2({ tokenUrl }), provider, { credentials: held })
  for (let round = 1; round <= 3; round++) {
    await Promise.all(Array.from({ length: 1000 }, () => connection.fetch(api)))
    expect(provider.asked).toHaveLength(round)
    await provider.clock.advance(60_000)
  }
  expect(provider.asked.map(({ form }) => form.get('refresh_token'))).toEqual([
    'old-refresh-token',
    'refresh-token-1',
    'refresh-token-2',
  ])
  expect(new Set(provider.sent.map(({ headers }) => headers.get('authorization'))).size).toBe(3)
})

test('two connections on one store make one token request between them', async () => {
  const provider = world(async () => {
    await new Promise((resolve) => setImmediate(resolve))
    return json({ access_token: 'new-access-token', refresh_token: 'new-refresh-token', expires_in: 3600 })
  })
  const store = memoryStore()
  const live = {
    ...provider,
    clock: {
      ...provider.clock,
      now: Date.now,
      sleep: (ms: number) => new Promise<void>((done) => void setTimeout(done, Math.min(ms, 5))),
    },
  }
  const [one, two] = [
    open(oauth2({ tokenUrl }), live, { credentials: held, store }),
    open(oauth2({ tokenUrl }), live, { credentials: held, store }),
  ]
  await Promise.all([one.connection.fetch(api), two.connection.fetch(api)])
  expect(provider.asked).toHaveLength(1)
  expect(provider.sent.map(({ headers }) => headers.get('authorization'))).toEqual([
    'Bearer new-access-token',
    'Bearer new-access-token',
  ])
})

test('a refresh that fails for a moment while the token lives is not noticed', async () => {
  const provider = world((_, nth) =>
    nth === 1 ? new Response('', { status: 503 }) : json({ access_token: 'new-access-token' }),
  )
  const expiresAt = provider.clock.now() + 60_000
  const { connection } = open(oauth2({ tokenUrl }), provider, { credentials: { ...held, expiresAt } })
  await connection.fetch(api)
  await provider.clock.advance(55_000)
  await connection.fetch(api)
  await provider.clock.advance(4_000)
  await connection.fetch(api)
  expect(provider.sent.map(({ headers }) => headers.get('authorization'))).toEqual([
    'Bearer old-access-token',
    'Bearer old-access-token',
    'Bearer new-access-token',
  ])
})

test.each<[string, number, string, string, Partial<OAuth2Options>]>([
  ['invalid_grant', 400, '{"error":"invalid_grant"}', 'credentials_rejected', {}],
  ["GitHub's 200", 200, '{"error":"bad_refresh_token"}', 'credentials_rejected', {}],
  [
    "a definition's own code",
    403,
    '{"error":"dead_forever"}',
    'credentials_rejected',
    { errors: { dead_forever: 'rejected' } },
  ],
  [
    "a definition's own rule",
    418,
    '{"fault":{"code":12}}',
    'credentials_rejected',
    {
      errors: ({ status, body }) =>
        status === 418 && JSON.stringify(body).includes('12') ? 'rejected' : undefined,
    },
  ],
  [
    'a nested code',
    400,
    '{"fault":{"code":"invalid_grant"}}',
    'credentials_rejected',
    { response: { error: 'fault.code' } },
  ],
  ['invalid_client', 400, '{"error":"invalid_client"}', 'client_rejected', {}],
  ['a bare 401', 401, '', 'client_rejected', {}],
  ['429', 429, '{"error":"invalid_grant"}', 'provider_unavailable', {}],
  ['500', 500, '{"error":"invalid_grant"}', 'provider_unavailable', {}],
  ["a gateway's page", 403, '<html>blocked</html>', 'provider_unavailable', {}],
  ['an unknown code', 400, '{"error":"odd_thing"}', 'response_invalid', {}],
  ['a redirect', 302, '', 'response_invalid', {}],
])('%s (%d) is %s: %s', async (_, status, body, code, options) => {
  const provider = world(() => new Response(body, { status }))
  const { connection, credentials } = open(oauth2({ tokenUrl, ...options }), provider, { credentials: held })
  expect(await rejection(connection.fetch(api))).toMatchObject({ code })
  // Whoever is dead is not asked again; the token is kept, for it may have been a mistake.
  await rejection(connection.fetch(api))
  expect([provider.asked.length, (await credentials())?.refreshToken]).toEqual([1, 'old-refresh-token'])
})

test('no secret comes out: not in an error, an inspection, a URL or an event', async () => {
  const shown: unknown[] = []
  const canaries = ['canary-access-token', 'canary-refresh-token', 'canary-code', app.clientSecret]
  // A provider that repeats everything that it was sent.
  const provider = world(({ body, form }, nth) =>
    nth === 2
      ? json({ access_token: 'canary-access-token', refresh_token: 'canary-refresh-token', expires_in: 1 })
      : json(
          {
            error: `bad ${body}`,
            error_description: `${[...form.values()].join(' ')} ${encodeURIComponent(body)}`,
          },
          { status: 400 },
        ),
  )
  const { connection } = open(oauth2({ authorizationUrl, tokenUrl }), provider)
  const first = await connection.authorize.begin({ redirectUri })
  const secrets = first.pending as { state: string; verifier: string }
  shown.push(first.url.replace(secrets.state, ''))
  shown.push(
    await rejection(connection.authorize.complete(first.pending, `code=canary-code&state=${secrets.state}`)),
  )
  const second = await connection.authorize.begin({ redirectUri })
  await connection.authorize.complete(
    second.pending,
    `code=canary-code&state=${(second.pending as { state: string }).state}`,
  )
  await provider.clock.advance(2_000)
  shown.push(await rejection(connection.fetch(api)), connection, await connection.status())
  const text = shown.map((value) => inspect(value, { depth: 12, showHidden: true })).join('\n')
  for (const secret of [...canaries, secrets.verifier, secrets.state]) expect(text).not.toContain(secret)
  expect(provider.asked).toHaveLength(3)
})

const segment: OAuth2Options<{
  readonly subdomain: { readonly type: 'string'; readonly label: 'Subdomain'; readonly required: true }
}> = {
  scheme: 'oauth2',
  endpointOrigins: ['https://*.example.com'],
  fields: { subdomain: { type: 'string', label: 'Subdomain', required: true } },
  testAuthentication: async (request) => {
    const res = await request<{ name: string }>('https://api.example.com/oauth2/v3/userinfo', {
      method: 'GET',
    })
    return { name: res.data.name }
  },
  refreshAccessToken: async (request, { settings, auth }) => {
    const res = await request<{ access_token: string }>(
      `https://${settings.subdomain}.example.com/api/oauth2/token`,
      {
        method: 'POST',
        body: new URLSearchParams({
          refresh_token: auth.refreshToken,
          client_id: auth.clientId,
          client_secret: auth.clientSecret,
          grant_type: 'refresh_token',
        }),
      },
    )
    return { accessToken: res.data.access_token }
  },
  extendRequest({ auth }) {
    return { headers: { authorization: `Bearer ${auth.accessToken}` } }
  },
}

test("Segment's example is a strategy as it stands, and only its refresh sees the client", async () => {
  const provider = world(() => json({ access_token: 'new-access-token' }))
  const seen: unknown[] = []
  const auth = oauth2({
    ...segment,
    testAuthentication: (request, given) => (seen.push(given), segment.testAuthentication?.(request, given)),
    extendRequest: (given) => (seen.push(given), segment.extendRequest?.(given) ?? {}),
  })
  expect(Object.keys(auth.fields)).toEqual(['subdomain', 'clientId', 'clientSecret'])
  const { connection, credentials } = open(auth, provider, {
    settings: { ...app, subdomain: 'acme' },
    credentials: held,
  })
  await connection.fetch(api)
  expect(provider.asked.map(({ url, body }) => [url, body])).toEqual([
    [
      'https://acme.example.com/api/oauth2/token',
      'refresh_token=old-refresh-token&client_id=the-client-id&client_secret=the-client-secret&grant_type=refresh_token',
    ],
  ])
  expect(provider.sent[0]?.headers.get('authorization')).toBe('Bearer new-access-token')
  expect(await credentials()).toEqual({ accessToken: 'new-access-token', refreshToken: 'old-refresh-token' })
  await connection.test()
  expect(JSON.stringify(seen)).not.toContain('the-client')
  expect(seen).toContainEqual({
    settings: { subdomain: 'acme' },
    auth: { accessToken: 'new-access-token', refreshToken: 'old-refresh-token' },
  })
})

test('a refresh of your own calls no other host, whatever a user typed into its URL', async () => {
  const refused = {
    'evil.com/': 'origin_forbidden',
    'evil.com#': 'origin_forbidden',
    'evil.com?': 'origin_forbidden',
    'evil.com\\': 'origin_forbidden',
    'x@evil.com/': 'definition_invalid',
  }
  for (const [subdomain, code] of Object.entries(refused)) {
    const provider = world(() => json({ access_token: 'new-access-token' }))
    const { connection } = open(oauth2(segment), provider, {
      settings: { ...app, subdomain },
      credentials: held,
    })
    await expect(connection.fetch(api)).rejects.toMatchObject({ code })
    expect(provider.asked).toEqual([])
  }
})

test('a refresh of your own that sees what a user types must say where it goes', () => {
  const { endpointOrigins: _, ...anywhere } = segment
  expect(() => oauth2(anywhere)).toThrow('refreshAccessToken sees what a user types (subdomain)')
  const fields = { subdomain: { type: 'string', label: 'Subdomain', format: 'subdomain' } } as const
  expect(oauth2({ ...anywhere, fields } as OAuth2Options).fields).toHaveProperty('subdomain')
})

test("what Segment's refresh returns follows the same rules: a new refresh token survives whatever else is wrong", async () => {
  const provider = world(() => json({}))
  const auth = oauth2({
    refreshAccessToken: () => Promise.resolve({ accessToken: '', refreshToken: 'new-refresh-token' }),
  })
  const { connection, credentials } = open(auth, provider, { credentials: held })
  expect(await rejection(connection.fetch(api))).toMatchObject({ code: 'response_invalid' })
  expect((await credentials())?.refreshToken).toBe('new-refresh-token')
  const empty = open(
    oauth2({
      refreshAccessToken: () => Promise.resolve({ accessToken: 'a2', refreshToken: '', expiresIn: '60' }),
    }),
    provider,
    { credentials: held },
  )
  await empty.connection.fetch(api)
  expect(await empty.credentials()).toEqual({
    accessToken: 'a2',
    refreshToken: 'old-refresh-token',
    expiresAt: provider.clock.now() + 60_000,
  })
})
