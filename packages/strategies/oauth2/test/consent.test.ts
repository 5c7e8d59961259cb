import { expect, test } from '@jest/globals'
import { oauth2, type OAuth2Options } from '@latchkey/oauth2'
import { base, begun, token } from './begun.ts'
import { app, authorizationUrl, json, redirectUri, rejection, world } from './support.ts'
import type { Json } from '@latchkey/core'
import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'

test('a consent sends a person with state, redirect URI, scopes and challenge, and trades the code once', async () => {
  const { connection, credentials, provider, url, pending, state } = await begun()
  expect(`${url.origin}${url.pathname}`).toBe(authorizationUrl)
  expect([...url.searchParams.keys()]).toEqual([
    'response_type',
    'client_id',
    'redirect_uri',
    'scope',
    'state',
    'code_challenge',
    'code_challenge_method',
  ])
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    response_type: 'code',
    client_id: app.clientId,
    redirect_uri: redirectUri,
    scope: 'read write',
    code_challenge_method: 'S256',
  })
  expect(
    await connection.authorize.complete(pending, `${redirectUri}?code=the-code&state=${state}`, {
      redirectUri,
    }),
  ).toBe(true)
  const { verifier } = pending as { verifier: string }
  expect(provider.asked.map(({ body }) => body)).toEqual([
    `grant_type=authorization_code&code=the-code&redirect_uri=${encodeURIComponent(redirectUri)}&code_verifier=${verifier}&client_id=the-client-id&client_secret=the-client-secret`,
  ])
  expect(await credentials()).toEqual({
    accessToken: 'first-access-token',
    refreshToken: 'first-refresh-token',
    expiresAt: provider.clock.now() + 3_600_000,
    scopes: ['read', 'write'],
    requestedScopes: ['read', 'write'],
  })
})

test('the verifier and its challenge are those of RFC 7636 appendix B', async () => {
  const { cases } = JSON.parse(readFileSync(new URL('./vectors/pkce.json', import.meta.url), 'utf8')) as {
    cases: { octets: number[]; code_verifier: string; code_challenge: string }[]
  }
  const [vector] = cases
  const provider = world(() => json(token))
  const auth = oauth2(base)
  const prompt = await auth.authorize?.begin({
    settings: app,
    memory: new Map(),
    fetch: provider.fetch,
    http: undefined as never,
    now: provider.clock.now,
    random: (length) => Uint8Array.from((vector?.octets ?? []).slice(0, length)),
    redirectUri,
  })
  expect((prompt?.pending as { verifier: string }).verifier).toBe(vector?.code_verifier)
  expect(new URL(prompt?.url ?? '').searchParams.get('code_challenge')).toBe(vector?.code_challenge)
})

test('two consents have nothing in common', async () => {
  const [one, other] = [await begun(), await begun()]
  const parts = (pending: Json): unknown[] => [
    (pending as { state: string }).state,
    (pending as { verifier: string }).verifier,
  ]
  expect(new Set([...parts(one.pending), ...parts(other.pending)]).size).toBe(4)
})

test('nothing that must stay secret is in the URL of a consent', async () => {
  const { url, pending } = await begun({ scopes: ['openid'] })
  const { verifier, state } = pending as Record<string, string>
  expect(url.href).not.toContain(verifier)
  expect(url.href).not.toContain(app.clientSecret)
  expect(url.href).toContain(state)
})

const withIssuer = { issuer: 'https://as.example.com' }
test.each<[string, Partial<OAuth2Options>, (state: string) => string, string]>([
  ['no state', {}, () => 'code=c', 'authorization_mismatch'],
  ['another state', {}, (state) => `code=c&state=${state.slice(0, -1)}_`, 'authorization_mismatch'],
  ['a state that is longer', {}, (state) => `code=c&state=${state}x`, 'authorization_mismatch'],
  ['an empty state', {}, () => 'code=c&state=', 'authorization_mismatch'],
  ['two states', {}, (state) => `code=c&state=${state}&state=${state}`, 'authorization_mismatch'],
  ['two codes', {}, (state) => `code=c&code=d&state=${state}`, 'authorization_mismatch'],
  ['two errors', {}, (state) => `error=a&error=b&state=${state}`, 'authorization_mismatch'],
  [
    'two issuers',
    withIssuer,
    (state) => `code=c&iss=https://as.example.com&iss=x&state=${state}`,
    'authorization_mismatch',
  ],
  [
    'another issuer',
    withIssuer,
    (state) => `code=c&iss=https://evil.example&state=${state}`,
    'authorization_mismatch',
  ],
  [
    'an issuer with a slash more',
    withIssuer,
    (state) => `code=c&iss=https://as.example.com/&state=${state}`,
    'authorization_mismatch',
  ],
  [
    'an error of another issuer',
    withIssuer,
    (state) => `error=access_denied&iss=https://evil.example&state=${state}`,
    'authorization_mismatch',
  ],
  ['neither code nor error', {}, (state) => `state=${state}`, 'authorization_mismatch'],
  ['an empty code', {}, (state) => `code=&state=${state}`, 'authorization_mismatch'],
  ['a refusal', {}, (state) => `error=access_denied&state=${state}`, 'authorization_denied'],
  [
    'a refusal with a code',
    {},
    (state) => `error=access_denied&code=c&state=${state}`,
    'authorization_denied',
  ],
  ['a refusal without state', {}, () => 'error=access_denied', 'authorization_mismatch'],
  ['a wrong client', {}, (state) => `error=unauthorized_client&state=${state}`, 'client_rejected'],
  ['a wrong scope', {}, (state) => `error=invalid_scope&state=${state}`, 'client_rejected'],
  ['a wrong request', {}, (state) => `error=invalid_request&state=${state}`, 'client_rejected'],
  ['a busy server', {}, (state) => `error=temporarily_unavailable&state=${state}`, 'provider_unavailable'],
  [
    'markup for an error',
    {},
    (state) => `error=<script>alert(1)</script>&state=${state}`,
    'authorization_denied',
  ],
])('a redirect with %s is refused before any token request', async (_, options, callback, code) => {
  const { connection, provider, pending, state } = await begun(options)
  const before = provider.asked.length
  const error = await rejection(connection.authorize.complete(pending, new URLSearchParams(callback(state))))
  expect(error).toMatchObject({ code })
  expect(inspect(error, { depth: 9 })).not.toContain('<script>')
  expect(inspect(error, { depth: 9 })).not.toContain(state)
  expect(provider.asked).toHaveLength(before)
})

test('a pending consent of another client, token endpoint, redirect URI or kind is refused before any token request', async () => {
  const { connection, provider, pending, state } = await begun()
  const callback = `code=c&state=${state}`
  const changes = [
    { clientId: 'other' },
    { tokenUrl: 'https://evil.example/token' },
    { kind: 'x' },
    { state: undefined },
  ]
  for (const change of changes) {
    const error = await rejection(
      connection.authorize.complete({ ...(pending as object), ...change }, callback),
    )
    expect(error).toMatchObject({ code: 'authorization_mismatch' })
  }
  for (const odd of [null, 7, 'x', [], {}])
    expect(await rejection(connection.authorize.complete(odd, callback))).toMatchObject({
      code: 'authorization_mismatch',
    })
  const other = { redirectUri: 'https://host.example/callback/other' }
  expect(await rejection(connection.authorize.complete(pending, callback, other))).toMatchObject({
    code: 'authorization_mismatch',
  })
  expect(provider.asked).toHaveLength(0)
})

test('a consent ends after a quarter of an hour', async () => {
  const { connection, provider, pending, state } = await begun()
  await provider.clock.advance(900_000)
  const late = connection.authorize.complete(pending, `code=c&state=${state}`)
  expect(await rejection(late)).toMatchObject({ code: 'authorization_mismatch' })
  expect(provider.asked).toHaveLength(0)
})

test('a code is presented once, however often the redirect comes', async () => {
  const { connection, provider, pending, state } = await begun({}, { error: 'invalid_grant' })
  const callback = `code=c&state=${state}`
  await rejection(connection.authorize.complete(pending, callback))
  expect(await rejection(connection.authorize.complete(pending, callback))).toMatchObject({
    code: 'authorization_mismatch',
  })
  expect(provider.asked).toHaveLength(1)
})
