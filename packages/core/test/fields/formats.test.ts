import { describe, expect, test } from '@jest/globals'
import { readFileSync } from 'node:fs'
import type { TextField } from '../../src/fields/field.ts'
import { problemOf } from '../../src/fields/value.ts'

interface Row {
  readonly id: string
  readonly value: string
  readonly expect: string
}
const vectors = (name: string): readonly Row[] =>
  (JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8')) as { cases: Row[] })
    .cases

const accepts = (more: Partial<TextField>, value: string): boolean =>
  value !== '' && problemOf({ label: 'x', type: 'string', ...more }, value) === undefined

describe('hostile-subdomains.json', () => {
  test.each(vectors('hostile-subdomains'))('$expect: $value', ({ value, expect: expected }) => {
    expect(accepts({ format: 'subdomain' }, value)).toBe(expected === 'accept')
  })
})

describe('header-values.json', () => {
  // At validation a text may hold any visible character: a password for Basic is UTF-8. What is sent in a header as it is
  // has a pattern that says so; a doubled prefix is for the strategy that knows the prefix.
  const rows = vectors('header-values').map((row) => ({
    ...row,
    value: row.id === '64 KiB' ? 'x'.repeat(65_536) : row.value,
    sent: row.id === 'plain' || row.id === 'leading Bearer',
    typed: ['plain', 'leading Bearer', 'latin1', 'euro', 'emoji'].includes(row.id),
  }))
  test.each(rows)('$id', ({ value, sent, typed }) => {
    expect(accepts({}, value)).toBe(typed)
    expect(accepts({ pattern: '[ -~]*' }, value)).toBe(sent)
  })
})

test.each<[NonNullable<TextField['format']>, string[], string[]]>([
  [
    'url',
    [
      'https://api.example.com',
      'https://api.example.com:8443/v1?x=1',
      'http://localhost:3000',
      'http://127.0.0.1/x',
      'http://[::1]:80',
      'HTTPS://EXAMPLE.com',
    ],
    [
      'http://example.com',
      'https://u:p@example.com',
      'https://u@example.com',
      'http://localhost.evil.com',
      'http://127.0.0.1.evil.com',
      'ftp://example.com',
      'javascript:alert(1)',
      'https:/example.com',
      'https:\\\\example.com',
      'https://a b.com',
      '//example.com',
      'example.com',
      'https://',
      'http://128.0.0.1',
    ],
  ],
  [
    'hostname',
    ['example.com', 'a', 'A-b.Example.com', '127.0.0.1', 'xn--bcher-kva.example'],
    [
      'example.com.',
      '-a.com',
      'a..b',
      'a_b.com',
      '127.1',
      '0x7f.1',
      'example.com:80',
      'example.com/x',
      'u@example.com',
      'xn--',
      'bücher.example',
      `${'a'.repeat(64)}.com`,
      Array(130).fill('a').join('.'),
      '[::1]',
    ],
  ],
  [
    'email',
    ['a@b.co', 'first.last+tag@sub.example.com', 'ü@example.com'],
    ['a', 'a@', '@b.co', 'a@b', 'a@b.', 'a@.b', 'a b@c.de', 'a@b@c.de', '<a@b.co>', `${'a'.repeat(65)}@b.co`],
  ],
  [
    'uuid',
    ['123e4567-e89b-12d3-a456-426614174000', '123E4567-E89B-12D3-A456-426614174000'],
    [
      '123e4567e89b12d3a456426614174000',
      '{123e4567-e89b-12d3-a456-426614174000}',
      '123e4567-e89b-12d3-a456-42661417400g',
    ],
  ],
])('the format %s is what its name says', (format, good, bad) => {
  expect(good.filter((value) => !accepts({ format }, value))).toEqual([])
  expect(bad.filter((value) => accepts({ format }, value))).toEqual([])
})

test('no format takes long over a long value', () => {
  const started = performance.now()
  for (const format of ['url', 'hostname', 'subdomain', 'email', 'uuid'] as const) {
    for (const piece of ['a', 'a.', 'a-', '@', 'a@', 'a@a.', '1.'])
      accepts({ format }, piece.repeat(16_384 / piece.length))
  }
  expect(performance.now() - started).toBeLessThan(500)
})
