// A process of its own for postgres.server.test.ts: `<address as JSON> <schema>`.
import { postgresStore } from '@latchkey/store-postgres'
import { serveStore } from '@latchkey/testing/process'
import { Pool, type PoolConfig } from 'pg'

const [address = '', schema = ''] = process.argv.slice(2)
const pool = new Pool(JSON.parse(address) as PoolConfig)
serveStore(postgresStore({ pool, schema }))
