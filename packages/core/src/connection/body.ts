import { AuthError } from '../errors.ts'
import { joined } from '../http/encoding.ts'

/** The body of a caller's request, kept so that it can be sent again. */
export interface Body {
  readonly value: BodyInit | null
  /** The content type that Fetch would add. */
  readonly type: string | null
  /** True for a body that can be read only once. */
  readonly oneWay: boolean
}

/** Larger request bodies that come as a stream are not kept for another send. */
const keptBytes = 1 << 20

const nothing: Body = { value: null, type: null, oneWay: false }

/** Takes a body apart; copies what the caller could still change. Only a form needs the promise. */
export function takeBody(body: BodyInit | null | undefined): Body | Promise<Body> {
  if (body === null || body === undefined) return nothing
  if (typeof body === 'string') return { value: body, type: 'text/plain;charset=UTF-8', oneWay: false }
  if (body instanceof URLSearchParams) {
    return {
      value: new URLSearchParams(body),
      type: 'application/x-www-form-urlencoded;charset=UTF-8',
      oneWay: false,
    }
  }
  if (body instanceof ArrayBuffer) return { value: body.slice(0), type: null, oneWay: false }
  if (ArrayBuffer.isView(body)) {
    return {
      value: new Uint8Array(body.buffer, body.byteOffset, body.byteLength).slice(),
      type: null,
      oneWay: false,
    }
  }
  if (body instanceof Blob) return { value: body, type: body.type || null, oneWay: false }
  if (body instanceof FormData) return encodeForm(body)
  return { value: body, type: null, oneWay: true }
}

/** Encoded once by the platform, so that one boundary holds for every send. */
async function encodeForm(form: FormData): Promise<Body> {
  const encoded = new Response(form)
  return {
    value: new Uint8Array(await encoded.arrayBuffer()),
    type: encoded.headers.get('content-type'),
    oneWay: false,
  }
}

/** Reads the body of a `Request` up to 1 MiB; a longer one stays a stream that can be sent once. */
export async function takeStream(stream: ReadableStream<Uint8Array>): Promise<Body> {
  const reader = stream.getReader()
  const chunks: Uint8Array[] = []
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return { value: joined(chunks, length), type: null, oneWay: false }
    chunks.push(value)
    length += value.byteLength
    if (length > keptBytes) break
  }
  const rest = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const head = chunks.shift()
      const { done, value } = head === undefined ? await reader.read() : { done: false, value: head }
      if (done) controller.close()
      else controller.enqueue(value)
    },
    cancel: (reason) => reader.cancel(reason),
  })
  return { value: rest, type: null, oneWay: true }
}

/**
 * The bytes of a body that can be sent again.
 * @throws {AuthError} body_not_replayable
 */
export async function bytesOf(body: BodyInit | null): Promise<Uint8Array<ArrayBuffer>> {
  const taken = await takeBody(body)
  if (taken.oneWay) throw notReplayable('its hash is needed before it is sent')
  if (taken.value instanceof Uint8Array) return taken.value as Uint8Array<ArrayBuffer>
  return new Uint8Array(await new Response(taken.value).arrayBuffer())
}

export function notReplayable(why: string): AuthError {
  return new AuthError(
    'body_not_replayable',
    `The request body is a stream that can be read only once, but ${why}; pass a string, bytes, a Blob or a form instead`,
  )
}
