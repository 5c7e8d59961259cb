import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { connect, type Connection } from '@latchkey/core'
import type { Imported, JsonObject } from '@latchkey/core/definition'
import {
  fromAirbyte,
  link,
  sharedAuthenticators,
  unlink,
  type AirbyteOptions,
} from '@latchkey/format-airbyte'
import { parse } from 'yaml'
import { network } from '../../tools/network.ts'
import { startApi } from '../demo/api.mjs'
import { secrets } from '../demo/cases.mjs'
import { consent } from '../demo/person.mjs'
import { startProvider } from '../demo/provider/provider.mjs'
import { demoRelay } from '../demo/relay.ts'
import { schemeSecrets } from '../demo/scheme-cases.mjs'
import { startSchemes } from '../demo/schemes.mjs'

const client = { id: 'demo-client', secret: 'c4n4ry-client-secret' }
const app = { client_id: client.id, client_secret: client.secret }
const redirectUri = 'http://127.0.0.1:1/callback'
let api: Awaited<ReturnType<typeof startApi>>
let schemes: Awaited<ReturnType<typeof startSchemes>>
let provider: Awaited<ReturnType<typeof startProvider>>

beforeAll(async () => {
  api = await startApi(secrets)
  schemes = await startSchemes(demoRelay)
  provider = await startProvider({ client, interval: 0.1 })
})
afterAll(async () => {
  await api.close()
  await schemes.close()
  await provider.close()
})

/** Where the demo plays a URL. */
const played = (url: string): string => {
  if (/^https:\/\/api\.example\.com\/(?:session|jwt)\//.test(url)) return url.replace('https:/', schemes.url)
  return url.startsWith('https://api.example.com/')
    ? url.replace('https://api.example.com', api.url)
    : url.replace('https:/', provider.url)
}

const manifestOf = (name: string): JsonObject =>
  parse(readFileSync(new URL(`airbyte-${name}.yaml`, import.meta.url), 'utf8')) as JsonObject

/** The example by that name, which leaves nothing to warn of. */
function read(name: string, options: AirbyteOptions = {}): Imported {
  const imported = fromAirbyte(manifestOf(name), options)
  expect(imported.warnings).toEqual([])
  return imported
}

const open = ({ connector, settingsOf }: Imported, config: JsonObject, more: object = {}): Connection =>
  connect(connector, {
    settings: { ...settingsOf(config), ...more } as never,
    fetch: (input, init) => fetch(played(input instanceof Request ? input.url : String(input)), init),
  })

const ledger = (name: string) => {
  const found = provider.ledgers[name]
  if (found === undefined) throw new Error(`the demo does not play ${name}`)
  return found
}

test.each([
  ['basic', { username: secrets.username, password: secrets.password }, { password: 'wrong' }],
  ['bearer', { api_token: secrets.token }, { api_token: 'wrong' }],
  ['shared', { api_key: secrets.apiKey }, { api_key: 'wrong' }],
])('%s: what is right is accepted, what is wrong is refused', async (name, config, wrong) => {
  const imported = read(name)
  await open(imported, config).test()
  expect(await open(imported, config).http('items').text()).toContain('Analytical engine')
  await expect(open(imported, { ...config, ...wrong }).test()).rejects.toMatchObject({
    code: 'credentials_rejected',
  })
})

test('an empty password is a password', async () => {
  const { fetch, sent } = network()
  const { connector } = read('basic')
  await connect(connector, { settings: { username: 'user' }, fetch }).fetch('https://api.example.com/basic/x')
  expect(sent[0]?.headers.get('authorization')).toBe('Basic dXNlcjo=')
})

test('a user name and a password are encoded as the standard says', async () => {
  const { fetch, sent } = network()
  const { connector } = read('basic')
  const settings = { username: 'user', password: 'passwd' }
  await connect(connector, { settings, fetch }).fetch('https://api.example.com/basic/x')
  expect(sent[0]?.headers.get('authorization')).toBe('Basic dXNlcjpwYXNzd2Q=')
})

test.each([
  ['in header', 'GET', 'header/me', undefined],
  ['in query', 'GET', 'query/me', undefined],
  ['in form', 'POST', 'form/items', new URLSearchParams({ title: 'engine' })],
  ['in JSON', 'POST', 'json/items', JSON.stringify({ title: 'engine' })],
])('a key %s is a variant of one connector', async (variant, method, path, body) => {
  const imported = fromAirbyte(manifestOf('api-key'))
  const connection = open(imported, { api_key: secrets.apiKey }, { variant })
  const headers = typeof body === 'string' ? { 'content-type': 'application/json' } : undefined
  const answer = await connection.fetch(`https://api.example.com/${path}`, {
    method,
    body: body ?? null,
    ...(headers && { headers }),
  })
  expect(answer.status).toBe(200)
  // Every variant takes the same configuration.
  expect(imported.configOf({ ...imported.settingsOf({ api_key: 'k' }), variant })).toEqual({ api_key: 'k' })
})

test('a JWT is signed here', async () => {
  const { account, secret: secret_key } = schemeSecrets
  const imported = read('jwt')
  await open(imported, { account, secret_key }).test()
  await expect(open(imported, { account, secret_key: `wrong-${secret_key}` }).test()).rejects.toMatchObject({
    code: 'credentials_rejected',
  })
})

test('OAuth with a consent: signed in, tested, and refreshed once in JSON when the token has ended', async () => {
  const imported = read('oauth', { tokenFormat: 'json' })
  const connection = open(imported, app)
  const { url, pending } = await connection.authorize.begin({ redirectUri })
  expect(new URL(url).searchParams.get('scope')).toBe('MERCHANT_PROFILE_READ ITEMS_READ')
  await connection.authorize.complete(pending, (await consent(played(url), 'allow')) as string)
  await connection.test()
  const before = ledger('square').counts.refresh
  ledger('square').expire()
  const answers = await Promise.all([1, 2, 3].map(() => connection.http('catalog/list').text()))
  expect(answers.every((text) => text.includes('Analytical engine'))).toBe(true)
  expect(ledger('square').counts.refresh - before).toBe(1)
  const config = imported.configOf(imported.settingsOf(app), await connection.credentials())
  expect(config).toEqual({ ...app, refresh_token: expect.stringMatching(/^rt-/) as never })
  // What was read back signs in elsewhere.
  await open(imported, config).test()
})

test('OAuth with a consent: a person may say no', async () => {
  const connection = open(read('oauth'), app)
  const { url, pending } = await connection.authorize.begin({ redirectUri })
  const callback = (await consent(played(url), 'deny')) as string
  await expect(connection.authorize.complete(pending, callback)).rejects.toMatchObject({
    code: 'authorization_denied',
  })
})

test('OAuth with every override: what the provider is sent and how its answer is read', async () => {
  const imported = read('overrides')
  const config = { site: 'acme', app_key: 'the-key', app_secret: 'the-secret' }
  const { fetch, sent } = network((_, nth) =>
    Response.json({
      data: { access_token: `access-${nth}`, refresh_token: `refresh-${nth}`, expires_in: 3600 },
    }),
  )
  const connection = connect(imported.connector, { settings: imported.settingsOf(config) as never, fetch })
  const { url, pending } = await connection.authorize.begin({ redirectUri })
  const { state, verifier } = pending as { state: string; verifier: string }
  expect(state).toMatch(/^[\w.-]{64}$/)
  expect(url.startsWith('https://acme.example.com/consent?')).toBe(true)
  expect(Object.fromEntries(new URL(url).searchParams)).toEqual({
    response_type: 'code',
    app_key: 'the-key',
    callback_uri: redirectUri,
    permissions: 'read,write,offline',
    nonce: state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  })
  await connection.authorize.complete(pending, `ticket=t%201&nonce=${state}`)
  expect(sent[0]?.url).toBe('https://acme.example.com/token?ticket=t%201')
  expect(sent[0]?.headers.get('authorization')).toBe(`Basic ${btoa('the-key:the-secret')}`)
  expect(JSON.parse(sent[0]?.body ?? '')).toEqual({ code_verifier: verifier, callback_uri: redirectUri })
  await connection.refresh()
  expect(sent[1]?.body).toBe('grant_type=refresh_token&refresh_token=refresh-1')
  expect(imported.configOf(imported.settingsOf(config), await connection.credentials())).toMatchObject({
    ...config,
    credentials: { access_token: 'access-2', refresh_token: 'refresh-2' },
  })
})

/** A refresh token as a user would bring it. */
const broughtToken = (): string =>
  ledger('smartsheet').issue({ client: client.id, scope: 'READ' }).refreshToken ?? ''

test('OAuth without a consent: a token for single use is spent once, and the next shows up in the configuration', async () => {
  const imported = read('single-use')
  const given = { credentials: { ...app, refresh_token: broughtToken() } }
  const connection = open(imported, given)
  await Promise.all([1, 2, 3].map(() => connection.http('sheets').text()))
  await connection.refresh()
  expect(ledger('smartsheet').counts.reused).toBe(0)
  const config = imported.configOf(imported.settingsOf(given), await connection.credentials())
  const { refresh_token, access_token, token_expiry_date } = config['credentials'] as Record<string, string>
  expect(refresh_token).not.toBe(given.credentials.refresh_token)
  expect(Date.parse(token_expiry_date ?? '')).toBeGreaterThan(Date.now())
  expect(access_token).toMatch(/^at-/)
  await open(imported, config).test()
  expect(ledger('smartsheet').counts.reused).toBe(0)
})

test('OAuth without a consent: a spent token is the user’s to replace', async () => {
  const imported = read('single-use')
  const connection = open(imported, { credentials: { ...app, refresh_token: 'never-issued' } })
  await expect(connection.test()).rejects.toMatchObject({ code: 'credentials_rejected', remedy: 'reconnect' })
})

test('OAuth without a person: the client speaks for itself', async () => {
  const connection = open(read('client-credentials'), app)
  await connection.test()
  expect(await connection.http('search').text()).toContain('Analytical engine')
  await expect(
    open(read('client-credentials'), { ...app, client_secret: 'wrong' }).test(),
  ).rejects.toMatchObject({
    code: 'client_rejected',
  })
})

test('OAuth with an assertion: a service account signs it', async () => {
  const connection = open(read('assertion'), { service_account: provider.keyFile })
  await connection.test()
  expect(await connection.http('files').text()).toContain('Analytical engine')
})

test('a session is one login for many requests', async () => {
  const imported = read('session')
  const config = { username: schemeSecrets.username, password: schemeSecrets.password }
  const connection = open(imported, config)
  const before = schemes.issued().length
  await Promise.all([1, 2, 3].map(() => connection.test()))
  expect(schemes.issued().length - before).toBe(1)
  await expect(open(imported, { ...config, password: 'wrong' }).test()).rejects.toMatchObject({
    code: 'credentials_rejected',
  })
})

test.each([
  [{ auth_type: 'api_key', api_key: secrets.apiKey }],
  [{ auth_type: 'token', token: secrets.token }],
  [{ auth_type: 'password', username: secrets.username, password: secrets.password }],
])('a user chooses one of several ways: %j', async (credentials) => {
  const imported = read('selective')
  await open(imported, { credentials }).test()
  expect(imported.configOf(imported.settingsOf({ credentials }))).toEqual({ credentials })
})

test('a shared authenticator is one form; apart it is two, and together again one', () => {
  const manifest = manifestOf('shared')
  const [shared, ...others] = sharedAuthenticators(manifest)
  expect(others).toEqual([])
  expect(shared?.streams).toEqual(['data', 'metadata'])
  const [data = '', metadata = ''] = shared?.paths ?? []
  const apart = unlink(manifest, data)
  expect(sharedAuthenticators(apart)).toEqual([shared])
  const [stream] = apart['streams'] as unknown as { retriever: { requester: { authenticator: object } } }[]
  if (stream)
    stream.retriever.requester.authenticator = {
      type: 'BearerAuthenticator',
      api_token: "{{ config['api_key'] }}",
    }
  expect(Object.keys(fromAirbyte(apart).connector.auth.choices ?? {})).toEqual(['data', 'metadata'])
  expect(link(apart, [data, metadata])).toHaveProperty('differences')
  expect(link(apart, [data, metadata], metadata)).toEqual({ manifest })
})

test('a public API needs nothing', async () => {
  const { fetch, sent } = network()
  await connect(read('none').connector, { settings: {}, fetch }).fetch('https://public.example.com/things')
  expect(sent[0]?.headers.get('authorization')).toBe(null)
})
