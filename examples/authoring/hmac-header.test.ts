import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { bearer } from '@latchkey/bearer'
import { connect, options } from '@latchkey/core'
import { testStrategy } from '@latchkey/testing'
import { network } from '../../tools/network.ts'
import { hmacHeader } from './hmac-header.ts'

const origins = ['https://api.example.com']

test("a third party's scheme signs the bytes that are sent, in at most 15 lines", async () => {
  const { fetch, sent } = network()
  const connection = connect(hmacHeader, { settings: { keyId: 'k-1', secret: 's-1' }, origins, fetch })
  await connection.fetch('https://api.example.com/', { method: 'POST', body: '{"a":1}' })
  expect(sent[0]!.headers.get('x-acme-key')).toBe('k-1')
  expect(sent[0]!.headers.get('x-acme-signature')).toBe(
    createHmac('sha256', 's-1').update('{"a":1}').digest('hex'),
  )
  const code = readFileSync(new URL('hmac-header.ts', import.meta.url), 'utf8')
  expect(
    code.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('/**')).length,
  ).toBeLessThanOrEqual(15)
})

test('it stands beside ours in a selector, with inferred settings', async () => {
  const { fetch, sent } = network()
  const auth = options({ signed: hmacHeader, token: bearer() })
  const settings = { option: 'signed', keyId: 'k-1', secret: 's-1' } as const
  await connect(auth, { settings, origins, fetch }).fetch('https://api.example.com/')
  expect(sent[0]!.headers.get('x-acme-key')).toBe('k-1')
  // @ts-expect-error the token is another option's
  expect(() => connect(auth, { settings: { option: 'signed', token: 't' }, origins })).toThrow(
    'keyId: Enter a value',
  )
})

testStrategy(
  hmacHeader,
  {
    settings: { keyId: 'id-1', secret: 'secret-canary-1' },
    accepts: ({ headers, body }, { settings }) =>
      headers.get('x-acme-key') === settings.keyId &&
      headers.get('x-acme-signature') === createHmac('sha256', settings.secret).update(body).digest('hex'),
  },
  { test, expect },
)
