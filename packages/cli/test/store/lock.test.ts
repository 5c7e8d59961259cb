import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { fakeClock, type FakeClock } from '@latchkey/testing'
import { fileLock } from '../../src/store/lock.ts'
import { type Place, thisPlace } from '../../src/store/place.ts'
import { inFolder } from './world.ts'

const times = { leaseMs: 1_000, waitMs: 5_000 }
const place = (changes: Partial<Place>): Place => ({
  ...thisPlace(),
  pid: 1,
  started: 1,
  host: 'here',
  ...changes,
})
const nobody = { alive: () => false, sleep: () => Promise.reject(new Error('it waited')) }
const everybody = { alive: () => true }

/** Lets time pass until the promise is settled: what waits for the disk sleeps at a turn of its own. */
const until = async <T>(clock: FakeClock, promise: Promise<T>): Promise<T> => {
  const state = { settled: false }
  void promise.finally(() => (state.settled = true))
  while (!state.settled) await clock.advance(5)
  return promise
}

test('a lock is held under an id of its own, with who holds it and until when, and is dropped by it alone', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'c')
    const clock = fakeClock()
    const lock = fileLock(path, place({ ...everybody, ...clock }), times)
    const id = await lock.take()
    const holder = { id, pid: 1, started: 1, host: 'here', until: clock.now() + 1_000 }
    expect(JSON.parse(await readFile(`${path}.lock`, 'utf8'))).toEqual(holder)
    expect(await readdir(folder)).toEqual(['c.lock'])
    await lock.drop('another')
    expect(await lock.holds(id)).toBe(true)
    await lock.drop(id)
    expect(await readdir(folder)).toEqual([])
    expect(await lock.holds(id)).toBe(false)
    expect(await lock.take()).not.toBe(id)
  }))

test('who holds a lock is waited for until the wait is over, and is then named with who must act', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'c')
    const clock = fakeClock()
    const other = { pid: 4242, started: 7, host: 'there' }
    await fileLock(path, place({ ...clock, ...other }), { leaseMs: 9_000 }).take()
    const held = await readFile(`${path}.lock`, 'utf8')
    const wait = fileLock(path, place({ ...everybody, ...clock }), { leaseMs: 9_000, waitMs: 40 }).take()
    const outcome = wait.catch((error: unknown) => error)
    expect(await until(clock, outcome)).toMatchObject({
      code: 'store_unavailable',
      message:
        `store: ${path}.lock is held by process 4242 on host there, and was not free for 40 ms. ` +
        'Nothing was changed. Try again; if that process hangs, the user who runs it must end it.',
    })
    expect(await readFile(`${path}.lock`, 'utf8')).toBe(held)
  }))

test('a lock that is dropped goes to one that waits', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'c')
    const clock = fakeClock()
    const lock = fileLock(path, place({ ...everybody, ...clock }), times)
    const first = await lock.take()
    const second = lock.take()
    await clock.advance(10)
    await lock.drop(first)
    expect(await lock.holds(await until(clock, second))).toBe(true)
  }))

test('the lock of a process of this host that has died is taken over at once', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'c')
    await fileLock(path, place({ pid: 4242 })).take()
    const lock = fileLock(path, place(nobody))
    expect(await lock.holds(await lock.take())).toBe(true)
  }))

test('the lock of an earlier process with the same pid is taken over at once', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'c')
    await fileLock(path, place({ started: 0 })).take()
    const lock = fileLock(path, place({ ...nobody, alive: () => true }))
    expect(await lock.holds(await lock.take())).toBe(true)
  }))

test('the lock of another host is taken over when its lease has ended, not before', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'c')
    const clock = fakeClock()
    await fileLock(path, place({ ...clock, host: 'there' }), times).take()
    const lock = fileLock(path, place({ ...clock, alive: () => false }), times)
    let taken = false
    const taking = lock.take().then((id) => {
      taken = true
      return id
    })
    await clock.advance(999)
    expect(taken).toBe(false)
    expect(await lock.holds(await until(clock, taking))).toBe(true)
  }))

test('a lock that would last longer than a lease, because the clock was set back, counts as ended', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'c')
    const clock = fakeClock()
    await fileLock(path, place({ ...clock, host: 'there' }), times).take()
    clock.jump(-3_600_000)
    const lock = fileLock(path, place({ ...clock, ...nobody }), times)
    expect(await lock.holds(await lock.take())).toBe(true)
  }))

for (const text of ['', '{"id":"x', 'null', '[]', '{"pid":"1"}']) {
  test(`a lock file with ${JSON.stringify(text)} in it, left by a crash of the machine, counts as ended`, () =>
    inFolder(async (folder) => {
      const path = join(folder, 'c')
      await writeFile(`${path}.lock`, text)
      const lock = fileLock(path, place(nobody))
      expect(await lock.holds(await lock.take())).toBe(true)
    }))
}

test('of many that take the lock at once one has it at any moment', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'c')
    let [inside, most, total] = [0, 0, 0]
    const one = async () => {
      const lock = fileLock(path, place(everybody))
      const id = await lock.take()
      most = Math.max(most, ++inside)
      await new Promise((resolve) => setImmediate(resolve))
      total++
      inside--
      await lock.drop(id)
    }
    await Promise.all(Array.from({ length: 30 }, one))
    expect([most, total]).toEqual([1, 30])
  }))

test('this process runs, and a pid that nobody has does not', () => {
  const { alive, pid } = thisPlace()
  expect([alive(pid), alive(2 ** 30)]).toEqual([true, false])
})
