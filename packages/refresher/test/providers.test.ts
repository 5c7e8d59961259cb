import { expect, test } from '@jest/globals'
import { memoryQueue } from '@latchkey/refresher'
import { away, bench, hour, minute, provider, rejectedClient, users } from './support.ts'

test('a connector with 100,000 connections due does not keep another waiting', async () => {
  const { clock, store, fill, open, queue } = bench()
  const big = provider(clock.now, () => clock.sleep(100))
  const small = provider(clock.now, () => clock.sleep(100))
  await queue.add(
    'big',
    users(100_000).map((key) => ({ key, version: 1 })),
  )
  await fill('big', users(100_000), clock.now() + 5 * minute)
  await fill('small', users(10, 's'), clock.now() + 5 * minute)
  await queue.add(
    'small',
    users(10, 's').map((key) => ({ key, version: 1 })),
  )
  const policy = { concurrency: 100 }
  const refresher = open([big.connector('big'), small.connector('small')], {
    sweepMs: false,
    providers: { big: policy, small: policy },
  })
  refresher.start()
  await clock.advance(500)
  expect(small.asked.length).toBe(10)
  expect(big.asked.length > 20).toBe(true)
  expect((await store.read('s9'))?.version).toBe(2)
  const stopped = refresher.stop()
  await clock.advance(500)
  await stopped
}, 30_000)

test('no more renewals run at once than the provider allows, and no more than the process', async () => {
  for (const [providers, concurrency, most] of [
    [{ acme: { concurrency: 3 } }, 20, 3],
    [{ acme: { concurrency: 30 } }, 7, 7],
    [{}, 20, 10],
  ] as const) {
    const { clock, fill, open } = bench()
    let [now, peak] = [0, 0]
    const { asked, connector } = provider(clock.now, async () => {
      peak = Math.max(peak, ++now)
      await clock.sleep(100)
      now -= 1
    })
    await fill('acme', users(40), clock.now() + 5 * minute)
    const refresher = open([connector('acme')], { providers, concurrency })
    refresher.start()
    await clock.advance(2 * minute)
    expect([asked.length, peak]).toEqual([40, most])
    await refresher.stop()
  }
})

test('no more renewals begin in a second than the provider allows', async () => {
  const { clock, fill, open } = bench()
  const begun: number[] = []
  const { connector } = provider(clock.now, () => void begun.push(clock.now()))
  await fill('acme', users(40), clock.now() + 9 * minute)
  const refresher = open([connector('acme')], { providers: { acme: { perSecond: 2 } } })
  refresher.start()
  await clock.advance(minute)
  expect(begun.length).toBe(40)
  const most = Math.max(
    ...begun.map((at) => begun.filter((other) => other >= at && other < at + 1_000).length),
  )
  expect(most <= 4).toBe(true)
  expect(begun[39]! - begun[0]! >= 18_500).toBe(true)
  await refresher.stop()
})

test('one in ten seconds is one in ten seconds', async () => {
  const { clock, fill, open } = bench()
  const { asked, connector } = provider(clock.now)
  await fill('acme', users(5), clock.now() + 9 * minute)
  const refresher = open([connector('acme')], { providers: { acme: { perSecond: 0.1 } } })
  refresher.start()
  await clock.advance(30_500)
  expect(asked.length).toBe(4)
  await refresher.stop()
})

test('a provider that asks to be left alone is, and the others are not', async () => {
  const { clock, fill, open } = bench()
  const busy = provider(clock.now, () => away(120_000))
  const other = provider(clock.now)
  await fill('busy', users(50), clock.now() + 9 * minute)
  await fill('other', users(50, 'o'), clock.now() + 9 * minute)
  const refresher = open([busy.connector('busy'), other.connector('other')], {
    providers: { busy: { concurrency: 1 } },
  })
  refresher.start()
  await clock.advance(119_000)
  expect([busy.asked.length, other.asked.length]).toEqual([1, 50])
  await clock.advance(2_000)
  expect(busy.asked.length).toBe(2)
  await refresher.stop()
})

test('a provider that fails is asked less and less often, up to a minute apart', async () => {
  const { clock, fill, open } = bench()
  const at: number[] = []
  const { connector } = provider(clock.now, () => {
    at.push(clock.now())
    away()
  })
  await fill('acme', users(30), clock.now() + 9 * minute)
  const refresher = open([connector('acme')], { providers: { acme: { concurrency: 1 } } })
  refresher.start()
  await clock.advance(4 * minute)
  const gaps = at.slice(1).map((moment, n) => moment - at[n]!)
  expect(gaps.slice(0, 7)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000])
  await refresher.stop()
})

test('a client that is not accepted opens the breaker, one renewal tries it after a time, and a success closes it', async () => {
  const { clock, fill, open } = bench()
  let accepts = false
  const { asked, connector } = provider(clock.now, () => (accepts ? undefined : rejectedClient()))
  await fill('acme', users(40), clock.now() + hour)
  const refresher = open([connector('acme')], { aheadMs: 2 * hour, providers: { acme: { concurrency: 1 } } })
  await fill('acme', users(40, 'd'), clock.now() + 20 * minute)
  refresher.start()
  await clock.advance(59_000)
  expect(asked.length).toBe(3)
  await clock.advance(2_000)
  expect(asked.length).toBe(4)
  await clock.advance(119_000)
  expect(asked.length).toBe(5)
  accepts = true
  await clock.advance(5 * minute)
  expect(asked.length > 40).toBe(true)
  await refresher.stop()
})

test('one connection that is refused by its provider keeps no other waiting', async () => {
  const { clock, fill, open } = bench()
  const { asked, connector } = provider(clock.now, (user) =>
    user.startsWith('bad') ? rejectedClient() : undefined,
  )
  await fill('acme', ['bad0', 'a', 'bad1', 'b', 'c'], clock.now() + 9 * minute)
  const refresher = open([connector('acme')], {
    providers: { acme: { concurrency: 1 } },
    queue: memoryQueue(),
  })
  refresher.start()
  await clock.advance(900)
  expect([...asked].sort()).toEqual(['a', 'b', 'bad0', 'bad1', 'c'])
  await refresher.stop()
})
