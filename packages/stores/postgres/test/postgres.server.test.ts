import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { connect, defineStrategy, encrypted, generateKey, type NewRecord } from '@latchkey/core'
import { postgresStore, type Queryable } from '@latchkey/store-postgres'
import { testStore } from '@latchkey/testing'
import { storeProcess } from '@latchkey/testing/process'
import { Client, Pool, type PoolConfig } from 'pg'
import { bundled } from '../../../../tools/bundle.ts'
import { missing } from '../../../../tools/needs.ts'
import {
  pgbouncerMissing,
  postgresMissing,
  type PostgresServer,
  startPgbouncer,
  startPostgres,
} from '../../../../tools/servers/postgres.ts'
import { answersAsMemoryDoes } from '../../../../tools/store-model.ts'
import { clockStatements, schemas } from './bench.ts'

const keyring = { current: 'k1', keys: { k1: generateKey() } }
const record: NewRecord = { grant: 'g', connector: 'acme', scheme: 'basic', settings: { password: 'canary' } }
const script = bundled(new URL('child.ts', import.meta.url))

/** A pool that is made when the server runs, and whose broken connections are no error of the test. */
const later = (
  open: () => PoolConfig,
): Queryable & { readonly now: () => Pool; readonly end: () => Promise<void> } => {
  let pool: Pool | undefined
  const now = (): Pool => (pool ??= new Pool(open()).on('error', () => undefined))
  return { now, query: (text, values) => now().query(text, values), end: async () => pool?.end() }
}

const laws = (reason: string | undefined): void => {
  if (reason !== undefined) {
    missing('PostgreSQL', reason)
    return
  }
  let server: PostgresServer
  const pool = later(() => ({ ...server.address, max: 10 }))

  beforeAll(async () => {
    server = await startPostgres({ max_connections: '60' })
    const client = new Client(server.address)
    await client.connect()
    for (const statement of clockStatements) await client.query(statement)
    await client.end()
  }, 60_000)
  afterAll(async () => {
    await pool.end()
    await server.close()
  }, 60_000)

  const fresh = schemas(pool, 'pg')
  const spawn = async (schema: string) => storeProcess(await script, [JSON.stringify(server.address), schema])
  testStore('PostgreSQL', fresh({ spawn }), { test }, { shared: true, processes: true })
  testStore(
    'encrypted PostgreSQL',
    fresh({ sealed: (driver) => encrypted(driver, keyring) }),
    { test },
    { shared: true, sealed: true },
  )
  test(
    'PostgreSQL answers whatever is asked of it, in whatever order, as memory does',
    () => answersAsMemoryDoes(fresh(), 60),
    120_000,
  )

  const strict = later(() => ({
    ...server.address,
    max: 10,
    options: '-c default_transaction_isolation=serializable',
  }))
  afterAll(() => strict.end())
  testStore('PostgreSQL that isolates strictly', schemas(strict, 'strict')(), { test }, { shared: true })

  const two = [1, 2].map(() => later(() => ({ ...server.address, max: 1 })))
  let turn = 0
  const alternating: Queryable = { query: (text, values) => two[turn++ % 2]!.query(text, values) }
  afterAll(async () => {
    for (const { end } of two) await end()
  })
  testStore('two connections by turns', schemas(alternating, 'turns')(), { test })

  test('no connection is held while the provider is asked', async () => {
    const store = postgresStore({ pool, schema: 'held' })
    await store.migrate()
    const held: number[] = []
    const out = () => pool.now().totalCount - pool.now().idleCount + pool.now().waitingCount
    const strategy = defineStrategy<{ token: string }>()({
      scheme: 'token',
      fields: {},
      async acquire() {
        held.push(out())
        return { token: 't-1' }
      },
      apply: (request, c) => request.headers.set('authorization', c.credentials.token),
    })
    const connection = connect(strategy, {
      settings: {},
      origins: ['https://api.test'],
      store: encrypted(store, keyring),
    })
    const sent = await Promise.all(
      Array.from({ length: 20 }, () => connection.apply(new Request('https://api.test/'))),
    )
    expect(sent.map(({ headers }) => headers.get('authorization'))).toEqual(sent.map(() => 't-1'))
    expect(held).toEqual([0])
    expect(pool.now().totalCount > 0 && out() === 0).toBe(true)
  })

  test('eight processes that migrate at once find one schema, round after round', async () => {
    const clients = Array.from({ length: 8 }, () => new Client(server.address))
    await Promise.all(clients.map((client) => client.connect()))
    for (let round = 0; round < 5; round++) {
      const stores = clients.map((client) => postgresStore({ pool: client, schema: `round "${round}"` }))
      await Promise.all(stores.map((store) => store.migrate()))
      expect(await stores[0]?.create('a', record)).toBe(true)
      expect((await stores[7]?.read('a'))?.version).toBe(1)
      const { rows } = await clients[0]!.query(`SELECT version FROM "round ""${round}""".migrations`)
      expect(rows).toEqual([{ version: 1 }])
    }
    await Promise.all(clients.map((client) => client.end()))
  })

  test('a page of what is due is one read of one index, and so is a page of the list', async () => {
    const asked: [string, readonly unknown[]][] = []
    const schema = 'many'
    const listening: Queryable = {
      query(text, values) {
        asked.push([text, values])
        return pool.query(text, values)
      },
    }
    const store = postgresStore({ pool: listening, schema })
    await store.migrate()
    await pool.query(
      `INSERT INTO many.connections
         SELECT 'key-' || i, 1, 'g', 'c' || i % 5, 'u' || i % 50, NULL, i % 7 = 0, i % 3 = 0, i % 1000, '{"grant":"g"}',
           '{}', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1, 1 FROM generate_series(1, 50000) i`,
      [],
    )
    await pool.query('ANALYZE many.connections', [])
    asked.length = 0
    const after = { expiresAt: 500, key: 'key-1500' }
    expect((await store.due({ before: 900, limit: 100 })).records.length).toBe(100)
    const { records } = await store.due({ before: 900, after, limit: 100 })
    expect(records[0]).toMatchObject({ key: 'key-15500' })
    await store.list({ limit: 100 })
    await store.list({ prefix: 'key-4', after: 'key-42', limit: 100 })
    await store.list({ owner: 'u7', limit: 100 })
    const plans: string[] = []
    for (const [text, values] of asked) {
      const { rows } = await pool.now().query(`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`, [...values])
      const plan = JSON.stringify(rows)
      const [kind, name] = [
        /"Node Type":"(Index[^"]*)"/.exec(plan)?.[1],
        /"Index Name":"([^"]*)"/.exec(plan)?.[1],
      ]
      // What is read is what is given, or nearly so: no page of it is read only to be passed over.
      const passedOver = Number(/"Rows Removed by Filter":(\d+)/.exec(plan)?.[1] ?? 0)
      plans.push(`${kind} ${name} ${/"Node Type":"(Sort|Seq Scan)"/.exec(plan)?.[1] ?? ''}${passedOver}`)
    }
    expect(plans).toEqual([
      'Index Scan connections_due 0',
      'Index Scan connections_due 0',
      'Index Scan connections_pkey 0',
      'Index Scan connections_pkey 0',
      'Index Scan connections_owner 0',
    ])
  }, 60_000)

  test('a server that stops is said to be away, and when it is back nothing that was acknowledged is lost', async () => {
    const store = postgresStore({ pool, schema: 'outage' })
    await store.migrate()
    for (let version = 1; version <= 3; version++) {
      if (version === 1) await store.create('a', record)
      expect(await store.commit('a', { parent: { grant: 'g', version }, record })).toBe(true)
      await server.stop('immediate')
      for (const step of [() => store.read('a'), () => store.delete('a'), () => store.migrate()]) {
        await expect(step()).rejects.toMatchObject({
          code: 'store_unavailable',
          remedy: 'retry',
          message: expect.stringMatching(
            /(cannot be reached|has stopped or is starting); it is tried again\. The operator must see that it/,
          ),
        })
      }
      await server.start()
      expect((await store.read('a'))?.version).toBe(version + 1)
    }
  }, 60_000)

  for (const [what, config, message] of [
    [
      'that is read-only',
      { options: '-c default_transaction_read_only=on' },
      /the operator must give the address of the primary \(25006\)/,
    ],
    ['that is not there', { database: 'nowhere' }, /has no such database: the operator must create it/],
    [
      'that does not know the user',
      { user: 'stranger' },
      /refuses this user or password: the operator must correct them/,
    ],
    [
      'without a server',
      { host: '/nowhere' },
      /cannot be reached; it is tried again\. The operator must see that it runs/,
    ],
  ] as const) {
    test(`a database ${what} is refused with who must act`, async () => {
      const other = later(() => ({ ...server.address, ...config }))
      await expect(postgresStore({ pool: other }).migrate()).rejects.toThrow(message)
      await other.end()
    })
  }

  test('a user without rights is told so, and needs none but those on rows', async () => {
    const store = postgresStore({ pool, schema: 'rights' })
    await store.migrate()
    await pool.query('CREATE ROLE guest LOGIN', [])
    const guest = later(() => ({ ...server.address, user: 'guest' }))
    const its = postgresStore({ pool: guest, schema: 'rights' })
    await expect(its.read('a')).rejects.toThrow(
      /the operator must grant it rights on the schema "rights" \(42501\)/,
    )
    await pool.query('GRANT USAGE ON SCHEMA rights, test_clock TO guest', [])
    await pool.query('GRANT SELECT ON test_clock.moment TO guest', [])
    await pool.query('GRANT SELECT, INSERT, UPDATE, DELETE ON rights.connections TO guest', [])
    expect(await its.create('a', record)).toBe(true)
    expect(await its.delete('a')).toBe(true)
    await guest.end()
  })

  const bouncerReason = pgbouncerMissing()
  if (bouncerReason !== undefined) missing('PgBouncer', bouncerReason)
  else {
    let bouncer: Awaited<ReturnType<typeof startPgbouncer>>
    const pooled = later(() => ({ ...bouncer.address, max: 20 }))
    beforeAll(async () => {
      bouncer = await startPgbouncer(server.address, 4)
    })
    afterAll(async () => {
      await pooled.end()
      await bouncer.close()
    })
    testStore('a transaction pooler', schemas(pooled, 'pooled')(), { test }, { shared: true })
  }
}

laws(postgresMissing())
