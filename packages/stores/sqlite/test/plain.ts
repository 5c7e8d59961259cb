// A process of its own for trouble.test.ts: `<path>`.
import { sqliteStore } from '@latchkey/store-sqlite'
import { serveStore } from '@latchkey/testing/process'

serveStore(sqliteStore({ path: process.argv[2] ?? '' }))
