import { AuthError, isAuthError, type AuthErrorCode } from '@latchkey/core'
import { httpFailure, redact, toAuthError } from '@latchkey/core/http'

/**
 * The error for what a function of the definition threw. Its own words are kept, on one line, without any text that the
 * function was given and without what looks like a token, for it may have fetched a new one; the status of an HTTP error
 * (axios, ky, fetch wrappers) says who must act, else `code` does. A mistake such as a TypeError is no verdict.
 */
export function failureOf(error: unknown, at: string, code: AuthErrorCode, given: unknown): AuthError {
  try {
    return isAuthError(error) ? error : meaningOf(error, at, code, given)
  } catch {
    // An error that cannot be looked at, because a getter of it throws.
    return meaningOf(undefined, at, code, given)
  }
}

function meaningOf(error: unknown, at: string, code: AuthErrorCode, given: unknown): AuthError {
  const status = [
    memberIn(error, 'response', 'status'),
    memberIn(error, 'status'),
    memberIn(error, 'statusCode'),
  ].find((each) => typeof each === 'number' && each >= 300 && each < 600) as number | undefined
  const known = toAuthError(error)
  const isNetwork = known.code === 'provider_unavailable' || networkCode.test(textIn(error, 'code'))
  const isMistake = mistake.test(textIn(error, 'name'))
  const byStatus =
    status === undefined ? undefined : httpFailure(new Response(null, { status: Math.max(status, 400) }))
  const meaning =
    byStatus?.code ?? (isNetwork ? 'provider_unavailable' : isMistake ? 'response_invalid' : code)
  const said = withoutTokens(redact(textIn(error, 'message'), textsIn(given)))
  const words = said.replace(/\s+/g, ' ').trim().slice(0, 300)
  return new AuthError(meaning, `${at}: ${words === '' ? 'the function failed without a message' : words}`, {
    ambiguous: (isNetwork || isMistake) && known.ambiguous !== false ? true : undefined,
    cause: status === undefined ? undefined : { status },
  })
}

/** What axios and Node call a connection that failed. */
const networkCode = /^(?:ERR_NETWORK|ECONN\w+|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EPIPE|UND_ERR_\w+)$/

/** What a function throws over an answer that it did not expect: it says nothing of the credentials. */
const mistake = /^(?:Type|Range|Syntax|Reference|URI|Eval)Error$/

/** Words of a token's length and kind, and the values of quoted JSON, masked. */
function withoutTokens(text: string): string {
  return text
    .replace(/(":\s*")[^"\s]+(?=")/g, '$1•••')
    .replace(/[\w~+/=%.-]{8,}/g, (word) =>
      word.length >= 16 || (/\d/.test(word) && /[a-z]/i.test(word)) ? '•••' : word,
    )
}

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
