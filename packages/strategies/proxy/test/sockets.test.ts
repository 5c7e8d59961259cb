import { createHash } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterEach, expect, test } from '@jest/globals'
import { connect, type Connection } from '@latchkey/core'
import { proxy, relay, ticketFor } from '@latchkey/proxy'
import { listen, mounted } from './serve.ts'
import { audience, key, keyed, secret } from './support.ts'

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

/** An API, a relay and a client, each behind a socket of its own. */
async function chain(listener: RequestListener): Promise<Connection> {
  const api = await listen(listener)
  const behind = connect(keyed, { settings: { secret }, origins: [api.origin] })
  const between = await listen(mounted(relay({ key, audience, open: () => behind })))
  stops.push(between.stop, api.stop)
  return connect(
    proxy({
      relay: `${between.origin}/latchkey`,
      ticket: () => ticketFor({ key, audience, connection: 'crm' }),
      baseUrl: api.origin,
    }),
    { settings: {} },
  )
}

const megabyte = new Uint8Array(1 << 20).map((_, at) => at % 251)

const hashed = async (stream: AsyncIterable<Uint8Array>): Promise<{ bytes: number; hash: string }> => {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of stream) {
    bytes += chunk.byteLength
    hash.update(chunk)
  }
  return { bytes, hash: hash.digest('hex') }
}

async function* repeated(times: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < times; at++) yield megabyte
}

const streamed = (source: AsyncIterable<Uint8Array>): RequestInit =>
  ({ method: 'POST', body: source, duplex: 'half' }) as unknown as RequestInit

/** Waits, without a clock, until a number has stayed the same for 500 turns of the event loop. */
async function settled(read: () => number): Promise<number> {
  for (let same = 0, last = read(); ;) {
    await new Promise((resolve) => setImmediate(resolve))
    const now = read()
    same = now === last ? same + 1 : 0
    last = now
    if (same === 500) return now
  }
}

test('each part of an answer arrives while the API is still writing the next', async () => {
  let send: (() => void) | undefined
  const client = await chain((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('data: 1\n\n')
    send = () => response.end('data: 2\n\n')
  })
  const response = await client.fetch('/events')
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  expect(await reader.read()).toEqual({ done: false, value: 'data: 1\n\n' })
  send?.()
  expect(await reader.read()).toEqual({ done: false, value: 'data: 2\n\n' })
  expect((await reader.read()).done).toBe(true)
  expect(response.headers.get('content-type')).toBe('text/event-stream')
})

test('each part of a request arrives while the caller is still making the next', async () => {
  let arrived: (() => void) | undefined
  const first = new Promise<void>((resolve) => (arrived = resolve))
  const client = await chain((request, response) => {
    const parts: string[] = []
    request.on('data', (chunk: Buffer) => {
      parts.push(chunk.toString())
      arrived?.()
    })
    request.on('end', () => response.end(`${String(request.headers['x-api-key'])} ${parts.join('|')}`))
  })
  const body = async function* (): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode('one')
    await first
    yield new TextEncoder().encode('two')
  }
  const response = await client.fetch('/upload', streamed(body()))
  expect(await response.text()).toBe(`${secret} one|two`)
})

test('32 MiB go through in both directions, byte for byte', async () => {
  const client = await chain((request, response) => void request.pipe(response))
  const expected = await hashed(repeated(32))
  const response = await client.fetch('/echo', streamed(repeated(32)))
  expect(await hashed(response.body as unknown as AsyncIterable<Uint8Array>)).toEqual(expected)
}, 30_000)

test('a body whose length is known arrives with its length, also where it is streamed', async () => {
  const lengths: unknown[] = []
  const client = await chain((request, response) => {
    lengths.push([request.headers['content-length'], request.headers['transfer-encoding']])
    request.resume().on('end', () => response.end())
  })
  const large = new Uint8Array(3 << 20)
  expect((await client.fetch('/upload', { method: 'PUT', body: large })).status).toBe(200)
  expect((await client.fetch('/upload', { method: 'PUT', body: 'small' })).status).toBe(200)
  expect(lengths).toEqual([
    ['3145728', undefined],
    ['5', undefined],
  ])
})

test('an API is not read faster than the caller reads: back-pressure reaches it', async () => {
  let written = 0
  const client = await chain((_, response) => {
    const more = (): void => {
      while (written < 128 << 20) {
        written += megabyte.byteLength
        if (!response.write(megabyte)) return void response.once('drain', more)
      }
      response.end()
    }
    more()
  })
  const response = await client.fetch('/large')
  const reader = response.body!.getReader()
  let read = (await reader.read()).value!.byteLength
  // What buffers of three processes' worth of sockets hold, far from the whole.
  expect(await settled(() => written)).toBeLessThan(64 << 20)
  for (let part = await reader.read(); !part.done; part = await reader.read()) read += part.value.byteLength
  expect(read).toBe(128 << 20)
}, 30_000)

test('a caller is not read faster than the API reads', async () => {
  let made = 0
  let begin: (() => void) | undefined
  const client = await chain((request, response) => {
    begin = () => request.resume().on('end', () => response.end())
  })
  const body = async function* (): AsyncGenerator<Uint8Array> {
    for (; made < 128; made++) yield megabyte
  }
  const sending = client.fetch('/upload', streamed(body()))
  while (begin === undefined) await new Promise((resolve) => setImmediate(resolve))
  expect(await settled(() => made)).toBeLessThan(64)
  begin()
  expect((await sending).status).toBe(200)
  expect(made).toBe(128)
}, 30_000)

test('a caller that aborts before the answer ends the request at the API', async () => {
  const [asked, client] = await waiting()
  const leaving = new AbortController()
  const reason = new Error('the caller has left')
  const left = client.fetch('/slow', { signal: leaving.signal }).catch((error: unknown) => error)
  const [request, response] = await asked
  const closed = once(response, 'close')
  leaving.abort(reason)
  expect(await left).toBe(reason)
  await closed
  expect([request.destroyed, response.writableFinished]).toEqual([true, false])
})

test('a caller that stops reading in the middle ends the answer at the API', async () => {
  const [asked, client] = await waiting()
  const fetching = client.fetch('/slow')
  const [, response] = await asked
  response.write('the first part')
  const reader = (await fetching).body!.getReader()
  expect((await reader.read()).done).toBe(false)
  const closed = once(response, 'close')
  await reader.cancel()
  await closed
  expect(response.writableFinished).toBe(false)
})

test('an answer that breaks off in the middle breaks off for the caller, and is not taken for a whole one', async () => {
  const [asked, client] = await waiting()
  const fetching = client.fetch('/slow')
  const [, response] = await asked
  response.write('the first part')
  const answer = await fetching
  response.destroy()
  await expect(answer.text()).rejects.toThrow(TypeError)
})

test('an API that cannot be reached is a 502 of the relay', async () => {
  const client = await chain((request) => void request.socket.destroy())
  const response = await client.fetch('/me')
  expect([response.status, response.headers.get('latchkey-relay')]).toEqual([502, 'unreachable'])
})

test('an answer that was compressed on the way to the relay arrives whole', async () => {
  const client = await chain((_, response) => {
    const body = gzipSync('a text '.repeat(1_000))
    response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': body.length }).end(body)
  })
  const response = await client.fetch('/text')
  expect(await response.text()).toBe('a text '.repeat(1_000))
  expect([response.headers.get('content-encoding'), response.headers.get('content-length')]).toEqual([
    null,
    null,
  ])
})

/** A chain whose API answers only when the test does. */
async function waiting(): Promise<[Promise<[IncomingMessage, ServerResponse]>, Connection]> {
  let took: ((both: [IncomingMessage, ServerResponse]) => void) | undefined
  const asked = new Promise<[IncomingMessage, ServerResponse]>((resolve) => (took = resolve))
  return [asked, await chain((request, response) => took?.([request, response]))]
}
