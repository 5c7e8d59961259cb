import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { encrypted, generateKey } from '@latchkey/core'
import { testStore } from '@latchkey/testing'
import { fileStore } from '../../src/store/file.ts'
import { earned, inFolder, meddled, osError, record } from './world.ts'

const keyring = { current: 'k1', keys: { k1: generateKey() } }

/** A store in a folder that lives until `close`. */
const fresh = (now: () => number, sealed: boolean) =>
  new Promise<{ path: string; open: () => ReturnType<typeof fileStore>; close: () => Promise<void> }>(
    (resolve) => {
      const gone = inFolder(
        (folder) =>
          new Promise((end) => {
            const path = join(folder, 'latchkey', 'connections.json')
            const open = () => {
              const store = fileStore(path, { now })
              return sealed ? encrypted(store, keyring) : store
            }
            resolve({
              path,
              open,
              close: () => {
                end()
                return gone
              },
            })
          }),
      )
    },
  )

for (const sealed of [false, true]) {
  testStore(
    sealed ? 'encrypted file' : 'file',
    async ({ clock }) => {
      const { path, open, close } = await fresh(clock.now, sealed)
      return { driver: open(), reopen: async () => open(), dump: () => readFile(path, 'utf8'), close }
    },
    { test },
    { shared: true, sealed },
  )
}

const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)

test('the file has mode 0600 and its folder 0700, and nothing else stays in it', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'deep', 'data', 'connections.json')
    const store = fileStore(path)
    await store.create('a', record)
    await store.commit('a', { parent: { grant: 'g', version: 1 }, record })
    expect([
      await mode(path),
      await mode(join(folder, 'deep', 'data')),
      await mode(join(folder, 'deep')),
    ]).toEqual(['600', '700', '700'])
    expect(await readdir(join(folder, 'deep', 'data'))).toEqual(['connections.json'])
  }))

test('a file that others could read is closed to them by the next change', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'c.json')
    const store = fileStore(path)
    await store.create('a', record)
    await chmod(path, 0o644)
    await store.create('b', record)
    expect(await mode(path)).toBe('600')
  }))

test('a refused step writes nothing', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'c.json')
    const writes: string[] = []
    const fs = meddled((name, call) => {
      if (['rename', 'file.sync'].includes(name)) writes.push(name)
      return call()
    })
    const store = fileStore(path, { place: { fs } })
    await store.create('a', record)
    expect(writes).toEqual(['file.sync', 'rename', 'file.sync'])
    expect(await store.create('a', record)).toBe(false)
    expect(await store.delete('b')).toBe(false)
    expect(await store.acquire('a', { grant: 'g', version: 2, owner: 'o', leaseMs: 1, quiesceMs: 0 })).toBe(
      undefined,
    )
    expect(writes.length).toBe(3)
  }))

test('what a crash left is removed by the next change, and other files are not', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'c.json')
    const id = '00000000-0000-4000-8000-000000000000'
    const strangers = ['c.json.bak', 'c.json.tmp', 'c.json.lock.old', `d.json.${id}.tmp`, `c.json.${id}.new`]
    for (const name of [`c.json.${id}.tmp`, `c.json.${id}.lock`, ...strangers])
      await writeFile(join(folder, name), 'x')
    await fileStore(path).create('a', record)
    expect((await readdir(folder)).sort()).toEqual(['c.json', ...strangers].sort())
  }))

const faulty: [string, string, RegExp][] = [
  ['is empty', '', /is not whole JSON\. It was left as it is; the user must put back a copy/],
  ['was cut', '{"format":"latchkey-store","version":1,"records":[{"key', /is not whole JSON/],
  ['is another JSON', '{"hello":1}', /is not a store file/],
  [
    'is of a later format',
    '{"format":"latchkey-store","version":2,"records":{}}',
    /has format version 2 and this latchkey knows 1\. It was left as it is; the user must update latchkey/,
  ],
  ['has no list of records', '{"format":"latchkey-store","version":1}', /has a broken record/],
  [
    'has a broken record',
    '{"format":"latchkey-store","version":1,"records":[{"key":"a"}]}',
    /has a broken record/,
  ],
]
for (const [what, text, message] of faulty) {
  test(`a file that ${what} is refused and never overwritten`, () =>
    inFolder(async (folder) => {
      const path = join(folder, 'c.json')
      await writeFile(path, text)
      const store = fileStore(path)
      const parent = { grant: 'g', version: 1 }
      const steps = [
        () => store.read('a'),
        () => store.list({ limit: 1 }),
        () => store.due({ before: 1, limit: 1 }),
        () => store.create('a', record),
        () => store.commit('a', { parent, record }),
        () => store.acquire('a', { ...parent, owner: 'o', leaseMs: 1, quiesceMs: 0 }),
        () => store.release('a', { owner: 'o', keepIntent: false }),
        () => store.delete('a'),
      ]
      for (const step of steps) {
        await expect(step()).rejects.toMatchObject({
          code: 'store_unavailable',
          message: expect.stringMatching(message),
        })
      }
      expect(await readFile(path, 'utf8')).toBe(text)
      expect(await readdir(folder)).toEqual(['c.json'])
    }))
}

test('a path that is a folder, or inside a file, is refused with who must act', () =>
  inFolder(async (folder) => {
    await mkdir(join(folder, 'd'))
    await expect(fileStore(join(folder, 'd')).read('a')).rejects.toThrow(
      /is a folder: the user must name a file \(EISDIR\)/,
    )
    await writeFile(join(folder, 'f'), '')
    await expect(fileStore(join(folder, 'f', 'c')).create('a', record)).rejects.toThrow(
      /the user must name another path/,
    )
  }))

for (const [code, message] of [
  ['EACCES', /its owner must give access to the file and its folder \(EACCES\)/],
  ['EROFS', /read-only: the operator must mount it writable/],
  ['ENOSPC', /the disk or the quota is full: the user must make room \(ENOSPC\)/],
  ['EIO', /could not be read or written \(EIO\)/],
] as const) {
  test(`${code} at any call is store_unavailable, what was stored is not lost, and the next change goes through`, () =>
    inFolder(async (folder) => {
      const path = join(folder, 'c.json')
      await fileStore(path).create('a', earned('0'))
      let [version, calls] = [1, 0]
      // Later, so that a lock which could not be dropped has ended.
      const later = fileStore(path, { place: { now: () => Date.now() + 60_000 } })
      for (let at = 0, through = false; !through; at++) {
        calls = 0
        const fs = meddled(async (name, call) => {
          const fails = calls++ === at
          if (fails && name === 'file.close') await call()
          if (fails) throw osError(code)
          return call()
        })
        const change = { parent: { grant: 'g', version }, record: earned(`${code} ${at}`) }
        const store = fileStore(path, { place: { fs } })
        const done = await store.commit('a', change).catch((error: unknown) => error)
        through = calls <= at
        if (done !== true) {
          expect(done).toMatchObject({
            code: 'store_unavailable',
            remedy: 'retry',
            message: expect.stringMatching(message),
          })
          expect(String(done)).toMatch(/What was stored before is not lost\.$/)
        }
        // A commit may have been written although its report failed; it is never half written.
        const seen = await later.read('a')
        expect([version, version + 1]).toContain(seen?.version)
        expect(done !== true || seen?.version === version + 1).toBe(true)
        version = seen?.version ?? 0
        const again = { parent: { grant: 'g', version }, record: earned('again') }
        expect(await later.commit('a', again)).toBe(true)
        version++
      }
      expect(calls).toBeGreaterThan(20)
      expect(await readdir(folder)).toEqual(['c.json'])
    }))
}

test('close waits for the changes under way', () =>
  inFolder(async (folder) => {
    const store = fileStore(join(folder, 'c.json'))
    let written = 0
    for (const key of ['a', 'b', 'c']) void store.create(key, record).then(() => written++)
    await store.close?.()
    expect(written).toBe(3)
  }))
