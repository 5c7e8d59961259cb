import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { connect, type Connection, type Connector } from '@latchkey/core'
import { startApi } from '../demo/api.mjs'
import { secrets } from '../demo/cases.mjs'
import { consent } from '../demo/person.mjs'
import { startProvider } from '../demo/provider/provider.mjs'
import options, * as twoWays from './membrane-options.ts'
import structure, * as whole from './membrane-structure.ts'

const client = { id: 'demo-client', secret: 'c4n4ry-client-secret' }
const app = { clientId: client.id, clientSecret: client.secret }
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
  url.startsWith('https://api.example.com/')
    ? url.replace('https://api.example.com', api.url)
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

/** The provider's own account of what it has issued. */
const ledger = () => {
  const found = provider.ledgers['smartsheet']
  if (found === undefined) throw new Error('the demo does not play Smartsheet')
  return found
}

test('every part of a definition: a key is tested, refreshed after a 401, and a wrong one is refused', async () => {
  expect(whole.warnings).toEqual([])
  const settings = { authOptionKey: 'key', apiKey: `old-${secrets.apiKey}` }
  const connection = open(structure, settings)
  expect(await connection.test()).toEqual({ id: 'u-1', label: 'Ada Lovelace' })
  expect(api.counts['header']).toMatchObject({ accepted: 1, refused: 1 })
  expect(await connection.http('items').text()).toContain('Analytical engine')
  expect(api.counts['header']).toMatchObject({ accepted: 2, refused: 1 })
  expect(whole.configOf(settings, await connection.credentials())).toMatchObject({
    authOptionKey: 'key',
    input: { apiKey: `old-${secrets.apiKey}` },
    credentials: { key: secrets.apiKey },
  })
  await expect(open(structure, { ...settings, apiKey: 'wrong-key' }).test()).rejects.toMatchObject({
    code: 'credentials_rejected',
  })
})

test('every part of a definition: an account signs in, is tested, and renewed once when its token has ended', async () => {
  const settings = whole.settingsOf({ authOptionKey: 'account', connectorParameters: app })
  const connection = open(structure, settings)
  await signIn(connection)
  expect(await connection.test()).toMatchObject({ label: 'Ada Lovelace' })
  const before = ledger().counts.refresh
  ledger().expire()
  const answers = await Promise.all([1, 2, 3].map(() => connection.http('sheets').text()))
  expect(answers.every((text) => text.includes('Analytical engine'))).toBe(true)
  expect(ledger().counts.refresh - before).toBe(1)
  expect(ledger().counts.reused).toBe(0)
})

test('options: the token of one and the account of the other reach their own API', async () => {
  expect(twoWays.warnings).toEqual([])
  const token = open(options, { authOptionKey: 'token', apiKey: secrets.token })
  expect(await token.http('items').text()).toContain('Analytical engine')
  const account = open(options, twoWays.settingsOf({ authOptionKey: 'sheets', connectorParameters: app }))
  await signIn(account)
  expect(await account.http('sheets').text()).toContain('Analytical engine')
  await expect(account.fetch('https://api.example.com/three/items')).rejects.toMatchObject({
    code: 'origin_forbidden',
  })
})

test('options: tokens that were rotated come out where Membrane keeps them, and go on from there', async () => {
  const config = { authOptionKey: 'sheets', connectorParameters: app }
  const connection = open(options, twoWays.settingsOf(config))
  await signIn(connection)
  await connection.refresh()
  const saved = twoWays.configOf(twoWays.settingsOf(config), await connection.credentials())
  expect(Object.keys(saved['credentials'] as object)).toEqual(
    expect.arrayContaining(['access_token', 'refresh_token']),
  )
  const later = open(options, twoWays.settingsOf(saved), { credentials: twoWays.credentialsOf(saved) })
  expect(await later.http('sheets').text()).toContain('Analytical engine')
  await later.refresh()
  expect(ledger().counts.reused).toBe(0)
})
