import { expect, test } from '@jest/globals'
import { connect, type AuthError, type AuthStrategy } from '@latchkey/core'
import { apiKey } from '@latchkey/api-key'
import { network } from '../../../../tools/network.ts'
import { api, refusalOf, sentFor, settings } from './support.ts'

const urlencoded = 'application/x-www-form-urlencoded'

test('a form body of any kind gets the key, and what the caller wrote keeps its spelling', async () => {
  const auth = apiKey({ in: 'form', name: 'api_key' })
  const asParams = await sentFor(auth, '/', {
    method: 'POST',
    body: new URLSearchParams({ a: '1 2', api_key: 'x' }),
  })
  expect(asParams.body).toBe('a=1+2&api_key=k-1')
  const asText = await sentFor(auth, '/', {
    method: 'POST',
    body: 'a=1%202&api_key=x',
    headers: { 'content-type': urlencoded, 'content-length': '17' },
  })
  expect(asText.body).toBe('a=1%202&api_key=k-1')
  expect(asText.headers.get('content-length')).toBeNull()
  const asBytes = await sentFor(auth, '/', {
    method: 'POST',
    body: new TextEncoder().encode('a=1'),
    headers: { 'content-type': urlencoded },
  })
  expect(asBytes.body).toBe('a=1&api_key=k-1')
})

test('a request without a body gets a form body where its method carries one', async () => {
  const sent = await sentFor(apiKey({ in: 'form', name: 'api_key' }), '/', { method: 'DELETE' })
  expect(sent.body).toBe('api_key=k-1')
  expect(sent.headers.get('content-type')).toBe(`${urlencoded};charset=UTF-8`)
})

test('a multipart form gets the key as a part, and its boundary is the one in the header', async () => {
  const form = new FormData()
  form.set('file', new Blob(['bytes'], { type: 'text/csv' }), 'a.csv')
  form.set('api_key', 'x')
  const sent = await sentFor(apiKey({ in: 'form', name: 'api_key' }), '/', { method: 'POST', body: form })
  const type = sent.headers.get('content-type')!
  const read = await new Response(sent.body, { headers: { 'content-type': type } }).formData()
  expect(read.getAll('api_key')).toEqual(['k-1'])
  expect(await (read.get('file') as File).text()).toBe('bytes')
  expect(form.get('api_key')).toBe('x')
})

test('a form that is not what its type says is refused', async () => {
  const init = {
    method: 'POST',
    body: 'nonsense',
    headers: { 'content-type': 'multipart/form-data; boundary=b' },
  }
  expect(await refusalOf(sentFor(apiKey({ in: 'form', name: 'key' }), '/', init))).toMatchObject({
    code: 'unsupported',
  })
})

test('a JSON body gets the key, and what the caller wrote keeps its spelling', async () => {
  const auth = apiKey({ in: 'json', name: 'api.key' })
  const body = ' {"big":12345678901234567890, "a":"\\u00e9"}'
  const sent = await sentFor(auth, '/', {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/vnd.api+json' },
  })
  expect(sent.body).toBe(' {"api.key":"k-1","big":12345678901234567890, "a":"\\u00e9"}')
  expect(sent.headers.get('content-type')).toBe('application/vnd.api+json')
  const empty = await sentFor(auth, '/', { method: 'POST', body: '{}' })
  expect(empty.body).toBe('{"api.key":"k-1"}')
})

test('a path reaches into nested objects and makes those that are missing', async () => {
  const auth = apiKey({ in: 'json', name: ['auth', 'key'], prefix: 'ApiKey ' })
  const merged = await sentFor(auth, '/', { method: 'PUT', body: '{"auth":{"user":"u","key":"x"},"a":1}' })
  expect(merged.body).toBe('{"auth":{"user":"u","key":"ApiKey k-1"},"a":1}')
  const made = await sentFor(auth, '/', { method: 'POST' })
  expect(made.body).toBe('{"auth":{"key":"ApiKey k-1"}}')
  expect(made.headers.get('content-type')).toBe('application/json')
})

test('a name that reaches into prototypes is an ordinary member', async () => {
  const sent = await sentFor(apiKey({ in: 'json', name: ['__proto__', 'key'] }), '/', {
    method: 'POST',
    body: '{"__proto__":{"a":1}}',
  })
  expect(sent.body).toBe('{"__proto__":{"a":1,"key":"k-1"}}')
  expect(({} as Record<string, unknown>)['key']).toBeUndefined()
})

test("a JSON member clashes by the placement's rule", async () => {
  const init = { method: 'POST', body: '{"key":"mine"}' }
  expect((await sentFor(apiKey({ in: 'json', name: 'key', clash: 'caller' }), '/', init)).body).toBe(
    '{"key":"mine"}',
  )
  const refused = await refusalOf(sentFor(apiKey({ in: 'json', name: 'key', clash: 'error' }), '/', init))
  expect(refused).toMatchObject({ code: 'unsupported' })
})

test('a request that cannot carry the key in its body is refused and not sent', async () => {
  const cases: [AuthStrategy, RequestInit][] = [
    [apiKey({ in: 'json', name: 'key' }), {}],
    [apiKey({ in: 'json', name: 'key' }), { method: 'HEAD' }],
    [apiKey({ in: 'json', name: 'key' }), { method: 'POST', body: '[1]' }],
    [apiKey({ in: 'json', name: 'key' }), { method: 'POST', body: 'SECRET text' }],
    [apiKey({ in: 'json', name: 'key' }), { method: 'POST', body: new Uint8Array([0xff]) }],
    [apiKey({ in: 'json', name: 'key' }), { method: 'POST', body: new URLSearchParams('a=1') }],
    [apiKey({ in: 'form', name: 'key' }), {}],
    [apiKey({ in: 'form', name: 'key' }), { method: 'POST', body: '{}' }],
  ]
  for (const [auth, init] of cases) {
    const { fetch, sent } = network()
    const refused = (await refusalOf(
      connect(auth, { settings, origins: [api], fetch }).fetch(api, init),
    )) as AuthError
    expect(refused).toMatchObject({ code: 'unsupported', remedy: 'code' })
    expect(refused.message).not.toMatch(/k-1|SECRET/)
    expect(sent).toEqual([])
  }
})

test('a stream that can be read only once is refused for a body placement', async () => {
  const body = new Blob(['{}']).stream()
  const init = {
    method: 'POST',
    body,
    duplex: 'half',
    headers: { 'content-type': 'application/json' },
  } as RequestInit
  expect(await refusalOf(sentFor(apiKey({ in: 'json', name: 'key' }), '/', init))).toMatchObject({
    code: 'body_not_replayable',
  })
})

test('two keys in one body are both there', async () => {
  const auth = apiKey({
    placements: [
      { in: 'form', name: 'user', field: 'user' },
      { in: 'form', name: 'key', field: 'key' },
    ],
    fields: { user: {}, key: {} },
  })
  const { fetch, sent } = network()
  await connect(auth, { settings: { user: 'u', key: 'k' }, origins: [api], fetch }).fetch(api, {
    method: 'POST',
  })
  expect(sent[0]!.body).toBe('user=u&key=k')
})
