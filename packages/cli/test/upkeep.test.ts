import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { encrypted, generateKey, keyUse } from '@latchkey/core'
import { fileStore } from '../src/store/file.ts'
import { openUpkeep, type OpenStoreOptions, type Upkeep } from '../src/store/open.ts'
import { inFolder, record } from './store/world.ts'
import { machine, type Machine, type World } from './support.ts'

const named = (n: number) => `c${String(n).padStart(4, '0')}`

/** The command on a real data folder with some connections. */
const rig = async (
  options: OpenStoreOptions,
  count: number,
  world: World = {},
): Promise<{ at: Machine; opened: Upkeep }> => {
  const opened = await openUpkeep(options)
  for (let n = 0; n < count; n++) await opened.store.create(named(n), record)
  return { at: machine({ ...world, store: opened.store, upkeep: () => openUpkeep(options) }), opened }
}

test('keys rotate makes a new key and seals every record anew, after which the old one can be removed', () =>
  inFolder(async (folder) => {
    const { at, opened } = await rig({ folder }, 3)
    const { current: old } = await opened.keys.read()
    expect((await at.run('keys', 'list')).out).toBe(`KEY           STATE  RECORDS\n${old}  seals  3\n`)
    const { code, out, err } = await at.run('keys', 'rotate')
    const { current } = await opened.keys.read()
    expect({ code, out, err }).toEqual({
      code: 0,
      out:
        `Key ${current} seals everything from now on; 3 of 3 records sealed anew.\n` +
        `Key ${old} is not needed any more: latchkey keys remove ${old}\n`,
      err: '',
    })
    expect(JSON.parse((await at.run('keys', 'list', '--json')).out)).toEqual([
      { id: current, current: true, known: true, records: 3 },
      { id: old, current: false, known: true, records: 0 },
    ])
    expect(await at.run('keys', 'remove', old)).toEqual({ code: 0, out: `Removed key ${old}.\n`, err: '' })
    expect(Object.keys((await opened.keys.read()).keys)).toEqual([current])
    expect((await opened.store.read(named(0)))?.settings).toEqual(record.settings)
  }))

test('at a terminal it shows how far it has come; with --json there is one document', () =>
  inFolder(async (folder) => {
    const lines: (() => string)[] = []
    const seen: string[] = []
    let ended = 0
    const { at, opened } = await rig({ folder }, 101, {
      waiting: (line) => {
        lines.push(line)
        seen.push(line())
        return () => {
          seen.push(line())
          ended++
        }
      },
    })
    const { out } = await at.run('keys', 'rotate', '--json')
    const { current } = await opened.keys.read()
    expect(JSON.parse(out)).toMatchObject({ current, records: 101, resealed: 101 })
    expect(seen).toEqual(['Sealing anew … 0 records', 'Sealing anew … 101 records'])
    expect([lines.length, ended]).toEqual([1, 1])
  }))

test('a key that a record needs, the one that seals, and one that is unknown are not removed', () =>
  inFolder(async (folder) => {
    const { at, opened } = await rig({ folder }, 1)
    const { current: old } = await opened.keys.read()
    const added = await opened.keys.add()
    const before = await opened.keys.read()
    expect(await at.run('keys', 'remove', old)).toEqual({
      code: 2,
      out: '',
      err:
        `latchkey: Key ${old} stays: 1 record can be opened with no other.\n` +
        'Seal them anew first: latchkey keys rotate --resume\n',
    })
    expect(await at.run('keys', 'remove', added)).toMatchObject({ code: 2 })
    expect(await at.run('keys', 'remove', 'none')).toMatchObject({ code: 2 })
    expect(await opened.keys.read()).toEqual(before)
    expect((await at.run('keys', 'rotate', '--resume')).code).toBe(0)
    expect((await opened.keys.read()).current).toBe(added)
    expect((await at.run('keys', 'remove', old)).code).toBe(0)
  }))

test('a key with which somebody seals while it is removed is put back', () =>
  inFolder(async (folder) => {
    const { opened } = await rig({ folder }, 1)
    const { current: old, keys } = await opened.keys.read()
    const late = encrypted(opened.beneath, { current: old, keys })
    await machine({ upkeep: async () => opened }).run('keys', 'rotate')
    const remove = async (id: string) => {
      // After it was counted, and before it is gone from the file.
      await late.create('late', record)
      return opened.keys.remove(id)
    }
    const upkeep = async () => ({ ...opened, keys: { ...opened.keys, remove } })
    expect(await machine({ upkeep }).run('keys', 'remove', old)).toMatchObject({
      code: 2,
      err: expect.stringContaining(`Key ${old} stays: 1 record can be opened with no other.`),
    })
    expect((await opened.store.read('late'))?.settings).toEqual(record.settings)
  }))

test('a key of the environment is changed by whoever sets it, and rotate seals anew with it', () =>
  inFolder(async (folder) => {
    const [one, two] = [generateKey(), generateKey()]
    const { at, opened } = await rig({ folder, key: one }, 2)
    const { current: old } = await opened.keys.read()
    expect(await at.run('keys', 'rotate')).toEqual({
      code: 13,
      out: '',
      err:
        'latchkey: The key is given by LATCHKEY_KEY, so no other can be made here.\n' +
        'Whoever sets it must set a new one there, and this one in LATCHKEY_KEY_OLD; then run it again.\n',
    })
    const next = machine({ upkeep: () => openUpkeep({ folder, key: two, oldKeys: one }) })
    const { code, out } = await next.run('keys', 'rotate')
    expect(code).toBe(0)
    expect(out).toContain(`Key ${old} is not needed any more: take it out of LATCHKEY_KEY_OLD\n`)
    expect(await next.run('keys', 'remove', old)).toMatchObject({ code: 13 })
    const { store } = await openUpkeep({ folder, key: two })
    expect((await store.read(named(1)))?.settings).toEqual(record.settings)
    const lost = machine({ upkeep: () => openUpkeep({ folder, key: one }) })
    expect((await lost.run('keys', 'list')).out).toMatch(/ {2}missing {2}2\n$/)
  }))

test('a store of the other kind beside is sealed anew as well, because it has the same key', () =>
  inFolder(async (folder) => {
    const { at, opened } = await rig({ folder }, 1)
    await (await openUpkeep({ folder, kind: 'file' })).store.create('beside', record)
    // As it is where somebody chose the file store after it had been taken over.
    const fresh = await openUpkeep({ folder, kind: 'file' })
    const { current: old } = await fresh.keys.read()
    expect((await machine({ upkeep: async () => fresh }).run('keys', 'rotate')).code).toBe(0)
    expect((await machine({ upkeep: async () => fresh }).run('keys', 'remove', old)).code).toBe(0)
    expect((await opened.store.read(named(0)))?.settings).toEqual(record.settings)
    expect((await fresh.store.read('beside'))?.settings).toEqual(record.settings)
    expect([...(await keyUse(fileStore(join(folder, 'connections.json'))))]).toEqual([
      [(await fresh.keys.read()).current, 1],
    ])
    expect((await at.run('keys', 'list')).code).toBe(0)
  }))

const claim = { grant: 'g', version: 1, owner: 'o', leaseMs: 1, quiesceMs: 0 }

/** A data folder that another deployment owns. */
const copied = async (folder: string, world: World = {}): Promise<Machine> => {
  const { opened } = await rig({ folder }, 1)
  await opened.store.acquire(named(0), claim)
  await opened.store.release(named(0), { owner: 'o', keepIntent: false })
  await rm(join(folder, 'deployment'))
  return (await rig({ folder }, 0, world)).at
}

test('deployment show says whose the folder is', () =>
  inFolder(async (folder) => {
    const { at, opened } = await rig({ folder }, 0)
    const { deployment } = opened
    expect((await at.run('deployment', 'show')).out).toBe(
      `This is deployment ${deployment}.\nNobody has renewed anything in this data folder yet; whoever does so first owns it.\n`,
    )
    expect(JSON.parse((await at.run('deployment', 'show', '--json')).out)).toEqual({
      deployment,
      owner: 'none',
    })
    expect((await (await copied(folder)).run('deployment', 'show')).out).toMatch(
      /belong to another deployment, and are not renewed here: latchkey deployment adopt\n$/,
    )
  }))

test('deployment adopt asks a person whether the other has stopped, and does nothing without a yes', () =>
  inFolder(async (folder) => {
    const log: string[] = []
    const at = await copied(folder, { person: { answers: { 'Has it stopped?': false }, log } })
    expect(await at.run('deployment', 'adopt')).toEqual({ code: 130, out: 'Nothing was changed.\n', err: '' })
    expect(log[0]).toMatch(/^note: The other deployment must have stopped for good: two that renew/)
    const { store } = await openUpkeep({ folder })
    await expect(store.acquire(named(0), claim)).rejects.toMatchObject({ code: 'connection_paused' })
    const yes = at.with({ person: { answers: { 'Has it stopped?': true }, log } })
    expect(await yes.run('deployment', 'adopt')).toEqual({
      code: 0,
      out: 'The connections in this data folder are renewed here.\n',
      err: '',
    })
    expect(await store.acquire(named(0), claim)).toEqual({})
    // Once is enough.
    expect(JSON.parse((await at.run('deployment', 'adopt', '--json')).out)).toMatchObject({ adopted: false })
  }))

test('where nobody can be asked --yes takes the place of the answer', () =>
  inFolder(async (folder) => {
    const at = await copied(folder)
    expect(await at.run('deployment', 'adopt')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/Nobody is here to be asked\.\n.* Then add --yes\.\n$/),
    })
    expect(JSON.parse((await at.run('deployment', 'adopt', '--yes', '--json')).out)).toMatchObject({
      adopted: true,
    })
  }))

test('no connection can have the name of the mark', async () => {
  expect(await machine().run('show', 'latchkey.deployment')).toMatchObject({ code: 2 })
})
