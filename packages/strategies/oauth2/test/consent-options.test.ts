import { expect, test } from '@jest/globals'
import { oauth2, type OAuth2Options } from '@latchkey/oauth2'
import { base, begun, token } from './begun.ts'
import { api, app, authorizationUrl, json, open, redirectUri, rejection, tokenUrl, world } from './support.ts'

test('more scopes are asked for besides those that were granted, and both are kept', async () => {
  const provider = world((_, nth) => json({ ...token, scope: nth === 1 ? 'read,admin' : 'read admin files' }))
  const { connection, credentials } = open(oauth2(base), provider)
  const first = await connection.authorize.begin({ redirectUri })
  await connection.authorize.complete(
    first.pending,
    `code=c&state=${(first.pending as { state: string }).state}`,
  )
  expect(await credentials()).toMatchObject({ scopes: ['read', 'admin'], requestedScopes: ['read', 'write'] })
  const second = await connection.authorize.begin({ redirectUri, scopes: ['files'] })
  expect(new URL(second.url).searchParams.get('scope')).toBe('read write admin files')
  await connection.authorize.complete(
    second.pending,
    `code=d&state=${(second.pending as { state: string }).state}`,
  )
  expect((await credentials())?.scopes).toEqual(['read', 'admin', 'files'])
})

test('what a provider wants otherwise is an option: names, separator, state, parameters, no PKCE', async () => {
  const { connection, provider, url, pending, credentials } = await begun(
    {
      pkce: false,
      scopeSeparator: ',',
      names: { client_id: 'client_key', state: 'customField', code: 'auth_code', access_token: 'x' },
      authorize: {
        params: { access_type: 'offline', for: '{clientId}', none: '{nothing}' },
        omit: ['response_type'],
        state: { length: 12, alphabet: '0123456789abcdef' },
      },
      token: { omit: ['redirect_uri'], names: { client_secret: 'app_secret' } },
      response: {
        access_token: ['data', 'token.value'],
        refresh_token: 'data.refresh',
        expires_in: 'data.ends',
        expiry: 'date',
        keep: { site: 'data.site.url' },
      },
    },
    {
      data: {
        'token.value': 'nested-access-token',
        refresh: 'nested-refresh-token',
        ends: '2099-01-01',
        site: { url: 'https://s.example.com' },
      },
    },
  )
  expect([...url.searchParams]).toEqual([
    ['client_key', 'the-client-id'],
    ['redirect_uri', redirectUri],
    ['scope', 'read,write'],
    ['customField', expect.stringMatching(/^[0-9a-f]{12}$/) as never],
    ['access_type', 'offline'],
    ['for', 'the-client-id'],
  ])
  await connection.authorize.complete(
    pending,
    `auth_code=c&customField=${url.searchParams.get('customField') ?? ''}`,
  )
  expect(provider.asked[0]?.body).toBe(
    'grant_type=authorization_code&auth_code=c&client_key=the-client-id&app_secret=the-client-secret',
  )
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
  expect(await rejection(connection.authorize.complete(pending, evil))).toMatchObject({
    code: 'settings_invalid',
    field: 'region',
  })
  expect(provider.asked).toHaveLength(0)
  const again = await connection.authorize.begin({ redirectUri })
  await connection.authorize.complete(
    again.pending,
    `code=c&region=eu&state=${(again.pending as { state: string }).state}`,
  )
  await connection.refresh()
  expect(provider.asked.map((each) => each.url)).toEqual([
    'https://eu.acme.example.com/token',
    'https://eu.acme.example.com/token',
  ])
  expect((await credentials())?.callback).toEqual({ region: 'eu' })
})

test('a computed endpoint must be where the definition says that endpoints are', async () => {
  const provider = world(() => json(token))
  const computed = (origin: string): OAuth2Options => ({
    authorizationUrl,
    tokenUrl: () => `${origin}/token`,
    endpointOrigins: ['https://*.example.com'],
  })
  const evil = open(oauth2(computed('https://evil.example')), provider, {
    credentials: { accessToken: 'a', refreshToken: 'r', expiresAt: 1 },
  })
  expect(await rejection(evil.connection.fetch(api))).toMatchObject({ code: 'origin_forbidden' })
  const good = open(oauth2(computed('https://as.example.com')), provider, {
    credentials: { accessToken: 'a', refreshToken: 'r', expiresAt: 1 },
  })
  await good.connection.fetch(api)
  expect(provider.asked.map(({ url }) => url)).toEqual([tokenUrl])
  expect(() => oauth2({ authorizationUrl, tokenUrl: () => tokenUrl })).toThrow(
    'oauth2: a computed tokenUrl needs endpointOrigins',
  )
})

test('the base URL may come with the token', async () => {
  const { connect } = await import('@latchkey/core')
  const { defineConnector } = await import('@latchkey/core')
  const provider = world(() => json({ ...token, instance_url: api }))
  const connector = defineConnector({
    key: 'force',
    name: 'Force',
    auth: oauth2({ ...base, response: { keep: ['instance_url'] } }),
    baseUrl: ({ credentials }) =>
      (credentials?.['metadata'] as { instance_url?: string } | undefined)?.instance_url,
    originPatterns: ['https://*.example.com'],
  })
  const connection = connect(connector, { settings: app, fetch: provider.fetch, now: provider.clock.now })
  const { pending } = await connection.authorize.begin({ redirectUri })
  await connection.authorize.complete(pending, `code=c&state=${(pending as { state: string }).state}`)
  await connection.fetch('/things')
  expect(provider.sent.map(({ url }) => url)).toEqual([`${api}/things`])
})
