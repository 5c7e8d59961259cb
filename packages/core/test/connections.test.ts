import { expect, test } from '@jest/globals'
import {
  connections,
  defineConnector,
  defineStrategy,
  memoryStore,
  options,
  type AuthEvent,
  type StoreDriver,
} from '@latchkey/core'
import { api, gate, network, tokenStrategy, turns, type Token } from './support.ts'
import { fakeClock } from '@latchkey/testing'

const key = defineStrategy({
  scheme: 'key',
  fields: {
    apiKey: { type: 'password', label: 'Key', required: true },
    region: { type: 'string', label: 'Region', default: 'eu', public: true },
  },
  apply: (request, c) => request.headers.set('x-key', `${c.settings.apiKey} ${c.settings.region}`),
})
const app = defineStrategy<Token>()({
  scheme: 'app',
  fields: {
    clientId: { type: 'string', label: 'Client', owner: 'app', required: true, public: true },
    user: { type: 'string', label: 'User', required: true, public: true },
  },
  acquire: (c) => Promise.resolve({ token: `${c.settings.clientId}:${c.settings.user}` }),
  apply: (request, c) => request.headers.set('x-token', c.credentials.token),
})

function rig(store?: StoreDriver, provider: Parameters<typeof tokenStrategy>[0] = {}) {
  const clock = fakeClock()
  const events: AuthEvent[] = []
  const { fetch, sent } = network()
  const driver = store ?? memoryStore({ now: clock.now })
  const connectors = {
    keyed: defineConnector({ key: 'keyed', name: 'Keyed', auth: key, baseUrl: api }),
    app: defineConnector({ key: 'app', name: 'App', auth: app, baseUrl: api }),
    token: defineConnector({ key: 'token', name: 'Token', auth: tokenStrategy(provider), baseUrl: api }),
    either: defineConnector({
      key: 'either',
      name: 'Either',
      auth: options({ key, token: tokenStrategy(provider) }),
      baseUrl: api,
    }),
  }
  const open = () =>
    connections({
      connectors,
      store: driver,
      app: (connector) => (connector.key === 'app' ? { clientId: 'operator' } : undefined),
      fetch,
      now: clock.now,
      sleep: clock.sleep,
      onEvent: (event) => events.push(event),
    })
  return { clock, events, sent, store: driver, open, all: open() }
}

test('create, get, list and remove keep many accounts in one store', async () => {
  const { all, sent, events } = rig()
  const a = await all.create('keyed', { settings: { apiKey: 'A' }, owner: 'ada', tenant: 't1', key: 'k-a' })
  await all.create('keyed', { settings: { apiKey: 'B' }, owner: 'bob', tenant: 't2', key: 'k-b' })
  await a.fetch('/x')
  await (await all.get('k-b')).fetch('/x')
  expect(sent.map(({ headers }) => headers.get('x-key'))).toEqual(['A eu', 'B eu'])
  expect((await all.list({ owner: 'bob' })).connections.map((row) => row.key)).toEqual(['k-b'])
  expect((await all.list({ limit: 1 })).more).toBe(true)
  expect((await all.list({ after: 'k-a', limit: 1 })).connections[0]).toMatchObject({
    key: 'k-b',
    connector: 'keyed',
    owner: 'bob',
    tenant: 't2',
    state: 'connected',
  })
  expect(await all.remove('k-a')).toBe(true)
  await expect(all.get('k-a')).rejects.toMatchObject({ code: 'credentials_missing' })
  await expect(a.fetch('/x')).rejects.toMatchObject({ code: 'credentials_missing' })
  expect(events.map(({ type, key: name, owner }) => [type, name, owner])).toEqual([
    ['connection.created', 'k-a', 'ada'],
    ['connection.created', 'k-b', 'bob'],
    ['connection.deleted', 'k-a', 'ada'],
  ])
})

test('a filter hides the connections of other tenants', async () => {
  const { all } = rig()
  await all.create('keyed', { settings: { apiKey: 'A' }, tenant: 't1', key: 'k' })
  await expect(all.get('k', { tenant: 't2' })).rejects.toMatchObject({
    code: 'credentials_missing',
    message: 'There is no connection "k"',
  })
  expect((await all.get('k', { tenant: 't1' })).key).toBe('k')
})

test('a key that is taken is refused, and nothing is overwritten', async () => {
  const { all } = rig()
  await all.create('keyed', { settings: { apiKey: 'A' }, key: 'k' })
  await expect(all.create('keyed', { settings: { apiKey: 'B' }, key: 'k' })).rejects.toMatchObject({
    code: 'definition_invalid',
  })
})

test("the operator's own values come from one source, are not stored, and are overridden only when that is asked for", async () => {
  const { all, sent, store } = rig()
  await (await all.create('app', { settings: { user: 'ada' }, key: 'a' })).fetch('/x')
  await (
    await all.create('app', { settings: { user: 'bob' }, app: { clientId: 'own' }, key: 'b' })
  ).fetch('/x')
  expect(sent.map(({ headers }) => headers.get('x-token'))).toEqual(['operator:ada', 'own:bob'])
  expect((await store.read('a'))?.settings).toEqual({ user: 'ada' })
  expect((await store.read('b'))?.settings).toEqual({ user: 'bob', clientId: 'own' })
  await expect(all.create('app', { settings: { user: 'eve', clientId: 'x' } })).rejects.toMatchObject({
    code: 'settings_invalid',
    field: 'clientId',
  })
})

test('faulty settings are refused with every fault, and nothing is stored', async () => {
  const { all } = rig()
  await expect(all.create('keyed', { settings: { apiKey: ' K', region: 'a\nb' } })).rejects.toMatchObject({
    code: 'settings_invalid',
    faults: [{ field: 'apiKey' }, { field: 'region' }],
  })
  expect((await all.list()).connections).toEqual([])
})

test('bulk import takes tokens earned elsewhere, and a faulty row harms no other', async () => {
  const { all, clock } = rig(undefined, { refresh: () => Promise.resolve(undefined) })
  const results = await all.import([
    {
      connector: 'token',
      key: 'i1',
      settings: { user: 'ada', secret: 's-1' },
      credentials: { token: 't1', expiresAt: clock.now() + 9e6 } as never,
      owner: 'o',
    },
    { connector: 'token', key: 'i2', settings: { user: 'bob' } },
    {
      connector: 'token',
      key: 'i3',
      settings: { user: 'eve', secret: 's-3' },
      credentials: { token: 't3' } as never,
    },
  ])
  expect(results).toEqual([
    { key: 'i1' },
    { error: expect.objectContaining({ code: 'settings_invalid', field: 'secret' }) as unknown },
    { key: 'i3' },
  ])
  expect(await (await all.get('i1')).credentials()).toMatchObject({ token: 't1' })
})

test('a paused connection refuses requests until it is resumed, also where another process paused it', async () => {
  const { all, open, clock } = rig(undefined, {
    acquire: () => Promise.resolve({ token: 't', expiresAt: clock.now() + 600_000 }),
  })
  const c = await all.create('token', { settings: { user: 'a', secret: 'S-1' }, key: 'k' })
  await c.fetch('/x')
  await all.pause('k')
  await expect(c.fetch('/x')).rejects.toMatchObject({ code: 'connection_paused', remedy: 'operator' })
  expect((await c.status()).state).toBe('paused')
  await all.resume('k')
  await c.fetch('/x')
  await open().pause('k')
  await clock.advance(700_000)
  await expect(c.fetch('/x')).rejects.toMatchObject({ code: 'connection_paused' })
})

test('settings changed by another process are taken over, and start a new grant', async () => {
  const { all, open, sent, clock } = rig(undefined, {
    acquire: (n) => Promise.resolve({ token: `t${n}`, expiresAt: clock.now() + 600_000 }),
  })
  const c = await all.create('token', { settings: { user: 'a', secret: 'S-1' }, key: 'k' })
  await c.fetch('/x')
  await open().update('k', { secret: 'S-2' })
  await clock.advance(700_000)
  await c.fetch('/x')
  expect(sent.map(({ headers }) => headers.get('authorization'))).toEqual(['Bearer t1', 'Bearer t2'])
})

test('a key replaced by another process is found on the first rejection, and a wrong one is not asked for again and again', async () => {
  const clock = fakeClock()
  const store = memoryStore({ now: clock.now })
  let reads = 0
  const counted = { ...store, read: (name: string) => (reads++, store.read(name)) }
  const { fetch, sent } = network(
    ({ headers }) => new Response(null, { status: headers.get('x-key') === 'NEW eu' ? 200 : 401 }),
  )
  const connectors = { keyed: defineConnector({ key: 'keyed', name: 'Keyed', auth: key, baseUrl: api }) }
  const [ours, theirs] = [counted, store].map((driver) =>
    connections({ connectors, store: driver, fetch, now: clock.now, sleep: clock.sleep }),
  )
  const c = await ours?.create('keyed', { settings: { apiKey: 'OLD' }, key: 'k' })
  for (let n = 0; n < 5; n += 1) expect((await c?.fetch('/x'))?.status).toBe(401)
  expect([sent.length, reads]).toEqual([5, 3])
  await theirs?.update('k', { apiKey: 'NEW' })
  await clock.advance(61_000)
  expect((await c?.fetch('/x'))?.status).toBe(200)
  expect(sent.length).toBe(7)
})

test('a connection that another process removed stops here within five minutes, without a store read a request', async () => {
  const { all, open, clock } = rig()
  const c = await all.create('keyed', { settings: { apiKey: 'A' }, key: 'k' })
  await c.fetch('/x')
  await open().remove('k')
  await clock.advance(300_001)
  await expect(c.fetch('/x')).rejects.toMatchObject({ code: 'credentials_missing' })
})

test('switching option drops the credentials of the other scheme and keeps what is common', async () => {
  const { all, store, clock } = rig(undefined, {
    acquire: () => Promise.resolve({ token: 't', expiresAt: clock.now() + 1e6 }),
  })
  const c = await all.create('either', {
    settings: { option: 'token', user: 'a', secret: 'S-1' } as never,
    key: 'k',
  })
  await c.fetch('/x')
  expect(await store.read('k')).toMatchObject({ scheme: 'token', credentials: { token: 't' } })
  await all.update('k', { option: 'key', apiKey: 'K' })
  const record = await store.read('k')
  expect([record?.scheme, record?.credentials]).toEqual(['key', undefined])
  await c.fetch('/x')
})

test('close drains: a refresh under way is finished and kept, and no other begins', async () => {
  const answer = gate<Token>()
  const { all, store, clock } = rig(undefined, { acquire: () => answer.promise })
  const c = await all.create('token', { settings: { user: 'a', secret: 'S-1' }, key: 'k' })
  const request = c.fetch('/x')
  await turns()
  const closing = all.close()
  answer.open({ token: 't', expiresAt: clock.now() + 1_000 })
  await Promise.all([request, closing])
  expect((await store.read('k'))?.credentials).toMatchObject({ token: 't' })
  await expect(all.get('k')).rejects.toMatchObject({ code: 'store_unavailable' })
})
