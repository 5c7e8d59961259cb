import type { KyInstance } from 'ky'
import { AuthError } from '../errors.ts'
import { abortable, deadline } from '../world/timers.ts'
import { httpFailure, toAuthError } from './failure.ts'
import { kyFor } from './ky.ts'
import { mergeRequest, type RequestOptions } from './request-options.ts'

/** An answer that has been read. */
export interface RequestResult<T = unknown> {
  /** Parsed where the answer is JSON, bytes where they were asked for, else text; undefined where there was nothing. */
  readonly data: T
  readonly status: number
  readonly headers: Headers
  /** The body as text; empty where bytes were asked for. */
  readonly content: string
}

/**
 * Sends a request and reads its answer.
 * @throws {AuthError} for an HTTP error status (`statusOf(error)` has it), a time-out or a network failure; without
 * URL, headers and body of the request
 */
export type RequestClient = <T = unknown>(
  url: string | URL,
  options?: RequestOptions,
) => Promise<RequestResult<T>>

/** What a request client is made of: the fetch it sends with, and what every request has. */
export interface RequestClientOptions extends RequestOptions {
  readonly fetch: typeof globalThis.fetch
  readonly scheme?: string | undefined
  readonly now?: (() => number) | undefined
}

// RFC 6839 section 3.1: +json; text/json and application/x-json are what some APIs say.
const jsonType = /^[^;]*(?:[/+]|\/x-)json\s*(?:;|$)/i

async function read(
  response: Response,
  responseType: RequestOptions['responseType'],
): Promise<RequestResult> {
  const { status, headers } = response
  if (responseType === 'bytes')
    return { data: new Uint8Array(await response.arrayBuffer()), status, headers, content: '' }
  const content = await response.text()
  const result = (data: unknown): RequestResult => ({ data, status, headers, content })
  if (content === '') return result(undefined)
  const expected = responseType === 'json'
  if (responseType === 'text' || !(expected || jsonType.test(headers.get('content-type') ?? '')))
    return result(content)
  try {
    return result(JSON.parse(content))
  } catch {
    // Where only the server says JSON, an `OK` under that label is still an answer.
    if (!expected) return result(content)
    throw new AuthError('response_invalid', `The answer with the status ${status} is not JSON.`, {
      ambiguous: true,
    })
  }
}

async function sendOnce(
  client: KyInstance,
  base: RequestClientOptions,
  url: string | URL,
  options: RequestOptions,
): Promise<RequestResult> {
  const { url: target, ...init } = mergeRequest(url, options, base)
  const response = await client(target, {
    ...init,
    throwHttpErrors: false,
    ...(options.signal ? { signal: options.signal } : {}),
  })
  if (!response.ok && (options.throwHttpErrors ?? base.throwHttpErrors ?? true)) {
    response.body?.cancel().catch(() => undefined)
    throw httpFailure(response, { scheme: base.scheme, now: base.now?.() })
  }
  return read(response, options.responseType ?? base.responseType)
}

/**
 * The small client of Segment's functions: `request(url, options)` gives `{ data, status, headers, content }` and
 * throws on an HTTP error status. Never retries; follows what `fetch` follows. Default time limit 10,000 ms.
 */
export function createRequestClient(base: RequestClientOptions): RequestClient {
  const client = kyFor(base.fetch, undefined, { retry: 0, timeout: false })
  const request = async (url: string | URL, options: RequestOptions = {}): Promise<RequestResult> => {
    const timeout = options.timeout ?? base.timeout ?? 10_000
    const signals = [options.signal, base.signal].filter((signal) => signal !== undefined)
    const given = signals.length > 1 ? AbortSignal.any(signals) : signals[0]
    const limit = timeout === false ? undefined : deadline(timeout, given)
    const signal = limit?.signal ?? given
    try {
      const sent = sendOnce(client, base, url, { ...options, signal })
      return await (signal === undefined ? sent : abortable(sent, signal))
    } catch (error) {
      if (given?.aborted === true && limit?.expired() !== true) throw given.reason
      throw toAuthError(error, { scheme: base.scheme, now: base.now?.() })
    } finally {
      limit?.clear()
    }
  }
  return request as RequestClient
}
