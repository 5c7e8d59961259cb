import { expect, test } from '@jest/globals'
import { memoryStore, strategyOf, type StoreDriver } from '@latchkey/core'
import { fakeClock } from '@latchkey/testing'
import { rig } from './connections-support.ts'
import { gate, turns, type Token } from './support.ts'

const hour = 3_600_000
const settings = { user: 'a', secret: 'S-1' }
const signIn = (store?: StoreDriver) => {
  const asked: number[] = []
  const world = rig(store, {
    acquire: (n): Promise<Token> => {
      asked.push(n)
      return Promise.resolve({ token: `t${n}`, expiresAt: world.clock.now() + hour })
    },
  })
  return { ...world, asked }
}

test('a renewal ahead of time renews what is still fresh, once for a version, in however many processes', async () => {
  const { all, open, asked, store, clock } = signIn()
  const others = [open(), open(), open()]
  await (await all.create('token', { settings, key: 'k' })).credentials()
  expect([asked.length, (await store.read('k'))?.version]).toEqual([1, 2])
  const attempts = Promise.all(others.map((other) => other.refresh('k', { version: 2 })))
  await clock.advance(1_000)
  const outcomes = await attempts
  expect(outcomes.includes(true)).toBe(true)
  expect([asked.length, (await store.read('k'))?.version]).toEqual([2, 3])
  for (const other of others) expect(await other.refresh('k', { version: 2 })).toBe(false)
  expect(asked.length).toBe(2)
  expect(await all.refresh('k')).toBe(true)
  expect(asked.length).toBe(3)
})

test('a version that moved while the connection was opened is not renewed', async () => {
  const memory = memoryStore({ now: fakeClock().now })
  let reads = 0
  const read: StoreDriver['read'] = async (key) => {
    const record = await memory.read(key)
    reads += 1
    // Another process is faster, between the first look at the record and the second.
    if (reads === 5 && record) await memory.commit(key, { parent: record, record })
    return reads === 5 ? record : await memory.read(key)
  }
  const { all, open, asked } = signIn({ ...memory, read })
  await (await all.create('token', { settings, key: 'k' })).credentials()
  reads = 4
  expect(await open().refresh('k', { version: 2 })).toBe(true)
  expect(asked.length).toBe(1)
})

test('nothing is held of a connection that was only renewed ahead of time, and what somebody uses stays', async () => {
  const answer = gate()
  const memory = memoryStore({ now: fakeClock().now })
  let reads = 0
  const store = { ...memory, read: (key: string) => (reads++, memory.read(key)) }
  const { open, clock } = rig(store, {
    acquire: async (n): Promise<Token> => {
      if (n === 2) await answer.promise
      return { token: `t${n}`, expiresAt: clock.now() + hour }
    },
  })
  await (await open().create('token', { settings, key: 'k' })).credentials()
  const worker = open()
  const renewed = worker.refresh('k')
  await turns()
  const used = await worker.get('k')
  answer.open()
  await renewed
  expect(await worker.get('k')).toBe(used)
  await used.credentials()
  const readsOf = async (step: () => Promise<unknown>) => {
    const before = reads
    await step()
    return reads - before
  }
  expect(await readsOf(() => used.credentials())).toBe(0)
  const other = open()
  await other.refresh('k')
  const found = await other.get('k')
  expect(await readsOf(() => found.credentials())).toBe(1)
})

test('the end of the connections waits for a renewal ahead of time', async () => {
  const answer = gate()
  const { open, store, clock } = rig(undefined, {
    acquire: async (n): Promise<Token> => {
      if (n === 2) await answer.promise
      return { token: `t${n}`, expiresAt: clock.now() + hour }
    },
  })
  await (await open().create('token', { settings, key: 'k' })).credentials()
  const worker = open()
  const renewed = worker.refresh('k')
  await turns()
  const closed = worker.close()
  answer.open()
  await closed
  expect([await renewed, (await store.read('k'))?.version]).toEqual([true, 3])
  await expect(worker.refresh('k')).rejects.toMatchObject({ code: 'store_unavailable' })
})

test('an event of a renewal says how many callers of the process waited for it, and how long', async () => {
  const { all, events, clock } = rig(undefined, {
    acquire: async (n): Promise<Token> => {
      await clock.sleep(200)
      if (n > 1) throw new Error('no')
      return { token: `t${n}`, expiresAt: clock.now() + hour }
    },
  })
  const c = await all.create('token', { settings, key: 'k' })
  const five = Promise.all(Array.from({ length: 5 }, () => c.credentials()))
  await clock.advance(200)
  await five
  const failed = expect(c.refresh()).rejects.toThrow()
  await clock.advance(200)
  await failed
  expect(events.slice(1).map(({ type, waiters, durationMs }) => [type, waiters, durationMs])).toEqual([
    ['connection.acquired', 5, 200],
    ['refresh.failed', 1, 200],
  ])
})

test('the strategy of a scheme is found among the options of a selector', () => {
  const auth = { scheme: 'options', fields: {}, apply: () => undefined }
  const inner = { ...auth, scheme: 'inner' }
  expect(strategyOf({ ...auth, select: () => inner, choices: { inner } }, 'inner')).toBe(inner)
  expect(strategyOf(inner, 'other')).toBe(undefined)
})
