/** Who must act, by code. */
const remedies = {
  settings_invalid: 'settings',
  credentials_missing: 'reconnect',
  credentials_expired: 'reconnect',
  credentials_rejected: 'reconnect',
  authorization_denied: 'reconnect',
  authorization_mismatch: 'reconnect',
  provider_unavailable: 'retry',
  store_unavailable: 'retry',
  client_rejected: 'operator',
  connection_paused: 'operator',
  response_invalid: 'operator',
  origin_forbidden: 'code',
  body_not_replayable: 'code',
  definition_invalid: 'code',
  unsupported: 'code',
} as const

/** Who must act on a code. */
export function remedyOf(code: AuthErrorCode): Remedy {
  return remedies[code]
}

/** What went wrong; a closed set, see docs/errors.md. */
export type AuthErrorCode = keyof typeof remedies

/** Who must act: the user on the form, the user by signing in again, nobody (later), the operator, or the connector's author. */
export type Remedy = (typeof remedies)[AuthErrorCode]

/** One field that a form must show as faulty. */
export interface Fault {
  readonly field: string
  /** A sentence without the value. */
  readonly problem: string
}

export interface AuthErrorOptions {
  readonly scheme?: string | undefined
  /** The faulty field; the first of `faults`. */
  readonly field?: string | undefined
  readonly faults?: readonly Fault[] | undefined
  /** How long to wait before another attempt, in milliseconds. */
  readonly retryAfter?: number | undefined
  /** True when the provider may have acted although no answer was understood: a time-out, a reset, an unreadable 200. */
  readonly ambiguous?: boolean | undefined
  readonly cause?: unknown
}

const brand = Symbol.for('latchkey.AuthError')

/** The one error of Latchkey: says what went wrong and who must act, and never carries a secret. */
export class AuthError extends Error {
  override readonly name: string = 'AuthError'
  readonly code: AuthErrorCode
  readonly remedy: Remedy
  readonly scheme?: string
  readonly field?: string
  readonly faults?: readonly Fault[]
  readonly retryAfter?: number
  readonly ambiguous?: boolean

  constructor(code: AuthErrorCode, message: string, options: AuthErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.remedy = remedies[code]
    const field = options.field ?? options.faults?.[0]?.field
    if (options.scheme !== undefined) this.scheme = options.scheme
    if (field !== undefined) this.field = field
    if (options.faults !== undefined) this.faults = options.faults
    if (options.retryAfter !== undefined) this.retryAfter = options.retryAfter
    if (options.ambiguous !== undefined) this.ambiguous = options.ambiguous
    Object.defineProperty(this, brand, { value: true })
  }
}

/** Recognises an `AuthError` of any copy of the core. */
export function isAuthError(value: unknown): value is AuthError {
  return typeof value === 'object' && value !== null && brand in value
}

/** The same error in other words; of its cause only an HTTP status is kept, for the rest may hold what must not be shown. */
export function reworded(
  error: AuthError,
  message: string,
  faults: AuthError['faults'] = error.faults,
): AuthError {
  const { code, scheme, field, retryAfter, ambiguous } = error
  const status = (error.cause as { readonly status?: unknown } | undefined)?.status
  const cause = typeof status === 'number' ? { status } : undefined
  return new AuthError(code, message, { scheme, field, faults, retryAfter, ambiguous, cause })
}
