import { PGlite } from '@electric-sql/pglite'
import { encrypted } from '@latchkey/core'
import { postgresStore } from '@latchkey/store-postgres'
import { Client, Pool } from 'pg'

const store = postgresStore({ pool: new Pool(), schema: 'app' })
postgresStore({ pool: new Client() })
postgresStore({ pool: new PGlite() })
postgresStore({ pool: { query: async (text: string, values: unknown[]) => ({ rows: [text, values] }) } })
encrypted(store, { current: 'k', keys: { k: '' } })
const ready: Promise<void> = store.migrate()

// @ts-expect-error the pool is required
postgresStore({ schema: 'app' })
// @ts-expect-error an address is no pool
postgresStore({ pool: 'postgres://localhost' })
// @ts-expect-error there is no such option
postgresStore({ pool: new Pool(), table: 'connections' })
