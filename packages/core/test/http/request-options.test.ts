import { inspect } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import type { AuthError } from '../../src/errors.ts'
import { createRequestClient } from '../../src/http/request-client.ts'

interface Seen {
  method: string
  headers: Record<string, string>
  body: string
}

let seen: Seen[] = []

const client = (base: object = {}): ReturnType<typeof createRequestClient> => {
  seen = []
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init)
    seen.push({
      method: request.method,
      headers: Object.fromEntries(request.headers),
      body: await request.text(),
    })
    return new Response('ok')
  }
  return createRequestClient({ fetch, prefixUrl: 'https://api.example.com', ...base })
}

async function failureOf(promise: Promise<unknown>): Promise<AuthError> {
  return promise.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: unknown) => error as AuthError,
  )
}

describe('headers', () => {
  test('merge by name in any case, and undefined removes one', async () => {
    await client({ headers: { 'X-A': '1', 'x-b': '2', 'x-c': '3' } })('', {
      headers: { 'x-a': '9', 'X-B': undefined },
    })
    expect(['x-a', 'x-b', 'x-c'].map((name) => seen[0]?.headers[name])).toEqual(['9', undefined, '3'])
  })

  test.each<[string, object, object, string | undefined]>([
    [
      'a user name and password are Basic in UTF-8',
      { username: 'test', password: '123\u00a3' },
      {},
      'Basic dGVzdDoxMjPCow==',
    ],
    ['a user name alone has a colon', { username: 'key' }, {}, 'Basic a2V5Og=='],
    [
      "the request's Authorization wins",
      { username: 'u', password: 'p' },
      { headers: { Authorization: 'Bearer x' } },
      'Bearer x',
    ],
    [
      "the request's user name wins over a header",
      { headers: { authorization: 'Bearer x' } },
      { username: 'u' },
      'Basic dTo=',
    ],
    ['neither is none', {}, {}, undefined],
  ])('%s', async (_, base, own, expected) => {
    await client(base)('', own)
    expect(seen[0]?.headers.authorization).toBe(expected)
  })

  test.each([
    [{ username: 'a:b', password: 'SECRET' }, 'username'],
    [{ username: '', password: '' }, 'username'],
    [{ username: 'u', password: 'SEC\nRET' }, 'password'],
    [{ headers: { 'x-key': 'SEC\nRET' } }, 'x-key'],
    [{ headers: { 'x-key': 'SECRET ' } }, 'x-key'],
  ])('%j is refused by its field, not by its value, and nothing is sent', async (base, field) => {
    const error = await failureOf(client(base)(''))
    expect([error.code, error.field, seen.length]).toEqual(['settings_invalid', field, 0])
    expect(inspect(error)).not.toMatch(/SEC/)
  })
})

describe('the body', () => {
  test('JSON of the base and of the request merge deeply and without noise', async () => {
    const json = { apiKey: 'S', meta: { a: 1, b: [1] } }
    await client({ json })('', { json: { ev: 1, meta: { b: [2] } } })
    expect([seen[0]?.method, seen[0]?.body, seen[0]?.headers['content-type']]).toEqual([
      'POST',
      '{"apiKey":"S","meta":{"a":1,"b":[2]},"ev":1}',
      'application/json',
    ])
    expect(json).toEqual({ apiKey: 'S', meta: { a: 1, b: [1] } })
  })

  test('a key in JSON is not lost to another body: that is a definition error', async () => {
    const request = client({ json: { apiKey: 'S' } })
    for (const options of [{ json: [1] }, { body: 'text' }, { method: 'GET' }]) {
      expect((await failureOf(request('', options))).code).toBe('definition_invalid')
    }
    expect(seen.length).toBe(0)
  })

  test('an explicit content type stays, and __proto__ is data for nobody', async () => {
    const json = JSON.parse('{"__proto__":{"evil":1},"a":{"__proto__":{"evil":1}}}') as object
    await client({ json: { a: { k: 1 } } })('', {
      json,
      headers: { 'content-type': 'application/vnd.api+json' },
    })
    expect([seen[0]?.body, seen[0]?.headers['content-type']]).toEqual([
      '{"a":{"k":1}}',
      'application/vnd.api+json',
    ])
    expect(Object.hasOwn(Object.prototype, 'evil')).toBe(false)
  })

  test('a form is sent as a form', async () => {
    await client()('', { method: 'put', body: new URLSearchParams({ a: 'b c' }) })
    expect([seen[0]?.method, seen[0]?.body, seen[0]?.headers['content-type']]).toEqual([
      'PUT',
      'a=b+c',
      'application/x-www-form-urlencoded;charset=UTF-8',
    ])
  })
})
