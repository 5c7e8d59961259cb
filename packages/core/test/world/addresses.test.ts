import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { addressClass, isAllowed, isSpecialAddress } from '../../src/world/addresses.ts'

interface Row {
  host: string
  canonical: string
  class: string
  expect: 'block' | 'allow'
}

const { cases } = JSON.parse(
  readFileSync(new URL('../vectors/ssrf-addresses.json', import.meta.url), 'utf8'),
) as { cases: Row[] }

test.each(cases)('$host ($class) is held to be $expect', ({ host, canonical, expect: expected }) => {
  expect(new URL(`http://${host}/`).hostname).toBe(canonical)
  expect(isSpecialAddress(canonical)).toBe(expected === 'block')
})

test.each([
  ['127.255.255.254', 'loopback'],
  ['[::1]', 'loopback'],
  ['::ffff:127.0.0.1', 'loopback'],
  ['LOCALHOST', 'loopback'],
  ['a.b.localhost.', 'loopback'],
  ['10.255.255.255', 'private'],
  ['fd12:3456::1', 'private'],
  ['[::ffff:c0a8:101]', 'private'],
  ['100.127.255.255', 'private'],
  ['fd00:ec2::254', 'special'],
  ['100.100.100.200', 'special'],
  ['168.63.129.16', 'special'],
  ['169.254.169.254', 'special'],
  ['metadata.google.internal.', 'special'],
  ['fe80::1%eth0', 'special'],
  ['[64:ff9b::a00:1]', 'special'],
  ['[2002:a00:1::]', 'special'],
  ['[3fff:fff::1]', 'special'],
  ['[5f00::1]', 'special'],
  ['[2001:1ff::1]', 'special'],
  [':::', 'special'],
] as const)('%s is %s', (host, kind) => {
  expect(addressClass(host)).toBe(kind)
})

test.each([
  '9.255.255.255',
  '11.0.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '172.15.255.255',
  '198.17.255.255',
  '198.20.0.0',
  '223.255.255.255',
  '[64:ff9b::808:808]',
  '[::ffff:808:808]',
  '[2002:808:808::]',
  '[2001:200::1]',
  '[3fff:1000::1]',
  '2a00:1450:4001:81b::200e',
  'api.example.com',
  'localhost.example.com',
  'notlocalhost',
  '1.2.3.4.example.com',
])('%s is an ordinary address', (host) => {
  expect(addressClass(host)).toBeUndefined()
})

test('an allowance for loopback reaches loopback alone, one for private addresses both, and none metadata', () => {
  const reached = (allow: 'loopback' | 'private' | undefined): unknown[] =>
    [undefined, 'loopback', 'private', 'special'].filter((kind) =>
      isAllowed(kind as ReturnType<typeof addressClass>, allow),
    )
  expect(reached(undefined)).toEqual([undefined])
  expect(reached('loopback')).toEqual([undefined, 'loopback'])
  expect(reached('private')).toEqual([undefined, 'loopback', 'private'])
})
