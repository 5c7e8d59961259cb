import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { expect, test } from '@jest/globals'
import { base64urlEncode } from '@latchkey/core/http'
import type { Json } from '@latchkey/core'
import { oauth2, type OAuth2Options } from '@latchkey/oauth2'
import { api, app, authorizationUrl, json, open, redirectUri, rejection, tokenUrl, world, type Opened, type World } from './support.ts'

const base = { authorizationUrl, tokenUrl, scopes: ['read', 'write'] } satisfies OAuth2Options
const token = { access_token: 'first-access-token', refresh_token: 'first-refresh-token', expires_in: 3600 }

interface Begun extends Opened {
  readonly provider: World
  readonly url: URL
  readonly pending: Json
  readonly state: string
}

async function begun(options: Partial<OAuth2Options> = {}, answer: Json = token): Promise<Begun> {
  const provider = world(() => json(answer))
  const opened = open(oauth2({ ...base, ...options }), provider)
  const { url, pending } = await opened.connection.authorize.begin({ redirectUri })
  return { ...opened, provider, url: new URL(url), pending, state: (pending as { state: string }).state }
}

test('a consent sends a person with state, redirect URI, scopes and challenge, and trades the code once', async () => {
  const { connection, credentials, provider, url, pending, state } = await begun()
  expect(`${url.origin}${url.pathname}`).toBe(authorizationUrl)
  expect([...url.searchParams.keys()]).toEqual([
    'response_type', 'client_id', 'redirect_uri', 'scope', 'state', 'code_challenge', 'code_challenge_method',
  ])
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    response_type: 'code',
    client_id: app.clientId,
    redirect_uri: redirectUri,
    scope: 'read write',
    code_challenge_method: 'S256',
  })
  expect(await connection.authorize.complete(pending, `${redirectUri}?code=the-code&state=${state}`, { redirectUri })).toBe(true)
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
  const parts = (pending: Json): unknown[] => [(pending as { state: string }).state, (pending as { verifier: string }).verifier]
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
  ['two issuers', withIssuer, (state) => `code=c&iss=https://as.example.com&iss=x&state=${state}`, 'authorization_mismatch'],
  ['another issuer', withIssuer, (state) => `code=c&iss=https://evil.example&state=${state}`, 'authorization_mismatch'],
  ['an issuer with a slash more', withIssuer, (state) => `code=c&iss=https://as.example.com/&state=${state}`, 'authorization_mismatch'],
  ['an error of another issuer', withIssuer, (state) => `error=access_denied&iss=https://evil.example&state=${state}`, 'authorization_mismatch'],
  ['neither code nor error', {}, (state) => `state=${state}`, 'authorization_mismatch'],
  ['an empty code', {}, (state) => `code=&state=${state}`, 'authorization_mismatch'],
  ['a refusal', {}, (state) => `error=access_denied&state=${state}`, 'authorization_denied'],
  ['a refusal with a code', {}, (state) => `error=access_denied&code=c&state=${state}`, 'authorization_denied'],
  ['a refusal without state', {}, () => 'error=access_denied', 'authorization_mismatch'],
  ['a wrong client', {}, (state) => `error=unauthorized_client&state=${state}`, 'client_rejected'],
  ['a wrong scope', {}, (state) => `error=invalid_scope&state=${state}`, 'client_rejected'],
  ['a wrong request', {}, (state) => `error=invalid_request&state=${state}`, 'client_rejected'],
  ['a busy server', {}, (state) => `error=temporarily_unavailable&state=${state}`, 'provider_unavailable'],
  ['markup for an error', {}, (state) => `error=<script>alert(1)</script>&state=${state}`, 'authorization_denied'],
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
  const changes = [{ clientId: 'other' }, { tokenUrl: 'https://evil.example/token' }, { kind: 'x' }, { state: undefined }]
  for (const change of changes) {
    const error = await rejection(connection.authorize.complete({ ...(pending as object), ...change }, callback))
    expect(error).toMatchObject({ code: 'authorization_mismatch' })
  }
  for (const odd of [null, 7, 'x', [], {}])
    expect(await rejection(connection.authorize.complete(odd, callback))).toMatchObject({ code: 'authorization_mismatch' })
  const other = { redirectUri: 'https://host.example/callback/other' }
  expect(await rejection(connection.authorize.complete(pending, callback, other))).toMatchObject({ code: 'authorization_mismatch' })
  expect(provider.asked).toHaveLength(0)
})

test('a code is presented once, however often the redirect comes', async () => {
  const { connection, provider, pending, state } = await begun({}, { error: 'invalid_grant' })
  const callback = `code=c&state=${state}`
  await rejection(connection.authorize.complete(pending, callback))
  expect(await rejection(connection.authorize.complete(pending, callback))).toMatchObject({ code: 'authorization_mismatch' })
  expect(provider.asked).toHaveLength(1)
})

test('a server that says that it names itself must do so', async () => {
  const metadata = {
    issuer: 'https://as.example.com',
    authorization_endpoint: authorizationUrl,
    token_endpoint: tokenUrl,
    authorization_response_iss_parameter_supported: true,
  }
  const provider = world(({ url }) => (url.includes('.well-known') ? json(metadata) : json(token)))
  const { connection, credentials } = open(oauth2({ issuer: 'https://as.example.com' }), provider)
  const { pending } = await connection.authorize.begin({ redirectUri })
  const { state } = pending as { state: string }
  expect(await rejection(connection.authorize.complete(pending, `code=c&state=${state}`))).toMatchObject({ code: 'authorization_mismatch' })
  await connection.authorize.complete(pending, `code=c&state=${state}&iss=https://as.example.com`)
  expect((await credentials())?.issuer).toBe('https://as.example.com')
  expect(provider.asked.map(({ url }) => url)).toEqual(['https://as.example.com/.well-known/oauth-authorization-server', tokenUrl])
})

const claims = { iss: 'https://as.example.com', sub: 'u1', aud: 'the-client-id', exp: 4_000_000_000, email: 'a@example.com' }
const idToken = (more: object): string => `e30.${base64urlEncode(JSON.stringify({ ...claims, ...more }))}.c2ln`

test.each<[string, object]>([
  ['another issuer', { iss: 'https://evil.example' }],
  ['another audience', { aud: ['x'] }],
  ['an end in the past', { exp: 1 }],
  ['another nonce', { nonce: 'x' }],
  ['no nonce', { nonce: undefined }],
])('an ID token with %s spoils the sign-in, and nothing is stored', async (_, more) => {
  const provider = world(({ form }) => json({ ...token, id_token: idToken({ nonce: form.get('x'), ...more }) }))
  const { connection, credentials } = open(oauth2({ ...base, ...withIssuer, scopes: ['openid'] }), provider)
  const { pending } = await connection.authorize.begin({ redirectUri })
  const { state } = pending as { state: string }
  expect(await rejection(connection.authorize.complete(pending, `code=c&state=${state}`))).toMatchObject({ code: 'authorization_mismatch' })
  expect(await credentials()).toBe(undefined)
})

test('an ID token names the account', async () => {
  let nonce = ''
  const provider = world(() => json({ ...token, id_token: idToken({ nonce }) }))
  const { connection, credentials } = open(oauth2({ ...base, ...withIssuer, scopes: ['openid'] }), provider)
  const { pending, url } = await connection.authorize.begin({ redirectUri })
  nonce = new URL(url).searchParams.get('nonce') ?? ''
  await connection.authorize.complete(pending, `code=c&state=${(pending as { state: string }).state}`)
  expect((await credentials())?.claims).toEqual({ iss: claims.iss, sub: 'u1', email: 'a@example.com' })
  expect(await connection.test()).toEqual({ id: 'u1', label: 'a@example.com' })
})

test('more scopes are asked for besides those that were granted, and both are kept', async () => {
  const provider = world((_, nth) => json({ ...token, scope: nth === 1 ? 'read,admin' : 'read admin files' }))
  const { connection, credentials } = open(oauth2(base), provider)
  const first = await connection.authorize.begin({ redirectUri })
  await connection.authorize.complete(first.pending, `code=c&state=${(first.pending as { state: string }).state}`)
  expect(await credentials()).toMatchObject({ scopes: ['read', 'admin'], requestedScopes: ['read', 'write'] })
  const second = await connection.authorize.begin({ redirectUri, scopes: ['files'] })
  expect(new URL(second.url).searchParams.get('scope')).toBe('read write admin files')
  await connection.authorize.complete(second.pending, `code=d&state=${(second.pending as { state: string }).state}`)
  expect((await credentials())?.scopes).toEqual(['read', 'admin', 'files'])
})

test('what a provider wants otherwise is an option: names, separator, state, parameters, no PKCE', async () => {
  const { connection, provider, url, pending, credentials } = await begun(
    {
      pkce: false,
      scopeSeparator: ',',
      names: { client_id: 'client_key', state: 'customField', code: 'auth_code', access_token: 'x' },
      authorize: { params: { access_type: 'offline', for: '{clientId}', none: '{nothing}' }, omit: ['response_type'], state: { length: 12, alphabet: '0123456789abcdef' } },
      token: { omit: ['redirect_uri'], names: { client_secret: 'app_secret' } },
      response: { access_token: ['data', 'token.value'], refresh_token: 'data.refresh', expires_in: 'data.ends', expiry: 'date', keep: { site: 'data.site.url' } },
    },
    { data: { 'token.value': 'nested-access-token', refresh: 'nested-refresh-token', ends: '2099-01-01', site: { url: 'https://s.example.com' } } },
  )
  expect([...url.searchParams]).toEqual([
    ['client_key', 'the-client-id'],
    ['redirect_uri', redirectUri],
    ['scope', 'read,write'],
    ['customField', expect.stringMatching(/^[0-9a-f]{12}$/) as string],
    ['access_type', 'offline'],
    ['for', 'the-client-id'],
  ])
  await connection.authorize.complete(pending, `auth_code=c&customField=${url.searchParams.get('customField') ?? ''}`)
  expect(provider.asked[0]?.body).toBe('grant_type=authorization_code&auth_code=c&client_key=the-client-id&app_secret=the-client-secret')
  expect(await credentials()).toEqual({
    accessToken: 'nested-access-token',
    refreshToken: 'nested-refresh-token',
    expiresAt: Date.UTC(2099, 0, 1),
    scopes: ['read', 'write'],
    requestedScopes: ['read', 'write'],
    metadata: { site: 'https://s.example.com' },
  })
})

test('slots of endpoints are filled from settings and from the redirect, each guarded by its place', async () => {
  const provider = world(() => json(token))
  const auth = oauth2({
    fields: { subdomain: { type: 'string', label: 'Subdomain', required: true } },
    authorizationUrl: 'https://{subdomain}.example.com/authorize',
    tokenUrl: 'https://{region}.{subdomain}.example.com/token',
    callbackValues: ['region'],
  })
  const settings = { ...app, subdomain: 'acme' }
  const { connection, credentials } = open(auth, provider, { settings })
  const { url, pending } = await connection.authorize.begin({ redirectUri })
  expect(url.startsWith('https://acme.example.com/authorize?')).toBe(true)
  const { state } = pending as { state: string }
  const evil = `code=c&region=${encodeURIComponent('evil.example/')}&state=${state}`
  expect(await rejection(connection.authorize.complete(pending, evil))).toMatchObject({ code: 'settings_invalid', field: 'region' })
  expect(provider.asked).toHaveLength(0)
  const again = await connection.authorize.begin({ redirectUri })
  await connection.authorize.complete(again.pending, `code=c&region=eu&state=${(again.pending as { state: string }).state}`)
  await connection.refresh()
  expect(provider.asked.map((each) => each.url)).toEqual(['https://eu.acme.example.com/token', 'https://eu.acme.example.com/token'])
  expect((await credentials())?.callback).toEqual({ region: 'eu' })
})

test('a computed endpoint must be where the definition says that endpoints are', async () => {
  const provider = world(() => json(token))
  const computed = (origin: string): OAuth2Options => ({
    authorizationUrl,
    tokenUrl: () => `${origin}/token`,
    endpointOrigins: ['https://*.example.com'],
  })
  const evil = open(oauth2(computed('https://evil.example')), provider, { credentials: { accessToken: 'a', refreshToken: 'r', expiresAt: 1 } })
  expect(await rejection(evil.connection.fetch(api))).toMatchObject({ code: 'origin_forbidden' })
  const good = open(oauth2(computed('https://as.example.com')), provider, { credentials: { accessToken: 'a', refreshToken: 'r', expiresAt: 1 } })
  await good.connection.fetch(api)
  expect(provider.asked.map(({ url }) => url)).toEqual([tokenUrl])
  expect(() => oauth2({ authorizationUrl, tokenUrl: () => tokenUrl })).toThrow('oauth2: a computed tokenUrl needs endpointOrigins')
})

test('the base URL may come with the token', async () => {
  const { connect } = await import('@latchkey/core')
  const { defineConnector } = await import('@latchkey/core')
  const provider = world(() => json({ ...token, instance_url: api }))
  const connector = defineConnector({
    key: 'force',
    name: 'Force',
    auth: oauth2({ ...base, response: { keep: ['instance_url'] } }),
    baseUrl: ({ credentials }) => (credentials?.['metadata'] as { instance_url?: string } | undefined)?.instance_url,
    originPatterns: ['https://*.example.com'],
  })
  const connection = connect(connector, { settings: app, fetch: provider.fetch, now: provider.clock.now })
  const { pending } = await connection.authorize.begin({ redirectUri })
  await connection.authorize.complete(pending, `code=c&state=${(pending as { state: string }).state}`)
  await connection.fetch('/things')
  expect(provider.sent.map(({ url }) => url)).toEqual([`${api}/things`])
})
