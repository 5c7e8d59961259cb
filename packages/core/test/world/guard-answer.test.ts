import type { IncomingMessage } from 'node:http'
import { inspect } from 'node:util'
import { brotliCompressSync } from 'node:zlib'
import { afterEach, describe, expect, test } from '@jest/globals'
import { failureOf, guard, loopback, serve, stopServers } from './guard-tools.ts'

afterEach(stopServers)

describe('the answer', () => {
  test('keeps status, reason, headers and every cookie, and has been read', async () => {
    const origin = await serve((_, response) => {
      response
        .writeHead(401, 'No way', { 'set-cookie': ['a=1', 'b=2'], 'www-authenticate': 'Basic' })
        .end('body')
    })
    const response = await loopback(`${origin}/x?y`)
    expect([response.status, response.statusText, response.url, response.redirected]).toEqual([
      401,
      'No way',
      `${origin}/x?y`,
      false,
    ])
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    await expect(response.text()).resolves.toBe('body')
  })

  test.each([204, 205, 304])('%i has no body', async (status) => {
    const origin = await serve((_, response) => response.writeHead(status).end())
    expect((await loopback(origin)).body).toBeNull()
  })

  test('a body of exactly the limit is read, one byte more is response_invalid and ambiguous', async () => {
    const origin = await serve((request, response) => response.end('x'.repeat(Number(request.url?.slice(1)))))
    const small = guard({ allow: 'loopback', maxBytes: 100_000 })
    expect((await (await small(`${origin}/100000`)).text()).length).toBe(100_000)
    const error = await failureOf(small(`${origin}/100001`))
    expect([error.code, error.ambiguous, error.message]).toEqual([
      'response_invalid',
      true,
      `${origin} answered with more than 100000 bytes.`,
    ])
  })

  test('a hundred bytes of brotli that unpack to sixteen megabytes are cut off', async () => {
    const bomb = brotliCompressSync(Buffer.alloc(16 * 1024 * 1024))
    const origin = await serve((_, response) =>
      response.writeHead(200, { 'content-encoding': 'br' }).end(bomb),
    )
    expect(bomb.length).toBeLessThan(100)
    expect((await failureOf(loopback(origin))).code).toBe('response_invalid')
  })
})

describe('failures', () => {
  test.each([
    ['headers that never come', () => undefined],
    ['a body that drips', (write: (text: string) => void) => setInterval(() => write('x'), 40)],
  ])('%s end at the time limit, ambiguously', async (_, drip) => {
    let timer: NodeJS.Timeout | undefined
    const origin = await serve((_request, response) => {
      timer = drip((text) => response.write(text))
    })
    const error = await failureOf(guard({ allow: 'loopback', timeoutMs: 200 })(`${origin}/SECRET?SECRET`))
    clearInterval(timer)
    expect([error.code, error.message, error.ambiguous]).toEqual([
      'provider_unavailable',
      `${origin} did not answer within 200 ms.`,
      true,
    ])
  })

  test('a fetch that ignores the signal ends at the time limit as well', async () => {
    const fetch = (): Promise<Response> => new Promise(() => undefined)
    const error = await failureOf(guard({ fetch, injected: true, timeoutMs: 20 })('https://api.example.com/'))
    expect([error.code, error.ambiguous]).toEqual(['provider_unavailable', true])
  })

  test('a refused connection is certain', async () => {
    const origin = await serve(() => undefined)
    await stopServers()
    const error = await failureOf(loopback(`${origin}/SECRET`))
    expect([error.code, error.message, error.ambiguous, error.cause]).toEqual([
      'provider_unavailable',
      `${origin} could not be reached (ECONNREFUSED).`,
      false,
      undefined,
    ])
  })

  test('a failed TLS handshake is certain', async () => {
    const origin = (await serve(() => undefined)).replace('http:', 'https:')
    const error = await failureOf(loopback(`${origin}/SECRET`))
    expect([error.code, error.ambiguous]).toEqual(['provider_unavailable', false])
  })

  test.each([
    ['before the answer', (request: IncomingMessage) => request.socket.destroy()],
    [
      'inside the answer',
      (request: IncomingMessage) => request.socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\npart'),
    ],
  ])('a connection that breaks %s is ambiguous', async (_, answer) => {
    const origin = await serve(answer)
    const error = await failureOf(loopback(`${origin}/SECRET`, { method: 'POST', body: 'SECRET' }))
    expect([error.code, error.ambiguous]).toEqual(['provider_unavailable', true])
    expect(inspect(error)).not.toContain('SECRET')
  })

  test.each(['init', 'Request'])(
    "the caller's own abort rejects with its reason (signal in %s)",
    async (where) => {
      const controller = new AbortController()
      const reason = new Error('the caller left')
      const origin = await serve(() => controller.abort(reason))
      const { signal } = controller
      const call = where === 'init' ? loopback(origin, { signal }) : loopback(new Request(origin, { signal }))
      expect(await failureOf(call)).toBe(reason)
      expect(await failureOf(loopback(origin, { signal }))).toBe(reason)
    },
  )
})
