import { paramsOf, type RequestClient, type RequestOptions } from '@latchkey/core/http'
import { isObject } from '@latchkey/core/definition'
import { refusedBy } from './failure.ts'
import type { SegmentRequest, SegmentRequestOptions, SegmentResponse } from './types.ts'

/** How the client of one function works. */
export interface ClientOptions {
  /** What each request has besides what it says itself. */
  readonly base: SegmentRequestOptions
  /** Sees each request before it is sent; throws to stop it. */
  readonly check?: ((url: string, options: SegmentRequestOptions) => void) | undefined
  /** Sees each answer. */
  readonly heard?: ((response: SegmentResponse) => void) | undefined
}

/** Segment's request client over ours: its hooks, its answers, its errors. */
export function clientOver(send: RequestClient, { base, check, heard }: ClientOptions): SegmentRequest {
  const request = async (url: string | URL, given: SegmentRequestOptions = {}): Promise<SegmentResponse> => {
    let options = together(base, given)
    for (const hook of options.beforeRequest ?? []) {
      const more = await hook({ ...options })
      if (isObject(more)) options = together(options, { ...more, beforeRequest: [], afterResponse: [] })
    }
    check?.(String(url), options)
    const answer = await send(url, sendable(options))
    let response = responseOf(answer, String(url), options.responseType === 'json')
    heard?.(response)
    for (const hook of options.afterResponse ?? []) {
      const changed = await hook(shown(url, options), options as Readonly<Record<string, unknown>>, response)
      if (changed instanceof Response && changed !== response) response = await replaced(changed)
    }
    if (!response.ok && options.throwHttpErrors !== false) throw refusedBy(response)
    return response
  }
  return request as SegmentRequest
}

/** One set of options out of two, the second winning; headers and query by name, hooks one after the other. */
export function together(base: SegmentRequestOptions, own: SegmentRequestOptions): SegmentRequestOptions {
  const names = new Set(headersOf(own.headers).map(([name]) => name.toLowerCase()))
  const kept = headersOf(base.headers).filter(([name]) => !names.has(name.toLowerCase()))
  const bothJson = isObject(base.json) && isObject(own.json)
  const given = Object.entries(own).filter(([, value]) => value !== undefined)
  return {
    ...base,
    // One body: the second's, in whatever form.
    ...(own.body !== undefined && { json: undefined }),
    ...(own.json !== undefined && { body: undefined }),
    ...Object.fromEntries(given),
    headers: Object.fromEntries([...kept, ...headersOf(own.headers)]),
    ...(base.searchParams !== undefined &&
      own.searchParams !== undefined && { searchParams: bothParams(base.searchParams, own.searchParams) }),
    ...(bothJson && { json: { ...(base.json as object), ...(own.json as object) } }),
    beforeRequest: [...(base.beforeRequest ?? []), ...(own.beforeRequest ?? [])],
    afterResponse: [...(base.afterResponse ?? []), ...(own.afterResponse ?? [])],
  }
}

type Params = NonNullable<RequestOptions['searchParams']>

function bothParams(base: Params, own: Params): Params {
  const mine = paramsOf(own)
  const names = new Set(mine.map(([name]) => name))
  return [...paramsOf(base).filter(([name]) => !names.has(name)), ...mine]
}

/** The headers by their name in any case, the last winning. A value that is nothing, or the word that nothing turns into, removes its header as at home. */
export function headersOf(headers: SegmentRequestOptions['headers']): [string, string | undefined][] {
  if (headers === undefined) return []
  const entries: Iterable<readonly [string, unknown]> =
    Symbol.iterator in headers ? headers : Object.entries(headers)
  const last = new Map<string, [string, string | undefined]>()
  for (const [name, value] of entries) {
    const isNothing = value === undefined || value === null || value === 'undefined'
    last.set(name.toLowerCase(), [name, isNothing ? undefined : textOf(value)])
  }
  return [...last.values()]
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** What our client knows of it. */
function sendable(options: SegmentRequestOptions): RequestOptions {
  const { method, prefixUrl, headers, searchParams, json, body, timeout, signal, username, password } =
    options
  const isSigned = Boolean(username) || Boolean(password)
  return {
    method,
    prefixUrl,
    headers,
    searchParams,
    json,
    body,
    timeout,
    signal: signal ?? undefined,
    throwHttpErrors: false,
    ...(isSigned && { username: username ?? '', password: password ?? '' }),
  }
}

/** A request as hooks after it may look at it. */
function shown(url: string | URL, { method = 'GET', headers, prefixUrl }: SegmentRequestOptions): Request {
  const href = URL.canParse(String(url))
    ? String(url)
    : new URL(String(url), prefixUrl ?? 'https://localhost/').href
  const named = headersOf(headers).filter((header): header is [string, string] => header[1] !== undefined)
  return new Request(href, { method, headers: named })
}

interface Answer {
  readonly data: unknown
  readonly status: number
  readonly headers: Headers
  readonly content: string
}

function responseOf(answer: Answer, url: string, asJson: boolean): SegmentResponse {
  const { status, headers, content } = answer
  // Fetch, null body status: these take no body at all.
  const body = [204, 205, 304].includes(status) ? null : content
  const parsed = asJson && typeof answer.data === 'string' ? parse(content) : answer.data
  const members = {
    data: parsed ?? '',
    content,
    ...(URL.canParse(url) && { url }),
    clone: () => responseOf(answer, url, asJson),
    text: () => Promise.resolve(content),
    json: () => new Response(content).json(),
  }
  const response = new Response(body, { status, headers: withoutLength(headers) })
  for (const [name, value] of Object.entries(members))
    Object.defineProperty(response, name, { value, enumerable: true, configurable: true, writable: true })
  return response as SegmentResponse
}

/** The content has been decoded and is all there. */
function withoutLength(headers: Headers): Headers {
  const kept = new Headers(headers)
  for (const name of ['content-encoding', 'content-length', 'transfer-encoding']) kept.delete(name)
  return kept
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

async function replaced(response: Response): Promise<SegmentResponse> {
  const given = response as Partial<SegmentResponse>
  if ('data' in given && typeof given.content === 'string') return response as SegmentResponse
  const content = await response.text()
  const { status, headers, url } = response
  return responseOf({ data: parse(content), content, status, headers }, url, false)
}
