import { createHash, createHmac } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { connect } from '@latchkey/core'
import { oauth1, type Placement } from '@latchkey/oauth1'
import fc from 'fast-check'
import OAuth from 'oauth-1.0a'
import { network } from '../../../../tools/network.ts'

const hashes = { 'HMAC-SHA1': 'sha1', 'HMAC-SHA256': 'sha256', 'HMAC-SHA512': 'sha512' } as const
type Method = keyof typeof hashes

// oauth-1.0a keeps parameters in an object, where this name is none.
const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }).filter((text) => text !== '__proto__')
const text = fc.string({ unit: 'binary', maxLength: 24 })
const printable = fc
  .array(fc.integer({ min: 0x21, max: 0x7e }), { minLength: 1, maxLength: 40 })
  .map((codes) => String.fromCharCode(...codes))
const pairs = fc.uniqueArray(fc.tuple(name, text), { selector: ([own]) => own, maxLength: 6 })

const input = fc.record({
  method: fc.constantFrom(...(Object.keys(hashes) as Method[])),
  verb: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
  path: fc.webPath(),
  query: pairs,
  form: pairs,
  consumerKey: printable,
  consumerSecret: printable,
  token: printable,
  tokenSecret: printable,
  now: fc.integer({ min: 0, max: 4e12 }),
  nonce: fc.uint8Array({ minLength: 16, maxLength: 16 }),
})

type Input = typeof input extends fc.Arbitrary<infer T> ? T : never

/** What oauth-1.0a signs the same request with. */
function theirs(given: Input, url: URL, form: URLSearchParams | undefined): OAuth.Authorization {
  const peer = new OAuth({
    consumer: { key: given.consumerKey, secret: given.consumerSecret },
    signature_method: given.method,
    hash_function: (base, key) => createHmac(hashes[given.method], key).update(base).digest('base64'),
    body_hash_function: (body: string) => createHash('sha1').update(body).digest('base64'),
  })
  Object.assign(peer, {
    getTimeStamp: () => Math.floor(given.now / 1000),
    getNonce: () => Buffer.from(given.nonce).toString('hex'),
  })
  const data = Object.fromEntries([...url.searchParams, ...(form ?? [])])
  const bare = `${url.origin}${url.pathname}`
  return peer.authorize(
    { url: bare, method: given.verb, data },
    { key: given.token, secret: given.tokenSecret },
  )
}

async function ours(given: Input, placement: Placement, url: URL, form: URLSearchParams | undefined) {
  const { fetch, sent } = network()
  const { consumerKey, consumerSecret, token, tokenSecret } = given
  const connection = connect(oauth1({ signatureMethod: given.method, placement }), {
    settings: { consumerKey, consumerSecret, token, tokenSecret },
    origins: ['https://api.example.com'],
    fetch,
    now: () => given.now,
    random: (length) => new Uint8Array(given.nonce).slice(0, length),
  })
  await connection.fetch(url, { method: given.verb, ...(form && { body: form }) })
  return sent[0]!
}

/** The one request that both sign. */
function requestOf(given: Input): { readonly url: URL; readonly form: URLSearchParams | undefined } {
  const url = new URL(given.path === '' ? '/' : given.path.replace(/^\/+/, '/'), 'https://api.example.com')
  for (const [own, value] of given.query) url.searchParams.append(own, value)
  const taken = new Set(given.query.map(([own]) => own))
  const form = given.form.filter(([own]) => !taken.has(own))
  return { url, form: given.verb === 'POST' ? new URLSearchParams(form) : undefined }
}

const names = [
  'oauth_consumer_key',
  'oauth_nonce',
  'oauth_signature',
  'oauth_signature_method',
  'oauth_timestamp',
  'oauth_token',
  'oauth_version',
] as const

test('random requests get the same parameters and signature from us as from oauth-1.0a, in the header', async () => {
  await fc.assert(
    fc.asyncProperty(input, async (given) => {
      const { url, form } = requestOf(given)
      const expected = theirs(given, url, form) as unknown as Readonly<Record<string, string | number>>
      const { headers } = await ours(given, 'header', url, form)
      const found = Object.fromEntries(
        Array.from(headers.get('authorization')!.matchAll(/(\w+)="(.*?)"/g), ([, own, value]) => [
          own!,
          value!,
        ]),
      )
      for (const own of names)
        expect([own, found[own]]).toEqual([
          own,
          OAuth.prototype.percentEncode.call({}, String(expected[own])),
        ])
    }),
    { numRuns: 500 },
  )
})

test('and in the query or the form', async () => {
  await fc.assert(
    fc.asyncProperty(input, fc.constantFrom<Placement>('query', 'form'), async (given, placement) => {
      const { url, form } = requestOf({ ...given, verb: placement === 'form' ? 'POST' : given.verb })
      const verb = placement === 'form' ? 'POST' : given.verb
      const expected = theirs({ ...given, verb }, url, form) as unknown as Readonly<
        Record<string, string | number>
      >
      const sent = await ours({ ...given, verb }, placement, url, form)
      const found = placement === 'query' ? new URL(sent.url).searchParams : new URLSearchParams(sent.body)
      for (const own of names) expect([own, found.getAll(own)]).toEqual([own, [String(expected[own])]])
      for (const [own, value] of url.searchParams) expect(new URL(sent.url).searchParams.get(own)).toBe(value)
      for (const [own, value] of form ?? []) expect(new URLSearchParams(sent.body).get(own)).toBe(value)
      expect(sent.headers.get('authorization')).toBe(null)
    }),
    { numRuns: 300 },
  )
})
