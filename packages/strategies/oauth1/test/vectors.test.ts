import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { baseString, baseUri, encoded, normalisedParameters, pairsIn, type Pair } from '../src/base-string.ts'
import { signatureOf, type SignatureMethod } from '../src/signature.ts'

interface Row {
  readonly id: string
  readonly method?: string
  readonly base_string_uri?: string
  readonly request?: string
  readonly request_uri?: string
  readonly host?: string
  readonly body?: string
  readonly authorization?: string
  readonly params?: readonly Pair[]
  readonly normalized_parameters?: string
  readonly base_string?: string
  readonly consumer_secret?: string
  readonly token_secret?: string
  readonly private_key_pem?: string
  readonly signature_method?: SignatureMethod
  readonly signature?: string
  readonly computed?: string
}

interface UriRow {
  readonly expected: string
  readonly uri: string
  readonly host?: string
}

const { cases, base_string_uri: uris } = JSON.parse(
  readFileSync(new URL('vectors/oauth1.json', import.meta.url), 'utf8'),
) as { cases: readonly Row[]; base_string_uri: { equal: readonly UriRow[]; errors: readonly string[] } }

const named = (rows: readonly Row[]): (readonly [string, Row])[] => rows.map((row) => [row.id, row])

/** The text with the lowest bit of its last character changed. */
const flipped = (text: string): string =>
  text.slice(0, -1) + String.fromCharCode(text.charCodeAt(text.length - 1) ^ 1)

const sign = (row: Row, base = row.base_string!): string | Promise<string> =>
  signatureOf(
    row.signature_method ?? 'HMAC-SHA1',
    base,
    {
      consumerSecret: row.consumer_secret,
      privateKey: row.private_key_pem,
      tokenSecret: row.token_secret ?? '',
    },
    new Map(),
  )

const signed = cases.filter(({ signature }) => signature !== undefined)
const withParameters = cases.filter(
  ({ params, base_string_uri: uri, base_string: base }) => params && uri !== undefined && base !== undefined,
)

describe('every signature, and with one bit changed another', () => {
  test.each(named(signed))('%s', async (_, row) => {
    const expected = row.computed ?? row.signature
    const base = row.base_string ?? ''
    expect(await sign(row, base)).toBe(expected)
    if (base !== '') expect(await sign(row, flipped(base))).not.toBe(expected)
    if (row.consumer_secret !== undefined)
      expect(await sign({ ...row, consumer_secret: flipped(row.consumer_secret) }, base)).not.toBe(expected)
    if (row.token_secret)
      expect(await sign({ ...row, token_secret: flipped(row.token_secret) }, base)).not.toBe(expected)
  })
})

describe('every base string, and with one bit of any part changed another', () => {
  test.each(named(withParameters))('%s', (_, row) => {
    const make = (method: string, uri: string, params: readonly Pair[]): string =>
      baseString(method, baseUri(new URL(uri)), encoded(params))
    const [method, uri, params] = [row.method!, row.base_string_uri!, row.params!]
    expect(make(method, uri, params)).toBe(row.base_string)
    expect(make(method, uri, params.toReversed())).toBe(row.base_string)
    expect(make(flipped(method), uri, params)).not.toBe(row.base_string)
    expect(make(method, flipped(uri), params)).not.toBe(row.base_string)
    for (const [index, [name, value]] of params.entries()) {
      for (const other of [[flipped(name), value] as const, [name, flipped(`${value}a`)] as const])
        expect(make(method, uri, params.with(index, other))).not.toBe(row.base_string)
    }
  })
})

test('RFC 5849 section 3.4.1: query, form body and header together', () => {
  const row = cases.find(({ id }) => id === 'rfc5849-3.4.1-base-string')!
  const url = new URL(`http://${row.host!}${row.request_uri!}`)
  // Realm and signature are no parameters that are signed.
  const protocol = Array.from(
    row.authorization!.matchAll(/(oauth_\w+)="(.*?)"/g),
    ([, name, value]): Pair => [name!, value!],
  ).filter(([name]) => name !== 'oauth_signature')
  const pairs = [...pairsIn(url.search.slice(1)), ...pairsIn(row.body!), ...protocol]
  expect(normalisedParameters(pairs)).toBe(row.normalized_parameters)
  expect(baseString(row.method!, baseUri(url), pairs)).toBe(row.base_string)
  expect(normalisedParameters(encoded(row.params!))).toBe(row.normalized_parameters)
  const changed = [...pairsIn(url.search.slice(1)), ...pairsIn(flipped(row.body!)), ...protocol]
  expect(normalisedParameters(changed)).not.toBe(row.normalized_parameters)
})

describe('base string URIs', () => {
  test('RFC 5849 section 3.4.1.2', () => {
    const [first, second] = cases.filter(({ id }) => id.startsWith('rfc5849-3.4.1.2')) as [Row, Row]
    expect(first.request).toBe('EXAMPLE.COM:80 /r%20v/X?id=123')
    expect(baseUri(new URL('http://EXAMPLE.COM:80/r%20v/X?id=123'))).toBe(first.base_string_uri)
    expect(second.request).toBe('(https) www.example.net:8080 /?q=1')
    expect(baseUri(new URL('https://www.example.net:8080/?q=1'))).toBe(second.base_string_uri)
  })

  /** Rows that do not describe what we do, and why. */
  const notOurs: Readonly<Record<string, string>> = {
    'http://IGNORE.example.com':
      'the Host header is the address; its expected value was cut out of a source file wrongly',
    'http:///path': 'the Host header is the address, and this address has no host',
    'https://www.hello world.com/': 'a host with a space is no URL, so that no such request can be made',
  }

  test.each(uris.equal.map((row) => [row.uri, row] as const))('%s', (uri, { expected }) => {
    const reason = notOurs[uri]
    if (reason === undefined) {
      expect(baseUri(new URL(uri))).toBe(expected)
      expect(baseUri(new URL(uri))).not.toBe(flipped(expected))
    } else expect(reason.length).toBeGreaterThan(20)
  })

  test('every row is ours or listed', () => {
    const listed = uris.equal.filter(({ uri }) => uri in notOurs)
    expect([uris.equal.length, listed.length]).toEqual([24, Object.keys(notOurs).length])
  })

  // What the runtime's parser takes although oauthlib does not: such a request can be made, and is signed as it is sent.
  const taken: Readonly<Record<string, string>> = {
    'http://eg.com:0': 'http://eg.com:0/',
    'http://eg.com: ': 'http://eg.com/',
  }

  test.each(uris.errors.map((uri) => [JSON.stringify(uri), uri] as const))(
    '%s is refused, or signed as it is sent',
    (_, uri) => {
      if (uri in taken) expect(baseUri(new URL(uri))).toBe(taken[uri])
      else expect(() => new URL(uri)).toThrow(TypeError)
    },
  )
})

test('on runtimes without Node’s cryptography the vectors come out the same', () => {
  const script = fileURLToPath(new URL('portable.mjs', import.meta.url))
  const { stdout, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(JSON.parse(stdout)).toEqual(signed.map((row) => [row.id, row.computed ?? row.signature]))
})
