import { chmod, chown, mkdir, readFile } from 'node:fs/promises'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { NewRecord } from '@latchkey/core'
import { sqliteStore } from '@latchkey/store-sqlite'
import { storeProcess } from '@latchkey/testing/process'
import { bundled } from '../../../../tools/bundle.ts'
import { hostClock } from '../src/driver.ts'
import { storeOn } from '../src/sqlite.ts'
import { thisWorld } from '../src/world.ts'
import { beside, inFolder, meddled, parent, record } from './world.ts'

const plain = bundled(new URL('plain.ts', import.meta.url))
const large: NewRecord = { ...record, settings: { password: 'x'.repeat(500_000) } }

// root may do everything: a process of its own has another user.
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
const given = async (...paths: string[]) => {
  if (nobody.uid !== undefined) for (const path of paths) await chown(path, nobody.uid, nobody.gid)
}

test('a full disk refuses the change with who must act, loses nothing, and goes on when there is room', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'c.db')
    let pages = 40
    const world = meddled((engine) => ({
      exec: (sql) => engine.exec(sql),
      close: () => engine.close(),
      prepare(sql) {
        if (/^(INSERT|UPDATE)/.test(sql)) engine.prepare(`PRAGMA max_page_count = ${pages}`).all()
        return engine.prepare(sql)
      },
    }))
    const store = storeOn({ path }, hostClock, world)
    expect(await store.create('a', record)).toBe(true)
    const before = await store.read('a')
    for (const step of [() => store.create('b', large), () => store.commit('a', { parent, record: large })]) {
      await expect(step()).rejects.toMatchObject({
        code: 'store_unavailable',
        message: `store: ${path} cannot grow, because the disk or the quota is full: the user must make room (SQLite 13). What was stored before is not lost.`,
      })
    }
    expect(await store.read('a')).toEqual(before)
    const other = sqliteStore({ path })
    expect(await other.read('a')).toEqual(before)
    pages = 4_000
    expect(await store.commit('a', { parent, record: large })).toBe(true)
    expect((await other.read('a'))?.version).toBe(2)
  }))

test('a folder that this user may not write in is refused with who must act, and nothing is lost', () =>
  inFolder(async (folder) => {
    await chmod(folder, 0o755)
    const data = join(folder, 'data')
    const path = join(data, 'c.db')
    await sqliteStore({ path }).create('a', record)
    await given(data, path)
    await chmod(data, 0o555)
    await chmod(path, 0o400)
    const { driver, signal } = await storeProcess(await plain, [path], nobody)
    await expect(driver.create('b', record)).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringMatching(/its owner must give access to the file and its folder \(EACCES\)/),
    })
    await signal('SIGKILL')
    const fresh = await storeProcess(await plain, [join(data, 'new.db')], nobody)
    await expect(fresh.driver.read('a')).rejects.toMatchObject({ code: 'store_unavailable' })
    await fresh.signal('SIGKILL')
    await chmod(data, 0o700)
    await chmod(path, 0o600)
    expect((await sqliteStore({ path }).read('a'))?.settings).toEqual(record.settings)
  }))

test('a file in a folder that is read-only, though it may be written itself, is refused and not lost', () =>
  inFolder(async (folder) => {
    await chmod(folder, 0o755)
    const data = join(folder, 'data')
    await mkdir(data)
    const path = join(data, 'c.db')
    const store = sqliteStore({ path })
    await store.create('a', record)
    await store.close?.()
    await given(path, data)
    await chmod(data, 0o555)
    const { driver, signal } = await storeProcess(await plain, [path], nobody)
    await expect(driver.create('b', record)).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringMatching(/must (give access|make file and folder writable)/),
    })
    await signal('SIGKILL')
    await chmod(data, 0o700)
    expect((await sqliteStore({ path }).read('a'))?.settings).toEqual(record.settings)
  }))

test('a file that another process holds is waited for, and then refused with who must act', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'c.db')
    const store = sqliteStore({ path, waitMs: 150 })
    await store.create('a', record)
    await beside(path, async (holder) => {
      holder.exec('BEGIN IMMEDIATE')
      // What is only read is not waited for.
      expect((await store.read('a'))?.version).toBe(1)
      await expect(store.delete('a')).rejects.toMatchObject({
        code: 'store_unavailable',
        message: `store: ${path} is held by another process, and was not free for 150 ms. Try again; if that process hangs, the user must end it. What was stored before is not lost.`,
      })
      holder.exec('COMMIT')
      expect(await store.delete('a')).toBe(true)

      holder.exec('BEGIN IMMEDIATE')
      const sleep = async () => void holder.exec('COMMIT')
      const waiting = storeOn({ path }, hostClock, { ...thisWorld(), sleep }).create('b', record)
      expect(await waiting).toBe(true)
    })
    expect((await store.read('b'))?.version).toBe(1)
  }))

test('a process that waited for the file in vain writes what it acknowledges afterwards', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'c.db')
    const store = sqliteStore({ path, waitMs: 0 })
    await store.create('a', record)
    await beside(path, async (holder) => {
      for (let version = 1; version <= 20; version++) {
        holder.exec('BEGIN IMMEDIATE')
        await expect(store.commit('a', { parent: { grant: 'g', version }, record })).rejects.toThrow(
          'is held by',
        )
        holder.exec('COMMIT')
        expect(await store.commit('a', { parent: { grant: 'g', version }, record })).toBe(true)
        const [row] = holder.prepare('SELECT version FROM connections').all() as { version: number }[]
        expect(row?.version).toBe(version + 1)
      }
    })
  }))

test('after a statement that failed the store sees what others write', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'c.db')
    let fails = true
    const world = meddled((engine) => ({
      exec: (sql) => engine.exec(sql),
      close: () => engine.close(),
      prepare: (sql) =>
        engine.prepare(sql.startsWith('SELECT key') && fails ? 'SELECT abs(-9223372036854775808)' : sql),
    }))
    const store = storeOn({ path }, hostClock, world)
    await store.create('a', record)
    await expect(store.read('a')).rejects.toMatchObject({ code: 'store_unavailable' })
    fails = false
    await sqliteStore({ path }).commit('a', { parent, record })
    expect((await store.read('a'))?.version).toBe(2)
    expect(await store.commit('a', { parent: { ...parent, version: 2 }, record })).toBe(true)
    expect((await sqliteStore({ path }).read('a'))?.version).toBe(3)
  }))

test(
  'eight processes that open a new file at once all find the schema, and each writes its record',
  () =>
    inFolder(async (folder) => {
      const path = join(folder, 'data', 'c.db')
      const script = await plain
      const children = await Promise.all(Array.from({ length: 8 }, () => storeProcess(script, [path])))
      const created = await Promise.all(children.map(({ driver }, i) => driver.create(`k${i}`, record)))
      expect(created).toEqual(Array.from({ length: 8 }, () => true))
      const { records } = await sqliteStore({ path }).list({ limit: 9 })
      expect(records.map(({ key }) => key)).toEqual(Array.from({ length: 8 }, (_, i) => `k${i}`))
      for (const { signal } of children) await signal('SIGKILL')
    }),
  60_000,
)

test('a process that uses the store prints nothing of its own, and ends when it is done', () =>
  inFolder(async (folder) => {
    const script = await bundled(new URL('once.ts', import.meta.url))
    const child = spawn(process.execPath, [script, join(folder, 'c.db')], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let printed = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (printed += text))
    expect(await once(child, 'close')).toEqual([0, null])
    expect(printed).toBe('1\n')
    expect((await readFile(join(folder, 'c.db'))).length).toBeGreaterThan(0)
  }))
