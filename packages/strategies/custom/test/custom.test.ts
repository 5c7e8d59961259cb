import { expect, test } from '@jest/globals'
import { connect, type AuthStrategy } from '@latchkey/core'
import { custom } from '@latchkey/custom'
import { network } from '../../../../tools/network.ts'
import { thrownBy } from './support.ts'

const api = 'https://api.example.com'
const fields = { apiKey: { type: 'password', label: 'API key', required: true } } as const
const settings = { apiKey: 'k-1' }

/** What goes out for one call. */
async function sentFor(auth: AuthStrategy, path = '/', init: RequestInit = {}) {
  const { fetch, sent } = network()
  await connect(auth, { settings, origins: [api], fetch }).fetch(api + path, init)
  expect(sent).toHaveLength(1)
  return sent[0]!
}

test('an extension adds headers and query parameters, in any case of a name', async () => {
  const auth = custom({
    fields,
    extendRequest: ({ settings: { apiKey } }) => ({
      headers: { Authorization: `Bearer ${apiKey}`, 'X-Left-Out': undefined },
      searchParams: { account: 7, debug: false, none: undefined },
    }),
  })
  const sent = await sentFor(auth, '/s?q=a%20b&debug=true')
  expect(sent.url).toBe(`${api}/s?q=a%20b&debug=true&account=7`)
  expect(sent.headers.get('authorization')).toBe('Bearer k-1')
  expect(sent.headers.has('x-left-out')).toBe(false)
})

test("a per-request header wins over the extension's, Authorization too", async () => {
  const auth = custom({
    fields,
    extendRequest: () => ({ headers: { 'x-version': '1' }, username: 'u', password: 'p' }),
  })
  const sent = await sentFor(auth, '/', { headers: { AUTHORIZATION: 'Bearer mine', 'X-Version': '2' } })
  expect(sent.headers.get('authorization')).toBe('Bearer mine')
  expect(sent.headers.get('x-version')).toBe('2')
  expect((await sentFor(auth)).headers.get('authorization')).toBe('Basic dTpw')
})

test('a user name alone is Basic with an empty password', async () => {
  const auth = custom({ fields, extendRequest: ({ settings: s }) => ({ username: s.apiKey }) })
  expect((await sentFor(auth)).headers.get('authorization')).toBe('Basic ay0xOg==')
})

test("JSON is merged deeply into a JSON body, and the request's own members win", async () => {
  const auth = custom({
    fields,
    extendRequest: ({ settings: s }) => ({ json: { auth: { key: s.apiKey, v: 1 }, tags: [1] } }),
  })
  const merged = await sentFor(auth, '/', { method: 'POST', body: '{"a":1,"auth":{"v":2},"tags":[]}' })
  expect(merged.body).toBe('{"a":1,"auth":{"v":2,"key":"k-1"},"tags":[]}')
  const made = await sentFor(auth, '/', { method: 'POST' })
  expect(made.body).toBe('{"auth":{"key":"k-1","v":1},"tags":[1]}')
  expect(made.headers.get('content-type')).toBe('application/json')
  await expect(sentFor(auth)).rejects.toMatchObject({ code: 'unsupported' })
  const list = custom({ fields, extendRequest: () => ({ json: [1] }) })
  await expect(sentFor(list, '/', { method: 'POST' })).rejects.toMatchObject({ code: 'definition_invalid' })
})

test('an asynchronous extension is waited for', async () => {
  const auth = custom({
    fields,
    extendRequest: async ({ settings: s }) => ({ headers: { 'x-key': await Promise.resolve(s.apiKey) } }),
  })
  expect((await sentFor(auth)).headers.get('x-key')).toBe('k-1')
})

test('an extension sees what was earned', async () => {
  const auth = custom({
    scheme: 'my-session',
    fields,
    acquire: async ({ settings: s }) => ({ session: `s-${s.apiKey}` }),
    extendRequest: ({ auth: { session } }) => ({ headers: { 'x-session': session } }),
  })
  expect(auth.scheme).toBe('my-session')
  expect((await sentFor(auth)).headers.get('x-session')).toBe('s-k-1')
})

test('a computed base URL takes relative URLs, and must match the declared origins', async () => {
  const auth = custom({
    fields: { subdomain: { type: 'string', label: 'Subdomain', required: true } },
    origins: ['https://*.example.com'],
    extendRequest: ({ settings: s }) => ({
      prefixUrl: `https://${s.subdomain}.example.com/api`,
      headers: { 'x-key': 'k' },
    }),
  })
  const { fetch, sent } = network()
  await connect(auth, { settings: { subdomain: 'acme' }, fetch }).http('me')
  await connect(auth, { settings: { subdomain: 'acme' }, fetch }).fetch('/me')
  expect(sent.map(({ url }) => url)).toEqual([
    'https://acme.example.com/api/me',
    'https://acme.example.com/api/me',
  ])
  const hostile = connect(auth, { settings: { subdomain: 'evil.com/' }, fetch })
  await expect(hostile.fetch('/me')).rejects.toMatchObject({ code: 'origin_forbidden' })
  expect(sent).toHaveLength(2)
  const unnamed = custom({ fields, extendRequest: () => ({ prefixUrl: api }) })
  expect(() => connect(unnamed, { settings })).toThrow('originPatterns')
})

test('where the extension names no base URL the connector’s holds', async () => {
  const { fetch, sent } = network()
  const auth = custom({ fields, extendRequest: () => ({ headers: { 'x-key': 'k' } }) })
  await connect(auth, { settings, baseUrl: `${api}/v2`, fetch }).fetch('things')
  expect(sent[0]).toMatchObject({ url: `${api}/v2/things` })
})

test('testRequest gets a client with the defaults of the extension, that signs in', async () => {
  const { fetch, sent } = network(() => new Response('{"name":"Ada"}'))
  const auth = custom({
    fields,
    extendRequest: ({ settings: s }) => ({
      headers: { 'x-key': s.apiKey },
      method: 'PUT',
      responseType: 'json',
    }),
    testRequest: async (request, given) => {
      expect(given).toEqual({ settings, auth: undefined })
      const { data, status } = await request<{ name: string }>('me')
      return { name: `${data.name} ${status}` }
    },
  })
  expect(await connect(auth, { settings, baseUrl: api, fetch }).test()).toEqual({
    id: undefined,
    label: 'Ada 200',
  })
  expect(sent[0]).toMatchObject({ method: 'PUT', url: `${api}/me` })
  expect(sent[0]!.headers.get('x-key')).toBe('k-1')
})

test('what an extension adds does not follow the test to another origin', async () => {
  const { fetch, sent } = network((_, count) =>
    count === 1
      ? new Response(null, { status: 307, headers: { location: 'https://evil.example/' } })
      : new Response('ok'),
  )
  const auth = custom({
    fields,
    extendRequest: ({ settings: s }) => ({
      headers: { 'x-key': s.apiKey },
      searchParams: { key: s.apiKey },
      json: { key: s.apiKey },
    }),
    testRequest: (request) => request('me'),
  })
  await connect(auth, { settings, baseUrl: api, fetch })
    .test()
    .catch(() => undefined)
  expect(sent[0]).toMatchObject({ method: 'POST', url: `${api}/me?key=k-1`, body: '{"key":"k-1"}' })
  for (const { url, headers, body } of sent.slice(1)) {
    expect(JSON.stringify([url, [...headers], body])).not.toContain('k-1')
  }
})

test('a value that no header can carry is refused with the name of its field', async () => {
  const auth = custom({
    fields,
    extendRequest: ({ settings: s }) => ({ headers: { 'x-key': `v=${s.apiKey}` } }),
  })
  const { fetch, sent } = network()
  const refused = await connect(auth, { settings: { apiKey: 'k€1' }, origins: [api], fetch })
    .fetch(api)
    .catch((error: unknown) => error)
  expect(refused).toMatchObject({ code: 'settings_invalid', field: 'apiKey' })
  expect((refused as Error).message).not.toContain('k€1')
  expect(sent).toEqual([])
})

test('apply makes it simply a strategy', async () => {
  const auth = custom({
    fields,
    acquire: async ({ settings: s }) => ({ token: `t-${s.apiKey}` }),
    apply({ headers }, { credentials }) {
      headers.set('x-token', credentials.token)
    },
    test: async ({ http }) => ({ label: await http('me').text() }),
  })
  expect(auth.scheme).toBe('custom')
  expect((await sentFor(auth)).headers.get('x-token')).toBe('t-k-1')
  const { fetch } = network(() => new Response('Ada'))
  expect(await connect(auth, { settings, baseUrl: api, fetch }).test()).toEqual({ label: 'Ada' })
})

test('exactly one of the three forms is given', () => {
  for (const forms of [
    {},
    { extendRequest: () => ({}), apply: () => undefined },
    { request: {}, apply: () => undefined },
  ]) {
    const made = thrownBy(() => custom({ fields, ...forms } as never))
    expect(made).toBeInstanceOf(TypeError)
    expect((made as Error).message).toBe('custom: give one of extendRequest, request and apply')
  }
})
