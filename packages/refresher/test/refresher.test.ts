import { expect, test } from '@jest/globals'
import { none } from '@latchkey/core'
import { createRefresher, memoryQueue, usageMarks } from '@latchkey/refresher'
import { fakeClock } from '@latchkey/testing'
import { bench, hour, minute, provider, record, users } from './support.ts'

test('what ends soon is renewed before its end, and what does not is left alone', async () => {
  const { clock, fill, open } = bench()
  const { asked, connector } = provider(clock.now)
  await fill('acme', ['soon'], clock.now() + 9 * minute)
  await fill('acme', ['later'], clock.now() + 30 * minute)
  const refresher = open([connector('acme')])
  refresher.start()
  await clock.advance(minute)
  expect(asked).toEqual(['soon'])
  await clock.advance(20 * minute)
  expect(asked).toEqual(['soon', 'later'])
  await refresher.stop()
})

test('each connection is renewed once, by however many workers on one queue or on several', async () => {
  const { clock, fill, open, store } = bench()
  const { asked, connector } = provider(clock.now, () => clock.sleep(50))
  const names = users(60)
  await fill('acme', names, clock.now() + 5 * minute)
  const workers = [0, 1, 2, 3, 4, 5].map((n) =>
    open([connector('acme')], n < 3 ? {} : { queue: memoryQueue() }),
  )
  for (const worker of workers) worker.start()
  await clock.advance(3 * minute)
  expect([...asked].sort()).toEqual([...names].sort())
  expect((await store.read('u7'))?.version).toBe(2)
  await Promise.all(workers.map((worker) => worker.stop()))
})

test('two sweeps put a connection on the queue once', async () => {
  const { clock, fill, open, queue } = bench()
  const { connector } = provider(clock.now)
  await fill('acme', ['a'], clock.now() + minute)
  const refresher = open([connector('acme')])
  expect(await refresher.sweep()).toEqual({ seen: 1, queued: 1 })
  expect(await refresher.sweep()).toEqual({ seen: 1, queued: 1 })
  expect((await queue.take('acme', 10)).map(({ job }) => job)).toEqual([{ key: 'a', version: 1 }])
})

test('a sweep reads all pages, and credentials of a short life are renewed in its last two fifths', async () => {
  const { clock, fill, open, store } = bench()
  const { connector } = provider(clock.now)
  await fill('acme', users(2_500), clock.now() + minute)
  const short = { ...record('acme', 's', clock.now() + 5 * minute), issuedAt: clock.now() - 5 * minute }
  await store.create('short', short)
  const refresher = open([connector('acme')])
  expect(await refresher.sweep()).toEqual({ seen: 2_501, queued: 2_500 })
  await clock.advance(minute)
  expect(await refresher.sweep()).toEqual({ seen: 2_501, queued: 2_501 })
})

test('only what was used is renewed, and a refresh token that would die of idleness', async () => {
  const { clock, store, open } = bench()
  const { asked, connector } = provider(clock.now)
  const marks = usageMarks(hour, { now: clock.now })
  const day = 24 * hour
  const put = (key: string, age: number) =>
    store.create(key, { ...record('acme', key, clock.now() - age + hour), issuedAt: clock.now() - age })
  await put('used', 55 * minute)
  await put('unused', 55 * minute)
  await put('idle', 8 * day)
  await put('resting', 6 * day)
  marks.mark('used')
  const refresher = open([connector('acme')], { used: marks.used, providers: { acme: { idleMs: 14 * day } } })
  refresher.start()
  await clock.advance(minute)
  expect([...asked].sort()).toEqual(['idle', 'used'])
  // Once more while the mark holds, and then no more.
  await clock.advance(6 * hour)
  expect(asked.length).toBe(3)
  await refresher.stop()
})

test('a mark holds for its time, and what was marked first is forgotten first', async () => {
  const clock = fakeClock()
  const marks = usageMarks(1_000, { now: clock.now })
  marks.mark('a')
  await clock.advance(999)
  marks.mark('b')
  expect([marks.used({ key: 'a' }), marks.used({ key: 'b' }), marks.used({ key: 'c' })]).toEqual([
    true,
    true,
    false,
  ])
  await clock.advance(1)
  expect([marks.used({ key: 'a' }), marks.used({ key: 'b' })]).toEqual([false, true])
})

test('what is paused, backs off, is leased, is unknown or waits for a person is not put on the queue', async () => {
  const { clock, store, open } = bench()
  const { connector } = provider(clock.now)
  const due = (key: string, more = {}) =>
    store.create(key, { ...record('acme', key, clock.now() + minute), ...more })
  await due('paused', { paused: true })
  await due('unknown', { connector: 'other' })
  await due('scheme', { scheme: 'another' })
  await due('person', { failure: { code: 'credentials_rejected', message: 'no', at: 1 } })
  for (const key of ['backs-off', 'leased', 'unsure']) {
    await due(key)
    await store.acquire(key, { grant: `g-${key}`, version: 1, owner: key, leaseMs: 20_000, quiesceMs: 0 })
  }
  await store.release('backs-off', { owner: 'backs-off', keepIntent: false, waitMs: 90_000 })
  await store.release('unsure', { owner: 'unsure', keepIntent: true })
  await store.create('unsure-later', { ...record('acme', 'x', clock.now() + 3 * minute) })
  await store.acquire('unsure-later', { grant: 'g-x', version: 1, owner: 'o', leaseMs: 1, quiesceMs: 0 })
  await store.release('unsure-later', { owner: 'o', keepIntent: true })
  const refresher = open([connector('acme')])
  expect((await refresher.sweep()).queued).toBe(1)
  await clock.advance(30_000)
  expect((await refresher.sweep()).queued).toBe(2)
  await clock.advance(90_000)
  expect((await refresher.sweep()).queued).toBe(4)
})

test('a connection that only a person can renew is told of days before its end, once', async () => {
  const { clock, store, open, events } = bench()
  const { connector } = provider(clock.now)
  const fixed = connector('fixed', { auth: { ...none(), scheme: 'fixed' } })
  const day = 24 * hour
  const put = (key: string, expiresAt: number) =>
    store.create(key, { ...record('fixed', key, expiresAt), scheme: 'fixed', owner: 'ada' })
  await put('ends', clock.now() + 2 * day)
  await put('ended', clock.now() - 1)
  await put('far', clock.now() + 4 * day)
  await store.create('renewable', record('acme', 'r', clock.now() + 2 * day))
  const refresher = open([connector('acme'), fixed])
  refresher.start()
  await clock.advance(12 * hour)
  expect(events).toEqual([
    {
      type: 'connection.expiring',
      at: clock.now() - 12 * hour,
      key: 'ends',
      connector: 'fixed',
      scheme: 'fixed',
      owner: 'ada',
      tenant: undefined,
      version: 1,
      expiresAt: clock.now() + 36 * hour,
    },
  ])
  await clock.advance(18 * hour)
  expect(events.map(({ key }) => key)).toEqual(['ends', 'far'])
  await refresher.stop()
})

test('a stop waits for the renewals under way and takes no more', async () => {
  const { clock, fill, open } = bench()
  const { asked, connector } = provider(clock.now, () => clock.sleep(5_000))
  await fill('acme', users(50), clock.now() + minute)
  const refresher = open([connector('acme')])
  refresher.start()
  await clock.advance(100)
  expect(asked.length).toBe(10)
  let stopped = false
  const stopping = refresher.stop().then(() => (stopped = true))
  await clock.advance(4_000)
  expect(stopped).toBe(false)
  await clock.advance(1_000)
  await stopping
  await clock.advance(hour)
  expect(asked.length).toBe(10)
  expect(() => refresher.start()).toThrow('cannot be started')
})

test('a queue or a store that is away is told of and asked again', async () => {
  const { clock, fill, open, queue, store } = bench()
  const { asked, connector } = provider(clock.now)
  await fill('acme', ['a'], clock.now() + minute)
  const errors: unknown[] = []
  let isAway = true
  const refresher = open([connector('acme')], {
    onError: (error) => errors.push(error),
    queue: {
      ...queue,
      take: (...given) => (isAway ? Promise.reject(new Error('queue')) : queue.take(...given)),
    },
    store: { due: (page) => (isAway ? Promise.reject(new Error('store')) : store.due(page)) },
  })
  refresher.start()
  await clock.advance(30_000)
  expect(new Set(errors.map(String))).toEqual(new Set(['Error: queue', 'Error: store']))
  isAway = false
  await clock.advance(2 * minute)
  expect(asked).toEqual(['a'])
  await refresher.stop()
})

test('an option that cannot work is refused by name', () => {
  const { store } = bench()
  const options = { connectors: {}, connections: { refresh: async () => false }, store, queue: memoryQueue() }
  expect(() => createRefresher({ ...options, used: 'all', aheadMs: 0 })).toThrow(
    'createRefresher: aheadMs must be',
  )
})
