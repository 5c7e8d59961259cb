import { AuthError } from '@latchkey/core'
import { httpFailure, retryAfterOf } from '@latchkey/core/http'
import type { Answer, Rule } from './options.ts'

export const scheme = 'session'

/**
 * Whether to go on with an answer: true where a value may be missing from it, because a rule says `ignore`.
 * @throws {AuthError} as the first rule that fits says; else credentials_rejected for 400, 401 and 403,
 * provider_unavailable for 408, 425, 429 and 5xx, response_invalid for other errors
 */
export function judge(response: Response, answer: Answer, rules: readonly Rule[], now: number): boolean {
  const rule = rules.find(
    ({ status, when }) =>
      (status === undefined || [status].flat().includes(answer.status)) && (when?.(answer) ?? true),
  )
  const cause = { status: answer.status }
  switch (rule?.then) {
    case 'ignore':
      return true
    case 'retry': {
      const retryAfter = rule.waitMs ?? retryAfterOf(answer.headers, now)
      throw new AuthError('provider_unavailable', rule.message ?? 'The login is to be tried again later.', {
        scheme,
        retryAfter,
        cause,
      })
    }
    case 'reject':
      throw new AuthError('credentials_rejected', rule.message ?? 'The login was rejected.', {
        scheme,
        cause,
      })
    case 'fail':
      throw new AuthError('response_invalid', rule.message ?? 'The login failed.', { scheme, cause })
    case undefined:
      if (answer.status < 400) return false
      throw httpFailure(response, { scheme, now })
  }
}

/** A value is missing from an answer that is none of the errors: as a rule that is how a wrong password looks with a 200. */
export function absent(name: string, answer: Answer, isReadable: boolean): AuthError {
  const cause = { status: answer.status }
  // Whatever it is, it is not repeated against an account that would be locked: only what cannot be read is the operator's.
  return isReadable
    ? new AuthError(
        'credentials_rejected',
        `The login was answered without "${name}", as one that is rejected.`,
        { scheme, cause },
      )
    : new AuthError('response_invalid', `The login was answered in another form than "${name}" needs.`, {
        scheme,
        cause,
      })
}
