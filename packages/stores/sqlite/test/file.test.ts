import { chmod, copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { expect, test } from '@jest/globals'
import { sqliteStore } from '@latchkey/store-sqlite'
import { hostClock } from '../src/driver.ts'
import { storeOn } from '../src/sqlite.ts'
import { thisWorld } from '../src/world.ts'
import { beside, inFolder, meddled, parent, record } from './world.ts'

const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)

test('file and the files beside it have mode 0600, and a folder that is made 0700', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'deep', 'data', 'c.db')
    await sqliteStore({ path }).create('a', record)
    const names = await readdir(join(folder, 'deep', 'data'))
    expect(names.sort()).toEqual(['c.db', 'c.db-shm', 'c.db-wal'])
    for (const name of names) expect(await mode(join(folder, 'deep', 'data', name))).toBe('600')
    expect([await mode(join(folder, 'deep')), await mode(join(folder, 'deep', 'data'))]).toEqual([
      '700',
      '700',
    ])
  }))

test('a file that others could read is closed to them when it is opened', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'c.db')
    const store = sqliteStore({ path })
    await store.create('a', record)
    await store.close?.()
    await chmod(path, 0o644)
    await sqliteStore({ path }).read('a')
    expect(await mode(path)).toBe('600')
  }))

test('what is acknowledged is in the write-ahead log, which is synced at every commit', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'c.db')
    const seen: string[] = []
    const world = meddled((engine) => ({
      ...engine,
      close: () => engine.close(),
      prepare: (sql) => engine.prepare(sql),
      exec(sql) {
        engine.exec(sql)
        seen.push(sql)
      },
    }))
    await storeOn({ path }, hostClock, world).create('a', record)
    expect(seen[0]).toBe('PRAGMA synchronous = FULL')
    const [row] = await beside(path, (engine) => engine.prepare('PRAGMA journal_mode').all())
    expect(row).toEqual({ journal_mode: 'wal' })
    expect(await beside(path, (engine) => engine.prepare('SELECT key FROM connections').all())).toEqual([
      { key: 'a' },
    ])
  }))

test('the clock is that of the machine', () =>
  inFolder(async (folder) => {
    const store = sqliteStore({ path: join(folder, 'c.db') })
    await store.migrate()
    const before = Date.now()
    const now = (await store.now?.()) ?? 0
    const after = Date.now()
    // Half a millisecond is rounded.
    expect(before - 1 <= now && now <= after + 1).toBe(true)
    await store.create('a', record)
    expect((await store.read('a'))?.createdAt).toBeGreaterThanOrEqual(now)
  }))

test('a page of what is due is one read of one index, and so is a page of the list', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'c.db')
    const asked: string[] = []
    const world = meddled((engine) => ({
      exec: (sql) => engine.exec(sql),
      close: () => engine.close(),
      prepare(sql) {
        asked.push(sql)
        return engine.prepare(sql)
      },
    }))
    const store = storeOn({ path }, hostClock, world)
    const after = { expiresAt: 1, key: 'a' }
    await store.due({ before: 9, limit: 5 })
    await store.due({ before: 9, after, limit: 5 })
    await store.list({ limit: 5 })
    await store.list({ prefix: 'a', after: 'a1', limit: 5 })
    await store.list({ owner: 'u', after: 'a1', limit: 5 })
    const plans = await beside(path, (engine) =>
      asked
        .filter((sql) => sql.startsWith('SELECT key'))
        .map((sql) => engine.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[]),
    )
    expect(
      plans.map((plan) => plan.map(({ detail }) => /USING INDEX (\w+)/.exec(detail)?.[1]).join()),
    ).toEqual([
      'connections_due',
      'connections_due',
      'sqlite_autoindex_connections_1',
      'sqlite_autoindex_connections_1',
      'connections_owner',
    ])
  }))

test('a store shows nothing of what it keeps when it is printed', () =>
  inFolder(async (folder) => {
    const store = sqliteStore({ path: join(folder, 'c.db') })
    await store.create('a', record)
    expect(inspect(store, { depth: 9, showHidden: true })).not.toContain('canary')
  }))

test('a store that was closed is whole in its file alone, and opens again at its next use', () =>
  inFolder(async (folder) => {
    const store = sqliteStore({ path: join(folder, 'c.db') })
    await store.create('a', record)
    await store.close?.()
    await copyFile(join(folder, 'c.db'), join(folder, 'copy.db'))
    expect((await sqliteStore({ path: join(folder, 'copy.db') }).read('a'))?.version).toBe(1)
    expect((await store.read('a'))?.settings).toEqual(record.settings)
  }))

test('records of another store are taken over once, with version, lease and moments', () =>
  inFolder(async (folder) => {
    const store = sqliteStore({ path: join(folder, 'c.db') })
    await store.create('taken', record)
    const there = await store.read('taken')
    const whole = {
      ...record,
      key: 'a',
      version: 7,
      createdAt: 5,
      updatedAt: 6,
      lease: { owner: 'one', until: 9 },
      intentAt: 8,
      nextAttemptAt: 10,
      credentials: { token: 't' },
    }
    const other = { ...record, key: 'b', version: 2, createdAt: 1, updatedAt: 2 }
    expect(await store.takeOver('file 1', [whole, other, { ...whole, key: 'taken' }])).toBe(true)
    expect([await store.read('a'), await store.read('b'), await store.read('taken')]).toEqual([
      whole,
      other,
      there,
    ])
    expect(await store.delete('b')).toBe(true)
    expect(await store.takeOver('file 1', [other])).toBe(false)
    expect(await store.read('b')).toBe(undefined)
    expect(await store.takeOver('file 2', [other])).toBe(true)
  }))

test('a take-over that fails halfway leaves nothing behind, and can be made again', () =>
  inFolder(async (folder) => {
    const store = sqliteStore({ path: join(folder, 'c.db') })
    const good = { ...record, key: 'a', version: 1, createdAt: 1, updatedAt: 1 }
    const bad = { ...good, key: 'b', version: null as never }
    await expect(store.takeOver('f', [good, bad])).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(await store.read('a')).toBe(undefined)
    expect(await store.takeOver('f', [good])).toBe(true)
  }))

const steps = (store: ReturnType<typeof sqliteStore>) => [
  () => store.read('a'),
  () => store.list({ limit: 1 }),
  () => store.due({ before: 1, limit: 1 }),
  () => store.create('a', record),
  () => store.commit('a', { parent, record }),
  () => store.acquire('a', { ...parent, owner: 'o', leaseMs: 1, quiesceMs: 0 }),
  () => store.release('a', { owner: 'o', keepIntent: false }),
  () => store.delete('a'),
  () => store.migrate(),
]

/** Every method refuses with these words, and the file stays as it was. */
const refused = async (path: string, message: RegExp): Promise<void> => {
  const before = await readFile(path)
  const store = sqliteStore({ path, waitMs: 50 })
  for (const step of steps(store)) {
    await expect(step()).rejects.toMatchObject({
      code: 'store_unavailable',
      remedy: 'retry',
      message: expect.stringMatching(message),
    })
  }
  expect((await readFile(path)).equals(before)).toBe(true)
}

for (const [what, bytes] of [
  ['a note', 'hello'],
  ['JSON', '{"format":"latchkey-store","version":1,"records":[]}'],
  ['random bytes', 'x'.repeat(10_000)],
] as const) {
  test(`a file with ${what} in it is refused and left as it is`, () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, 'f'), bytes)
      await refused(
        join(folder, 'f'),
        /is not a store of Latchkey; it was left as it is\. The user must name another/,
      )
      expect(await readdir(folder)).toEqual(['f'])
    }))
}

test('a database of another program is refused and left as it is', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'c.db')
    await beside(path, (engine) => engine.exec('CREATE TABLE notes (text TEXT)'))
    const tables = () => beside(path, (engine) => engine.prepare('SELECT name FROM sqlite_master').all())
    await expect(sqliteStore({ path }).read('a')).rejects.toThrow(/is not a store of Latchkey/)
    expect(await tables()).toEqual([{ name: 'notes' }])
  }))

test('a store of a later version is refused', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'c.db')
    await sqliteStore({ path }).migrate()
    await beside(path, (engine) => engine.exec('PRAGMA user_version = 99'))
    await expect(sqliteStore({ path }).create('a', record)).rejects.toThrow(
      /was written by a later Latchkey; it was left as it is\. The user must update Latchkey/,
    )
  }))

test('a damaged database is refused and left as it is', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'c.db')
    const store = sqliteStore({ path })
    await store.create('a', record)
    await store.close?.()
    const bytes = await readFile(path)
    await writeFile(path, bytes.fill(0x58, 100))
    await refused(path, /is not a whole database; it was left as it is\. The user must put back a copy/)
  }))

test('a path that is a folder, or inside a file, is refused with who must act', () =>
  inFolder(async (folder) => {
    await mkdir(join(folder, 'd'))
    await expect(sqliteStore({ path: join(folder, 'd') }).read('a')).rejects.toThrow(
      /is a folder: the user must name a file \(EISDIR\)/,
    )
    await writeFile(join(folder, 'f'), '')
    await expect(sqliteStore({ path: join(folder, 'f', 'c.db') }).create('a', record)).rejects.toThrow(
      /the user must name another path/,
    )
  }))

test('where there is no SQLite the user is told what to install', () =>
  inFolder(async (folder) => {
    const world = { ...thisWorld(), engine: async () => undefined }
    await expect(storeOn({ path: join(folder, 'c.db') }, hostClock, world).read('a')).rejects.toThrow(
      /the user must run Node 22\.13 or later, or install the package libsql/,
    )
    expect(await readdir(folder)).toEqual([])
  }))

test('a file system that processes cannot share is refused', () =>
  inFolder(async (folder) => {
    const world = meddled((engine) => ({
      exec: (sql) => engine.exec(sql),
      close: () => engine.close(),
      prepare: (sql) =>
        sql.includes('journal_mode') ? { all: () => [{ journal_mode: 'delete' }] } : engine.prepare(sql),
    }))
    await expect(storeOn({ path: join(folder, 'c.db') }, hostClock, world).read('a')).rejects.toThrow(
      /cannot share, such as a network drive: the user must name a local folder/,
    )
  }))
