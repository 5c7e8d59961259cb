import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { connect } from '@latchkey/core'
import { testStrategy, type SeenRequest } from '@latchkey/testing'
import { network } from '../../tools/network.ts'
import { minimalOAuth1 } from './oauth1.ts'

const settings = {
  consumerKey: 'key-canary-1',
  consumerSecret: 'secret-canary-2',
  token: 'token-canary-3',
  tokenSecret: 'token-secret-canary-4',
}

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)

type Seen = Pick<SeenRequest, 'method' | 'url' | 'headers' | 'text'>

/** Verifies with the rules of RFC 5849 section 3.4, one parameter at a time. */
function accepts({ method, url, headers, text }: Seen, given = settings): boolean {
  const header = headers.get('authorization') ?? ''
  const own = Array.from(
    header.matchAll(/(\w+)="(.*?)"/g),
    ([, name = '', value = '']) => [name, value] as const,
  )
  const signature = own.find(([name]) => name === 'oauth_signature')?.[1] ?? ''
  const isForm = headers.get('content-type')?.startsWith('application/x-www-form-urlencoded') === true
  const free = [...url.searchParams, ...(isForm ? new URLSearchParams(text) : [])]
  const all = [
    ...own.filter(([name]) => name !== 'oauth_signature'),
    ...free.map(([name, value]) => [encode(name), encode(value)] as const),
  ].sort(([a, b], [c, d]) => (a === c ? (b < d ? -1 : 1) : a < c ? -1 : 1))
  const parameters = all.map((pair) => pair.join('=')).join('&')
  const base = [method, `${url.origin}${url.pathname}`, parameters].map(encode).join('&')
  const key = `${encode(given.consumerSecret)}&${encode(given.tokenSecret)}`
  return (
    decodeURIComponent(signature) === createHmac('sha1', key).update(base).digest('base64') &&
    own.some(([name, value]) => name === 'oauth_token' && value === encode(given.token))
  )
}

test("a third party's OAuth 1 takes at most 35 lines, and signs query and form", async () => {
  const { fetch, sent } = network()
  const connection = connect(minimalOAuth1, { settings, origins: ['https://api.example.com'], fetch })
  const body = new URLSearchParams({ 'a b': 'c&d=é', x: '2' })
  await connection.fetch("https://api.example.com/r%20v?x=1&y=~*'", { method: 'POST', body })
  const [{ method, url, headers, body: text }] = sent as [(typeof sent)[number]]
  const seen = { method, url: new URL(url), headers, text }
  expect(accepts(seen)).toBe(true)
  expect(accepts({ ...seen, text: `${text}&more=1` })).toBe(false)
  expect(accepts({ ...seen, method: 'PUT' })).toBe(false)
  const code = readFileSync(new URL('oauth1.ts', import.meta.url), 'utf8')
  const lines = code.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('/**'))
  expect(lines.length).toBeLessThanOrEqual(35)
})

testStrategy(
  minimalOAuth1,
  { settings, accepts: (request, side) => accepts(request, side.settings) },
  { test, expect },
)
