import type { SqliteStore } from '@latchkey/store-sqlite'
import { storeOn } from '../src/sqlite.ts'
import { thisWorld } from '../src/world.ts'
import { beside } from './world.ts'

/** A store whose clock stands still at what `set` says, for every process that opens the file in this way. */
export const clockedStore = async (
  path: string,
): Promise<{ driver: SqliteStore; set: (ms: number) => Promise<void> }> => {
  const driver = storeOn({ path }, '(SELECT ms FROM test_clock)', thisWorld())
  await driver.migrate()
  await beside(path, (engine) =>
    engine.exec('CREATE TABLE IF NOT EXISTS test_clock (one INTEGER PRIMARY KEY, ms REAL NOT NULL) STRICT'),
  )
  const sql = 'INSERT INTO test_clock VALUES (1, ?1) ON CONFLICT DO UPDATE SET ms = ?1 RETURNING ms'
  const set = async (ms: number) => {
    await beside(path, (engine) => engine.prepare(sql).all(ms))
  }
  return { driver, set }
}
