import { isAuthError, type AuthError, type Fault } from '@latchkey/core'
import { exit, isFailure } from './failure.ts'

/** What went wrong, ready to be printed. */
export interface Report {
  readonly exit: number
  /** Of an `AuthError`: its code; else `usage`, `cancelled`, `failed` or `unexpected`. */
  readonly code: string
  readonly what: string
  readonly who: string
  readonly faults?: readonly Fault[] | undefined
  /** In milliseconds. */
  readonly retryAfter?: number | undefined
}

/** What a command knows of who must act. */
export interface Advice {
  /** In place of the general sentence, where a person must sign in again. */
  readonly reconnect?: string | undefined
  /** Said in any case. */
  readonly besides?: string | undefined
}

/** Says of any error what happened and who must act; shows no stack, and of foreign errors only the message. */
export function reportOf(error: unknown, advice: Advice = {}): Report {
  if (isAuthError(error)) return reportOfAuth(error, advice)
  if (isFailure(error)) {
    const codes: Readonly<Record<number, string>> = { [exit.usage]: 'usage', [exit.cancelled]: 'cancelled' }
    return { exit: error.exit, code: codes[error.exit] ?? 'failed', what: error.message, who: error.advice }
  }
  return {
    exit: exit.unexpected,
    code: 'unexpected',
    what:
      error instanceof Error && error.message !== '' ? error.message : 'Something failed without saying why.',
    who: 'Run it again with LATCHKEY_DEBUG=1 to see where; if latchkey is to blame, please report it.',
  }
}

function reportOfAuth(error: AuthError, { reconnect, besides }: Advice): Report {
  const { code, remedy, message, faults, retryAfter } = error
  const isConsent = code === 'authorization_denied' || code === 'authorization_mismatch'
  const who = remedy === 'reconnect' && reconnect !== undefined && !isConsent ? reconnect : whoActs(error)
  const action = besides === undefined ? who : `${who} ${besides}`
  return { exit: exit[remedy], code, what: sentence(message), who: action, faults, retryAfter }
}

function whoActs({ code, remedy, retryAfter }: AuthError): string {
  if (code === 'store_unavailable')
    return 'Try again; if that does not help, whoever owns the data folder must act.'
  if (code === 'authorization_denied') return 'You must run it again, and agree in time.'
  if (code === 'authorization_mismatch') return 'You must run it again, and use the link that it shows.'
  if (code === 'connection_paused')
    return 'Whoever runs this must act: resume what was paused, or take over what was copied.'
  switch (remedy) {
    case 'settings':
      return 'You must correct what was entered.'
    case 'reconnect':
      return 'You must sign in again.'
    case 'retry':
      return `Nobody must act: try again ${retryAfter === undefined ? 'later' : `in ${Math.ceil(retryAfter / 1000)} s`}.`
    case 'operator':
      return 'Whoever registered the application with the provider must act; the connector may expect another answer.'
    case 'code':
      return 'The author of the connector, or of the request, must change it.'
  }
}

/** Ends as a sentence does. */
export function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}

/** The lines for standard error. */
export function textOf({ what, who, faults }: Report): string {
  const list =
    faults !== undefined && faults.length > 1
      ? faults.map(({ field, problem }) => `  ${field}: ${problem}\n`)
      : []
  return `latchkey: ${what}\n${list.join('')}${who}\n`
}

/** The one line of JSON for standard error. */
export function jsonOf({ exit: exitCode, code, what, who, faults, retryAfter }: Report): string {
  return `${JSON.stringify({ error: { code, exit: exitCode, message: what, action: who, faults, retryAfter } })}\n`
}
