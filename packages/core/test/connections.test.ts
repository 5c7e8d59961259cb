import { expect, test } from '@jest/globals'
import { connections, defineConnector, defineStrategy, memoryStore, options } from '@latchkey/core'
import { fakeClock } from '@latchkey/testing'
import { api, network, type Token } from './support.ts'
import { app, key, rig } from './connections-support.ts'

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

test("an option's operator field is refused in the user's settings too, at creation and at an update", async () => {
  const clock = fakeClock()
  const { fetch } = network()
  const either = defineConnector({ key: 'either', name: 'Either', auth: options({ key, app }), baseUrl: api })
  const all = connections({
    connectors: { either },
    store: memoryStore({ now: clock.now }),
    app: () => ({ clientId: 'operator' }),
    fetch,
  })
  const own = { option: 'app', user: 'ada', clientId: 'mine' }
  await expect(all.create('either', { settings: own as never })).rejects.toMatchObject({ field: 'clientId' })
  const c = await all.create('either', { settings: { option: 'app', user: 'ada' } as never, key: 'k' })
  await expect(all.update('k', { clientId: 'mine' })).rejects.toMatchObject({ field: 'clientId' })
  await all.update('k', {}, { clientId: 'mine' })
  expect(await c.credentials()).toEqual({ token: 'mine:ada' })
})

test('a record whose connector or settings no longer fit can be paused and removed', async () => {
  const { all, store } = rig()
  const record = { grant: 'g', connector: 'keyed', scheme: 'key', settings: {} }
  await store.create('misfit', record)
  await store.create('orphan', { ...record, connector: 'gone' })
  for (const name of ['misfit', 'orphan']) {
    await all.pause(name)
    expect(await all.remove(name)).toBe(true)
  }
  await store.create('misfit', record)
  await all.update('misfit', { apiKey: 'now' })
  expect((await store.read('misfit'))?.settings).toEqual({ apiKey: 'now', region: 'eu' })
})

test('after an update a live connection goes where the new settings say, signs in with them, and writes nothing back', async () => {
  const seen: unknown[] = []
  const auth = defineStrategy<Token>()({
    scheme: 'site',
    fields: { site: { type: 'string', label: 'Site', required: true, public: true, format: 'subdomain' } },
    authorize: {
      begin: (c) => (
        seen.push(c.settings.site),
        Promise.resolve({ url: 'https://x.example.com', pending: null })
      ),
      complete: (c) => (seen.push(c.settings.site), Promise.resolve({ token: 't' })),
    },
    apply: (request, c) => request.headers.set('authorization', c.credentials.token),
  })
  const { fetch, sent } = network()
  const store = memoryStore()
  const site = defineConnector({ key: 'site', name: 'Site', auth, baseUrl: 'https://{site}.example.com' })
  const all = connections({ connectors: { site }, store, fetch })
  const c = await all.create('site', { settings: { site: 'old' }, key: 'k' })
  await c.authorize.complete(null, '')
  await c.http.get('x')
  await all.update('k', { site: 'new' })
  await c.authorize.begin()
  await c.authorize.complete(null, '')
  await c.http.get('x')
  expect(seen).toEqual(['old', 'new', 'new'])
  expect(sent.map(({ url }) => url)).toEqual(['https://old.example.com/x', 'https://new.example.com/x'])
  expect((await store.read('k'))?.settings).toEqual({ site: 'new' })
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

test('a value that may be rolled over is changed without losing what was earned', async () => {
  const { clock } = rig()
  const store = memoryStore({ now: clock.now })
  let acquired = 0
  const auth = defineStrategy<Token>()({
    scheme: 'rolled',
    fields: {
      user: { type: 'string', label: 'User', required: true, public: true },
      secret: { type: 'password', label: 'Secret', required: true, keepsGrant: true },
    },
    acquire: () => Promise.resolve({ token: `t${++acquired}` }),
    refresh: (c) => Promise.resolve({ token: `${c.credentials.token} by ${c.settings.secret}` }),
    apply: (request, c) => request.headers.set('authorization', c.credentials.token),
  })
  const rolled = defineConnector({ key: 'rolled', name: 'Rolled', auth, baseUrl: api })
  const all = connections({ connectors: { rolled }, store, fetch: network().fetch, now: clock.now })
  const c = await all.create('rolled', { key: 'k', settings: { user: 'ada', secret: 'old' } })
  await c.credentials()
  const { grant } = (await store.read('k'))!
  await all.update('k', { secret: 'new' })
  await c.refresh()
  expect(await store.read('k')).toMatchObject({ grant, credentials: { token: 't1 by new' } })
  await all.update('k', { user: 'grace' })
  expect((await store.read('k'))?.grant).not.toBe(grant)
  expect(await c.credentials()).toEqual({ token: 't2' })
})
