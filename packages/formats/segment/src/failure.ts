import { AuthError, isAuthError } from '@latchkey/core'
import { httpFailure, networkFailure, toAuthError } from '@latchkey/core/http'
import { isObject, memberAt } from '@latchkey/core/definition'
import type { SegmentResponse } from './types.ts'

/** Which function threw. */
export interface Thrown {
  readonly name: 'testAuthentication' | 'refreshAccessToken' | 'dynamic'
  readonly scheme: string
}

/**
 * The error of a request whose answer is not 2xx. The answer is in it as `response`, because functions look there; it is
 * not enumerable, so that nothing prints it that prints the error, and it never leaves the function's caller.
 */
export function refusedBy(response: SegmentResponse): AuthError {
  return Object.defineProperty(httpFailure(response), 'response', { value: response })
}

/**
 * What a function's error means. An HTTP status says it, wherever the function put it; a test that throws an error of its
 * own says that the credentials do not work. Nothing of a foreign message is taken over.
 */
export function meaningOf(error: unknown, { name, scheme }: Thrown): AuthError {
  if (name === 'refreshAccessToken' && isClientRefused(error)) {
    return new AuthError(
      'client_rejected',
      'The token endpoint does not accept the client: the operator must check oauth.clientId and oauth.clientSecret.',
      { scheme, cause: { status: statusIn(error) } },
    )
  }
  if (isAuthError(error)) {
    // The answer stays inside: a provider may repeat in it what it was sent.
    const response: unknown = memberAt(error, ['response'])
    return response instanceof Response ? httpFailure(response, { scheme }) : error
  }
  const status = statusIn(error)
  if (status !== undefined) {
    const headers = memberAt(error, ['response', 'headers'])
    const answer = { status, url: '', headers: headers instanceof Headers ? headers : new Headers() }
    return httpFailure(answer as Response, { scheme })
  }
  const code = memberAt(error, ['code'])
  if (typeof code === 'string' && /^(?:E[A-Z]{4,}|EAI_\w+|UND_ERR_\w+)$/.test(code))
    return networkFailure(error, 'The provider')
  const isVerdict =
    name === 'testAuthentication' &&
    error instanceof Error &&
    !/^(?:Type|Range|Syntax|Reference|URI|Eval)Error$|^(?:Timeout|Abort)Error$/.test(error.name)
  if (isVerdict)
    return new AuthError(
      'credentials_rejected',
      'testAuthentication says that these credentials do not work.',
      {
        scheme,
      },
    )
  const known = toAuthError(error, { scheme })
  if (known.code !== 'response_invalid') return known
  return new AuthError(
    'response_invalid',
    `${name} threw ${kindOf(error)}; the answer of the provider may be other than it expects.`,
    { scheme, ambiguous: true },
  )
}

/** What was thrown, without any of its words. */
export const kindOf = (error: unknown): string =>
  error instanceof Error && /^[A-Z]\w{1,40}$/.test(error.name) ? error.name : 'an error'

/** RFC 6749 section 5.2: these say something of the client, and nothing of the tokens. */
function isClientRefused(error: unknown): boolean {
  const data = (error as { response?: { data?: unknown } } | undefined)?.response?.data
  return isObject(data) && ['invalid_client', 'unauthorized_client'].includes(data['error'] as string)
}

function statusIn(error: unknown): number | undefined {
  const thrown = Object(error) as { status?: unknown; statusCode?: unknown; response?: { status?: unknown } }
  return [thrown.response?.status, thrown.status, thrown.statusCode].find(
    (status): status is number => typeof status === 'number' && status >= 400 && status < 600,
  )
}
