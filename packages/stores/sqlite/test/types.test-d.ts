import { encrypted, type StoreDriver, type StoredRecord } from '@latchkey/core'
import { sqliteStore } from '@latchkey/store-sqlite'

const store = sqliteStore({ path: 'c.db', waitMs: 100 })
const driver: StoreDriver = store
encrypted(driver, { current: 'k', keys: { k: '' } })
const done: Promise<boolean> = store.takeOver('file', [] as StoredRecord[])
const ready: Promise<void> = store.migrate()

// @ts-expect-error the path is required
sqliteStore({})
// @ts-expect-error a path is text
sqliteStore({ path: new URL('file:///c.db') })
// @ts-expect-error there is no such option
sqliteStore({ path: 'c.db', timeout: 5 })
