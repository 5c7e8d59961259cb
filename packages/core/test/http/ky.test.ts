import { beforeEach, describe, expect, jest, test } from '@jest/globals'
import type * as Http from '../../src/http/index.ts'

const versions = ['ky', 'ky2']

describe.each(versions)('with %s installed', (name) => {
  let http: typeof Http
  beforeEach(async () => {
    jest.resetModules()
    const installed = (await import(name)) as object
    jest.unstable_mockModule('ky', () => installed)
    http = await import('../../src/http/index.ts')
  })

  const recorder = (status = 200): { fetch: typeof fetch; urls: string[] } => {
    const urls: string[] = []
    return {
      urls,
      fetch: (input) => {
        urls.push(input instanceof Request ? input.url : String(input))
        return Promise.resolve(
          new Response('{"a":1}', { status, headers: { 'content-type': 'application/json' } }),
        )
      },
    }
  }

  test('an instance resolves relative URLs on its base and leaves absolute ones alone', async () => {
    const { fetch, urls } = recorder()
    const client = http.kyFor(fetch, new URL('https://api.example.com/v1'))
    expect(await client.get('users?x=1').json()).toEqual({ a: 1 })
    await client.get(new URL('https://other.example/'))
    expect(urls).toEqual(['https://api.example.com/v1/users?x=1', 'https://other.example/'])
  })

  test('an instance without a base takes absolute URLs', async () => {
    const { fetch, urls } = recorder()
    await http.kyFor(fetch)('https://api.example.com/x')
    expect(urls).toEqual(['https://api.example.com/x'])
  })

  test('an instance for earning credentials sends a failing request once', async () => {
    const { fetch, urls } = recorder(503)
    const error = await http
      .authKy(fetch)('https://api.example.com/token')
      .then(() => undefined, http.toAuthError)
    expect([error?.code, http.statusOf(error), urls.length]).toEqual(['provider_unavailable', 503, 1])
  })

  test('the request client works', async () => {
    const { fetch, urls } = recorder()
    const request = http.createRequestClient({ fetch, prefixUrl: 'https://api.example.com/api' })
    const result = await request<{ a: number }>('/me', { json: { x: 1 }, searchParams: { q: 1 } })
    expect([result.data.a, urls]).toEqual([1, ['https://api.example.com/api/me?q=1']])
    const failing = recorder(401)
    const refused = http
      .createRequestClient({ fetch: failing.fetch })('https://api.example.com/')
      .catch(http.statusOf)
    expect([await refused, failing.urls.length]).toEqual([401, 1])
  })
})
