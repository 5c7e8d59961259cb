import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { hmac as packaged } from '@latchkey/hmac'
import { connect, type AuthStrategy } from '@latchkey/core'
import { testStrategy } from '@latchkey/testing'
import { network } from '../../tools/network.ts'
import { hmac } from './hmac.ts'

const described = packaged({
  encoding: 'base64',
  message: '{timestamp}{method}{target}{body}',
  headers: { 'x-acme-key': '{keyId}', 'x-acme-time': '{timestamp}', 'x-acme-signature': '{signature}' },
})

/** The headers that go out for one call. */
async function sentBy(auth: AuthStrategy, settings: object, at: number, url: string, init: RequestInit = {}) {
  const { fetch, sent } = network()
  const options = { settings: settings as never, origins: [new URL(url).origin], fetch, now: () => at }
  await connect(auth, options).fetch(url, init)
  return Object.fromEntries(sent[0]!.headers)
}

test('an exchange of their own costs an author at most 20 lines', () => {
  const code = readFileSync(new URL('hmac.ts', import.meta.url), 'utf8')
  const lines = code.split('\n').filter((line) => line.trim() !== '' && !/^\s*(?:\/\/|\/\*\*|\*)/.test(line))
  expect(lines.length).toBeLessThanOrEqual(20)
})

test('it signs as the description of the same scheme does', async () => {
  const [settings, url] = [{ keyId: 'k-1', secret: 's-1' }, 'https://api.example.com/orders?a=1']
  const init = { method: 'POST', body: '{"a":1}' }
  expect(await sentBy(hmac, settings, 1e12, url, init)).toEqual(
    await sentBy(described, settings, 1e12, url, init),
  )
})

testStrategy(
  hmac,
  {
    settings: { keyId: 'id-1', secret: 'secret-canary-1' },
    async accepts({ method, url, headers, body, at }, { settings }) {
      const expected = await sentBy(described, settings, at, url.href, {
        method,
        body: method === 'GET' ? null : body,
      })
      return headers.get('x-acme-signature') === expected['x-acme-signature']
    },
  },
  { test, expect },
)
