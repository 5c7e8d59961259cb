const heardBytes = 16_384

/** What AWS calls keys that will not work again. */
const ended =
  /Expired_?Token|TokenRefreshRequired|InvalidToken|InvalidClientTokenId|InvalidAccessKeyId|UnrecognizedClient|AWS\.AuthFailure/

/** Whether a rejection says that these keys have ended, so that new ones are worth asking for. */
export function keysEnded(response: Response): boolean | Promise<boolean> {
  const { status, headers } = response
  if (status === 401) return true
  if (status !== 400 && status !== 403) return false
  const type = headers.get('x-amzn-errortype')
  if (type !== null) return ended.test(type)
  if (response.body === null) return false
  return heard(response.clone().body).then((text) => ended.test(text))
}

/** The start of a body, where AWS has the code of its errors. */
async function heard(body: ReadableStream<Uint8Array> | null): Promise<string> {
  const reader = body?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  for (let length = 0; reader !== undefined && length < heardBytes;) {
    const { done, value } = await reader.read()
    if (done) break
    length += value.byteLength
    text += decoder.decode(value, { stream: true })
  }
  reader?.cancel().catch(() => undefined)
  return text
}
