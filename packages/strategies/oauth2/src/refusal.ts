import { AuthError, type AuthErrorCode } from '@latchkey/core'
import { redact, retryAfterOf } from '@latchkey/core/http'
import type { Answer } from './answer.ts'
import type { Meaning, Refusal } from './options.ts'
import { textAt } from './path.ts'
import type { Plan } from './plan.ts'

/** The grant is dead: RFC 6749 section 5.2; GitHub's, Slack's and RFC 6750's names for it. */
const dead = new Set([
  'invalid_grant',
  'bad_verification_code',
  'bad_refresh_token',
  'invalid_refresh_token',
  'invalid_code',
  'code_already_used',
  'token_revoked',
  'invalid_token',
  'expired_token',
  'access_denied',
])
/** The operator must act: RFC 6749 sections 4.1.2.1 and 5.2, RFC 8707, and GitHub's and Slack's names for it. */
const misconfigured = new Set([
  'invalid_client',
  'unauthorized_client',
  'unsupported_grant_type',
  'unsupported_response_type',
  'invalid_scope',
  'invalid_target',
  'redirect_uri_mismatch',
  'incorrect_client_credentials',
  'bad_client_secret',
  'invalid_client_id',
  'bad_redirect_uri',
])
const passing = new Set(['temporarily_unavailable', 'server_error', 'slow_down', 'ratelimited'])

const codes: Readonly<Record<NonNullable<Meaning>, AuthErrorCode>> = {
  rejected: 'credentials_rejected',
  client: 'client_rejected',
  unavailable: 'provider_unavailable',
}

/** What an error code means where no definition says otherwise. */
export function meaningOf(error: string | undefined): Meaning {
  if (error === undefined) return undefined
  if (dead.has(error)) return 'rejected'
  if (misconfigured.has(error)) return 'client'
  return passing.has(error) ? 'unavailable' : undefined
}

export interface Refused {
  readonly answer: Answer
  readonly headers: Headers
  readonly request: Refusal['request']
  readonly origin: string
  readonly now: number
  /** What must not come back in a message. */
  readonly secrets: readonly string[]
}

/** The provider's error code of an answer. */
export function errorIn(plan: Plan, { body }: Answer): string | undefined {
  return textAt(body, plan.options.response?.error ?? 'error')
}

/** The error for an answer without a token. */
export function refusal(plan: Plan, refused: Refused): AuthError {
  const { answer, headers, request, origin, now, secrets } = refused
  const { status } = answer
  const error = errorIn(plan, answer)
  const own = ownMeaning(plan, { status, error, body: answer.body, request })
  const meaning = own ?? meaningBy(status, answer, error)
  const code = meaning === undefined ? 'response_invalid' : codes[meaning]
  // RFC 6749 section 5.2: both are printable ASCII. What a provider repeats of the request stays out.
  const said = [error, textAt(answer.body, 'error_description')]
    .map((text) => text?.replace(/[^ -~]+/g, ' ').slice(0, 200))
    .filter((text) => text !== undefined)
    .join(': ')
  const words = said === '' ? '' : ` (${redact(said, secrets)})`
  // An error status says that nothing was issued, save where a gateway or a fault may have come after the fact (500, 502,
  // 504); a success that cannot be read says nothing.
  const unread = status < 300 && error === undefined && !failedFlag(answer.body)
  return new AuthError(code, `${origin} ${wording(code, status, unread)}${words}`, {
    scheme: plan.scheme,
    retryAfter: code === 'provider_unavailable' ? retryAfterOf(headers, now) : undefined,
    ambiguous:
      unread || (code === 'provider_unavailable' && status >= 500 && status !== 503) ? true : undefined,
    cause: { status, error },
  })
}

function wording(code: AuthErrorCode, status: number, unread: boolean): string {
  if (code === 'credentials_rejected') return 'no longer takes these credentials; sign in again'
  if (code === 'client_rejected') return 'does not accept the client; check its id, secret and permissions'
  if (unread) return `answered with the status ${status} and nothing that is a token`
  return `answered the request for a token with the status ${status}`
}

function ownMeaning({ options: { errors } }: Plan, given: Refusal): Meaning {
  if (typeof errors === 'function') return errors(given)
  const { error } = given
  return error !== undefined && errors !== undefined && Object.hasOwn(errors, error)
    ? errors[error]
    : undefined
}

function meaningBy(status: number, { kind }: Answer, error: string | undefined): Meaning {
  if (status === 408 || status === 425 || status === 429 || status >= 500) return 'unavailable'
  const known = meaningOf(error)
  if (known !== undefined) return known
  // A gateway's page is not the token endpoint's word.
  if (kind === 'html') return 'unavailable'
  // RFC 6749 section 5.2: 401 is about the client.
  return status === 401 ? 'client' : undefined
}

/** Slack and others: 200 with `ok: false`. */
function failedFlag(body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return false
  const { ok, success } = body as { readonly ok?: unknown; readonly success?: unknown }
  return ok === false || success === false
}
