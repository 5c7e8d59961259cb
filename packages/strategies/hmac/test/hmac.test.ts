import { createHash, createHmac } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { hmac, type HmacOptions, type StandardFields } from '@latchkey/hmac'
import { connect } from '@latchkey/core'
import { network } from '../../../../tools/network.ts'
import { signed } from './support.ts'

const settings = { keyId: 'k-1', secret: 's-1' }
const url = 'https://api.example.com:8443/a%20b/c?z=1&a=2&a=1&b'
const now = Date.UTC(2003, 11, 15, 14, 43, 7, 5)

/** What was signed: the message itself, because a hash without a key shows whether it is the expected one. */
async function isSigned(message: string, expected: string, init: object = {}, more: object = {}) {
  const options = {
    message,
    headers: { 'x-signature': '{signature}' },
    ...more,
  } as HmacOptions<StandardFields>
  const sent = await signed(hmac(options), settings, url, init, { now })
  expect(sent.headers.get('x-signature')).toBe(createHmac('sha256', 's-1').update(expected).digest('hex'))
}

test.each([
  ['{method}', 'POST'],
  ['{method|lower}', 'post'],
  ['{scheme}://{host}', 'https://api.example.com:8443'],
  ['{path}', '/a%20b/c'],
  ['{path|percent}', '%2Fa%2520b%2Fc'],
  ['{query}', 'z=1&a=2&a=1&b'],
  ['{?query}', '?z=1&a=2&a=1&b'],
  ['{sortedQuery}', 'a=1&a=2&b&z=1'],
  ['{target}', '/a%20b/c?z=1&a=2&a=1&b'],
  ['{url}', url],
  ['{timestamp}', '1071499387'],
  ['{nonce}', '07070707070707070707070707070707'],
  ['{header:X-Custom|upper}', 'VALUE'],
  ['{header:absent}', ''],
  ['{body}', 'hello'],
  ['{bodyHash}', '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824'],
  ['{keyId|base64}', 'ay0x'],
  ['a\t{method}\nb', 'a\tPOST\nb'],
])('%j is signed as %j', (message, expected) =>
  isSigned(message, expected, { method: 'POST', body: 'hello', headers: { 'x-custom': 'value' } }),
)

test.each([
  ['seconds', '1071499387'],
  ['milliseconds', '1071499387005'],
  ['iso', '2003-12-15T14:43:07Z'],
  ['iso-milliseconds', '2003-12-15T14:43:07.005Z'],
  ['compact', '20031215T14:43:07+0000'],
  ['http', 'Mon, 15 Dec 2003 14:43:07 GMT'],
  [(ms: number) => `t${ms}`, 't1071499387005'],
] as const)('a timestamp in %s is %s', (timestamp, expected) =>
  isSigned('{timestamp}', expected, {}, { timestamp }),
)

test.each([
  ['uuid', '07070707-0707-4707-8707-070707070707'],
  [{ bytes: 3, encoding: 'base64' }, 'BwcH'],
  [{ bytes: 1, encoding: 'hex-upper' }, '07'],
  [() => 'n-1', 'n-1'],
] as const)('a nonce as %j is %s', (nonce, expected) => isSigned('{nonce}', expected, {}, { nonce }))

test.each([
  ['hex', 'text'],
  ['base64', 'hex'],
  ['base64url', 'base64'],
  ['hex', 'base64url'],
] as const)('a signature in %s, under a secret in %s', async (encoding, secretEncoding) => {
  const key = Buffer.from('secret-1')
  const secret = secretEncoding === 'text' ? 'secret-1' : key.toString(secretEncoding)
  for (const algorithm of ['MD5', 'SHA-1', 'SHA-384', 'SHA-512', 'SHA-512-256'] as const) {
    const auth = hmac({ algorithm, encoding, secretEncoding, message: 'm', headers: { s: '{signature}' } })
    const sent = await signed(auth, { keyId: 'k', secret }, url)
    const name = algorithm.toLowerCase().replace(/^sha-/, 'sha')
    expect(sent.headers.get('s')).toBe(createHmac(name, key).update('m').digest(encoding))
  }
})

describe('the hash of a body', () => {
  const hash = (text: string) => createHash('sha256').update(text).digest('hex')
  const post = { method: 'POST', body: 'hello' }

  test('is that of nothing where there is none, unless nothing is to stand there', async () => {
    await isSigned('{bodyHash}', hash(''))
    await isSigned('{bodyHash}', '', {}, { bodyHash: { empty: 'nothing' } })
  })

  test('is that of some methods, of the first bytes, or by another algorithm', async () => {
    await isSigned('{bodyHash}', '', post, { bodyHash: { methods: ['PUT'] } })
    await isSigned('{bodyHash}', hash('hel'), post, { bodyHash: { maxBytes: 3 } })
    const md5 = createHash('md5').update('hello').digest('base64')
    await isSigned('{bodyHash}', md5, post, { bodyHash: { algorithm: 'MD5', encoding: 'base64' } })
  })

  test('can be sent, too', async () => {
    const auth = hmac({
      message: '{header:digest}',
      bodyHash: { encoding: 'base64' },
      headers: { digest: 'SHA-256={bodyHash}', s: '{signature}' },
    })
    const sent = await signed(auth, settings, url, post)
    const digest = `SHA-256=${createHash('sha256').update('hello').digest('base64')}`
    expect(sent.headers.get('digest')).toBe(digest)
    expect(sent.headers.get('s')).toBe(createHmac('sha256', 's-1').update(digest).digest('hex'))
  })
})

test('bytes that are no text are signed as they are', async () => {
  const body = new Uint8Array([0, 255, 128])
  const auth = hmac({ message: 'a{body}b', headers: { s: '{signature}' } })
  const expected = createHmac('sha256', 's-1')
    .update(Buffer.from([97, 0, 255, 128, 98]))
    .digest('hex')
  for (const given of [body, new Blob([body])])
    expect((await signed(auth, settings, url, { method: 'POST', body: given })).headers.get('s')).toBe(
      expected,
    )
})

test('the headers that a request has are signed in the order of the description', () =>
  isSigned(
    '{signedHeaders}',
    'x-b:2 3;x-a:1',
    { headers: { 'x-a': '1', 'X-B': '2   3' } },
    { signedHeaders: { names: ['X-B', 'x-c', 'x-a'], separator: ';' } },
  ))

test('a key can be made for the moment', async () => {
  const auth = hmac({
    derive: { message: '{timestamp}', encoding: 'hex' },
    message: 'm',
    headers: { s: '{signature}' },
  })
  const key = createHmac('sha256', 's-1').update('1071499387').digest('hex')
  const sent = await signed(auth, settings, url, {}, { now })
  expect(sent.headers.get('s')).toBe(createHmac('sha256', key).update('m').digest('hex'))
})

test('what is sent stands in the query where the description says so, encoded, after what the caller sent', async () => {
  const auth = hmac({
    message: '{query}',
    encoding: 'base64',
    query: { 'key id': '{keyId}', sig: '{signature}' },
  })
  const sent = await signed(auth, { keyId: 'k&1', secret: 's-1' }, 'https://api.example.com/?a=%7e+&sig=old')
  const query = 'a=%7e+&key%20id=k%261'
  const signature = createHmac('sha256', 's-1').update(query).digest('base64')
  expect(sent.url.search).toBe(`?${query}&sig=${encodeURIComponent(signature)}`)
})

test('a form of its own can be described, and signed without a key', async () => {
  const auth = hmac({
    scheme: 'acme',
    fields: {
      app: { type: 'string', label: 'App', required: true },
      token: { type: 'password', label: 'Token', required: true },
      tenant: { type: 'number', label: 'Tenant' },
    },
    mac: 'hash',
    algorithm: 'MD5',
    secret: 'token',
    message: '{app}{tenant}{token}',
    headers: { 'x-app': '{app}', 'x-sig': '{signature}' },
  })
  const sent = await signed(auth, { app: 'a', token: 't', tenant: 7 }, url)
  expect(auth.scheme).toBe('acme')
  expect(sent.headers.get('x-sig')).toBe(createHash('md5').update('a7t').digest('hex'))
})

test("a clock that is off is learnt from a rejection's date, where the time is signed", async () => {
  const timed = { message: '{timestamp}', headers: { t: '{timestamp}', s: '{signature}' } }
  for (const [description, requests] of [
    [timed, 2],
    [{ message: 'm', headers: { s: '{signature}' } }, 1],
    [{ ...timed, toleratedMs: 4_000_000 }, 1],
  ] as const) {
    const headers = { date: new Date(now + 3_600_000).toUTCString() }
    const net = network(() => new Response('', { status: 401, headers }))
    const options = { settings, origins: ['https://api.example.com'], fetch: net.fetch, now: () => now }
    await connect(hmac(description), options).fetch('https://api.example.com/')
    expect(net.sent).toHaveLength(requests)
    if (requests === 2) expect(net.sent[1]!.headers.get('t')).toBe(String(Math.floor(now / 1000) + 3600))
  }
})

test('a secret in another encoding, and an empty field, are refused by name without the value', async () => {
  const auth = hmac({ secretEncoding: 'hex', message: 'm', headers: { s: '{signature}' } })
  const refused = signed(auth, { keyId: 'k', secret: 'canary' }, url)
  await expect(refused).rejects.toMatchObject({
    code: 'settings_invalid',
    field: 'secret',
    remedy: 'settings',
  })
  await expect(refused).rejects.toThrow('Field "secret" is not hex, as the API gives it')
  await expect(signed(auth, { keyId: '', secret: 'aa' }, url)).rejects.toThrow('Field "keyId" is empty')
})

test('descriptions that cannot work are refused at construction, by name', () => {
  const headers = { s: '{signature}' }
  const cases: [object, string][] = [
    [{ message: '{nothing}', headers }, 'hmac: message has {nothing}'],
    [{ message: '{header}', headers }, 'hmac: message has {header}'],
    [{ message: '{method|rot13}', headers }, 'hmac: message has {method|rot13}'],
    [{ message: '{method', headers }, 'hmac: message has {method'],
    [{ message: '{secret}', headers }, 'hmac: message has {secret}'],
    [{ message: '{signature}', headers }, 'hmac: message has {signature}'],
    [{ message: 'm' }, 'hmac: headers or query must have the slot {signature}'],
    [{ message: 'm', headers: { s: '{signature}{secret}' } }, 'hmac: headers["s"] has {secret}'],
    [{ message: 'm', headers: { s: '{body}{signature}' } }, 'hmac: headers["s"] has {body}'],
    [{ message: 'm', headers: { host: '{signature}' } }, 'The header host'],
    [{ message: 'm', query: { s: '{' } }, 'hmac: query["s"] has {'],
    [{ message: 'm', headers, algorithm: 'SHA-3' }, 'hmac: algorithm'],
    [{ message: 'm', headers, encoding: 'base32' }, 'hmac: encoding'],
    [{ message: 'm', headers, secretEncoding: 'utf8' }, 'hmac: secretEncoding'],
    [{ message: 'm', headers, timestamp: 'unix' }, 'hmac: timestamp'],
    [{ message: 'm', headers, mac: 'none' }, 'hmac: mac'],
    [{ message: 'm', headers, secret: 'key' }, 'hmac: fields must have the field "key"'],
    [{ message: 'm', headers, fields: { secret: {}, method: {} } }, 'hmac: the field "method"'],
  ]
  for (const [options, message] of cases) {
    const make = () => hmac(options as never)
    expect(make).toThrow(TypeError)
    expect(make).toThrow(message)
  }
})
