import type { StoredRecord, StoreDriver } from '@latchkey/core'
import { inUtf8 } from '@latchkey/core/store'
import { driverOn, hostClock, takeOver } from './driver.ts'
import { sessionOf } from './session.ts'
import { thisWorld, type World } from './world.ts'

export interface SqliteStoreOptions {
  /** The database file; made, with its folder, at first use. Beside it SQLite keeps `-wal` and `-shm`. */
  readonly path: string
  /** How long a call waits for another process to let go of the file, in milliseconds; default 10,000. */
  readonly waitMs?: number | undefined
}

/** A store in one file. */
export interface SqliteStore extends StoreDriver {
  /** Makes file and schema, or brings them up to date; every first use does that too. Safe in many processes at once. */
  migrate(): Promise<void>
  /**
   * Takes in records of another store as they are, with version, lease and moments, all in one step and once for each
   * `source`, which names them; a key that is taken stays as it is. False: it was done before.
   */
  takeOver(source: string, records: readonly StoredRecord[]): Promise<boolean>
}

/**
 * Keeps connections in one SQLite file (mode 0600), for any number of processes on one machine. The clock is that of the
 * machine. It keeps what it is given: wrap it with `encrypted()`.
 *
 * Its methods throw store_unavailable, and leave the file as it is, where it cannot be read, written or understood, or
 * is held by another process for too long.
 */
export function sqliteStore(options: SqliteStoreOptions): SqliteStore {
  return storeOn(options, hostClock, thisWorld())
}

/** The store on another clock or machine, for tests. */
export function storeOn(
  { path, waitMs = 10_000 }: SqliteStoreOptions,
  clock: string,
  world: World,
): SqliteStore {
  const session = sessionOf(path, waitMs, world)
  return {
    ...inUtf8(driverOn(session, clock)),
    migrate: () => session.open(),
    takeOver: (source, records) => session.write((step) => takeOver(step, clock, source, records)),
  }
}
