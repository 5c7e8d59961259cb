import { type FileHandle, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { encrypted, generateKey } from '@latchkey/core'
import { sqliteStore } from '@latchkey/store-sqlite'
import { embeddedStore } from '../../src/store/embedded.ts'
import { fileStore } from '../../src/store/file.ts'
import { openStore } from '../../src/store/open.ts'
import { earned, inFolder, meddled, never, osError, record } from './world.ts'

const parent = { grant: 'g', version: 1 }
const claim = { ...parent, owner: 'o', leaseMs: 60_000, quiesceMs: 0 }
const placesIn = (folder: string) => ({
  path: join(folder, 'connections.db'),
  former: join(folder, 'connections.json'),
})
const filesIn = async (folder: string) =>
  (await readdir(folder)).filter((name) => !/-(wal|shm)$/.test(name)).sort()

/** A file store with two connections, one of them refreshed and waiting; gives its bytes. */
const formerStore = async (former: string): Promise<Buffer> => {
  const file = fileStore(former)
  await file.create('a', record)
  await file.commit('a', { parent, record: earned('second') })
  await file.create('b', record)
  await file.acquire('b', claim)
  await file.release('b', { owner: 'o', keepIntent: true, waitMs: 5 })
  return readFile(former)
}

test('a new folder gets a database, and no file store', () =>
  inFolder(async (folder) => {
    const store = await embeddedStore(placesIn(folder))
    await store.create('a', record)
    expect(await filesIn(folder)).toEqual(['connections.db'])
  }))

test('a file store is taken over as it is, and stays beside as a backup, byte for byte', () =>
  inFolder(async (folder) => {
    const { path, former } = placesIn(folder)
    const bytes = await formerStore(former)
    const before = [await fileStore(former).read('a'), await fileStore(former).read('b')]
    const store = await embeddedStore({ path, former })
    expect([await store.read('a'), await store.read('b')]).toEqual(before)
    expect(before[1]?.intentAt).toBeGreaterThan(0)
    expect(await filesIn(folder)).toEqual(['connections.db', 'connections.json.bak'])
    expect((await readFile(`${former}.bak`)).equals(bytes)).toBe(true)
    // What is done now is not undone by the next start.
    await store.delete('b')
    expect(await (await embeddedStore({ path, former })).read('b')).toBe(undefined)
  }))

test('what a file store had sealed opens after it was taken over', () =>
  inFolder(async (folder) => {
    const key = generateKey()
    const file = await openStore({ folder, key, kind: 'file' })
    await file.create('a', record)
    expect((await (await openStore({ folder, key })).read('a'))?.settings).toEqual(record.settings)
  }))

test('many processes that start at once take it over once', () =>
  inFolder(async (folder) => {
    const { path, former } = placesIn(folder)
    await formerStore(former)
    const stores = await Promise.all(Array.from({ length: 8 }, () => embeddedStore({ path, former })))
    for (const store of stores) expect((await store.read('a'))?.credentials).toEqual({ token: 'second' })
    expect(await filesIn(folder)).toEqual(['connections.db', 'connections.json.bak'])
  }))

test('while somebody refreshes in the file store it is used on, and taken over afterwards', () =>
  inFolder(async (folder) => {
    const { path, former } = placesIn(folder)
    const file = fileStore(former)
    await file.create('a', record)
    await file.acquire('a', claim)
    const store = await embeddedStore({ path, former })
    expect(await store.create('b', record)).toBe(true)
    expect(await filesIn(folder)).toEqual(['connections.json'])
    expect(await file.commit('a', { parent, record: earned('refreshed') })).toBe(true)
    const next = await embeddedStore({ path, former })
    expect((await next.read('a'))?.credentials).toEqual({ token: 'refreshed' })
    expect((await next.read('b'))?.version).toBe(1)
    expect(await filesIn(folder)).toEqual(['connections.db', 'connections.json.bak'])
  }))

for (const after of [false, true]) {
  test(
    `a process that dies ${after ? 'after' : 'before'} any step of the take-over leaves what the next one completes`,
    () =>
      inFolder(async (folder) => {
        let points = 0
        for (let at = 0, through = false; !through; at++) {
          const { path, former } = placesIn(join(folder, String(at)))
          await formerStore(former)
          const opened: FileHandle[] = []
          let [calls, died] = [0, (): void => undefined]
          const dead = new Promise<void>((resolve) => (died = resolve))
          const fs = meddled(async (_, call) => {
            if (calls++ !== at) return call()
            if (after) await call().catch(() => undefined)
            died()
            return never()
          }, opened)
          const taken = embeddedStore({ path, former, place: { fs, pid: 4242 } }).then(() => true)
          through = await Promise.race([taken, dead.then(() => false)])
          const next = await embeddedStore({ path, former, place: { alive: (pid) => pid !== 4242 } })
          expect((await next.read('a'))?.credentials).toEqual({ token: 'second' })
          expect((await next.read('b'))?.nextAttemptAt).toBeGreaterThan(0)
          // A lock that the dead left is nobody's business any more.
          const files = (await filesIn(join(folder, String(at)))).filter((name) => !name.endsWith('.lock'))
          expect(files).toEqual(['connections.db', 'connections.json.bak'])
          for (const file of opened) await file.close().catch(() => undefined)
          points++
        }
        expect(points).toBeGreaterThan(15)
      }),
    60_000,
  )
}

test(
  'a file system that fails at any step is store_unavailable, and the next start completes',
  () =>
    inFolder(async (folder) => {
      let failures = 0
      for (let at = 0, through = false; !through; at++) {
        const { path, former } = placesIn(join(folder, String(at)))
        await formerStore(former)
        let calls = 0
        const fs = meddled(async (name, call) => {
          const fails = calls++ === at
          if (fails && name === 'file.close') await call()
          if (fails) throw osError('ENOSPC')
          return call()
        })
        const place = { fs, now: () => Date.now() + 60_000 }
        const outcome: unknown = await embeddedStore({ path, former, place }).catch((error: unknown) => error)
        through = calls <= at
        if (outcome instanceof Error) {
          failures++
          expect(outcome).toMatchObject({
            code: 'store_unavailable',
            message: expect.stringMatching(
              /the disk or the quota is full: the user must make room \(ENOSPC\)/,
            ),
          })
        }
        const later = { now: () => Date.now() + 120_000 }
        const next = await embeddedStore({ path, former, place: later })
        expect((await next.read('a'))?.credentials).toEqual({ token: 'second' })
      }
      expect(failures).toBeGreaterThan(10)
    }),
  60_000,
)

for (const [what, text, message] of [
  ['is broken', '{"format":', /is not whole JSON\. It was left as it is; the user must put back a copy/],
  ['is of another program', '{}', /is not a store file/],
] as const) {
  test(`a file store that ${what} is refused and stays`, () =>
    inFolder(async (folder) => {
      const { path, former } = placesIn(folder)
      await writeFile(former, text)
      await expect(embeddedStore({ path, former })).rejects.toMatchObject({
        code: 'store_unavailable',
        message: expect.stringMatching(message),
      })
      expect(await readFile(former, 'utf8')).toBe(text)
      expect(await filesIn(folder)).toEqual(['connections.json'])
    }))
}

test('whoever chooses the file store keeps it, also beside a database', () =>
  inFolder(async (folder) => {
    const key = generateKey()
    const file = await openStore({ folder, key, kind: 'file' })
    await file.create('old', record)
    await (await openStore({ folder, key })).create('a', record)
    const again = await openStore({ folder, key, kind: 'file' })
    await again.create('b', record)
    const keys = async (kind: string) =>
      (await (await openStore({ folder, key, kind })).list({ limit: 9 })).records.map((listed) => listed.key)
    expect([await keys('file'), await keys('sqlite')]).toEqual([['b'], ['a', 'old']])
    expect(await filesIn(folder)).toEqual([
      'connections.db',
      'connections.json',
      'connections.json.bak',
      'deployment',
    ])
  }))

test('another kind of store is refused with what there is', async () => {
  await expect(openStore({ folder: '/nowhere', kind: 'mongo' })).rejects.toThrow(
    'LATCHKEY_STORE must be sqlite or file; the user must set one of them.',
  )
})

test('a key that is another opens nothing, says which is missing, and harms nothing', () =>
  inFolder(async (folder) => {
    const key = generateKey()
    await (await openStore({ folder, key })).create('a', record)
    const other = await openStore({ folder, key: generateKey() })
    await expect(other.read('a')).rejects.toThrow(
      /is sealed with key "[\da-f]{12}", which the keyring does not list/,
    )
    expect((await (await openStore({ folder, key })).read('a'))?.settings).toEqual(record.settings)
    expect(
      (
        await encrypted(sqliteStore({ path: join(folder, 'connections.db') }), {
          current: 'k',
          keys: { k: generateKey() },
        }).list({ limit: 1 })
      ).records.length,
    ).toBe(1)
  }))
