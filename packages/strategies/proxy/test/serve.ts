import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream as NodeStream } from 'node:stream/web'

/** A server on a free port of the loopback, and what stops it. */
export async function listen(
  listener: RequestListener,
): Promise<{ origin: string; server: Server; stop(): Promise<void> }> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    server,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** A Fetch handler as a listener of node:http: streams both ways, and the caller's leaving aborts the request. */
export function mounted(handler: (request: Request) => Promise<Response>): RequestListener {
  return (incoming, outgoing) => {
    const leaving = new AbortController()
    outgoing.on('close', () => leaving.abort())
    const { method = 'GET', headers, url = '/' } = incoming
    const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined
    const request = new Request(`http://relay.test${url}`, {
      method,
      headers: Object.entries(headers).map(([name, value]) => [name, String(value)]),
      body: hasBody ? (Readable.toWeb(incoming) as ReadableStream<Uint8Array>) : null,
      signal: leaving.signal,
      duplex: 'half',
    } as unknown as RequestInit)
    handler(request)
      .then(async (response) => {
        outgoing.writeHead(response.status, Object.fromEntries(response.headers))
        outgoing.flushHeaders()
        if (response.body) await pipeline(Readable.fromWeb(response.body as NodeStream), outgoing)
        else outgoing.end()
      })
      .catch(() => outgoing.destroy())
  }
}
