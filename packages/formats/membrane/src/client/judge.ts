import { AuthError } from '@latchkey/core'
import { below, invalid, isObject } from '@latchkey/core/definition'
import { httpFailure, retryAfterOf } from '@latchkey/core/http'
import { evaluate } from '../formula/index.ts'
import type { ClientConfig } from './config.ts'

/** A response as handlers and mappings see it. */
export interface Answer {
  readonly status: number
  /** The same, under the name that mappings use. */
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  /** Parsed where it is JSON, else text. */
  readonly data: unknown
}

/** What a response means. `ruled`: a handler has said so, and no default applies. */
export type Judgement =
  | { readonly kind: 'success'; readonly data: unknown; readonly ruled: boolean }
  | {
      readonly kind: 'error'
      readonly key: string | undefined
      readonly message: string | undefined
      readonly ruled: boolean
    }

/** A response as handlers see it. */
export function answerOf({ status, headers }: Pick<Response, 'status' | 'headers'>, data: unknown): Answer {
  return { status, statusCode: status, headers: Object.fromEntries(headers), data }
}

/**
 * What a response means: by the first handler that matches, then `onError`, then its status.
 * @throws {AuthError} definition_invalid for a handler that is none
 */
export function judge(
  { responseHandlers, onError }: ClientConfig,
  answer: Answer,
  variables: Readonly<Record<string, unknown>>,
  at: string,
): Judgement {
  const seen = { ...variables, response: answer }
  for (const [index, handler] of responseHandlers.entries()) {
    const place = below(below(at, 'responseHandlers'), index)
    if (!isObject(handler)) throw invalid(place, 'must be an object with match and isSuccess')
    const { match, isSuccess, data, error } = handler as Readonly<Record<string, unknown>>
    if (match === undefined) throw invalid(below(place, 'match'), 'must say which responses are meant')
    if (!evaluate(match, seen, below(place, 'match'))) continue
    if (evaluate(isSuccess, seen, below(place, 'isSuccess')) === true) {
      const said = evaluate(data, seen, below(place, 'data'))
      return { kind: 'success', data: said === undefined ? answer.data : said, ruled: true }
    }
    return errorIn(evaluate(error, seen, below(place, 'error')))
  }
  return thrownBy(onError, answer) ?? byStatus(answer)
}

function errorIn(error: unknown): Judgement {
  const { key, message } = (isObject(error) ? error : {}) as Readonly<Record<string, unknown>>
  return { kind: 'error', key: textOf(key), message: textOf(message), ruled: true }
}

/** The first dialect: the function throws an error whose `key` says what the response means, or lets the status count. */
function thrownBy(onError: ClientConfig['onError'], answer: Answer): Judgement | undefined {
  if (onError === undefined || answer.status < 300) return undefined
  try {
    onError({ response: answer, message: `The API answered with the status ${answer.status}.` })
    return undefined
  } catch (error) {
    const { key, data, message } = Object(error) as Readonly<Record<string, unknown>>
    return errorIn({ key: textOf(key) ?? textOf((Object(data) as { readonly key?: unknown }).key), message })
  }
}

const byKind: Readonly<Record<number, string>> = {
  401: 'access_token_expired',
  429: 'rate_limit_exceeded',
}

function byStatus({ status, data }: Answer): Judgement {
  if (status >= 200 && status < 300) return { kind: 'success', data, ruled: false }
  return { kind: 'error', key: byKind[status], message: undefined, ruled: false }
}

/** The error that a client's call ends with. */
export function asError(
  { key, message, ruled }: Extract<Judgement, { readonly kind: 'error' }>,
  { status, headers }: { readonly status: number; readonly headers: Headers },
  now: number,
): AuthError {
  // Only what is an error by its status alone is worded by it.
  const plain = httpFailure(new Response(null, { status: status < 400 ? 500 : status, headers }), { now })
  const code =
    key === 'rate_limit_exceeded'
      ? 'provider_unavailable'
      : key === 'access_token_expired' || key === 'connection_is_defunct'
        ? 'credentials_rejected'
        : ruled || status < 400
          ? 'response_invalid'
          : plain.code
  return new AuthError(
    code,
    message ?? `The API answered with the status ${status}${wordings[key ?? ''] ?? ''}.`,
    {
      retryAfter: code === 'provider_unavailable' ? retryAfterOf(headers, now) : undefined,
      cause: { status },
    },
  )
}

const wordings: Readonly<Record<string, string>> = {
  access_token_expired: ': the credentials have ended or are wrong',
  connection_is_defunct: ': the account must be connected again',
  rate_limit_exceeded: ': too many requests',
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined
