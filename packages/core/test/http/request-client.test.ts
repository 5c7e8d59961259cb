import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { AuthError } from '../../src/errors.ts'
import { statusOf } from '../../src/http/failure.ts'
import { createRequestClient } from '../../src/http/request-client.ts'

interface Seen {
  method: string
  url: string
  headers: Record<string, unknown>
  body: string
}

let server: Server
let origin = ''
let seen: Seen[] = []

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      seen.push({ method, url, headers, body })
      const { pathname, searchParams } = new URL(url, origin)
      if (pathname === '/hang') return
      if (pathname === '/drip') {
        response.write('x')
        return
      }
      const type = searchParams.get('type')
      const head: Record<string, string> = { 'x-served': '1' }
      if (type !== null) head['content-type'] = type
      response.writeHead(Number(searchParams.get('status') ?? 200), head)
      response.end(
        searchParams.has('size')
          ? 'x'.repeat(Number(searchParams.get('size')))
          : (searchParams.get('body') ?? ''),
      )
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const client = (base: object = {}): ReturnType<typeof createRequestClient> => {
  seen = []
  return createRequestClient({
    fetch: (input, init) => fetch(input, init),
    prefixUrl: `${origin}/api`,
    ...base,
  })
}

async function failureOf(promise: Promise<unknown>): Promise<AuthError> {
  return promise.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: unknown) => error as AuthError,
  )
}

describe('the answer', () => {
  const answered = (type: string, body: string): string =>
    `?type=${encodeURIComponent(type)}&body=${encodeURIComponent(body)}`

  test.each([
    ['application/json', '{"a":[1]}', { a: [1] }],
    ['application/json; charset=utf-8', '"x"', 'x'],
    ['application/vnd.api+json', '{"a":1}', { a: 1 }],
    ['text/json', 'null', null],
    ['text/plain', '{"a":1}', '{"a":1}'],
    ['application/json-seq', '{"a":1}', '{"a":1}'],
    ['application/json', 'OK', 'OK'],
    ['application/json', '', undefined],
  ])('%s with %s is parsed as it says', async (type, body, data) => {
    const result = await client()(answered(type, body))
    expect([result.data, result.content, result.status, result.headers.get('x-served')]).toEqual([
      data,
      body,
      200,
      '1',
    ])
  })

  test('responseType decides where it is given', async () => {
    const request = client({ responseType: 'json' })
    expect((await request(answered('text/plain', '{"a":1}'))).data).toEqual({ a: 1 })
    expect((await request(answered('application/json', '{"a":1}'), { responseType: 'text' })).data).toBe(
      '{"a":1}',
    )
    expect((await request(answered('text/plain', 'ab'), { responseType: 'bytes' })).data).toEqual(
      new Uint8Array([97, 98]),
    )
    const error = await failureOf(request(answered('text/plain', 'SECRET')))
    expect([error.code, error.ambiguous]).toEqual(['response_invalid', true])
    expect(inspect(error)).not.toContain('SECRET')
  })

  test('a megabyte is read like a byte', async () => {
    expect((await client()('?size=1000000')).content.length).toBe(1_000_000)
  })

  test.each([401, 404, 503])(
    '%i throws, once, with its status and none of the request or body',
    async (status) => {
      const request = client({
        headers: { 'x-key': 'SECRET1' },
        username: 'u',
        password: 'SECRET2',
        scheme: 'custom',
      })
      const error = await failureOf(request(`?status=${status}&body=SECRET3`))
      expect([statusOf(error), error.scheme, seen.length]).toEqual([status, 'custom', 1])
      expect(inspect(error, { depth: 9 }) + JSON.stringify(error)).not.toContain('SECRET')
    },
  )

  test('an error status is an answer where that is asked for', async () => {
    const result = await client()('?status=404&body=none', { throwHttpErrors: false })
    expect([result.status, result.data]).toEqual([404, 'none'])
  })
})

describe('the URL', () => {
  test.each([
    ['me', '/api/me'],
    ['/me', '/api/me'],
    ['//evil.example/me', '/api/evil.example/me'],
    ['\\\\evil.example', '/api/evil.example'],
    ['?a=b', '/api/?a=b'],
    ['', '/api/'],
  ])('%j is below the prefix', async (url, expected) => {
    await client()(url)
    expect(seen[0]?.url).toBe(expected)
  })

  test('an absolute URL stands for itself, and so does a prefix of the request', async () => {
    await client()(`${origin}/other`)
    await client({ prefixUrl: undefined })(new URL(`${origin}/third`))
    expect(seen[0]?.url).toBe('/third')
    await client()('x', { prefixUrl: `${origin}/v2/` })
    expect(seen[0]?.url).toBe('/v2/x')
  })

  test.each(['relative', 'http://u:SECRET@127.0.0.1/', 'http://['])(
    '%s without a prefix is a definition error',
    async (url) => {
      const error = await failureOf(client({ prefixUrl: undefined })(url))
      expect(error.code).toBe('definition_invalid')
      expect(inspect(error)).not.toContain('SECRET')
    },
  )

  test.each([
    [{ api_token: 'S' }, '?keep=1', undefined, '/api/?keep=1&api_token=S'],
    [
      { api_token: 'S' },
      '?keep=1',
      { q: 1, none: undefined, yes: true },
      '/api/?keep=1&api_token=S&q=1&yes=true',
    ],
    [
      { api_token: 'S' },
      '?api_token=old&k=1',
      new URLSearchParams('q=1&q=2'),
      '/api/?k=1&api_token=S&q=1&q=2',
    ],
    [{ a: '1' }, '', 'a=2&b=3', '/api/?a=2&b=3'],
    [[['a', 'x y']], '', [['b', '&']], '/api/?a=x+y&b=%26'],
  ] as const)('query %j on %j with %j is %s', async (base, url, own, expected) => {
    await client({ searchParams: base })(url, { searchParams: own as URLSearchParams })
    expect(seen[0]?.url).toBe(expected)
  })
})

describe('limits', () => {
  test.each(['/hang', '/drip'])('the time limit holds over headers and body: %s', async (path) => {
    const error = await failureOf(client({ timeout: 50 })(`${origin}${path}?SECRET`))
    expect([error.code, error.ambiguous, seen.length]).toEqual(['provider_unavailable', true, 1])
    expect(inspect(error)).not.toContain('SECRET')
  })

  test("the caller's abort rejects with its reason, from either signal, with and without a time limit", async () => {
    const reason = new Error('left')
    const other = new AbortController().signal
    for (const timeout of [false, 5000] as const) {
      const aborted = AbortSignal.abort(reason)
      expect(await failureOf(client({ signal: other, timeout })(`${origin}/hang`, { signal: aborted }))).toBe(
        reason,
      )
      expect(await failureOf(client({ signal: aborted, timeout })(`${origin}/hang`, { signal: other }))).toBe(
        reason,
      )
      const controller = new AbortController()
      setImmediate(() => controller.abort(reason))
      expect(await failureOf(client({ timeout })(`${origin}/hang`, { signal: controller.signal }))).toBe(
        reason,
      )
    }
  })

  test('what the fetch throws is told by its meaning', async () => {
    const refused = Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED' } })
    const error = await failureOf(client({ fetch: () => Promise.reject(refused) })(''))
    expect([error.code, error.ambiguous]).toEqual(['provider_unavailable', false])
  })
})
