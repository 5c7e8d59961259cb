import type { Remedy } from '@latchkey/core'

/** What the command ends with. One code for each one who can act; 22 as `curl --fail`, 130 as a shell after Ctrl-C. */
export const exit = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  settings: 10,
  reconnect: 11,
  retry: 12,
  operator: 13,
  code: 14,
  httpError: 22,
  cancelled: 130,
} as const satisfies Record<Remedy | 'ok' | 'unexpected' | 'usage' | 'httpError' | 'cancelled', number>

/** A failure of the command itself: what is wrong, who does what about it, and the exit code. */
export interface Failure extends Error {
  readonly exit: number
  readonly advice: string
}

/** Makes a failure; `message` is one sentence that says what, `advice` one that says who must do what. */
export function failure(code: number, message: string, advice: string, cause?: unknown): Failure {
  const error = cause === undefined ? new Error(message) : new Error(message, { cause })
  return Object.assign(error, { name: 'Failure', exit: code, advice })
}

/** A mistake in how the command was called. */
export function usage(message: string, advice: string): Failure {
  return failure(exit.usage, message, advice)
}

/** The person gave up at a prompt. */
export function cancelled(): Failure {
  return failure(exit.cancelled, 'Cancelled.', 'Nothing was kept.')
}

/** Recognises a failure of the command. */
export function isFailure(error: unknown): error is Failure {
  return error instanceof Error && error.name === 'Failure' && 'exit' in error && 'advice' in error
}
