import { AuthError, isAuthError } from '@latchkey/core'

/** Whether another process holds the file at the moment: what was tried has not been done, and may be tried again. */
export function isBusy(error: unknown): boolean {
  const code = resultOf(error)
  // SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL (a race at the write-ahead log).
  return code === 5 || code === 6 || code === 15
}

/** The error in words of the store, with who must act; never with a value. */
export function told(path: string, error: unknown): AuthError {
  if (isAuthError(error)) return error
  const { code } = Object(error) as { readonly code?: unknown }
  const result = resultOf(error)
  const system = typeof code === 'string' ? problems[code] : undefined
  const known = extendedOf(error) === shmSize ? full : results[result ?? 0]
  const problem = known ?? system
  const name = result === undefined ? (typeof code === 'string' && code) || 'unknown' : `SQLite ${result}`
  return unavailable(path, `${problem ?? 'could not be read or written'} (${name})`, { name })
}

/** A failure of the store at this path. */
export function unavailable(path: string, problem: string, cause?: { readonly name: string }): AuthError {
  return new AuthError(
    'store_unavailable',
    `store: ${path} ${problem}. What was stored before is not lost.`,
    {
      cause,
    },
  )
}

/** The primary result code of SQLite. */
const resultOf = (error: unknown): number | undefined => {
  const code = extendedOf(error)
  return code === undefined ? undefined : code & 0xff
}

// SQLITE_IOERR_SHMSIZE: what a process makes beside the file when it opens it finds no room.
const shmSize = 4874

/** The extended one: `errcode` of node:sqlite, `rawCode` of libsql, or in the text of libsql's open. */
const extendedOf = (error: unknown): number | undefined => {
  const { errcode, rawCode, message } = Object(error) as Readonly<Record<string, unknown>>
  const code = errcode ?? rawCode ?? /^ConnectionFailed\(.*: (\d+)"\)$/.exec(String(message))?.[1]
  return code === undefined ? undefined : Number(code)
}

const denied =
  'may not be read or written by this user: its owner must give access to the file and its folder'
const readOnly =
  'is in a place that is read-only: the operator must make file and folder writable or name another path'
const full = 'cannot grow, because the disk or the quota is full: the user must make room'
const broken =
  'is not a whole database; it was left as it is. The user must put back a copy, or move it away to begin anew'
const inFile = 'is inside something that is not a folder: the user must name another path'

const results: Readonly<Record<number, string>> = {
  3: denied,
  8: readOnly,
  10: 'could not be read or written, because the disk failed: the operator must look at it',
  11: broken,
  13: full,
  14: denied,
  23: denied,
  26: broken,
}

const problems: Readonly<Record<string, string>> = {
  EACCES: denied,
  EPERM: denied,
  EROFS: readOnly,
  ENOSPC: full,
  EDQUOT: full,
  EISDIR: 'is a folder: the user must name a file',
  ENOTDIR: inFile,
  EEXIST: inFile,
}

/** What is refused before anything is read or written. */
export const refusals = {
  foreign: 'is not a store of Latchkey; it was left as it is. The user must name another path',
  later: 'was written by a later Latchkey; it was left as it is. The user must update Latchkey',
  network:
    'is on a file system that processes cannot share, such as a network drive: the user must name a local folder',
  engine:
    'needs SQLite, which this runtime does not bring: the user must run Node 22.13 or later, or install the package libsql',
} as const
