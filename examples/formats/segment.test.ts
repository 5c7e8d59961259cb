import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { connect, type Connection, type Connector } from '@latchkey/core'
import { startApi } from '../demo/api.mjs'
import { secrets } from '../demo/cases.mjs'
import { consent } from '../demo/person.mjs'
import { startProvider } from '../demo/provider/provider.mjs'
import basic from './segment-basic.ts'
import custom from './segment-custom.ts'
import managed from './segment-managed.ts'
import oauth2, { configOf, credentialsOf, settingsOf } from './segment-oauth2.ts'

const client = { id: 'demo-client', secret: 'c4n4ry-client-secret' }
const redirectUri = 'http://127.0.0.1:1/callback'
let api: Awaited<ReturnType<typeof startApi>>
let provider: Awaited<ReturnType<typeof startProvider>>

beforeAll(async () => {
  api = await startApi(secrets)
  provider = await startProvider({ client, interval: 0.1 })
})
afterAll(async () => {
  await api.close()
  await provider.close()
})

/** Where the demo plays a URL. */
const played = (url: string): string =>
  /^https:\/\/[a-z]+\.example\.com\//.test(url)
    ? url.replace(/^https:\/\/[^/]+/, api.url)
    : url.replace('https:/', provider.url)

const open = (connector: Connector, settings: object, more: object = {}): Connection =>
  connect(connector, {
    settings,
    fetch: (input, init) => fetch(played(input instanceof Request ? input.url : String(input)), init),
    ...more,
  })

const signIn = async (connection: Connection): Promise<void> => {
  const { url, pending } = await connection.authorize.begin({ redirectUri })
  const callback = (await consent(played(url), 'allow')) as string
  expect(await connection.authorize.complete(pending, callback, { redirectUri })).toBe(true)
}

test('basic: the test passes with the right password alone, and requests sign in', async () => {
  const { username, password } = secrets
  const connection = open(basic, { username, password })
  expect(await connection.test()).toBeUndefined()
  const answer = await connection.fetch('https://api.example.com/basic/items')
  expect(await answer.json()).toEqual([{ id: 1, title: 'Analytical engine' }])
  await expect(open(basic, { username, password: 'wrong' }).test()).rejects.toMatchObject({
    code: 'credentials_rejected',
  })
  await expect(connection.fetch('https://other.example.com/basic/items')).rejects.toMatchObject({
    code: 'origin_forbidden',
  })
})

test('custom: relative URLs start at the prefix, and no subdomain leads elsewhere', async () => {
  const connection = open(custom, { subdomain: 'acme', apiKey: secrets.token })
  expect(await connection.test()).toEqual({ id: 'u-1', label: 'Ada Lovelace' })
  expect(await connection.http('items').json()).toEqual([{ id: 1, title: 'Analytical engine' }])
  expect(() => open(custom, { subdomain: 'evil.com/', apiKey: secrets.token })).toThrow(
    'subdomain: Enter only',
  )
})

const sheets = async (connection: Connection): Promise<unknown> =>
  (await connection.fetch('https://api.smartsheet.com/2.0/sheets')).json()
const found = { data: [{ name: 'Analytical engine' }] }

test('oauth2: consent, test, one refresh for many requests, and a rotated token that the function drops', async () => {
  const config = { subdomain: 'api', oauth: { clientId: client.id, clientSecret: client.secret } }
  const connection = open(oauth2, settingsOf(config))
  await signIn(connection)
  expect(await connection.test()).toEqual({ id: undefined, label: 'Ada Lovelace' })
  const ledger = provider.ledgers['smartsheet']!
  const before = ledger.counts.refresh
  ledger.expire()
  expect(await Promise.all([1, 2, 3].map(() => sheets(connection)))).toEqual([found, found, found])
  expect(ledger.counts.refresh - before).toBe(1)
  // A second refresh needs the token that the first one brought.
  ledger.expire()
  expect(await sheets(connection)).toEqual(found)
  expect([ledger.counts.refresh - before, ledger.counts.reused]).toEqual([2, 0])

  // What Segment keeps is read back, and another process goes on from it.
  const kept = configOf(settingsOf(config), await connection.credentials())
  ledger.expire()
  const moved = open(oauth2, settingsOf(kept), { credentials: credentialsOf!(kept) })
  expect(await sheets(moved)).toEqual(found)
  expect(ledger.counts.refresh - before).toBe(3)
})

test('oauth2: a wrong client is the operator’s to mend', async () => {
  const oauth = { clientId: client.id, clientSecret: 'wrong', access_token: 'a', refresh_token: 'r' }
  const config = { subdomain: 'api', oauth }
  const connection = open(oauth2, settingsOf(config), { credentials: credentialsOf!(config) })
  await expect(sheets(connection)).rejects.toMatchObject({ code: 'client_rejected', remedy: 'operator' })
})

test('oauth-managed: the operator’s URLs lead through consent and refresh', async () => {
  const connection = open(managed, {
    'oauth.clientId': client.id,
    'oauth.clientSecret': client.secret,
    'oauth.authorization_url': 'https://app.smartsheet.com/b/authorize',
    'oauth.refresh_token_url': 'https://api.smartsheet.com/2.0/token',
  })
  await signIn(connection)
  expect(await connection.http('sheets').json()).toEqual(found)
  provider.ledgers['smartsheet']!.expire()
  expect(await connection.http('sheets').json()).toEqual(found)
})
