import { AuthError } from '../errors.ts'
import { joined } from '../http/encoding.ts'
import { networkFailure } from '../http/failure.ts'

/** A request taken apart, so that it can be sent again. */
export interface TakenRequest {
  readonly url: URL
  readonly method: string
  readonly headers: Headers
  readonly body: Uint8Array<ArrayBuffer> | null
  readonly redirect: RequestRedirect
}

const invalid = (problem: string): AuthError =>
  new AuthError('definition_invalid', `A request for credentials ${problem}.`)

/**
 * Takes apart what Fetch takes, `init` winning; the body is read.
 * @throws {AuthError} definition_invalid where it is no request; Fetch's own message would repeat URL and headers
 */
export async function takeRequest(input: RequestInfo | URL, init: RequestInit = {}): Promise<TakenRequest> {
  const request = typeof input === 'object' && 'headers' in input ? input : undefined
  const address = typeof input === 'string' ? input : 'href' in input ? input.href : input.url
  if (!URL.canParse(address)) throw invalid('has no absolute URL')
  const own = <K extends keyof RequestInit>(key: K): RequestInit[K] | undefined =>
    Object.hasOwn(init, key) ? init[key] : undefined
  let headers: Headers
  try {
    headers = new Headers(own('headers') ?? request?.headers)
  } catch {
    throw invalid('has a header that cannot be sent')
  }
  const body = own('body')
  // A Response extracts a body as Fetch does, multipart boundary and content type included.
  const source = body === undefined ? request : body === null ? undefined : new Response(body)
  const bytes = source?.body == null ? null : new Uint8Array(await source.arrayBuffer())
  const type = source?.headers.get('content-type')
  if (bytes !== null && type != null && !headers.has('content-type')) headers.set('content-type', type)
  // An answer of a hundred bytes may unpack to a hundred megabytes; a server may compress all the same.
  if (!headers.has('accept-encoding')) headers.set('accept-encoding', 'identity')
  return {
    url: new URL(address),
    method: (own('method') ?? request?.method ?? 'GET').toUpperCase(),
    headers,
    body: bytes,
    redirect: own('redirect') ?? request?.redirect ?? 'follow',
  }
}

interface Bounds {
  readonly url: URL
  readonly redirected: boolean
  readonly maxBytes: number
  readonly signal: AbortSignal
}

async function readBody(
  body: ReadableStream<Uint8Array>,
  { url, maxBytes, signal }: Bounds,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  const reader = body.getReader()
  let size = 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      size += value.byteLength
      if (size > maxBytes || signal.aborted) break
      chunks.push(value)
    }
  } catch (error) {
    // The head of an answer has come: the provider has acted, whatever broke afterwards.
    throw signal.aborted ? error : networkFailure(error, url.origin, true)
  }
  if (size > maxBytes || signal.aborted) {
    reader.cancel().catch(() => undefined)
    throw new AuthError('response_invalid', `${url.origin} answered with more than ${maxBytes} bytes.`, {
      ambiguous: true,
    })
  }
  return joined(chunks, size)
}

/** The response with its body read under the limits. */
export async function readBounded(response: Response, bounds: Bounds): Promise<Response> {
  const { status, statusText, headers } = response
  const bytes = response.body === null ? null : await readBody(response.body, bounds)
  // Fetch Standard, null body status; and what a Response cannot be made of.
  const bare = bytes === null || status === 204 || status === 205 || status === 304
  if (status < 200 || status > 599) {
    throw new AuthError('response_invalid', `${bounds.url.origin} answered with the status ${status}.`, {
      ambiguous: true,
    })
  }
  const read = new Response(bare ? null : bytes, {
    status,
    statusText: /^[ -~]*$/.test(statusText) ? statusText : '',
    headers,
  })
  return Object.defineProperties(read, {
    // Put right once more where the address carried a credential.
    url: { value: bounds.url.href, configurable: true },
    redirected: { value: bounds.redirected, configurable: true },
  })
}
