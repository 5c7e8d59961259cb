const peekedBytes = 65_536

/**
 * What a response says, parsed where it is JSON, else text, without using it up: of its first 65,536 bytes. Undefined where
 * there is no body, or none that anybody could wait for: a stream of events or lines may never end, so only one of known
 * length is read, or one JSON document.
 */
export async function peekBody(response: Response): Promise<unknown> {
  if (response.body === null || !hasEnd(response)) return undefined
  const reader = (response.clone().body as ReadableStream<Uint8Array>).getReader()
  const decoder = new TextDecoder()
  let text = ''
  for (let length = 0; length < peekedBytes;) {
    const { done, value } = await reader.read()
    if (done) break
    length += value.byteLength
    text += decoder.decode(value, { stream: true })
  }
  void reader.cancel().catch(() => undefined)
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function hasEnd({ headers }: Response): boolean {
  return headers.has('content-length') || /^[^;]*[/+]json *(;|$)/i.test(headers.get('content-type') ?? '')
}
