import { expect, test } from '@jest/globals'
import { connections, defineConnector, memoryStore } from '@latchkey/core'
import { fakeClock } from '@latchkey/testing'
import { api, gate, network, turns, type Token } from './support.ts'
import { key, rig } from './connections-support.ts'

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
