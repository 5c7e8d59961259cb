import { expect, test } from '@jest/globals'
import { api, expired, gate, hour, rig, token, tokenStrategy, turns, type Token } from '../support.ts'

test('a failed persist is tried again inside the lease, at most 150 ms apart, and credentials are not used before it', async () => {
  const world = rig()
  let commits = 0
  const c = expired(
    world,
    { refresh: () => Promise.resolve(token(world, 'new')) },
    {
      commit: (key, change) =>
        ++commits < 6 ? Promise.reject(new Error('down')) : world.store.commit(key, change),
    },
  )
  const request = c.fetch(api)
  await turns()
  expect([commits, world.sent.length]).toEqual([1, 0])
  await world.clock.advance(5 * 150)
  expect((await request).status).toBe(200)
  expect([commits, world.sent.length]).toEqual([6, 1])
})

test('a store that stays away until the lease ends: the caller is told, and the new token is kept and saved first at the next call', async () => {
  const world = rig()
  let refreshes = 0
  let down = true
  const c = expired(
    world,
    { refresh: () => (refreshes++, Promise.resolve(token(world, 'new'))) },
    {
      commit: (key, change) => (down ? Promise.reject(new Error('down')) : world.store.commit(key, change)),
    },
  )
  const request = c.fetch(api)
  const failed = expect(request).rejects.toMatchObject({ code: 'store_unavailable', remedy: 'retry' })
  await world.clock.advance(30_000)
  await failed
  await expect(c.fetch(api)).rejects.toMatchObject({ code: 'store_unavailable' })
  down = false
  await c.fetch(api)
  expect([refreshes, world.sent[0]?.headers.get('authorization')]).toEqual([1, 'Bearer new'])
})

test('a commit whose answer was lost is recognised as our own', async () => {
  const world = rig()
  let lost = true
  const c = expired(
    world,
    { refresh: () => Promise.resolve(token(world, 'new')) },
    {
      commit: async (key, change) => {
        const taken = await world.store.commit(key, change)
        if (lost) {
          lost = false
          throw new Error('connection reset')
        }
        return taken
      },
    },
  )
  const request = c.fetch(api)
  await world.clock.advance(200)
  await request
  expect(world.sent[0]?.headers.get('authorization')).toBe('Bearer new')
  expect(await world.store.read('token')).toMatchObject({ version: 2, credentials: { token: 'new' } })
})

test('no intent, no request: a store that cannot take the lease keeps the token unspent', async () => {
  const world = rig()
  let refreshes = 0
  const c = expired(
    world,
    { refresh: () => (refreshes++, Promise.resolve(token(world, 'new'))) },
    {
      acquire: () => Promise.reject(new Error('down')),
    },
  )
  await expect(c.fetch(api)).rejects.toMatchObject({ code: 'store_unavailable' })
  expect(refreshes).toBe(0)
})

test('while the store is away, what still works goes on working', async () => {
  const world = rig()
  const provider = { acquire: () => Promise.resolve(token(world, 'a')) }
  let down = false
  const c = world.open(tokenStrategy(provider), {
    store: {
      ...world.store,
      read: (key) => (down ? Promise.reject(new Error('down')) : world.store.read(key)),
    },
  })
  await c.fetch(api)
  await world.clock.advance(hour - 100_000)
  down = true
  expect((await c.fetch(api)).status).toBe(200)
  expect(world.sent.length).toBe(2)
})

test('an unrelated write during a refresh loses nothing: the refresh is written over it', async () => {
  const world = rig()
  const answer = gate<Token>()
  const c = expired(world, { refresh: () => answer.promise })
  const request = c.fetch(api)
  await turns()
  const before = await world.store.read('token')
  if (before === undefined) throw new Error('no record')
  expect(
    await world.store.commit('token', {
      parent: before,
      record: { ...before, owner: 'someone' },
      keepLease: true,
    }),
  ).toBe(true)
  answer.open(token(world, 'new'))
  await request
  expect(await world.store.read('token')).toMatchObject({
    version: 3,
    owner: 'someone',
    credentials: { token: 'new' },
  })
})

test('a connection that is removed or signed in anew during a refresh: nothing of the old grant survives', async () => {
  for (const change of ['delete', 'reconnect'] as const) {
    const world = rig()
    const answer = gate<Token>()
    const revoked: string[] = []
    const c = expired(world, {
      refresh: () => answer.promise,
      revoke: ({ token: name }) => Promise.resolve(void revoked.push(name)),
    })
    const request = c.fetch(api)
    await turns()
    const before = await world.store.read('token')
    if (before === undefined) throw new Error('no record')
    if (change === 'delete') await world.store.delete('token')
    else
      await world.store.commit('token', {
        parent: before,
        record: {
          ...before,
          grant: 'g2',
          credentials: { token: 'fresh' },
          expiresAt: world.clock.now() + hour,
        },
      })
    answer.open(token(world, 'late'))
    await expect(request).rejects.toMatchObject({ code: 'credentials_missing' })
    expect(revoked).toEqual(['late'])
    expect((await world.store.read('token'))?.credentials).toEqual(
      change === 'delete' ? undefined : { token: 'fresh' },
    )
  }
})

test('close waits for a refresh under way and refuses another', async () => {
  const world = rig()
  const answer = gate<Token>()
  const c = expired(world, { refresh: () => answer.promise })
  const request = c.fetch(api)
  await turns()
  let drained = false
  const closing = c.close().then(() => (drained = true))
  await turns()
  expect(drained).toBe(false)
  answer.open(token(world, 'new', 1_000))
  await Promise.all([closing, request])
  expect(await world.store.read('token')).toMatchObject({ credentials: { token: 'new' } })
  await world.clock.advance(2_000)
  await expect(c.fetch(api)).rejects.toMatchObject({ code: 'store_unavailable' })
})

test('a waiter for another process is woken by its result, polling quickly while the lease is young', async () => {
  const world = rig()
  const c = expired(world, { refresh: () => Promise.reject(new Error('not mine')) })
  await c.status()
  const record = await world.store.read('token')
  if (record === undefined) throw new Error('no record')
  const claim = {
    grant: record.grant,
    version: record.version,
    owner: 'other',
    leaseMs: 25_000,
    quiesceMs: 30_000,
  }
  expect(await world.store.acquire('token', claim)).toEqual({})
  const request = c.fetch(api)
  await world.clock.advance(50)
  const next = {
    ...record,
    credentials: { token: 'theirs' },
    expiresAt: world.clock.now() + hour,
    issuedAt: world.clock.now(),
  }
  expect(await world.store.commit('token', { parent: record, record: next })).toBe(true)
  // By then four polls at most have passed, and the next is at most 102 ms away.
  await world.clock.advance(110)
  await request
  expect(world.sent[0]?.headers.get('authorization')).toBe('Bearer theirs')
})

test('new settings do not wait for the lease of an attempt with the old ones', async () => {
  const world = rig()
  const strategy = tokenStrategy({ acquire: () => Promise.resolve(token(world, 'new')) })
  await world.open(strategy).status()
  const record = await world.store.read('token')
  if (record === undefined) throw new Error('no record')
  const claim = { grant: record.grant, version: record.version, owner: 'dead', leaseMs: 25_000, quiesceMs: 0 }
  expect(await world.store.acquire('token', claim)).toEqual({})
  await world.open(strategy, { settings: { user: 'grace', secret: 'CANARY-other' } }).fetch(api)
  expect(world.sent.length).toBe(1)
})
