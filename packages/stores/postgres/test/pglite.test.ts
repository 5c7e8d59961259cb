import { PGlite } from '@electric-sql/pglite'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { encrypted, generateKey, type NewRecord } from '@latchkey/core'
import { postgresStore, type Queryable } from '@latchkey/store-postgres'
import { testStore } from '@latchkey/testing'
import { answersAsMemoryDoes } from '../../../../tools/store-model.ts'
import { clockStatements, schemas } from './bench.ts'

const database = new PGlite()
const fresh = schemas(database, 'pglite')
const keyring = { current: 'k1', keys: { k1: generateKey() } }
const record: NewRecord = { grant: 'g', connector: 'acme', scheme: 'basic', settings: { password: 'canary' } }

beforeAll(async () => {
  for (const statement of clockStatements) await database.query(statement)
}, 60_000)
afterAll(() => database.close())

testStore('PGlite', fresh(), { test }, { shared: true })

testStore(
  'encrypted PGlite',
  fresh({ sealed: (driver) => encrypted(driver, keyring) }),
  { test },
  { shared: true, sealed: true },
)

test(
  'PGlite answers whatever is asked of it, in whatever order, as memory does',
  () => answersAsMemoryDoes(fresh(), 60),
  120_000,
)

test('each method is one statement', async () => {
  let statements = 0
  const counted: Queryable = {
    query(text, values) {
      statements++
      return database.query(text, values)
    },
  }
  const store = postgresStore({ pool: counted, schema: 'counted' })
  const parent = { grant: 'g', version: 1 }
  const steps: (() => Promise<unknown>)[] = [
    () => store.migrate(),
    () => store.create('a', record),
    () => store.read('a'),
    () => store.acquire('a', { ...parent, owner: 'o', leaseMs: 1, quiesceMs: 0 }),
    () => store.release('a', { owner: 'o', keepIntent: true, waitMs: 5 }),
    () => store.commit('a', { parent, record }),
    () => store.list({ prefix: 'a', limit: 1 }),
    () => store.due({ before: 1, limit: 1 }),
    () => store.delete('a'),
    async () => store.now?.(),
  ]
  for (const [index, step] of steps.entries()) {
    await step()
    expect(statements).toBe(index + 1)
  }
})

test('a store that was not migrated says what to call', async () => {
  const store = postgresStore({ pool: database, schema: 'nowhere' })
  await expect(store.read('a')).rejects.toMatchObject({
    code: 'store_unavailable',
    message:
      'store: PostgreSQL has no connections in the schema "nowhere": call migrate() at start (42P01). What was stored before is not lost.',
  })
})

test('a schema of a later version is refused, and left as it is', async () => {
  const store = postgresStore({ pool: database, schema: 'later' })
  await store.migrate()
  await database.query('INSERT INTO later.migrations (version) VALUES (99)')
  await expect(store.migrate()).rejects.toThrow(
    /holds a schema of a later version in "later": the operator must update @latchkey\/store-postgres/,
  )
  expect((await database.query('SELECT version FROM later.migrations ORDER BY version')).rows).toEqual([
    { version: 1 },
    { version: 99 },
  ])
})

test('a database that acknowledges what is not on disk is refused', async () => {
  await database.query('SET synchronous_commit = off')
  const migrated = postgresStore({ pool: database, schema: 'fleeting' }).migrate()
  await expect(migrated).rejects.toThrow(
    /the operator must set synchronous_commit to on for this database or user/,
  )
  await database.query('SET synchronous_commit = on')
})

test('an error repeats nothing of what was to be stored', async () => {
  const store = postgresStore({ pool: database, schema: 'strict' })
  await store.migrate()
  // As the server words it, with the whole row.
  await database.query("ALTER TABLE strict.connections ADD CHECK (settings NOT LIKE '%canary%')")
  const error: unknown = await store.create('a', record).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'store_unavailable', cause: { code: '23514' } })
  expect(JSON.stringify(Object.entries(error as Error)) + String(error)).not.toContain('canary')
})
