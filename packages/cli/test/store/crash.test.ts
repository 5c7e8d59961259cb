import { type FileHandle, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { StoredRecord } from '@latchkey/core'
import { fileStore } from '../../src/store/file.ts'
import type { Place } from '../../src/store/place.ts'
import { earned, inFolder, meddled, never, record } from './world.ts'

const parent = { grant: 'g', version: 1 }
const hurry: Partial<Place> = {
  sleep: async () => {
    throw new Error('it waited')
  },
}

/** A file system that stops for good at a call: before it, after it, or in the middle of a write. */
const dying = (at: number, where: 'before' | 'half' | 'after', opened: FileHandle[]) => {
  let calls = 0
  let died = (): void => undefined
  const dead = new Promise<void>((resolve) => (died = resolve))
  const fs = meddled(async (_, call, half) => {
    const n = calls++
    if (n < at) return call()
    if (n === at && where === 'after') await call()
    if (n === at && where === 'half') await half?.()
    died()
    return never()
  }, opened)
  return { fs, dead }
}

for (const where of ['before', 'half', 'after'] as const) {
  test(`a process that dies ${where === 'half' ? 'in the middle of' : where} any call harms nobody, and nobody waits for it`, () =>
    inFolder(async (folder) => {
      const path = join(folder, 'c.json')
      await fileStore(path).create('a', record)
      await fileStore(path).create('b', record)
      let [a, b, points] = [1, 1, 0]
      for (let at = 0; ; at++) {
        const opened: FileHandle[] = []
        const { fs, dead } = dying(at, where, opened)
        const writer = fileStore(path, { place: { fs, pid: 4242 } })
        const done = writer.commit('a', { parent: { grant: 'g', version: a }, record: earned(`a${at}`) })
        const through = await Promise.race([done, dead.then(() => undefined)])

        const next = fileStore(path, { place: { ...hurry, alive: (pid) => pid !== 4242 } })
        const seen = await next.read('a')
        expect([a, a + 1]).toContain(seen?.version)
        if (seen?.version === a + 1) expect(seen.credentials).toEqual({ token: `a${at}` })
        expect(
          await next.commit('b', { parent: { grant: 'g', version: b++ }, record: earned(`b${at}`) }),
        ).toBe(true)
        expect((await next.read('a'))?.version).toBe(seen?.version)
        expect(await readdir(folder)).toEqual(['c.json'])
        a = seen?.version ?? 0
        for (const file of opened) await file.close().catch(() => undefined)
        if (through) break
        points++
      }
      expect(points).toBeGreaterThan(20)
      expect(a).toBeGreaterThan(1)
    }))
}

// Nothing here loses power, so the disk need not be waited for.
const quick = meddled(async (name, call) => (name === 'file.sync' ? undefined : call()))

/** A store that stands still before or after its call number `at` until `go` is called. */
const stalling = (path: string, at: number, after: boolean, ahead: number) => {
  let calls = 0
  let [stopped, go] = [(): void => undefined, (): void => undefined]
  const still = new Promise<void>((resolve) => (stopped = resolve))
  const gate = new Promise<void>((resolve) => (go = resolve))
  const fs = meddled(async (name, call) => {
    if (calls++ !== at) return name === 'file.sync' ? undefined : call()
    const result = after ? await call() : undefined
    stopped()
    await gate
    return after ? result : call()
  })
  const store = fileStore(path, { place: { fs, now: () => Date.now() + ahead } })
  const commit = (key: string) => {
    const done = store.commit(key, { parent, record: earned(key) })
    return { done, still: Promise.race([still, done]), go, reached: () => calls > at }
  }
  return { commit }
}

const records = ['a', 'b', 'c'].map((key) => ({ ...record, key, version: 1, createdAt: 0, updatedAt: 0 }))
const seed = JSON.stringify({ format: 'latchkey-store', version: 1, records })

// Each later one sees the lease of those before it ended: its clock is a minute ahead.
const minute = 60_000

test('a process that stands still at any call, is passed by another and goes on, loses nothing of either', () =>
  inFolder(async (folder) => {
    for (const after of [false, true]) {
      for (let at = 0, reached = true; reached; at++) {
        const path = join(folder, `${at}${after}.json`)
        await writeFile(path, seed)
        const a = stalling(path, at, after, 0).commit('a')
        await a.still
        reached = a.reached()
        const b = fileStore(path, { place: { ...hurry, fs: quick, now: () => Date.now() + minute } })
        expect(await b.commit('b', { parent, record: earned('b') })).toBe(true)
        a.go()
        expect(await a.done).toBe(true)
        for (const key of ['a', 'b']) expect((await b.read(key))?.credentials).toEqual({ token: key })
      }
    }
  }))

test(
  'of two processes that overtake each other at any two calls neither loses what it acknowledged',
  () =>
    inFolder(async (folder) => {
      let runs = 0
      for (let i = 0, more = true; more; i++) {
        for (let j = 0, inner = true; inner; j++) {
          const path = join(folder, `${i}-${j}.json`)
          await writeFile(path, seed)
          const a = stalling(path, i, false, 0).commit('a')
          await a.still
          more = a.reached()
          const b = stalling(path, j, false, minute).commit('b')
          await b.still
          inner = b.reached()
          for (const one of [a, b]) {
            one.go()
            expect(await one.done).toBe(true)
          }
          const { records } = JSON.parse(await readFile(path, 'utf8')) as { records: StoredRecord[] }
          expect(records.map(({ key, version }) => `${key}${version}`)).toEqual(['a2', 'b2', 'c1'])
          runs++
        }
      }
      expect(runs).toBeGreaterThan(400)
    }),
  60_000,
)

test(
  'of three processes that pass each other at any two calls none loses what it acknowledged',
  () =>
    inFolder(async (folder) => {
      let runs = 0
      for (let i = 0, more = true; more; i++) {
        for (let j = i % 2, inner = true; inner; j += 2) {
          const path = join(folder, `${i}-${j}.json`)
          await writeFile(path, seed)
          const a = stalling(path, i, false, 0).commit('a')
          await a.still
          const b = stalling(path, j, false, minute).commit('b')
          await b.still
          const c = fileStore(path, { place: { ...hurry, fs: quick, now: () => Date.now() + 2 * minute } })
          expect(await c.commit('c', { parent, record: earned('c') })).toBe(true)
          for (const one of runs % 2 ? [a, b] : [b, a]) {
            one.go()
            expect(await one.done).toBe(true)
          }
          for (const key of ['a', 'b', 'c']) expect((await c.read(key))?.credentials).toEqual({ token: key })
          more = a.reached()
          inner = b.reached()
          runs++
        }
      }
      expect(runs).toBeGreaterThan(200)
    }),
  60_000,
)
