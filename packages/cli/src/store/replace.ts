import { basename, dirname } from 'node:path'
import { fileLock, type LockTimes } from './lock.ts'
import { type Place, syncFolder, unless } from './place.ts'

/** What a change makes of the text of a file; `after` absent: the file stays as it is. */
export interface Change<T> {
  readonly value: T
  readonly after?: string | undefined
}

/** A step from the text of a file, undefined where there is none. */
export type Step<T> = (before: string | undefined) => Promise<Change<T>>

/**
 * Changes a text file that is only ever replaced as a whole (mode 0600, in a folder that is made with mode 0700), for any
 * number of processes on one machine. Resolves with undefined where the lock was lost on the way: then nothing was
 * written, and the caller begins again.
 *
 * The steps, each of which may be the last: take the lock; remove the temporary files of all others; make one's own; see
 * that the lock is still one's own; read; write the temporary file and fsync it; rename it over the file; fsync the
 * folder. Whoever was evicted before the look at the lock sees it there; whoever is evicted after it finds its temporary
 * file gone at the rename, because the next holder removes it before reading. Both begin again, so no acknowledged change
 * is lost.
 */
export function replacer(
  path: string,
  place: Place,
  times?: LockTimes,
): <T>(step: Step<T>) => Promise<{ readonly value: T } | undefined> {
  const { fs } = place
  const folder = dirname(path)
  const lock = fileLock(path, place, times)

  const sweep = async (id: string): Promise<void> => {
    const name = basename(path)
    for (const entry of await fs.readdir(folder)) {
      const other = entry.startsWith(`${name}.`) && leftover.exec(entry.slice(name.length))
      if (other && other[1] !== id) await fs.unlink(`${folder}/${entry}`).catch(unless('ENOENT', undefined))
    }
  }

  return async (step) => {
    await fs.mkdir(folder, { recursive: true, mode: 0o700 })
    const id = await lock.take()
    const temporary = `${path}.${id}.tmp`
    try {
      await sweep(id)
      const file = await fs.open(temporary, 'wx', 0o600)
      let value
      try {
        if (!(await lock.holds(id))) return undefined
        const changed = await step(await fs.readFile(path, 'utf8').catch(unless('ENOENT', undefined)))
        value = changed.value
        if (changed.after === undefined) return { value }
        await file.writeFile(changed.after)
        await file.sync()
      } finally {
        await file.close()
      }
      if (!(await fs.rename(temporary, path).then(() => true, unless('ENOENT', false)))) return undefined
      await syncFolder(fs, folder)
      return { value }
    } finally {
      // What cannot be removed now is removed by the next holder, and a lock ends with its lease or its process.
      await fs.unlink(temporary).catch(() => undefined)
      await lock.drop(id).catch(() => undefined)
    }
  }
}

const leftover = /^\.([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})\.(?:tmp|lock)$/
