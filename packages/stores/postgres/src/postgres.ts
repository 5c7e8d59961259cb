import type { StoreDriver } from '@latchkey/core'
import { inUtf8 } from '@latchkey/core/store'
import { driverOn, type Run } from './driver.ts'
import { isConflict, told } from './failure.ts'
import { migration, quoted } from './schema.ts'

/** What runs one statement with its values: a `Pool` or `Client` of pg, a PGlite, or a function of your own around any other. */
export interface Queryable {
  query(text: string, values: (string | number | boolean | null)[]): Promise<{ readonly rows: unknown[] }>
}

export interface PostgresStoreOptions {
  /** Each call of the store is one statement: a connection is taken for that long and no longer. Stays yours to end. */
  readonly pool: Queryable
  /** The schema that holds the tables; default `latchkey`. */
  readonly schema?: string | undefined
}

/** A store in a database. */
export interface PostgresStore extends StoreDriver {
  /**
   * Makes the schema or brings it up to date, forward only: call it once before the first use, in as many processes at
   * once as there are. Throws store_unavailable where the schema is of a later version, and where the database
   * acknowledges a commit before it is on disk.
   */
  migrate(): Promise<void>
}

/**
 * Keeps connections in PostgreSQL 13 or later, for any number of processes on any number of machines. The clock is that
 * of the server. It keeps what it is given: wrap it with `encrypted()`.
 *
 * Its methods throw store_unavailable with who must act, when the database cannot be reached or refuses.
 */
export function postgresStore({ pool, schema = 'latchkey' }: PostgresStoreOptions): PostgresStore {
  const run: Run = async (text, ...values) => {
    for (let left = 20; ; left--) {
      try {
        return (await pool.query(text, values)).rows as Readonly<Record<string, unknown>>[]
      } catch (error) {
        if (left === 0 || !isConflict(error)) throw told(schema, error)
      }
    }
  }
  return {
    ...inUtf8(driverOn(run, `${quoted(schema)}.connections`)),
    async migrate() {
      await run(migration(schema))
    },
  }
}
