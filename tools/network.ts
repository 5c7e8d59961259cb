/** A request as it went out. */
export interface Sent {
  readonly method: string
  readonly url: string
  readonly headers: Headers
  readonly body: string
}

/** A network in memory for tests: remembers what was sent and answers as it is told. */
export function network(answer: (request: Sent, count: number) => Response = () => new Response('ok')): {
  readonly fetch: typeof fetch
  readonly sent: readonly Sent[]
} {
  const sent: Sent[] = []
  return {
    sent,
    async fetch(input, init) {
      const request = new Request(input, init)
      const entry = {
        method: request.method,
        url: request.url,
        headers: request.headers,
        body: await request.text(),
      }
      sent.push(entry)
      return answer(entry, sent.length)
    },
  }
}
