import { isBusy, refusals, told, unavailable } from './failure.ts'
import { isMigrated, migrateSchema } from './schema.ts'
import type { Engine, Value, World } from './world.ts'

/** One connection to the file. */
export interface Session {
  readonly read: <Row>(sql: string, ...values: Value[]) => Promise<Row[]>
  /** Runs steps in one transaction, to which nothing else comes in between; on disk when it resolves. */
  readonly write: <T>(run: (step: Step) => T) => Promise<T>
  readonly open: () => Promise<void>
  readonly close: () => void
}

export type Step = <Row>(sql: string, ...values: Value[]) => Row[]

// Short, because SQLite's own wait stops the whole process; the longer waits are between the tries.
const busyMs = 25

/**
 * Opens the file at first use, and again after a failure: a statement that failed may keep a connection of libsql inside
 * its transaction, where it reads what was and writes what nobody sees.
 */
export function sessionOf(path: string, waitMs: number, world: World): Session {
  let current: Engine | undefined
  let opening: Promise<Engine> | undefined

  const close = (): void => {
    const engine = current
    current = opening = undefined
    engine?.close()
  }

  const patient = async <T>(run: () => Promise<T>): Promise<T> => {
    for (let left = Math.ceil(waitMs / (2 * busyMs)); ; left--) {
      try {
        return await run()
      } catch (error) {
        if (!isBusy(error)) throw told(path, error)
        if (left <= 0) throw unavailable(path, held(waitMs))
        await world.sleep(busyMs)
      }
    }
  }

  const connected = async (): Promise<Engine> => {
    const open = await world.engine()
    if (!open) throw unavailable(path, refusals.engine)
    if ((await world.prepareFile(path)) === 'foreign') throw unavailable(path, refusals.foreign)
    const engine = open(path)
    try {
      setUp(path, engine)
    } catch (error) {
      engine.close()
      throw error
    }
    return (current = engine)
  }

  const opened = (): Promise<Engine> => {
    const mine = (opening ??= connected())
    mine.catch(() => {
      if (opening === mine) opening = undefined
    })
    return mine
  }

  const attempt = <T>(run: (engine: Engine) => T): Promise<T> =>
    patient(async () => {
      let engine = await opened()
      // Another call may have failed, and closed it, in between.
      while (engine !== current) engine = await opened()
      try {
        return run(engine)
      } catch (error) {
        if (!isBusy(error)) close()
        throw error
      }
    })

  return {
    // Read to the end: only then has the statement let go of its snapshot.
    read: (sql, ...values) => attempt((engine) => engine.prepare(sql).all(...values) as never),
    write: (run) => attempt((engine) => transaction(engine, run)),
    async open() {
      await patient(opened)
    },
    close() {
      try {
        // Moves the log into the file, which can be copied alone then; others may still be reading the log.
        current?.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all()
      } catch {
        // What is in the log is as durable.
      }
      close()
    },
  }
}

/**
 * The write lock first, by a statement without values: of libsql, one that fails for the lock in its middle would hold
 * the transaction of the next, which would then be acknowledged and lost.
 */
const transaction = <T>(engine: Engine, run: (step: Step) => T): T => {
  engine.exec('BEGIN IMMEDIATE')
  try {
    // `all` runs a statement to its end, where its failures show; `get` and `run` may leave it open.
    const result = run((sql, ...values) => engine.prepare(sql).all(...values) as never)
    engine.exec('COMMIT')
    return result
  } catch (error) {
    try {
      engine.exec('ROLLBACK')
    } catch {
      // A full disk has ended the transaction already.
    }
    throw error
  }
}

const setUp = (path: string, engine: Engine): void => {
  // One at a time: an engine may stop at the first statement that gives a row.
  engine.prepare(`PRAGMA busy_timeout = ${busyMs}`).all()
  const [mode] = engine.prepare('PRAGMA journal_mode = WAL').all() as { journal_mode: string }[]
  if (mode?.journal_mode !== 'wal') throw unavailable(path, refusals.network)
  // SQLite, PRAGMA synchronous: in WAL mode only FULL keeps a commit through a loss of power.
  engine.exec('PRAGMA synchronous = FULL')
  if (isMigrated(engine)) return
  const found = transaction(engine, () => migrateSchema(engine))
  if (found !== 'known') throw unavailable(path, refusals[found])
}

const held = (waitMs: number): string =>
  `is held by another process, and was not free for ${waitMs} ms. Try again; if that process hangs, the user must end it`
