import { expect, test } from '@jest/globals'
import { connect } from '@latchkey/core'
import { apiKey } from '@latchkey/api-key'
import { network } from '../../../../tools/network.ts'
import { api, refusalOf, sentFor, settings } from './support.ts'

test('a header carries the key with its prefix as it is written', async () => {
  const sent = await sentFor(apiKey({ in: 'header', name: 'Authorization', prefix: 'Token token=' }))
  expect(sent.headers.get('authorization')).toBe('Token token=k-1')
  expect(sent.url).toBe('https://api.example.com/')
})

test("a header that the caller set in another case is replaced, kept or refused by the placement's rule", async () => {
  const place = { in: 'header', name: 'x-api-key' } as const
  const init = { headers: { 'X-API-KEY': 'mine' } }
  expect((await sentFor(apiKey(place), '/', init)).headers.get('x-api-key')).toBe('k-1')
  expect((await sentFor(apiKey({ ...place, clash: 'caller' }), '/', init)).headers.get('x-api-key')).toBe(
    'mine',
  )
  const refused = await refusalOf(sentFor(apiKey({ ...place, clash: 'error' }), '/', init))
  expect(refused).toMatchObject({ code: 'unsupported', remedy: 'code', scheme: 'api-key' })
  const same = await sentFor(apiKey({ ...place, clash: 'error' }), '/', { headers: { 'X-Api-Key': 'k-1' } })
  expect(same.headers.get('x-api-key')).toBe('k-1')
})

test('a query key replaces every parameter of its name and leaves the spelling of the others alone', async () => {
  const auth = apiKey({ in: 'query', name: 'api_key' })
  const sent = await sentFor(auth, '/s?api_key=x&q=a%20b&flag&api%5Fkey=y&z=%7e#top', {}, { apiKey: 'a b&c' })
  expect(sent.url).toBe('https://api.example.com/s?q=a%20b&flag&z=%7e&api_key=a+b%26c#top')
  expect((await sentFor(auth, '/s')).url).toBe('https://api.example.com/s?api_key=k-1')
})

test("a query key clashes by the placement's rule", async () => {
  const kept = await sentFor(apiKey({ in: 'query', name: 'key', clash: 'caller' }), '/?key=mine&a=1')
  expect(kept.url).toBe('https://api.example.com/?key=mine&a=1')
  const refused = await refusalOf(sentFor(apiKey({ in: 'query', name: 'key', clash: 'error' }), '/?key=mine'))
  expect(refused).toMatchObject({ code: 'unsupported' })
})

test('a query key is not doubled by a redirect that copies the query', async () => {
  const { fetch, sent } = network((_, count) =>
    count === 1
      ? new Response(null, { status: 307, headers: { location: '/b?a=1&key=k-1' } })
      : new Response('ok'),
  )
  const connection = connect(apiKey({ in: 'query', name: 'key' }), { settings, origins: [api], fetch })
  await connection.fetch(`${api}/a?a=1`)
  expect(sent.map(({ url }) => url)).toEqual([`${api}/a?a=1&key=k-1`, `${api}/b?a=1&key=k-1`])
})

test('a cookie joins the cookies of the caller and replaces its namesakes only', async () => {
  const auth = apiKey({ in: 'cookie', name: 'sid' })
  expect((await sentFor(auth)).headers.get('cookie')).toBe('sid=k-1')
  const sent = await sentFor(auth, '/', { headers: { cookie: 'a=1; sid=old;sid2=x; b==' } })
  expect(sent.headers.get('cookie')).toBe('a=1; sid2=x; b==; sid=k-1')
})

test('a cookie value is of the grammar of RFC 6265, at validation and at use', async () => {
  const auth = apiKey({ in: 'cookie', name: 'sid' })
  for (const value of ['a b', 'a;b', 'a,b', 'a"b', 'a\\b', 'é']) {
    expect(() => connect(auth, { settings: { apiKey: value }, origins: [api] })).toThrow(
      'The settings for "api-key" are not valid',
    )
    const request = { method: 'GET', url: new URL(api), headers: new Headers(), body: null } as never
    expect(() => auth.apply(request, { settings: { apiKey: value } } as never)).toThrow(
      'Field "apiKey" cannot be sent',
    )
  }
})

test('one key goes to several places, and several keys go to their own', async () => {
  const auth = apiKey({
    placements: [
      { in: 'json', name: 'secret', field: 'secret' },
      { in: 'header', name: 'x-key-id', field: 'keyId' },
      { in: 'header', name: 'x-key-secret', field: 'secret' },
      { in: 'query', name: 'id', field: 'keyId' },
    ],
    fields: {
      keyId: { type: 'string', label: 'Key id', required: true, public: true },
      secret: { label: 'Secret key' },
    },
  })
  const { fetch, sent } = network()
  const connection = connect(auth, { settings: { keyId: 'id-1', secret: 's-1' }, origins: [api], fetch })
  await connection.fetch(api, { method: 'POST', body: '{"a":1}' })
  expect(sent[0]!.url).toBe('https://api.example.com/?id=id-1')
  expect(sent[0]!.headers.get('x-key-id')).toBe('id-1')
  expect(sent[0]!.headers.get('x-key-secret')).toBe('s-1')
  expect(sent[0]!.body).toBe('{"secret":"s-1","a":1}')
})

test('an optional key that was left empty is left out, and a required one is not sent empty', async () => {
  const optional = apiKey({
    in: 'header',
    name: 'x-key',
    fields: { key: { type: 'password', label: 'Key' } },
  })
  const { fetch, sent } = network()
  await connect(optional, { settings: {}, origins: [api], fetch }).fetch(api)
  expect(sent[0]!.headers.get('x-key')).toBeNull()
  const required = apiKey({ in: 'header', name: 'x-key' })
  const request = { method: 'GET', url: new URL(api), headers: new Headers(), body: null } as never
  expect(() => required.apply(request, { settings: { apiKey: '' } } as never)).toThrow(
    'Field "apiKey" is empty',
  )
})

test('fields can say where to find the key, and stand beside others that the key does not use', async () => {
  const auth = apiKey({
    in: 'header',
    name: 'x-api-key',
    fields: {
      subdomain: { type: 'string', label: 'Subdomain', format: 'subdomain', required: true, public: true },
      apiKey: { help: 'Settings, API', pattern: 'live_.*' },
    },
    baseUrl: 'https://{subdomain}.example.com/v1',
  })
  expect(auth.fields.apiKey).toEqual({
    type: 'password',
    label: 'API key',
    required: true,
    help: 'Settings, API',
    pattern: '(?=(?:[\\x20-\\x7e]*)$)(?:live_.*)',
    patternHint: 'Give only the key itself: no accents, typographic quotes or invisible characters.',
  })
  const { fetch, sent } = network()
  await connect(auth, { settings: { subdomain: 'acme', apiKey: 'live_1' }, fetch }).http('things')
  expect(sent[0]!.url).toBe('https://acme.example.com/v1/things')
  expect(() => connect(auth, { settings: { subdomain: 'acme', apiKey: 'test_1' } })).toThrow(
    'apiKey: Give only the key itself',
  )
})

test('a prefix that was pasted along is refused in either case, and a key that merely begins alike is not', () => {
  const auth = apiKey({ in: 'header', name: 'authorization', prefix: 'Token token=' })
  const open = (apiKeyValue: string) => connect(auth, { settings: { apiKey: apiKeyValue }, origins: [api] })
  expect(() => open('token TOKEN=abc')).toThrow('without “Token token=” before it')
  expect(open('tokenabc').key).toBe('api-key')
})

test('options that cannot work are refused at construction, by name', () => {
  const make = (options: unknown) => () => apiKey(options as Parameters<typeof apiKey>[0])
  const cases: [unknown, string][] = [
    [{ in: 'body', name: 'x' }, 'in must be header, query, cookie, form or json, not "body"'],
    [{ in: 'query', name: '' }, 'name must not be empty'],
    [{ in: 'json', name: [] }, 'name must not be empty'],
    [{ in: 'form', name: ['a', 'b'] }, "only a JSON member's name can be a path"],
    [{ in: 'cookie', name: 'a b' }, 'cookie "a b" is not a cookie name'],
    [{ in: 'cookie', name: 'a', prefix: 'x y' }, 'the prefix of cookie "a" has characters'],
    [{ in: 'header', name: 'a', prefix: 'é' }, 'the prefix of header "a" has characters'],
    [{ in: 'header', name: 'a', field: 'other' }, 'header "a" names the field "other"'],
    [{ in: 'header', name: 'a', field: 'toString' }, 'header "a" names the field "toString"'],
    [{ in: 'header', name: 'a', fields: { x: {}, y: {} } }, 'header "a" must say which field goes there'],
    [{ placements: [] }, 'placements must name at least one place'],
    [
      {
        placements: [
          { in: 'header', name: 'A' },
          { in: 'header', name: 'a' },
        ],
      },
      'two placements go to header "a"',
    ],
    [
      {
        placements: [
          { in: 'form', name: 'A' },
          { in: 'json', name: 'a' },
        ],
      },
      'one body cannot be both a form and JSON',
    ],
  ]
  for (const [options, message] of cases) {
    expect(make(options)).toThrow(TypeError)
    expect(make(options)).toThrow(message)
  }
})

test('what the strategy is given is not changed, and what it says of itself is kept', () => {
  const fields = Object.freeze({ apiKey: Object.freeze({ help: 'h' }) })
  const auth = apiKey(
    Object.freeze({ in: 'header', name: 'x', fields, title: 'Key', origins: [api] } as const),
  )
  expect(auth).toMatchObject({ scheme: 'api-key', title: 'Key', origins: [api] })
  expect(fields).toEqual({ apiKey: { help: 'h' } })
})
