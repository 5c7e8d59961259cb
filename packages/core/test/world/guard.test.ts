import { inspect } from 'node:util'
import { afterEach, describe, expect, jest, test } from '@jest/globals'
import { createWorld } from '../../src/world/world.ts'
import { bodyOf, failureOf, guard, loopback, serve, stopServers } from './guard-tools.ts'

afterEach(stopServers)

const stub = (answer: () => Response): { fetch: typeof fetch; calls: [unknown, RequestInit][] } => {
  const calls: [unknown, RequestInit][] = []
  return {
    calls,
    fetch: (input, init) => {
      calls.push([input, init ?? {}])
      return Promise.resolve(answer())
    },
  }
}

describe('the target', () => {
  test.each([
    ['http://api.example.com/token', undefined, 'http://api.example.com is not https.'],
    [
      'https://127.0.0.1/token',
      undefined,
      'https://127.0.0.1 is a loopback address; network.allow or the connector must permit it.',
    ],
    [
      'https://2130706433/token',
      undefined,
      'https://127.0.0.1 is a loopback address; network.allow or the connector must permit it.',
    ],
    [
      'https://localhost/token',
      undefined,
      'https://localhost is a loopback address; network.allow or the connector must permit it.',
    ],
    [
      'https://10.0.0.1/',
      'loopback',
      'https://10.0.0.1 is a private address; network.allow or the connector must permit it.',
    ],
    ['http://10.0.0.1/', 'private', 'http://10.0.0.1 is not https.'],
    [
      'https://169.254.169.254/',
      'private',
      'https://169.254.169.254 is a special address; network.allow or the connector must permit it.',
    ],
    ['ftp://api.example.com/', 'private', 'ftp://api.example.com is not https.'],
  ] as const)('%s is refused where %s is allowed, and nothing is sent', async (url, allow, message) => {
    const { fetch, calls } = stub(() => new Response('x'))
    const error = await failureOf(guard({ fetch, allow, injected: true })(`${url}?key=SECRET`))
    expect([error.code, error.message, calls.length]).toEqual(['origin_forbidden', message, 0])
  })

  test.each([
    ['http://127.0.0.1:9/', 'loopback'],
    ['https://10.0.0.1/', 'private'],
    ['https://api.example.com/', undefined],
  ] as const)('%s is permitted where %s is allowed', async (url, allow) => {
    const { fetch } = stub(() => new Response('ok'))
    await expect((await guard({ fetch, allow, injected: true })(url)).text()).resolves.toBe('ok')
  })

  test('an origin that code names may be http and private, on its own port only', async () => {
    const { fetch, calls } = stub(() => new Response('ok'))
    const { guarded } = createWorld({
      fetch,
      trustedOrigins: ['http://10.0.0.1:8080', 'https://*.example.com', 'nonsense'],
    })
    expect((await guarded('http://10.0.0.1:8080/x')).status).toBe(200)
    expect((await failureOf(guarded('http://10.0.0.1:8081/x'))).code).toBe('origin_forbidden')
    expect(calls.length).toBe(1)
  })

  test.each(['relative/SECRET', 'https://user:SECRET@api.example.com/'])(
    'what is no URL for credentials is a definition error without its text (%#)',
    async (url) => {
      const error = await failureOf(loopback(url))
      expect(error.code).toBe('definition_invalid')
      expect(inspect(error)).not.toContain('SECRET')
    },
  )

  test('a header that cannot be sent is a definition error without its value', async () => {
    const error = await failureOf(
      loopback('https://api.example.com', { headers: { authorization: 'Bearer SEC\r\nRET' } }),
    )
    expect(error.code).toBe('definition_invalid')
    expect(inspect(error)).not.toContain('SEC')
  })
})

describe('the request', () => {
  test('a Request with a body and every form of init arrive as Fetch would send them', async () => {
    const seen: unknown[] = []
    const origin = await serve(async (request, response) => {
      const { method, url, headers } = request
      seen.push([
        method,
        url,
        headers['content-type'],
        headers['x-key'],
        headers['accept-encoding'],
        await bodyOf(request),
      ])
      response.end()
    })
    const form = new URLSearchParams({ grant_type: 'refresh_token' })
    await loopback(new Request(`${origin}/a`, { method: 'PUT', body: 'text', headers: { 'x-key': 'k' } }))
    await loopback(new URL(`${origin}/b`), {
      method: 'post',
      body: form,
      headers: [['accept-encoding', 'gzip']],
    })
    await loopback(new Request(`${origin}/c`, { method: 'POST', body: 'old' }), { body: 'new' })
    await loopback(`${origin}/d`)
    expect(seen).toEqual([
      ['PUT', '/a', 'text/plain;charset=UTF-8', 'k', 'identity', 'text'],
      [
        'POST',
        '/b',
        'application/x-www-form-urlencoded;charset=UTF-8',
        undefined,
        'gzip',
        'grant_type=refresh_token',
      ],
      ['POST', '/c', 'text/plain;charset=UTF-8', undefined, 'identity', 'new'],
      ['GET', '/d', undefined, undefined, 'identity', ''],
    ])
  })

  test('nothing on Object.prototype becomes a part of it', async () => {
    const seen: unknown[] = []
    const origin = await serve((request, response) => {
      seen.push(request.method, request.headers['x-evil'])
      response.end()
    })
    const polluted = Object.prototype as Record<string, unknown>
    Object.assign(polluted, { method: 'DELETE', headers: { 'x-evil': '1' }, redirect: 'error' })
    try {
      await loopback(`${origin}/a`, {})
    } finally {
      for (const key of ['method', 'headers', 'redirect']) Reflect.deleteProperty(polluted, key)
    }
    expect(seen).toEqual(['GET', undefined])
  })

  test('the global fetch is the one at the time of the call', async () => {
    const { guarded, fetch } = createWorld()
    const double = stub(() => new Response('double'))
    jest.spyOn(globalThis, 'fetch').mockImplementation(double.fetch)
    await expect((await guarded('https://api.example.com/x')).text()).resolves.toBe('double')
    await expect((await fetch('https://api.example.com/x')).text()).resolves.toBe('double')
    expect(double.calls.map(([, init]) => Object.keys(init).includes('dispatcher'))).toEqual([true, false])
  })
})

describe('redirects', () => {
  const redirecting = (status: number, location: (origin: string) => string): Promise<string> =>
    serve(async (request, response) => {
      if (request.url === '/start') {
        response
          .writeHead(status, { location: location(`http://${String(request.headers.host)}`) })
          .end('unread')
      } else
        response.end(
          `${String(request.method)} ${String(request.headers['content-type'])} ${await bodyOf(request)}`,
        )
    })

  test.each([
    [301, 'GET undefined '],
    [302, 'GET undefined '],
    [303, 'GET undefined '],
    [307, 'POST text/plain s'],
    [308, 'POST text/plain s'],
  ])('%i on the same origin is followed as Fetch says', async (status, expected) => {
    const origin = await redirecting(status, () => '/end?x=1')
    const response = await loopback(`${origin}/start`, {
      method: 'POST',
      body: 's',
      headers: { 'content-type': 'text/plain' },
    })
    expect([await response.text(), response.url, response.redirected]).toEqual([
      expected,
      `${origin}/end?x=1`,
      true,
    ])
  })

  test.each([301, 302, 303, 307, 308])(
    '%i to another origin is response_invalid, and nothing reaches it',
    async (status) => {
      let hits = 0
      const other = await serve((_, response) => {
        hits++
        response.end()
      })
      const origin = await redirecting(status, () => `${other}/path-SECRET?code=SECRET`)
      const error = await failureOf(loopback(`${origin}/start`, { method: 'POST', body: 's' }))
      expect([error.code, error.message, hits]).toEqual([
        'response_invalid',
        `${origin} redirects to ${other}; requests for credentials stay on their origin.`,
        0,
      ])
    },
  )

  test.each([
    ['https on the same host', (origin: string) => origin.replace('http:', 'https:')],
    ['a user name on the same origin', (origin: string) => origin.replace('//', '//user:SECRET@')],
    ['what is no URL', () => 'http://[SECRET'],
  ])('%s is another place', async (_, location) => {
    const origin = await redirecting(302, location)
    const error = await failureOf(loopback(`${origin}/start`))
    expect(error.code).toBe('response_invalid')
    expect(inspect(error)).not.toContain('SECRET')
  })

  test('five hops are followed and a sixth is not', async () => {
    let requests = 0
    const origin = await serve((request, response) => {
      requests++
      const left = Number(request.url?.slice(1))
      if (left === 0) response.end('there')
      else response.writeHead(302, { location: `/${left - 1}` }).end()
    })
    await expect((await loopback(`${origin}/5`)).text()).resolves.toBe('there')
    const error = await failureOf(loopback(`${origin}/6`))
    expect([error.code, error.message, requests]).toEqual([
      'response_invalid',
      `${origin} redirects more than 5 times.`,
      12,
    ])
  })

  test('a caller may take the redirect itself, or refuse any', async () => {
    const origin = await redirecting(302, () => 'https://elsewhere.example/')
    const response = await loopback(`${origin}/start`, { redirect: 'manual' })
    expect([response.status, response.headers.get('location')]).toEqual([302, 'https://elsewhere.example/'])
    const same = await redirecting(302, () => '/end')
    expect((await failureOf(loopback(`${same}/start`, { redirect: 'error' }))).code).toBe('response_invalid')
  })
})
