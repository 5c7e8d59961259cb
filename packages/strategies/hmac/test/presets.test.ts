import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import {
  akamaiEdgeGrid,
  binance,
  coinbase,
  coinbaseOptions,
  edgeGridOptions,
  hmac,
  wsse,
} from '@latchkey/hmac'
import { hexDecode } from '@latchkey/core/http'
import { flipped, signed } from './support.ts'

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`vectors/${name}.json`, import.meta.url), 'utf8'))

const examples = read('examples') as {
  readonly binance: {
    readonly apiKey: string
    readonly secretKey: string
    readonly timestamp: number
    readonly query: string
    readonly signature: string
    readonly mixed: { readonly query: string; readonly body: string; readonly signature: string }
  }
  readonly coinbase: Readonly<Record<string, string>>
  readonly wsse: Readonly<Record<string, string>>
}

describe('Binance', () => {
  const { apiKey, secretKey, timestamp, query, signature, mixed } = examples.binance
  const url = 'https://api.binance.com/api/v3/order'

  test('example 1: the time is the last parameter before the signature', async () => {
    const sent = await signed(
      binance(),
      { apiKey, secretKey },
      `${url}?${query}`,
      { method: 'POST' },
      { now: timestamp },
    )
    expect(sent.url.href).toBe(`${url}?${query}&timestamp=${timestamp}&signature=${signature}`)
    expect([...sent.headers]).toEqual([['x-mbx-apikey', apiKey]])
    const other = await signed(
      binance(),
      { apiKey, secretKey: flipped(secretKey) },
      `${url}?${query}`,
      {},
      { now: timestamp },
    )
    expect(other.url.searchParams.get('signature')).not.toBe(signature)
  })

  test('example 3: query and body are signed one behind the other, without a sign between them', async () => {
    const auth = hmac({ message: '{query}{body}', query: { signature: '{signature}' } })
    const settings = { keyId: apiKey, secret: secretKey }
    const post = (body: string) => signed(auth, settings, `${url}?${mixed.query}`, { method: 'POST', body })
    expect((await post(mixed.body)).url.searchParams.get('signature')).toBe(mixed.signature)
    expect((await post(flipped(mixed.body))).url.searchParams.get('signature')).not.toBe(mixed.signature)
  })

  test("the caller's own time and signature are replaced, and the rest keeps its spelling", async () => {
    const own = `${url}?timestamp=1&a=%7E~+b&signature=x&%74imestamp=2`
    const sent = await signed(binance(), { apiKey, secretKey }, own, {}, { now: 5 })
    expect(sent.url.search).toMatch(/^\?a=%7E~\+b&timestamp=5&signature=[\da-f]{64}$/)
  })
})

test("Coinbase: a client's known signature", async () => {
  const { key, secret, passphrase, timestamp, method, target, body, signature } = examples.coinbase as Record<
    'key' | 'secret' | 'passphrase' | 'timestamp' | 'method' | 'target' | 'body' | 'signature',
    string
  >
  const settings = { key, secret, passphrase }
  const precise = hmac({ ...coinbaseOptions(), timestamp: (ms) => String(ms / 1000) })
  const url = `https://api.exchange.coinbase.com${target}`
  const now = Number(timestamp) * 1000
  const sent = await signed(precise, settings, url, { method, body }, { now })
  expect(Object.fromEntries(sent.headers)).toEqual({
    'cb-access-key': key,
    'cb-access-passphrase': passphrase,
    'cb-access-sign': signature,
    'cb-access-timestamp': timestamp,
  })
  const other = await signed(precise, settings, url, { method, body: flipped(body) }, { now })
  expect(other.headers.get('cb-access-sign')).not.toBe(signature)
  const whole = await signed(coinbase(), settings, url, {}, { now })
  expect(whole.headers.get('cb-access-timestamp')).toBe('1573653521')
  await expect(signed(coinbase(), { ...settings, secret: 'no base64!' }, url)).rejects.toMatchObject({
    code: 'settings_invalid',
    field: 'secret',
  })
})

describe('WSSE UsernameToken', () => {
  const { username, password, nonce, created, authorization, xWsse } = examples.wsse as Record<
    'username' | 'password' | 'nonce' | 'created' | 'authorization' | 'xWsse',
    string
  >
  const world = { now: Date.parse(created), random: () => hexDecode(nonce)! }

  test("Atom's example", async () => {
    const sent = await signed(wsse(), { username, password }, 'https://api.example.com/', {}, world)
    expect(Object.fromEntries(sent.headers)).toEqual({ authorization, 'x-wsse': xWsse })
    const other = await signed(
      wsse(),
      { username, password: flipped(password) },
      'https://api.example.com/',
      {},
      world,
    )
    expect(other.headers.get('x-wsse')).not.toBe(xWsse)
  })

  test('a service that reads the nonce in base64 gets it in base64', async () => {
    const auth = wsse({ nonce: 'base64', algorithm: 'SHA-256' })
    const sent = await signed(auth, { username, password }, 'https://api.example.com/', {}, world)
    expect(sent.headers.get('x-wsse')).toContain('Nonce="ZDM2ZTMxNjI4Mjk1OWE5ZWQ0Yzg5ODUxNDk3YTcxN2Y="')
    const digest = createHash('sha256')
      .update(nonce + created + password)
      .digest('base64')
    expect(sent.headers.get('x-wsse')).toContain(`PasswordDigest="${digest}"`)
  })
})

describe("Akamai EdgeGrid, Akamai's own test data", () => {
  const data = read('edgegrid') as {
    readonly base_url: string
    readonly access_token: string
    readonly client_token: string
    readonly client_secret: string
    readonly max_body: number
    readonly headers_to_sign: readonly string[]
    readonly nonce: string
    readonly timestamp: string
    readonly cases: readonly {
      readonly name: string
      readonly method: string
      readonly path: string
      readonly body: string | null | { readonly repeat: string; readonly times: number }
      readonly headers: [string, string][]
      readonly signature: string
    }[]
  }
  const settings = {
    clientToken: data.client_token,
    accessToken: data.access_token,
    clientSecret: data.client_secret,
  }
  const now = Date.parse('2014-03-21T19:34:21Z')

  test.each(data.cases.map((row) => [row.name, row] as const))('%s', async (_, row) => {
    const auth = hmac({
      ...edgeGridOptions({ headersToSign: data.headers_to_sign, maxBody: data.max_body }),
      nonce: () => data.nonce,
    })
    const body = typeof row.body === 'object' && row.body ? row.body.repeat.repeat(row.body.times) : row.body
    const url = new URL(row.path, data.base_url).href
    const init = { method: row.method, headers: row.headers, body }
    const sent = await signed(auth, settings, url, init, { now })
    expect(sent.headers.get('authorization')).toBe(
      `EG1-HMAC-SHA256 client_token=${data.client_token};access_token=${data.access_token};timestamp=${data.timestamp};nonce=${data.nonce};signature=${row.signature}`,
    )
    for (const other of [
      await signed(auth, { ...settings, clientSecret: flipped(data.client_secret) }, url, init, { now }),
      await signed(auth, settings, `${url}x`, init, { now }),
    ])
      expect(other.headers.get('authorization')).not.toContain(row.signature)
  })

  test('bytes are cut where a text is', async () => {
    const auth = hmac({ ...edgeGridOptions({ maxBody: 3 }), nonce: () => 'n' })
    const post = async (body: BodyInit) =>
      (await signed(auth, settings, data.base_url, { method: 'POST', body }, { now })).headers.get(
        'authorization',
      )
    const text = await post('abcd')
    expect(await post(new TextEncoder().encode('abcx'))).toBe(text)
    expect(await post(new TextEncoder().encode('abx'))).not.toBe(text)
  })

  test('the nonce is a UUID', async () => {
    const sent = await signed(akamaiEdgeGrid(), settings, data.base_url)
    expect(sent.headers.get('authorization')).toContain(';nonce=07070707-0707-4707-8707-070707070707;')
  })
})
