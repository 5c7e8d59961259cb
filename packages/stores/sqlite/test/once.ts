// A process of its own for trouble.test.ts: `<path>`; writes one record, reads it, and says its version.
import { sqliteStore } from '@latchkey/store-sqlite'
import { record } from './world.ts'

const store = sqliteStore({ path: process.argv[2] ?? '' })
await store.create('a', record)
console.log((await store.read('a'))?.version)
