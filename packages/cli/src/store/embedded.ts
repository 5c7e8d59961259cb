import { createHash } from 'node:crypto'
import { dirname } from 'node:path'
import type { StoreDriver } from '@latchkey/core'
import { sqliteStore } from '@latchkey/store-sqlite'
import { fileStore, told } from './file.ts'
import { parse } from './format.ts'
import { fileLock } from './lock.ts'
import { type Place, syncFolder, thisPlace, unless } from './place.ts'

export interface EmbeddedOptions {
  /** The database. */
  readonly path: string
  /** Where a file store may be that was used before. */
  readonly former: string
  /** What is replaced of the machine, for tests. */
  readonly place?: Partial<Place> | undefined
}

/**
 * The SQLite store. A file store that was used before is taken over once, and stays beside as `<former>.bak`.
 *
 * These are the steps, each of which may be the last: under the lock of the file store, the file is renamed to
 * `<former>.taking`, so that from then on nobody changes it; its records are written in one transaction, which is marked
 * with what was read; it is renamed to `<former>.bak`. Whoever finds it half done goes on from there, and whoever does
 * so at the same time finds the transaction marked. While the file store shows a live lease, a process of an earlier
 * version is refreshing there: then this run uses the file store, and the next one takes it over.
 * @throws {AuthError} store_unavailable for a file store that cannot be read; it stays as it is
 */
export async function embeddedStore({ path, former, place }: EmbeddedOptions): Promise<StoreDriver> {
  const here: Place = { ...thisPlace(), ...place }
  const { fs } = here
  const store = sqliteStore({ path })
  const taking = `${former}.taking`
  const backup = `${former}.bak`
  const textOf = (file: string): Promise<string | undefined> =>
    fs.readFile(file, 'utf8').catch(unless('ENOENT', undefined))
  const rename = async (from: string, to: string): Promise<void> => {
    await fs.rename(from, to).catch(unless('ENOENT', undefined))
    await syncFolder(fs, dirname(former))
  }

  /** False: somebody is refreshing. */
  const close = async (): Promise<boolean> => {
    const lock = fileLock(former, here)
    for (;;) {
      const id = await lock.take()
      try {
        const text = await textOf(former)
        if (text === undefined) return true
        const records = parse(former, text)
        if ([...records.values()].some(({ lease }) => lease && lease.until > here.now())) return false
        if (!(await lock.holds(id))) continue
        await rename(former, taking)
        return true
      } finally {
        await lock.drop(id).catch(() => undefined)
      }
    }
  }

  return told(former, async () => {
    if ((await textOf(taking)) === undefined && (await textOf(former)) !== undefined) {
      // A file store beside a backup was made after the take-over, by someone who chose it.
      if ((await textOf(backup)) !== undefined) return store
      if (!(await close())) return fileStore(former, { place })
    }
    const text = await textOf(taking)
    if (text === undefined) return store
    const digest = createHash('sha256').update(text).digest('hex')
    await store.takeOver(`file store ${digest}`, [...parse(taking, text).values()])
    await rename(taking, backup)
    return store
  })
}
