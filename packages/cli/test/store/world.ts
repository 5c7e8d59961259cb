import * as fs from 'node:fs/promises'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NewRecord } from '@latchkey/core'
import type { FileSystem } from '../../src/store/place.ts'

export const record: NewRecord = {
  grant: 'g',
  connector: 'acme',
  scheme: 'basic',
  settings: { password: 'canary' },
}
export const earned = (token: string): NewRecord => ({ ...record, credentials: { token } })

/** A folder of its own for the run, removed afterwards. */
export const inFolder = async (run: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-store-'))
  try {
    await run(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What happens to one call of the file system: do it, or something else. `half` does the first half of a write. */
export type Meddler = (
  name: string,
  call: () => Promise<unknown>,
  half?: () => Promise<unknown>,
) => Promise<unknown>

/** The file system, each of whose calls (those on an open file too) goes through `meddle`; `opened` collects files. */
export const meddled = (meddle: Meddler, opened: fs.FileHandle[] = []): FileSystem => {
  const wrap = <T extends object>(target: T, names: readonly (keyof T & string)[], prefix: string): T =>
    ({
      ...Object.fromEntries(
        names.map((name) => [
          name,
          async (...given: unknown[]) => {
            const method = target[name] as (...all: unknown[]) => Promise<unknown>
            const call = async (...all: unknown[]) => {
              const result = await method.apply(target, all)
              if (name === 'open' && !prefix) opened.push(result as fs.FileHandle)
              return result
            }
            const text = name === 'writeFile' ? String(given[0]) : ''
            const result = await meddle(
              prefix + name,
              () => call(...given),
              text ? () => call(text.slice(0, text.length / 2)) : undefined,
            )
            if (name !== 'open' || prefix) return result
            return wrap(result as fs.FileHandle, ['writeFile', 'readFile', 'sync', 'stat', 'close'], 'file.')
          },
        ]),
      ),
    }) as T
  return wrap(fs, ['link', 'mkdir', 'open', 'readdir', 'readFile', 'rename', 'unlink'], '')
}

/** An error as the operating system throws it. */
export const osError = (code: string): Error => Object.assign(new Error(`${code}: as if`), { code })

export const never = (): Promise<never> => new Promise(() => undefined)
