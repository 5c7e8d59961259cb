import { AuthError, isAuthError } from '../errors.ts'

/** What an error is to be told besides the error. */
export interface FailureContext {
  readonly scheme?: string | undefined
  /** Epoch milliseconds, for a `Retry-After` that is a date; without it the response's own `Date` counts. */
  readonly now?: number | undefined
}

/** The cause of an error that came from an HTTP status. */
export interface HttpCause {
  readonly status: number
}

const originOf = (url: string): string => (URL.canParse(url) ? new URL(url).origin : 'The provider')

/** How long a response asks to wait, in milliseconds; undefined: it does not say. RFC 9110 section 10.2.3. */
export function retryAfterOf(headers: Headers, now?: number): number | undefined {
  const value = headers.get('retry-after')?.trim() ?? ''
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000
  const date = /^[A-Z][a-z]{2}/.test(value) ? Date.parse(value) : NaN
  const from = now ?? Date.parse(headers.get('date') ?? '')
  return Number.isNaN(date) || Number.isNaN(from) ? undefined : Math.max(0, date - from)
}

/** The error for an HTTP status; `cause` is `{ status }`. Nothing of the body is in it, and the body is left alone. */
export function httpFailure(response: Response, c: FailureContext = {}): AuthError {
  const { status, headers } = response
  const code =
    status === 400 || status === 401 || status === 403
      ? 'credentials_rejected'
      : status === 408 || status === 425 || status === 429 || status >= 500
        ? 'provider_unavailable'
        : 'response_invalid'
  return new AuthError(code, `${originOf(response.url)} answered with the status ${status}.`, {
    scheme: c.scheme,
    retryAfter: code === 'provider_unavailable' ? retryAfterOf(headers, c.now) : undefined,
    cause: { status } satisfies HttpCause,
  })
}

/** The HTTP status that an `AuthError` came from; undefined where there was none. */
export function statusOf(error: unknown): number | undefined {
  const status = isAuthError(error) ? member(error.cause, 'status') : undefined
  return typeof status === 'number' ? status : undefined
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined
}

// Failures of name resolution, of connecting and of the TLS handshake: nothing of the request was sent.
const unsent =
  /^(?:ECONNREFUSED|ConnectionRefused|FailedToOpenSocket|ENOTFOUND|EAI_\w+|E(?:HOST|NET)UNREACH|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT|(?:ERR_TLS_)?CERT_\w+|ERR_SSL_(?:WRONG_VERSION_NUMBER|UNSUPPORTED_PROTOCOL|\w*HANDSHAKE_FAILURE)|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+)$/

const isCode = (value: unknown): value is string => typeof value === 'string' && /^\w{1,60}$/.test(value)

/**
 * The error for what fetch rejected with: provider_unavailable, `ambiguous` unless the request cannot have been
 * sent. Runtime messages repeat URLs and headers, so only the runtime's error code is passed on.
 * `answered`: the head of a response had come.
 */
export function networkFailure(error: unknown, origin: string, answered = false): AuthError {
  if (isAuthError(error)) return error
  const cause = member(error, 'cause')
  const code = [member(cause, 'code'), member(error, 'code')].find(isCode)
  if (code === 'ERR_SPECIAL_ADDRESS') {
    return new AuthError(
      'origin_forbidden',
      `${origin} resolves to a special address; network.allow or the connector must permit it.`,
    )
  }
  const call = member(cause, 'syscall')
  const before =
    unsent.test(code ?? '') ||
    call === 'connect' ||
    call === 'getaddrinfo' ||
    /client error \(Connect\)/.test(String(member(error, 'message')))
  const problem = before ? 'could not be reached' : answered ? 'broke off its answer' : 'did not answer'
  const detail = code === undefined ? '' : ` (${code})`
  return new AuthError('provider_unavailable', `${origin} ${problem}${detail}.`, {
    ambiguous: answered || !before,
  })
}

const networkMessage =
  /^(?:fetch failed|Failed to fetch|terminated|Load failed|network ?error|error sending request|Network connection lost|Unable to connect|The socket connection was closed)/i
const builtIn = /^(?:Error|TypeError|RangeError|SyntaxError|ReferenceError|URIError)$/

/**
 * The `AuthError` for whatever a strategy threw: an `AuthError` itself, ky's errors, network failures, time-outs and
 * aborts by their meaning, anything else as response_invalid. No foreign text is taken over, for it may hold secrets:
 * ky's errors hold the request, those of JSON.parse the answer.
 */
export function toAuthError(error: unknown, c: FailureContext = {}): AuthError {
  if (isAuthError(error)) return error
  const { scheme } = c
  const name = member(error, 'name')
  const response = member(error, 'response')
  if (name === 'HTTPError' && typeof member(response, 'status') === 'number')
    return httpFailure(response as Response, c)
  const url = member(member(error, 'request'), 'url')
  const origin = originOf(typeof url === 'string' ? url : '')
  if (name === 'TimeoutError' || name === 'AbortError') {
    const problem =
      name === 'TimeoutError' ? 'did not answer in time' : 'had not answered when the call was given up'
    return new AuthError('provider_unavailable', `${origin} ${problem}.`, { scheme, ambiguous: true })
  }
  if (
    name === 'NetworkError' ||
    (name === 'TypeError' && networkMessage.test(String(member(error, 'message'))))
  ) {
    const failure = networkFailure(name === 'NetworkError' ? member(error, 'cause') : error, origin)
    return new AuthError(failure.code, failure.message, { scheme, ambiguous: failure.ambiguous })
  }
  const kind =
    typeof name === 'string' && builtIn.test(name)
      ? `${name === 'Error' ? 'an' : 'a'} ${name}`
      : 'an unknown error'
  return new AuthError(
    'response_invalid',
    `The strategy failed with ${kind}; the answer of the provider may be other than it expects.`,
    {
      scheme,
      ambiguous: true,
    },
  )
}
