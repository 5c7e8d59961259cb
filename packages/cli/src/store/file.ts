import { AuthError, isAuthError, memoryStore, type StoreDriver, type StoredRecord } from '@latchkey/core'
import { format, parse } from './format.ts'
import type { LockTimes } from './lock.ts'
import { codeOf, type Place, thisPlace, unless } from './place.ts'
import { replacer } from './replace.ts'

export interface FileStoreOptions {
  /** The store's clock, in epoch milliseconds; default: the system's. */
  readonly now?: (() => number) | undefined
  readonly lock?: LockTimes | undefined
  /** What is replaced of the machine, for tests. */
  readonly place?: Partial<Place> | undefined
}

/**
 * Keeps all connections in one file (mode 0600, in a folder that is made with mode 0700), for any number of processes
 * on one machine. Wrap it with `encrypted()`: it keeps what it is given.
 *
 * Readers take no lock: the file is only ever replaced as a whole, see `replacer`.
 *
 * Throws store_unavailable, and leaves the file as it is, when it cannot be read, written or understood, or when the
 * lock is not to be had.
 */
export function fileStore(path: string, options: FileStoreOptions = {}): StoreDriver {
  const place: Place = { ...thisPlace(), ...options.place }
  const { now = place.now } = options
  const { fs } = place
  const replace = replacer(path, place, options.lock)
  let tail: Promise<unknown> = Promise.resolve()

  const load = async (): Promise<Map<string, StoredRecord>> =>
    parse(path, await fs.readFile(path, 'utf8').catch(unless('ENOENT', undefined)))

  const view = async <T>(step: (store: StoreDriver) => Promise<T>): Promise<T> =>
    told(path, async () => step(memoryStore({ now, records: await load() })))

  // One at a time within a process, in the order of the calls.
  const change = <T>(step: (store: StoreDriver) => Promise<T>): Promise<T> => {
    const done = tail.then(() =>
      told(path, async () => {
        for (let tries = 0; tries < 20; tries++) {
          const outcome = await replace(async (text) => {
            const records = parse(path, text)
            const before = format(records)
            const value = await step(memoryStore({ now, records }))
            const after = format(records)
            return after === before ? { value } : { value, after }
          })
          if (outcome) return outcome.value
        }
        throw unavailable(path, 'was taken over by other processes 20 times in a row; try again')
      }),
    )
    tail = done.catch(() => undefined)
    return done
  }

  return {
    read: (key) => view((store) => store.read(key)),
    list: (page) => view((store) => store.list(page)),
    due: (page) => view((store) => store.due(page)),
    create: (key, record) => change((store) => store.create(key, record)),
    acquire: (key, claim) => change((store) => store.acquire(key, claim)),
    commit: (key, next) => change((store) => store.commit(key, next)),
    release: (key, end) => change((store) => store.release(key, end)),
    delete: (key) => change((store) => store.delete(key)),
    now: async () => now(),
    async close() {
      await tail
    },
  }
}

const unavailable = (path: string, problem: string, cause?: unknown): AuthError =>
  new AuthError('store_unavailable', `store: ${path} ${problem}. What was stored before is not lost.`, {
    cause,
  })

/** Says an error of the operating system in words of the store, and who must act. */
export const told = async <T>(path: string, run: () => Promise<T>): Promise<T> => {
  try {
    return await run()
  } catch (error) {
    const code = codeOf(error)
    if (code === undefined || isAuthError(error)) throw error
    throw unavailable(path, `${problems[code] ?? 'could not be read or written'} (${code})`, error)
  }
}

const denied =
  'may not be read or written by this user: its owner must give access to the file and its folder'
const full = 'cannot grow, because the disk or the quota is full: the user must make room'
const inFile = 'is inside something that is not a folder: the user must name another path'
const problems: Readonly<Record<string, string>> = {
  EACCES: denied,
  EPERM: denied,
  EROFS: 'is on a file system that is read-only: the operator must mount it writable or name another folder',
  ENOSPC: full,
  EDQUOT: full,
  EISDIR: 'is a folder: the user must name a file',
  ENOTDIR: inFile,
  EEXIST: inFile,
}
