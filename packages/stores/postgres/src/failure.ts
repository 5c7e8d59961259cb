import { AuthError } from '@latchkey/core'
import { laterVersion, notDurable } from './schema.ts'

/** Whether the server refused the statement only because of another at the same time: nothing was done, it may be sent again. */
export function isConflict(error: unknown): boolean {
  // serialization_failure, deadlock_detected: where the database isolates more strictly than it does by default.
  const code = codeOf(error)
  return code === '40001' || code === '40P01'
}

/** The error in words of the store, with who must act. Of the cause only the code is kept: details may repeat a row. */
export function told(schema: string, error: unknown): AuthError {
  const code = codeOf(error)
  const known = code === undefined ? undefined : (problems[code] ?? problems[code.slice(0, 2)])
  // Without a code: the driver's own, such as a connection that broke or a pool that gave none in time.
  const problem =
    known ?? (code === undefined ? unreachable : 'refused a statement; the operator must look at its log')
  return new AuthError(
    'store_unavailable',
    `store: PostgreSQL ${problem.replace('{schema}', schema)}${code === undefined ? '' : ` (${code})`}. What was stored before is not lost.`,
    { cause: { code } },
  )
}

const codeOf = (error: unknown): string | undefined => {
  const { code } = Object(error) as { readonly code?: unknown }
  return typeof code === 'string' ? code : undefined
}

const unreachable =
  'cannot be reached; it is tried again. The operator must see that it runs, and its address'
const stopping = 'has stopped or is starting; it is tried again. The operator must see that it comes back'
const schemaMissing = 'has no connections in the schema "{schema}": call migrate() at start'

// PostgreSQL, appendix A: by SQLSTATE, else by its class.
const problems: Readonly<Record<string, string>> = {
  ECONNREFUSED: unreachable,
  ECONNRESET: unreachable,
  ENOENT: unreachable,
  ENOTFOUND: unreachable,
  EPIPE: unreachable,
  ETIMEDOUT: unreachable,
  '08': unreachable,
  '25006': 'is a standby or read-only here: the operator must give the address of the primary',
  '28': 'refuses this user or password: the operator must correct them',
  '3D': 'has no such database: the operator must create it, or correct its name',
  '3F': schemaMissing,
  '42501': 'lets this user do too little: the operator must grant it rights on the schema "{schema}"',
  '42P01': schemaMissing,
  '42703': schemaMissing,
  '53100': 'cannot write, because the disk is full: the operator must make room',
  '53300': 'has no connection left: the operator must allow more, or give the pools fewer',
  '53': 'has too little memory or disk: the operator must look at it',
  '54': 'takes no key, connector, owner or tenant that long: the operator must shorten it',
  '57014': 'was told to end the statement after some time (statement_timeout); it is tried again',
  '57': stopping,
  [laterVersion]:
    'holds a schema of a later version in "{schema}": the operator must update @latchkey/store-postgres',
  [notDurable]:
    'acknowledges what is not on disk yet: the operator must set synchronous_commit to on for this database or user',
}
