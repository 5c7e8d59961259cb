import { afterAll, beforeAll, beforeEach, expect, jest, test } from '@jest/globals'
import { connect, memoryStore, type Connection, type StoreDriver } from '@latchkey/core'
import { fromProtectedResource, oauth2, type OAuth2Credentials, type OAuth2Options } from '@latchkey/oauth2'
import { configuration, pem, prepareGrants, secret } from './oidc-configuration.ts'
import { startResource, type Resource } from './oidc-resource.ts'
import { browse, redirectUri, startOidc, type Oidc } from './oidc.ts'
import { rejection } from './support.ts'

let oidc: Oidc
let api: Resource

beforeAll(async () => {
  oidc = await startOidc((issuer) => ({
    configuration: configuration(),
    prepare: (provider) => {
      prepareGrants(provider, issuer)
    },
  }))
  api = await startResource(oidc)
})
// The provider says once of each default that it is one.
beforeEach(() => void jest.spyOn(console, 'info').mockImplementation(() => undefined))
afterAll(async () => {
  await oidc.close()
  await api.close()
})

interface Opened {
  readonly connection: Connection<OAuth2Credentials>
  readonly store: StoreDriver
}

function open(options: OAuth2Options, settings: object): Opened {
  const store = memoryStore()
  const auth = oauth2({ issuer: oidc.issuer, ...options })
  const connection = connect(auth, {
    settings: settings,
    origins: [api.origin],
    store,
    key: 'c1',
    network: { allow: 'loopback' },
  })
  return { connection: connection, store }
}

/** Signs in as a person does. */
async function signIn({ connection }: Opened): Promise<URL> {
  const { url, pending } = await connection.authorize.begin({ redirectUri })
  const end = await browse(url)
  expect(await connection.authorize.complete(pending, end.url, { redirectUri })).toBe(true)
  return new URL(url)
}

const consent = {
  scopes: ['openid', 'offline_access', 'email'],
  authorize: { params: { prompt: 'consent' } },
  clientAuth: 'client_secret_basic',
} as const satisfies OAuth2Options

test('a person signs in with PKCE, the token works, userinfo names the account, and revoking ends it there', async () => {
  const opened = open({ ...consent, proof: 'userinfo' }, secret)
  await signIn(opened)
  expect((await opened.connection.fetch(`${api.origin}/`)).status).toBe(200)
  expect(await opened.connection.test()).toEqual({ id: 'ann', label: 'ann@example.com' })
  const credentials = await opened.connection.credentials()
  expect(credentials).toMatchObject({
    scopes: ['openid', 'offline_access', 'email'],
    issuer: oidc.issuer,
    claims: { sub: 'ann' },
  })
  await opened.connection.revoke()
  expect(await oidc.provider.RefreshToken.find(credentials.refreshToken ?? '')).toBe(undefined)
  expect(await opened.connection.status()).toMatchObject({ state: 'disconnected' })
})

test('refresh tokens rotate, and one that is used twice ends the whole family', async () => {
  const opened = open(consent, secret)
  await signIn(opened)
  const first = await opened.connection.credentials()
  await opened.connection.refresh()
  const second = await opened.connection.credentials()
  expect(second.refreshToken).not.toBe(first.refreshToken)
  expect((await opened.connection.fetch(`${api.origin}/`)).status).toBe(200)
  const thief = connect(oauth2({ issuer: oidc.issuer, ...consent }), {
    settings: secret,
    origins: [api.origin],
    credentials: first,
    network: { allow: 'loopback' },
  })
  expect(await rejection(thief.refresh())).toMatchObject({ code: 'credentials_rejected' })
  expect(await rejection(opened.connection.refresh())).toMatchObject({ code: 'credentials_rejected' })
  expect(await opened.connection.status()).toMatchObject({ state: 'reconnect' })
})

test('a hundred refreshes at once are one request, and the family lives', async () => {
  const opened = open(consent, secret)
  await signIn(opened)
  await Promise.all(Array.from({ length: 100 }, () => opened.connection.refresh()))
  await opened.connection.refresh()
  expect((await opened.connection.fetch(`${api.origin}/`)).status).toBe(200)
})

test('a wrong verifier, a code used twice and a wrong secret are what they are', async () => {
  const opened = open(consent, secret)
  const { url, pending } = await opened.connection.authorize.begin({ redirectUri })
  const end = await browse(url)
  const wrong = { ...(pending as object), verifier: 'x'.repeat(43) }
  expect(await rejection(opened.connection.authorize.complete(wrong, end.url))).toMatchObject({
    code: 'credentials_rejected',
  })
  const machine = open({ grant: 'client_credentials' }, { clientId: 'machine', clientSecret: 'wrong' })
  expect(await rejection(machine.connection.fetch(api.origin))).toMatchObject({ code: 'client_rejected' })
})

test.each<[string, OAuth2Options, object]>([
  ['client_secret_post', {}, { clientId: 'machine', clientSecret: 'm4chine' }],
  [
    'client_secret_jwt',
    { clientAuth: 'client_secret_jwt' },
    { clientId: 'hmac', clientSecret: 'a-secret-that-is-long-enough-for-hs256' },
  ],
  [
    'private_key_jwt',
    { clientAuth: 'private_key_jwt', clientKeyId: 'k1' },
    { clientId: 'pk', privateKey: pem },
  ],
])('client credentials with %s', async (_, options, settings) => {
  const { connection } = open({ grant: 'client_credentials', ...options }, settings)
  expect((await connection.fetch(`${api.origin}/`)).status).toBe(200)
  await connection.refresh()
  expect((await connection.fetch(`${api.origin}/`)).status).toBe(200)
})

test('a device signs in while a person types its code elsewhere', async () => {
  const { connection } = open(
    { grant: 'device_code', scopes: consent.scopes, clientAuth: 'client_secret_basic' },
    secret,
  )
  const prompt = await connection.authorize.begin()
  expect(await connection.authorize.complete(prompt.pending, '')).toBe(false)
  const { page } = await browse(prompt.url, { login: 'bob', password: 'x', user_code: prompt.userCode ?? '' })
  expect(page).toContain('Sign-in Success')
  // Another process, which has not asked before, need not wait.
  const other = open(
    { grant: 'device_code', scopes: consent.scopes, clientAuth: 'client_secret_basic' },
    secret,
  )
  expect(await other.connection.authorize.complete(prompt.pending, '')).toBe(true)
  expect((await other.connection.fetch(`${api.origin}/`)).status).toBe(200)
  expect((await other.connection.credentials()).claims?.['sub']).toBe('bob')
})

test('a consent whose parameters were pushed shows nothing of them', async () => {
  const opened = open(
    { ...consent, clientAuth: 'none', authorize: { ...consent.authorize, pushed: true } },
    { clientId: 'par' },
  )
  const url = await signIn(opened)
  expect([...url.searchParams.keys()]).toEqual(['client_id', 'request_uri'])
  expect((await opened.connection.fetch(`${api.origin}/`)).status).toBe(200)
})

test('tokens are bound to a key at both servers, with the nonces of both, through a refresh', async () => {
  const opened = open(
    { ...consent, clientAuth: 'none', dpop: true, proof: 'userinfo' },
    { clientId: 'bound' },
  )
  await signIn(opened)
  api.seen.length = 0
  expect((await opened.connection.fetch(`${api.origin}/things?a=1`)).status).toBe(200)
  await opened.connection.refresh()
  expect((await opened.connection.fetch(`${api.origin}/things`, { method: 'POST', body: 'x' })).status).toBe(
    200,
  )
  expect(api.seen).toEqual(['DPoP good', 'DPoP good', 'DPoP good'])
  const { accessToken = '' } = await opened.connection.credentials()
  const stolen = await fetch(api.origin, { headers: { authorization: `DPoP ${accessToken}` } })
  expect(stolen.status).toBe(401)
  expect(await opened.connection.test()).toMatchObject({ id: 'ann' })
})

test('introspection proves a connection, and says when a token is dead', async () => {
  const opened = open({ ...consent, proof: 'introspection' }, secret)
  await signIn(opened)
  expect(await opened.connection.test()).toMatchObject({ id: 'ann' })
  const { accessToken = '' } = await opened.connection.credentials()
  await (await oidc.provider.AccessToken.find(accessToken))?.destroy()
  expect(await rejection(opened.connection.test())).toMatchObject({ code: 'credentials_rejected' })
})

test('a token that dies early is renewed on the first 401', async () => {
  const opened = open(consent, secret)
  await signIn(opened)
  const { accessToken = '' } = await opened.connection.credentials()
  await (await oidc.provider.AccessToken.find(accessToken))?.destroy()
  expect((await opened.connection.fetch(`${api.origin}/`)).status).toBe(200)
})

test('a client registers itself, and its registration lives with the connection', async () => {
  const opened = open(
    {
      scopes: consent.scopes,
      authorize: consent.authorize,
      registration: { application_type: 'native', client_name: 'Test' },
    },
    {},
  )
  await signIn(opened)
  const { client } = await opened.connection.credentials()
  expect(client).toMatchObject({ clientId: expect.any(String) as never, clientAuth: 'none', redirectUri })
  await opened.connection.refresh()
  expect((await opened.connection.fetch(`${api.origin}/`)).status).toBe(200)
  const again = await opened.connection.authorize.begin({ redirectUri })
  expect(new URL(again.url).searchParams.get('client_id')).toBe(client?.clientId)
})

test("a protected resource's 401 leads to its server, a registration, and a connection", async () => {
  const connector = fromProtectedResource(`${api.origin}/mcp`, {
    scopes: ['openid'],
    resource: [],
    registration: { application_type: 'native' },
  })
  const connection = connect(connector, { settings: {}, network: { allow: 'loopback' } })
  const { url, pending } = await connection.authorize.begin({ redirectUri })
  await connection.authorize.complete(pending, (await browse(url)).url)
  expect((await connection.fetch('/')).status).toBe(200)
  expect((await connection.credentials()).issuer).toBe(oidc.issuer)
})

test('a token is exchanged for another, whose server has verified the first', async () => {
  const opened = open(consent, secret)
  await signIn(opened)
  const { accessToken = '' } = await opened.connection.credentials()
  const exchanged = (subjectToken: string): Opened =>
    open(
      { grant: 'token_exchange', clientAuth: 'client_secret_basic', exchange: { audience: 'urn:other' } },
      { ...secret, subjectToken },
    )
  expect((await exchanged(accessToken).connection.credentials()).accessToken).toBe('exchanged-for-ann')
  expect(await rejection(exchanged('made-up').connection.credentials())).toMatchObject({
    code: 'credentials_rejected',
  })
})

test('an assertion that the server verifies is a grant', async () => {
  const robot = (issuer: string): Opened =>
    open({ grant: 'jwt_bearer', clientId: 'robot' }, { privateKey: pem, issuer, subject: 'boss' })
  expect((await robot('robot@example.com').connection.credentials()).accessToken).toBe('token-of-"boss"')
  expect(await rejection(robot('stranger').connection.credentials())).toMatchObject({
    code: 'credentials_rejected',
  })
})
