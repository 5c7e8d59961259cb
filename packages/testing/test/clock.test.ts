import { expect, test } from '@jest/globals'
import { fakeClock } from '@latchkey/testing'

test('the clock stands still until it is advanced', async () => {
  const clock = fakeClock(1_000)
  expect(clock.now()).toBe(1_000)
  await clock.advance(250)
  expect(clock.now()).toBe(1_250)
  expect(fakeClock().now()).toBe(Date.UTC(2025, 5, 15, 12))
})

test('each sleep ends at its own moment, in order, and what it wakes may sleep again in the same advance', async () => {
  const clock = fakeClock(0)
  const log: string[] = []
  const sleeper = async (name: string, ...waits: number[]) => {
    for (const ms of waits) {
      await clock.sleep(ms)
      log.push(`${name} ${clock.now()}`)
    }
  }
  const all = Promise.all([sleeper('a', 30, 10), sleeper('b', 20, 20, 5), sleeper('c', 20)])
  expect(clock.waits()).toEqual([20, 20, 30])
  await clock.advance(19)
  expect(log).toEqual([])
  await clock.advance(21)
  expect(log).toEqual(['b 20', 'c 20', 'a 30', 'b 40', 'a 40'])
  expect(clock.waits()).toEqual([5])
  await clock.advance(5)
  await all
  expect(log.at(-1)).toBe('b 45')
})

test('a sleep begins with what was still running when the clock was advanced', async () => {
  const clock = fakeClock(0)
  let woke = false
  const task = async () => {
    await new Promise((resolve) => setImmediate(resolve))
    await clock.sleep(10)
    woke = true
  }
  const done = task()
  await clock.advance(10)
  expect(woke).toBe(true)
  await done
})

test('an aborted sleep rejects with the reason of its signal and leaves nothing behind', async () => {
  const clock = fakeClock()
  const controller = new AbortController()
  const reason = new Error('enough')
  const sleep = clock.sleep(50, controller.signal)
  controller.abort(reason)
  await expect(sleep).rejects.toBe(reason)
  expect(clock.waits()).toEqual([])
  await expect(clock.sleep(50, controller.signal)).rejects.toBe(reason)
  await clock.sleep(0)
})

test('a jump of the wall clock moves no sleep', async () => {
  const clock = fakeClock(1_000)
  const sleep = clock.sleep(100)
  clock.jump(-600)
  expect([clock.now(), clock.waits()]).toEqual([400, [100]])
  await clock.advance(100)
  await sleep
  expect(clock.now()).toBe(500)
})
