import { isAuthError, type AuthErrorCode, type Remedy } from '@latchkey/core'
import { refusalHeader } from './headers.ts'
import type { TicketFault } from './ticket.ts'

type Refusal = TicketFault | 'ticket_scope' | 'target_invalid'

const sentences: Readonly<Record<Refusal, string>> = {
  ticket_missing: 'A ticket is needed: Authorization: Bearer …',
  ticket_invalid: 'The ticket is not one that this relay takes.',
  ticket_expired: 'The ticket has ended; ask for another.',
  ticket_scope: 'The ticket does not cover this method and path.',
  target_invalid: 'The header latchkey-target must be an absolute http or https URL without a user name.',
}

/** What the relay answers in its own name, where nothing is sent on. RFC 6750 section 3.1. */
export function refusal(status: 400 | 401 | 403, error: Refusal): Response {
  const message = sentences[error]
  const challenge =
    error === 'ticket_missing'
      ? 'Bearer'
      : `Bearer error="${status === 403 ? 'insufficient_scope' : 'invalid_token'}"`
  return answer(status, error, message, status === 400 ? {} : { 'www-authenticate': challenge })
}

const statuses: Partial<Record<AuthErrorCode, number>> = {
  origin_forbidden: 403,
  connection_paused: 503,
  // New credentials are ready: the same request again will pass.
  body_not_replayable: 503,
}
const byRemedy: Partial<Record<Remedy, number>> = { retry: 503 }

/** What came of a request that was admitted but could not be answered by the API. */
export function failed(error: unknown, isOpening: boolean): Response {
  if (!isAuthError(error)) return answer(502, 'unreachable', 'The API could not be reached.')
  const { code, remedy, message, retryAfter } = error
  const status =
    isOpening && code === 'credentials_missing' ? 404 : (statuses[code] ?? byRemedy[remedy] ?? 502)
  const wait = retryAfter === undefined ? undefined : String(Math.ceil(retryAfter / 1_000))
  return answer(status, code, message, wait === undefined ? {} : { 'retry-after': wait })
}

function answer(
  status: number,
  error: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return Response.json(
    { error, message },
    { status, headers: { ...headers, [refusalHeader]: error, 'cache-control': 'no-store' } },
  )
}
