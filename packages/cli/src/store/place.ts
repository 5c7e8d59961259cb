import { randomUUID } from 'node:crypto'
import * as fs from 'node:fs/promises'
import { hostname } from 'node:os'

/** The part of a file system that the store uses. */
export type FileSystem = Pick<
  typeof fs,
  'link' | 'mkdir' | 'open' | 'readdir' | 'readFile' | 'rename' | 'unlink'
>

/** What the file store takes from the world. */
export interface Place {
  readonly fs: FileSystem
  /** Epoch milliseconds. */
  readonly now: () => number
  readonly sleep: (ms: number) => Promise<void>
  /** A new UUID. */
  readonly id: () => string
  readonly pid: number
  /** When this process began, in epoch milliseconds: tells it from an earlier one with the same pid. */
  readonly started: number
  readonly host: string
  /** Whether a process of this host runs. */
  readonly alive: (pid: number) => boolean
}

/** The machine and process that this code runs in. */
export const thisPlace = (): Place => ({
  fs,
  now: () => Date.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  id: randomUUID,
  pid: process.pid,
  started: Math.round(performance.timeOrigin),
  host: hostname(),
  alive: (pid) => {
    try {
      process.kill(pid, 0)
      return true
    } catch (error) {
      // EPERM: it runs, but for another user.
      return codeOf(error) !== 'ESRCH'
    }
  },
})

/** The code of an error of the operating system, such as ENOENT. */
export const codeOf = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined

/** Turns one outcome of a file operation into a value: `unless('ENOENT', undefined)` for a file that need not be there. */
export const unless =
  <T>(code: string, value: T) =>
  (error: unknown): T => {
    if (codeOf(error) === code) return value
    throw error
  }

/** Makes what was renamed or linked in a folder outlast a loss of power. */
export const syncFolder = async (fs: FileSystem, folder: string): Promise<void> => {
  const file = await fs.open(folder, 'r')
  try {
    // Some file systems sync their folders by themselves, and say so.
    await file.sync().catch(unless('EINVAL', undefined))
  } finally {
    await file.close()
  }
}
