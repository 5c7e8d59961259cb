import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import {
  adoptStore,
  encrypted,
  generateKey,
  keyUse,
  memoryStore,
  ownershipOf,
  reseal,
  type Keyring,
  type StoreDriver,
} from '@latchkey/core'
import { storeKeys } from '../../src/store/key.ts'
import { openStore, openUpkeep } from '../../src/store/open.ts'
import { sealedStore } from '../../src/store/sealed.ts'
import { earned, inFolder, meddled, osError, record } from './world.ts'

const parent = { grant: 'g', version: 1 }

test('a new key stands before the old one in the file, which is replaced whole and stays private', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'key')
    const keys = await storeKeys({ path })
    const { current: old } = await keys.read()
    const before = await readFile(path, 'utf8')
    const added = await keys.add()
    expect((await keys.read()).current).toBe(added)
    expect(Object.keys((await keys.read()).keys).sort()).toEqual([old, added].sort())
    expect(await readFile(path, 'utf8')).toMatch(new RegExp(`^[\\w-]{43}\\n${before}$`))
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await readdir(folder)).toEqual(['key'])
    expect(await keys.remove(added)).toBe(undefined)
    expect(await keys.remove('none')).toBe(undefined)
    const putBack = await keys.remove(old)
    expect(Object.keys((await keys.read()).keys)).toEqual([added])
    await putBack?.()
    expect(await keys.read()).toMatchObject({ current: added, keys: { [old]: expect.anything() } })
  }))

test('keys that many processes add at once are all kept', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'key')
    await storeKeys({ path })
    const added = await Promise.all(Array.from({ length: 8 }, async () => (await storeKeys({ path })).add()))
    const { keys, current } = await (await storeKeys({ path })).read()
    expect(Object.keys(keys)).toEqual(expect.arrayContaining(added))
    expect(Object.keys(keys)).toHaveLength(9)
    expect(added).toContain(current)
  }))

test('a file system that fails while a key is added leaves the keys as they were, or whole with the new one', () =>
  inFolder(async (folder) => {
    for (let at = 0, failed = true; failed; at++) {
      const path = join(folder, `key${at}`)
      const { current: old } = await (await storeKeys({ path })).read()
      let [calls, armed] = [0, false]
      const fs = meddled(async (name, call) => {
        const fails = armed && calls++ === at
        if (fails && name === 'file.close') await call()
        if (fails) throw osError('ENOSPC')
        return call()
      })
      const keys = await storeKeys({ path, place: { fs, now: () => Date.now() + 60_000 * at } })
      armed = true
      const outcome: unknown = await keys.add().catch((error: unknown) => error)
      failed = calls > at
      if (outcome instanceof Error)
        expect(outcome).toMatchObject({
          code: 'store_unavailable',
          message: expect.stringContaining('the user must make room'),
        })
      expect(Object.keys((await (await storeKeys({ path })).read()).keys)).toContain(old)
    }
  }))

test('LATCHKEY_KEY seals, LATCHKEY_KEY_OLD opens, and the file is not looked at', () =>
  inFolder(async (folder) => {
    const [given, a, b] = [generateKey(), generateKey(), generateKey()]
    const path = join(folder, 'key')
    const only = async (key: string) => (await (await storeKeys({ given: key, path })).read()).current
    const keys = await storeKeys({ given, old: `${a}, ${b}`, path })
    expect(keys.file).toBe(undefined)
    const ring = await keys.read()
    expect(ring.current).toBe(await only(given))
    expect(Object.keys(ring.keys).sort()).toEqual([await only(given), await only(a), await only(b)].sort())
    expect(await readdir(folder)).toEqual([])
    await expect(storeKeys({ given, old: 'canary', path })).rejects.toThrow(
      'each of LATCHKEY_KEY_OLD must be 32 bytes',
    )
  }))

test('what LATCHKEY_KEY has sealed opens in the file’s time, where LATCHKEY_KEY_OLD names it', () =>
  inFolder(async (folder) => {
    const key = generateKey()
    await (await openStore({ folder, key })).create('a', record)
    const { store, keys, beneath } = await openUpkeep({ folder, oldKeys: key })
    expect((await store.read('a'))?.settings).toEqual(record.settings)
    await reseal(beneath, await keys.read())
    expect((await (await openStore({ folder })).read('a'))?.settings).toEqual(record.settings)
  }))

test('where the key file is gone no other takes its place while something is sealed with it', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'key')
    const store = await openStore({ folder })
    await store.create('a', record)
    const key = await readFile(path)
    await rm(path)
    await expect(openStore({ folder })).rejects.toMatchObject({
      code: 'store_unavailable',
      message: `store key: ${path} is gone, and what is stored is sealed with it; the user must put it back, or move the store away to begin anew. Nothing was changed.`,
    })
    expect(await readdir(folder)).not.toContain('key')
    // Whoever has read it before works on, so that nothing that was earned is dropped.
    expect(await store.commit('a', { parent, record: earned('t') })).toBe(true)
    await writeFile(path, key, { mode: 0o600 })
    expect((await (await openStore({ folder })).read('a'))?.credentials).toEqual({ token: 't' })
  }))

test('a process that began before a change of keys reads what the new key sealed, and seals with it', () =>
  inFolder(async (folder) => {
    const before = await openUpkeep({ folder })
    await before.store.create('a', record)
    const { keys, beneath } = await openUpkeep({ folder })
    const { current: old } = await keys.read()
    const added = await keys.add()
    await reseal(beneath, await keys.read())
    expect((await before.store.read('a'))?.settings).toEqual(record.settings)
    await keys.remove(old)
    expect(await before.store.create('b', record)).toBe(true)
    expect([...(await keyUse(beneath))]).toEqual([[added, 2]])
  }))

test('a write that stood still until its key was removed is sealed anew by whoever wrote it', async () => {
  const [one, two] = [generateKey(), generateKey()]
  const rings: Keyring[] = [{ current: 'one', keys: { one } }]
  const raw = memoryStore()
  let between = (): unknown => undefined
  const slow: StoreDriver = {
    ...raw,
    create: async (key, sealed) => (between(), raw.create(key, sealed)),
    commit: async (key, change) => (between(), raw.commit(key, change)),
  }
  const store = await sealedStore(slow, async () => rings.at(-1)!)
  between = () => rings.push({ current: 'two', keys: { two } })
  expect(await store.create('a', record)).toBe(true)
  expect((await encrypted(raw, rings.at(-1)!).read('a'))?.settings).toEqual(record.settings)
  rings.push({ current: 'one', keys: { one, two } })
  expect(await store.commit('a', { parent: { grant: 'g', version: 2 }, record: earned('t') })).toBe(true)
  expect([...(await keyUse(raw)).keys()]).toEqual(['two'])
  expect((await encrypted(raw, rings.at(-1)!).read('a'))?.credentials).toEqual({ token: 't' })
})

test('the id of a deployment is made once beside the key, and a copy without it gives no lease until it is adopted', () =>
  inFolder(async (folder) => {
    const opened = await Promise.all(Array.from({ length: 8 }, () => openUpkeep({ folder })))
    const id = (await readFile(join(folder, 'deployment'), 'utf8')).trim()
    expect(new Set(opened.map(({ deployment }) => deployment))).toEqual(new Set([id]))
    const { store } = await openUpkeep({ folder })
    await store.create('a', record)
    const claim = { ...parent, owner: 'o', leaseMs: 1, quiesceMs: 0 }
    expect(await store.acquire('a', claim)).toEqual({})
    await store.release('a', { owner: 'o', keepIntent: false })
    await rm(join(folder, 'deployment'))
    const copy = await openUpkeep({ folder })
    expect(copy.deployment).not.toBe(id)
    expect((await copy.store.read('a'))?.settings).toEqual(record.settings)
    await expect(copy.store.acquire('a', claim)).rejects.toMatchObject({ code: 'connection_paused' })
    expect(await ownershipOf(copy.beneath, copy.deployment)).toBe('other')
    await adoptStore(copy.beneath, copy.deployment)
    expect(await copy.store.acquire('a', claim)).toEqual({})
    expect((await copy.store.list({ limit: 9 })).records.map(({ key }) => key)).toEqual(['a'])
    // The variable wins, and makes no file.
    expect((await openUpkeep({ folder, deployment: id })).deployment).toBe(id)
  }))

test('a file without an id is refused with who must act', () =>
  inFolder(async (folder) => {
    await writeFile(join(folder, 'deployment'), '\n')
    await expect(openStore({ folder })).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringMatching(/deployment holds no id\. Nothing was changed; the user must/),
    })
  }))
