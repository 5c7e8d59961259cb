import { expect, test } from '@jest/globals'
import { base64Encode, base64urlEncode } from '../../src/http/encoding.ts'
import { redact } from '../../src/http/redact.ts'

const secret = 'p"a ss/w\\ö+d='

test.each<[string, string]>([
  ['itself', secret],
  ['URL-encoded', encodeURIComponent(secret)],
  ['form-encoded', new URLSearchParams([['', secret]]).toString().slice(1)],
  ['escaped in JSON', JSON.stringify(secret).slice(1, -1)],
  ['in base64', base64Encode(secret)],
  ['in base64url', base64urlEncode(secret)],
])('a secret is masked %s', (_, form) => {
  expect(redact(`<${form}> and <${form}>`, [secret])).toBe('<•••> and <•••>')
})

test.each(['', 'u', 'us', 'use', 'user'])('a password is masked inside Basic of the user %j', (user) => {
  const encoded = base64Encode(`${user}:hunter2hunter2:${user}`)
  const inner = base64Encode('hunter2hunter2').slice(2, -4)
  const result = redact(`Basic ${encoded}`, ['hunter2hunter2'])
  expect(result).toContain('•••')
  expect(result).not.toContain(inner)
  expect(result.length).toBeLessThan(`Basic ${encoded}`.length - 12)
})

test('a longer secret is masked whole before one that is part of it', () => {
  expect(redact('abcdefgh abcd', ['abcd', 'abcdefgh'])).toBe('••• •••')
})

test('a short secret is masked as it stands only, an empty one not at all', () => {
  expect(redact('a b%2F YWI', ['b/', 'ab', ''])).toBe('a b%2F YWI')
  expect(redact('x-k1-y', ['k1'])).toBe('x-•••-y')
})

test('special characters of replacement and expression mean nothing, lone surrogates do no harm', () => {
  expect(redact('a.*$& b', ['.*$&', '\ud800abcd'])).toBe('a••• b')
})
