import { AuthError, isAuthError, type AuthErrorCode } from '@latchkey/core'
import { httpFailure, redact, toAuthError } from '@latchkey/core/http'

/**
 * The error for what a function of the definition threw. Its own words are kept, on one line and without any text that
 * the function was given; the status of an HTTP error (axios, ky, fetch wrappers) says who must act, else `code` does.
 */
export function failureOf(error: unknown, at: string, code: AuthErrorCode, given: unknown): AuthError {
  if (isAuthError(error)) return error
  const status = [
    memberIn(error, 'response', 'status'),
    memberIn(error, 'status'),
    memberIn(error, 'statusCode'),
  ].find((each) => typeof each === 'number' && each >= 300 && each < 600) as number | undefined
  const known = toAuthError(error)
  const isNetwork = known.code === 'provider_unavailable' || networkCode.test(textIn(error, 'code'))
  const byStatus =
    status === undefined ? undefined : httpFailure(new Response(null, { status: Math.max(status, 400) }))
  const meaning = byStatus?.code ?? (isNetwork ? 'provider_unavailable' : code)
  const said = redact(textIn(error, 'message'), textsIn(given))
  const words = said.replace(/\s+/g, ' ').trim().slice(0, 300)
  return new AuthError(meaning, `${at}: ${words === '' ? 'the function failed without a message' : words}`, {
    ambiguous: isNetwork && known.ambiguous !== false ? true : undefined,
    cause: status === undefined ? undefined : { status },
  })
}

/** What axios and Node call a connection that failed. */
const networkCode = /^(?:ERR_NETWORK|ECONN\w+|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EPIPE|UND_ERR_\w+)$/

function memberIn(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (each, name) =>
      typeof each === 'object' && each !== null
        ? (each as Readonly<Record<string, unknown>>)[name]
        : undefined,
    value,
  )
}

function textIn(value: unknown, name: string): string {
  const text = memberIn(value, name)
  return typeof text === 'string' ? text : ''
}

/** Every text of at least so many characters that a value holds, eight levels deep. */
export function textsIn(value: unknown, least = 4, depth = 8): string[] {
  if (typeof value === 'string') return value.length >= least ? [value] : []
  if (typeof value !== 'object' || value === null || depth < 0) return []
  return Object.values(value).flatMap((each) => textsIn(each, least, depth - 1))
}
