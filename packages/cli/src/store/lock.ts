import { AuthError } from '@latchkey/core'
import { codeOf, type Place, unless } from './place.ts'

/** A lock between processes; who holds it is known by an id that is never used again. */
export interface FileLock {
  /**
   * Waits for the lock and takes it.
   * @throws {AuthError} store_unavailable when the wait is over
   */
  readonly take: () => Promise<string>
  readonly holds: (id: string) => Promise<boolean>
  readonly drop: (id: string) => Promise<void>
}

export interface LockTimes {
  /** How long one change may take before others go ahead without it, in milliseconds; default 5,000. */
  readonly leaseMs?: number | undefined
  /** How long to wait for the lock, in milliseconds; default 15,000. */
  readonly waitMs?: number | undefined
}

interface Holder {
  readonly id: string
  readonly pid: number
  readonly started: number
  readonly host: string
  /** Epoch milliseconds. */
  readonly until: number
}

/**
 * The lock `<path>.lock`. It is a matter of order, not of safety: a holder that stalled, or that was taken for dead, is
 * evicted and may still be running. What keeps it from harm is that everyone who holds the lock first removes the
 * temporary files of all others; see `fileStore`. So an eviction need not be told apart from a lock that was dropped.
 */
export function fileLock(path: string, place: Place, times: LockTimes = {}): FileLock {
  const { fs, now, sleep, pid, started, host } = place
  const { leaseMs = 5_000, waitMs = 15_000 } = times
  const lock = `${path}.lock`

  // undefined: free. Anything else than a holder was left by a crash of the machine, and is as good as ended.
  const read = async (): Promise<Partial<Holder> | undefined> => {
    const text = await fs.readFile(lock, 'utf8').catch(unless('ENOENT', undefined))
    if (text === undefined) return undefined
    try {
      return Object(JSON.parse(text)) as Partial<Holder>
    } catch {
      return {}
    }
  }

  const ended = (holder: Partial<Holder>): boolean => {
    const left = (holder.until ?? 0) - now()
    // Longer than any lease: the clock was set back since.
    if (left <= 0 || left > leaseMs) return true
    if (holder.host !== host || holder.pid === undefined) return false
    return holder.pid === pid ? holder.started !== started : !place.alive(holder.pid)
  }

  /** Makes the lock with its content in it, in one step: link(2) fails if it is there. */
  const make = async (id: string): Promise<boolean> => {
    const own = `${path}.${id}.lock`
    const holder: Holder = { id, pid, started, host, until: now() + leaseMs }
    try {
      const file = await fs.open(own, 'wx', 0o600)
      try {
        await file.writeFile(JSON.stringify(holder))
      } finally {
        await file.close()
      }
      await fs.link(own, lock)
      return true
    } catch (error) {
      // EEXIST: another was faster. ENOENT: a holder has cleared away what is not its own.
      if (codeOf(error) === 'EEXIST' || codeOf(error) === 'ENOENT') return false
      throw error
    } finally {
      await fs.unlink(own).catch(unless('ENOENT', undefined))
    }
  }

  return {
    async take() {
      const end = now() + waitMs
      for (;;) {
        const holder = await read()
        if (!holder || ended(holder)) {
          if (holder) await fs.unlink(lock).catch(unless('ENOENT', undefined))
          const id = place.id()
          if (await make(id)) return id
        }
        if (now() >= end) throw busy(lock, holder, waitMs)
        await sleep(5 + Math.random() * 20)
      }
    },

    holds: async (id) => (await read())?.id === id,

    async drop(id) {
      if ((await read())?.id === id) await fs.unlink(lock).catch(unless('ENOENT', undefined))
    },
  }
}

const busy = (lock: string, holder: Partial<Holder> = {}, waitMs: number): AuthError => {
  const { pid = 'unknown', host = 'unknown' } = holder
  return new AuthError(
    'store_unavailable',
    `store: ${lock} is held by process ${pid} on host ${host}, and was not free for ${waitMs} ms. ` +
      'Nothing was changed. Try again; if that process hangs, the user who runs it must end it.',
  )
}
