/** A caller's own request, in one of the forms that Fetch takes. */
export interface Sample {
  /** What messages call it. */
  readonly name: string
  readonly method: string
  /** The body as text; of a multipart form only what is in it. */
  readonly content: string
  /** False for a body that can be read only once. */
  readonly repeatable: boolean
  /** True where the body that arrives is the content, byte for byte, if the strategy leaves it alone. */
  readonly literal: boolean
  readonly init: () => RequestInit & { readonly headers: Readonly<Record<string, string>> }
}

/** The caller's own header, which must come through everything. */
export const ownHeader: readonly [string, string] = ['x-caller', 'callers-own-header']

/** Stands in every body that is not empty. */
export const own: string = 'callers-own-content'
const json = JSON.stringify({ own })
const pairs = `own=${own}`
const urlencoded = 'application/x-www-form-urlencoded'

const form = (): FormData => {
  const body = new FormData()
  body.set('own', own)
  return body
}

const stream = (): ReadableStream<Uint8Array> =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(json))
      controller.close()
    },
  })

const sample = (
  method: string,
  name: string,
  content: string,
  body?: () => BodyInit,
  type?: string,
  more: Partial<Sample> & { readonly duplex?: 'half' } = {},
): Sample => {
  const { duplex, ...rest } = more
  return {
    name: `${method} with ${name}`,
    method,
    content,
    repeatable: true,
    literal: true,
    init: () => ({
      method,
      headers: { [ownHeader[0]]: ownHeader[1], ...(type !== undefined && { 'content-type': type }) },
      ...(body && { body: body() }),
      ...(duplex && { duplex }),
    }),
    ...rest,
  }
}

/** From the plainest on: a law takes the first that the strategy can sign. */
export const samples: readonly Sample[] = [
  sample('GET', 'no body', ''),
  sample('POST', 'a JSON text', json, () => json, 'application/json'),
  sample('POST', 'form pairs', pairs, () => new URLSearchParams({ own })),
  sample('POST', 'a text of form pairs', pairs, () => pairs, urlencoded),
  sample('POST', 'a plain text', own, () => own),
  sample('POST', 'bytes', json, () => new TextEncoder().encode(json), 'application/json'),
  sample('POST', 'a Blob', json, () => new Blob([json], { type: 'application/json' })),
  sample('POST', 'a multipart form', own, form, undefined, { literal: false }),
  sample('POST', 'no body', ''),
  sample('PUT', 'a JSON text', json, () => json, 'application/json'),
  sample('DELETE', 'no body', ''),
  sample('POST', 'a stream', json, stream, 'application/json', { repeatable: false, duplex: 'half' }),
]
