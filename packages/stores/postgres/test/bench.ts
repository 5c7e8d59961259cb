import type { StoreDriver } from '@latchkey/core'
import { postgresStore, type Queryable } from '@latchkey/store-postgres'
import type { StoreFactory, StoreProcess } from '@latchkey/testing'

// Before pg_catalog on the search path, so that the store's own statements read the clock of the test.
const searchPath = 'test_clock, pg_catalog, public'

/** What puts the clock of the test into a database, for every connection from then on. */
export const clockStatements = [
  'CREATE SCHEMA test_clock',
  'CREATE TABLE test_clock.moment (one integer PRIMARY KEY, ms bigint NOT NULL)',
  `CREATE FUNCTION test_clock.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
    $$ SELECT timestamptz 'epoch' + ms * interval '1 millisecond' FROM test_clock.moment $$`,
  `ALTER DATABASE postgres SET search_path = ${searchPath}`,
  // For the connection that is there already.
  `SET search_path = ${searchPath}`,
]

const setClock = async (pool: Queryable, ms: number): Promise<void> => {
  const text = 'INSERT INTO test_clock.moment VALUES (1, $1) ON CONFLICT (one) DO UPDATE SET ms = $1'
  await pool.query(text, [ms])
}

export interface Kind {
  readonly sealed?: (driver: StoreDriver) => StoreDriver
  readonly spawn?: (schema: string) => Promise<StoreProcess>
}

/** For each store a schema of its own in the one database, on the clock of the test. */
export const schemas = (pool: Queryable, name: string) => {
  let last = 0
  return ({ sealed = (driver) => driver, spawn }: Kind = {}): StoreFactory =>
    async ({ clock }) => {
      const schema = `${name} ${++last}`
      const store = postgresStore({ pool, schema })
      await store.migrate()
      await setClock(pool, clock.now())
      return {
        driver: sealed(store),
        unitMs: 1_000,
        async advance(ms) {
          await clock.advance(ms)
          await setClock(pool, clock.now())
        },
        reopen: async () => sealed(postgresStore({ pool, schema })),
        spawn: spawn && (() => spawn(schema)),
        dump: async () =>
          JSON.stringify((await pool.query(`SELECT * FROM "${schema}".connections`, [])).rows),
        async close() {
          await pool.query(`DROP SCHEMA "${schema}" CASCADE`, [])
        },
      }
    }
}
