import { invalid, isObject, unsupported } from '@latchkey/core/definition'
import { createRequestClient, type RequestOptions } from '@latchkey/core/http'
import type { Verb } from '../dialect/types.ts'
import { headersOf, queryOf, type ClientConfig } from './config.ts'
import { answerOf, asError, judge } from './judge.ts'

/** What one call of the client may say besides its path. */
export interface CallOptions {
  /** In the place of the client's; credentials go there only where the connector's origins allow it. */
  readonly baseUri?: string | undefined
  readonly headers?: Readonly<Record<string, unknown>> | undefined
  readonly query?: Readonly<Record<string, unknown>> | undefined
  readonly auth?: { readonly username?: string; readonly password?: string } | undefined
  /** True: `{ data, headers, status, statusCode }` instead of the body alone. */
  readonly returnFullResponse?: boolean | undefined
  /** Default: JSON where the answer says so, else text. */
  readonly responseType?: 'json' | 'arraybuffer' | undefined
}

/** What the functions of a definition get as `apiClient` and `externalApiClient`. */
export interface ApiClient {
  get(path: string, query?: Readonly<Record<string, unknown>>, options?: CallOptions): Promise<unknown>
  post(path: string, data?: unknown, options?: CallOptions): Promise<unknown>
  put(path: string, data?: unknown, options?: CallOptions): Promise<unknown>
  patch(path: string, data?: unknown, options?: CallOptions): Promise<unknown>
  delete(path: string, data?: unknown, options?: CallOptions): Promise<unknown>
}

/** What a client is made of. */
export interface ClientContext {
  /** Signs in by itself. */
  readonly fetch: typeof globalThis.fetch
  readonly baseUrl: string | undefined
  readonly now: () => number
  readonly signal: AbortSignal | undefined
  /** What response handlers may speak of. */
  readonly variables: Readonly<Record<string, unknown>>
  readonly config: ClientConfig
  /** Where the client stands in the definition. */
  readonly at: string
}

/**
 * The client of Membrane's functions over a fetch that signs in: gives the body, throws where a handler or the status
 * says that the call has failed. Never retries by itself.
 */
export function createApiClient(c: ClientContext): ApiClient {
  const { config, variables, at, now } = c
  const request = createRequestClient({ fetch: c.fetch, now, signal: c.signal, throwHttpErrors: false })
  const call = async (
    method: string,
    path: string,
    sent: RequestOptions,
    options: CallOptions = {},
  ): Promise<unknown> => {
    const { headers, query, auth, responseType, returnFullResponse } = options
    // What was written for a stream gets the whole answer in no other form.
    if ((responseType as unknown) === 'stream')
      throw unsupported(
        at,
        'a function asks for a stream; use responseType "arraybuffer" or connection.fetch',
      )
    const own = paramsIn(sent, query)
    const result = await request(path, {
      ...sent,
      method,
      prefixUrl: options.baseUri ?? c.baseUrl,
      headers: headersOf(headers, 'headers'),
      searchParams: own,
      ...(auth && { username: auth.username ?? '', password: auth.password ?? '' }),
      responseType: responseType === 'arraybuffer' ? 'bytes' : responseType,
    })
    const { data } = result
    const answer = answerOf(result, data instanceof Uint8Array ? data.buffer : data)
    const judgement = judge(config, answer, variables, at)
    if (judgement.kind === 'error') throw asError(judgement, result, now())
    return returnFullResponse === true ? { ...answer, data: judgement.data } : judgement.data
  }
  const send =
    (method: string) =>
    (path: string, data?: unknown, options?: CallOptions): Promise<unknown> =>
      call(method, path, bodyOf(data), options)
  return {
    get: (path, query, options) => call('GET', path, { searchParams: queryOf(query, 'query') }, options),
    post: send('POST'),
    put: send('PUT'),
    patch: send('PATCH'),
    delete: send('DELETE'),
  }
}

function paramsIn(sent: RequestOptions, query: unknown): [string, string][] {
  return [...((sent.searchParams as [string, string][] | undefined) ?? []), ...queryOf(query, 'query')]
}

/** Objects and lists are JSON; what Fetch can send is sent as it is. */
function bodyOf(data: unknown): RequestOptions {
  if (data === undefined || data === null) return {}
  if (typeof data === 'string' || data instanceof URLSearchParams || data instanceof FormData)
    return { body: data }
  if (data instanceof Blob || data instanceof ArrayBuffer || ArrayBuffer.isView(data))
    return { body: data as BodyInit }
  if (typeof data === 'object') return { json: data }
  throw invalid('data', 'a function must send an object, a text or bytes')
}

/** A request of a mapping, by its method. */
export async function callWith(
  client: ApiClient,
  { method, path, data, query, headers }: MappedRequest,
): Promise<unknown> {
  const options: CallOptions = {
    returnFullResponse: true,
    ...(isObject(headers) && { headers }),
  }
  const params = isObject(query) ? query : undefined
  if (method === 'GET') return client.get(path, params, options)
  const verb = method.toLowerCase() as 'post' | 'put' | 'patch' | 'delete'
  return client[verb](path, data, { ...options, ...(params && { query: params }) })
}

/** What a REST mapping comes to. */
export interface MappedRequest {
  readonly method: Verb
  readonly path: string
  readonly data?: unknown
  readonly query?: unknown
  readonly headers?: unknown
}
