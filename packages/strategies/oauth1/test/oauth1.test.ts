import { createHash, generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { connect, type AuthStrategy } from '@latchkey/core'
import { netsuite, oauth1 } from '@latchkey/oauth1'
import { network, type Sent } from '../../../../tools/network.ts'
import { baseString, pairsIn } from '../src/base-string.ts'
import { allParams, headerParams, seen, verifies } from './verify.ts'

const origin = 'https://api.example.com'
const settings = { consumerKey: 'ck', consumerSecret: 'c&s', token: 'tk', tokenSecret: 't s' }

async function sentFor(
  auth: AuthStrategy,
  init: RequestInit = {},
  path = '/photos',
  own: object = settings,
): Promise<Sent> {
  const { fetch, sent } = network()
  await connect(auth, { settings: own, origins: [origin], fetch }).fetch(`${origin}${path}`, init)
  expect(sent).toHaveLength(1)
  return sent[0]!
}

const form = (body: BodyInit): RequestInit => ({ method: 'POST', body })

test('a request is signed with both secrets, the time and a nonce of its own', async () => {
  const { fetch, sent } = network()
  const now = (): number => 1_234_567_890_999
  const connection = connect(oauth1(), { settings, origins: [origin], fetch, now })
  for (let turn = 0; turn < 100; turn++) await connection.fetch(origin)
  const params = sent.map(({ headers }) => headerParams(headers))
  expect(Object.keys(params[0]!)).toEqual([
    'oauth_consumer_key',
    'oauth_token',
    'oauth_signature_method',
    'oauth_timestamp',
    'oauth_nonce',
    'oauth_version',
    'oauth_signature',
  ])
  expect(params[0]).toMatchObject({ oauth_timestamp: '1234567890', oauth_signature_method: 'HMAC-SHA1' })
  expect(new Set(params.map(({ oauth_nonce: nonce }) => nonce)).size).toBe(100)
  for (const one of sent) expect(verifies(seen(one), settings)).toBe(true)
})

describe('bodies', () => {
  test('of every kind of form are signed', async () => {
    const bodies: [BodyInit, Record<string, string>?][] = [
      [new URLSearchParams({ 'a b': 'c&d=é', e: '' })],
      ['x=1&x=0&y=%c3%a9+z', { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }],
      [new TextEncoder().encode('a=~*!&b'), { 'content-type': 'Application/X-WWW-Form-UrlEncoded' }],
    ]
    for (const [body, headers = {}] of bodies) {
      const sent = await sentFor(oauth1(), { ...form(body), headers })
      const right = { ...seen(sent), headers: new Headers([...sent.headers, ['content-type', 'x']]) }
      right.headers.set('content-type', 'application/x-www-form-urlencoded')
      expect(verifies(right, settings)).toBe(true)
      expect(verifies({ ...right, text: `${sent.body}&more=1` }, settings)).toBe(false)
    }
  })

  test('of other kinds are not, and a stream is sent as it is', async () => {
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('a=1'))
        controller.close()
      },
    })
    for (const init of [
      form('{"a":1}'),
      form(new Blob(['a=1'])),
      { ...form(stream), duplex: 'half' } as RequestInit,
    ]) {
      const sent = await sentFor(oauth1(), init)
      expect(verifies({ ...seen(sent), text: 'another' }, settings)).toBe(true)
      expect(headerParams(sent.headers)['oauth_body_hash']).toBe(undefined)
    }
  })

  test('are signed through their hash where `bodyHash` says so, forms never', async () => {
    const cases = [
      ['HMAC-SHA1', 'sha1'],
      ['HMAC-SHA256', 'sha256'],
      ['PLAINTEXT', 'sha1'],
    ] as const
    for (const [signatureMethod, hash] of cases) {
      const auth = oauth1({ signatureMethod, bodyHash: true })
      for (const body of ['Hello World!', '']) {
        const sent = await sentFor(auth, form(body))
        expect(headerParams(sent.headers)['oauth_body_hash']).toBe(
          createHash(hash).update(body).digest('base64'),
        )
        expect(verifies(seen(sent), settings)).toBe(true)
      }
      const sent = await sentFor(auth, form(new URLSearchParams({ a: '1' })))
      expect(headerParams(sent.headers)['oauth_body_hash']).toBe(undefined)
    }
    // OAuth Request Body Hash, appendix A.
    const sent = await sentFor(oauth1({ bodyHash: true }), { method: 'PUT', body: 'Hello World!' })
    expect(headerParams(sent.headers)['oauth_body_hash']).toBe('Lve95gjOVATpfV8EL5X4nxwjKHE=')
    const empty = await sentFor(oauth1({ bodyHash: true }))
    expect(headerParams(empty.headers)['oauth_body_hash']).toBe('2jmj7l5rSw0yVb/vlWAYkK/YBwk=')
  })
})

describe('placement', () => {
  test('in the query: beside what is there, signed before and not doubled', async () => {
    const auth = oauth1({ placement: 'query' })
    for (const path of [
      '/photos',
      '/photos?a=b%20c&d=%7E+f',
      '/photos?oauth_token=old&oauth_signature=old&a=1',
    ]) {
      const sent = await sentFor(auth, {}, path)
      const url = new URL(sent.url)
      expect(verifies(seen(sent), settings)).toBe(true)
      expect(url.searchParams.getAll('oauth_token')).toEqual(['tk'])
      expect(url.searchParams.getAll('oauth_signature')).toHaveLength(1)
      expect(sent.headers.get('authorization')).toBe(null)
    }
    const kept = await sentFor(auth, {}, '/photos?a=b%20c&d=%7E+f')
    expect(
      kept.url.startsWith(`${origin}/photos?a=b%20c&d=%7E+f&oauth_consumer_key=ck&oauth_token=tk&`),
    ).toBe(true)
  })

  test('in the form: beside what is there; a request without a body gets one', async () => {
    const auth = oauth1({ placement: 'form' })
    for (const init of [
      form(new URLSearchParams({ a: 'b c' })),
      { method: 'POST' },
      form(new URLSearchParams('oauth_token=old')),
    ]) {
      const sent = await sentFor(auth, init)
      expect(sent.headers.get('content-type')).toMatch(/^application\/x-www-form-urlencoded/)
      expect(verifies(seen(sent), settings)).toBe(true)
      expect(new URLSearchParams(sent.body).getAll('oauth_token')).toEqual(['tk'])
    }
  })

  test('in the form: what can carry none is refused before it is sent', async () => {
    const { fetch, sent } = network()
    const connection = connect(oauth1({ placement: 'form' }), { settings, origins: [origin], fetch })
    for (const init of [{}, form('{"a":1}'), { method: 'HEAD' }])
      await expect(connection.fetch(origin, init)).rejects.toMatchObject({
        code: 'unsupported',
        remedy: 'code',
      })
    expect(sent).toHaveLength(0)
  })

  test('the realm stands in the header, quoted, and is no part of the signature', async () => {
    for (const [auth, realm] of [
      [oauth1({ realm: 'Photos' }), 'Photos'],
      [oauth1({ realm: ({ consumerKey }) => `of "${consumerKey}"` }), 'of "ck"'],
    ] as const) {
      const sent = await sentFor(auth)
      expect(headerParams(sent.headers)['realm']).toBe(realm)
      expect(verifies(seen(sent), settings)).toBe(true)
    }
    const none = await sentFor(oauth1({ realm: () => undefined }))
    expect(none.headers.get('authorization')).toMatch(/^OAuth oauth_consumer_key="ck", /)
    const inQuery = await sentFor(oauth1({ realm: 'Photos', placement: 'query' }))
    expect(new URL(inQuery.url).searchParams.has('realm')).toBe(false)
  })
})

test('with one leg there is no token, and only the consumer signs', async () => {
  const { consumerKey, consumerSecret } = settings
  const sent = await sentFor(oauth1({ flow: 'one-legged' }), {}, '/', { consumerKey, consumerSecret })
  expect(allParams(seen(sent)).map(([name]) => name)).not.toContain('oauth_token')
  expect(verifies(seen(sent), { consumerSecret })).toBe(true)
})

test('PLAINTEXT is both secrets, encoded', async () => {
  const sent = await sentFor(oauth1({ signatureMethod: 'PLAINTEXT' }))
  expect(headerParams(sent.headers)['oauth_signature']).toBe('c%26s&t%20s')
})

test('what is encoded wrongly in a query is signed as it is sent, byte for byte', () => {
  expect(baseString('get', 'https://h/', pairsIn('%E9=%zz&a=100%&b=%41%7e&&c'))).toBe(
    'GET&https%3A%2F%2Fh%2F&%25E9%3D%2525zz%26a%3D100%2525%26b%3DA~%26c%3D',
  )
})

describe('NetSuite', () => {
  const tba = { ...settings, accountId: '1234567-sb1' }

  test('names the account as realm and host, and signs with SHA-256', async () => {
    for (const [service, host] of [
      [undefined, '1234567-sb1.suitetalk.api.netsuite.com'],
      ['restlets', '1234567-sb1.restlets.api.netsuite.com'],
    ] as const) {
      const { fetch, sent } = network()
      await connect(netsuite(service && { service }), { settings: tba, fetch }).http('services/rest/x?q=1')
      expect(sent[0]!.url).toBe(`https://${host}/services/rest/x?q=1`)
      expect(headerParams(sent[0]!.headers)).toMatchObject({
        realm: '1234567_SB1',
        oauth_signature_method: 'HMAC-SHA256',
      })
      expect(verifies(seen(sent[0]!), settings)).toBe(true)
    }
  })

  test('reaches the account and no other', async () => {
    const { fetch, sent } = network()
    const connection = connect(netsuite(), { settings: tba, fetch })
    for (const host of ['7654321.suitetalk.api.netsuite.com', 'suitetalk.api.netsuite.com', 'evil.example'])
      await expect(connection.fetch(`https://${host}/`)).rejects.toMatchObject({ code: 'origin_forbidden' })
    expect(sent).toHaveLength(0)
  })
})

test('options that cannot work are refused at construction, by name', () => {
  const url = 'https://api.example.com/token'
  const cases: [unknown, string][] = [
    [{ signatureMethod: 'HMAC-MD5' }, 'oauth1: signatureMethod must be one of HMAC-SHA1,'],
    [{ placement: 'body' }, "oauth1: placement must be 'header', 'query' or 'form'"],
    [{ flow: 'four-legged' }, 'oauth1: flow must be one of tokens,'],
    [{ flow: 'two-legged' }, 'oauth1: two-legged needs accessToken'],
    [{ flow: 'three-legged', accessToken: url }, 'oauth1: three-legged needs requestToken'],
    [{ flow: 'three-legged', accessToken: url, requestToken: url }, 'oauth1: three-legged needs authorize'],
    [{ refresh: true }, 'oauth1: refresh has nothing to renew in the flow tokens'],
    [{ flow: 'two-legged', accessToken: 'https://{x}.com' }, 'oauth1: accessToken: The URL template'],
  ]
  for (const [options, message] of cases) {
    const make = (): unknown => oauth1(options as { readonly flow: 'tokens' })
    expect(make).toThrow(TypeError)
    expect(make).toThrow(message)
  }
  expect(() => netsuite({ service: 'rest' as 'restlets' })).toThrow(
    "netsuite: service must be 'suitetalk' or 'restlets'",
  )
})

test('a private key that is none is refused by its name, and never shown', async () => {
  const auth = oauth1({ signatureMethod: 'RSA-SHA1', flow: 'one-legged' })
  const { privateKey: ec } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  for (const privateKey of ['no-key-canary', ec]) {
    const { fetch, sent } = network()
    const connection = connect(auth, {
      settings: { consumerKey: 'ck', privateKey },
      origins: [origin],
      fetch,
    })
    const error: unknown = await connection.fetch(origin).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'settings_invalid', field: 'privateKey' })
    expect((error as Error).message).not.toContain(privateKey)
    expect(sent).toHaveLength(0)
  }
})
