import { AuthError, isAuthError } from '@latchkey/core'

/** Whether the server does not know a script by its digest: nothing was done. */
export const isUnknownScript = (error: unknown): boolean => replyOf(error) === 'NOSCRIPT'

/** Whether the server lets nobody, or not this user, see its settings. */
export const isSecretive = (error: unknown): boolean => ['ERR', 'NOPERM'].includes(replyOf(error) ?? '')

/** The error in words of the store, with who must act. Of the cause only the code is kept. */
export function told(error: unknown): AuthError {
  if (isAuthError(error)) return error
  const reply = replyOf(error)
  const { code, constructor } = Object(error) as {
    readonly code?: unknown
    readonly constructor?: { readonly name?: string }
  }
  const name = reply ?? (typeof code === 'string' ? code : constructor?.name) ?? 'unknown'
  const problem = reply === undefined ? unreachable : (problems[reply] ?? refused)
  return refusal(`${problem} (${name})`, name)
}

export function refusal(problem: string, code?: string): AuthError {
  return new AuthError('store_unavailable', `store: Redis ${problem}. What was stored before is not lost.`, {
    cause: { code },
  })
}

/** The first word of what Redis says, such as OOM or READONLY; undefined: the client could not ask it. */
const replyOf = (error: unknown): string | undefined => {
  const { code, message } = Object(error) as Readonly<Record<string, unknown>>
  return code === undefined ? /^-?([A-Z]{3,})\b/.exec(String(message))?.[1] : undefined
}

const refused = 'refused a step; the operator must look at its log'
const unreachable =
  'cannot be reached; it is tried again. The operator must see that it runs, and its address'
const readOnly = 'is a replica here: the operator must give the address of the primary'
const access = 'refuses this user or password, or what the user may do: the operator must correct that'
const returning = 'is not ready; it is tried again. The operator must see that it comes back'

const problems: Readonly<Record<string, string>> = {
  READONLY: readOnly,
  OOM: 'has no memory left (maxmemory): the operator must give it more',
  MISCONF: 'cannot write to its disk: the operator must make room or repair it',
  NOAUTH: access,
  WRONGPASS: access,
  NOPERM: access,
  LOADING: returning,
  MASTERDOWN: returning,
  CLUSTERDOWN: returning,
  TRYAGAIN: returning,
  BUSY: 'is busy with a script of somebody else; it is tried again. The operator must look at it',
  NOREPLICAS: 'has too few replicas to write: the operator must see that they come back',
  CROSSSLOT: 'was given a prefix that parts what belongs together: the operator must correct it',
}
