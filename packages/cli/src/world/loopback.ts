import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Listener, Listening } from '../terminal.ts'

// The page has no parts, is shown nowhere else, and tells no other site where it stood: the code is in its address.
const headers = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  connection: 'close',
}

/**
 * Waits at a loopback address for one answer of a browser, shows it a page, and closes. Anything but a GET of the whole
 * path, under the very host that was named, is turned away and waited past. RFC 8252 sections 7.3 and 8.3.
 */
export async function listenOnLoopback({ host, port, path, page }: Listening): Promise<Listener> {
  let resolve: (answer: URLSearchParams) => void
  const answer = new Promise<URLSearchParams>((done) => (resolve = done))
  const own = new URL(path, 'http://localhost')
  let answered = false
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const isOwn =
      url.pathname === own.pathname && [...own.searchParams].every(([k, v]) => url.searchParams.get(k) === v)
    const authority = `${host}:${(server.address() as AddressInfo).port}`
    // Another name that was made to point here (DNS rebinding) is not where the provider sends anybody.
    const isTaken = !answered && isOwn && request.headers.host === authority
    if (!isTaken || request.method !== 'GET') {
      const status = isTaken ? 405 : 404
      response
        .writeHead(status, { ...headers, 'content-type': 'text/plain; charset=utf-8' })
        .end('Not here.\n')
      return
    }
    answered = true
    response.writeHead(200, headers).end(page, () => {
      server.close()
      for (const [name] of own.searchParams) url.searchParams.delete(name)
      resolve(url.searchParams)
    })
  })
  await new Promise<void>((done, reject) => {
    server.once('error', reject)
    server.listen(port, host.replace(/^\[|\]$/g, ''), done)
  })
  const { port: actual } = server.address() as AddressInfo
  return {
    redirectUri: `http://${host}:${actual}${path}`,
    answer,
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}
