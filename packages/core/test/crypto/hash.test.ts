import { createHash, createHmac } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { chain, digest, digestHex, hmac, type HashAlgorithm } from '@latchkey/core/crypto'
import { hexDecode, hexEncode, utf8 } from '../../src/http/encoding.ts'
import * as native from '../../src/world/hash-node.ts'
import * as portable from '../../src/world/hash-portable.ts'

const ways = [
  ['the runtime', { digest, digestHex, hmac }],
  ["Node's own cryptography", native],
  ['WebCrypto and noble', portable],
] as const

/** RFC 1321 appendix A.5, FIPS 180-4 examples, RFC 2202 and RFC 4231, and Node for what has no published row. */
const digests: [HashAlgorithm, string, string][] = [
  ['MD5', '', 'd41d8cd98f00b204e9800998ecf8427e'],
  ['MD5', 'message digest', 'f96b697d7cb7938d525a2f31aaf161d0'],
  ['SHA-1', 'abc', 'a9993e364706816aba3e25717850c26c9cd0d89d'],
  ['SHA-256', '', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['SHA-256', 'abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    'SHA-384',
    'abc',
    'cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7',
  ],
  [
    'SHA-512',
    'abc',
    'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
  ],
  ['SHA-512-256', 'abc', '53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23'],
]

const macs: [HashAlgorithm, string, string, string][] = [
  ['MD5', '0b'.repeat(16), 'Hi There', '9294727a3638bb1c13f48ef8158bfc9d'],
  ['SHA-1', '0b'.repeat(20), 'Hi There', 'b617318655057264e28bc0b6fb378c8ef146be00'],
  [
    'SHA-256',
    '4a656665',
    'what do ya want for nothing?',
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  ],
  [
    'SHA-256',
    'aa'.repeat(131),
    'Test Using Larger Than Block-Size Key - Hash Key First',
    '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
  ],
  [
    'SHA-384',
    '4a656665',
    'what do ya want for nothing?',
    'af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649',
  ],
  [
    'SHA-512',
    '4a656665',
    'what do ya want for nothing?',
    '164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737',
  ],
]

describe.each(ways)('%s', (_, way) => {
  test.each(digests)(
    '%s of %j is the published one, and differs for one bit',
    async (algorithm, text, hex) => {
      expect(hexEncode(await way.digest(algorithm, utf8(text)))).toBe(hex)
      expect(hexEncode(await way.digest(algorithm, text))).toBe(hex)
      expect(await way.digestHex(algorithm, text)).toBe(hex)
      expect(await way.digestHex(algorithm, utf8(text))).toBe(hex)
      expect(hexEncode(await way.digest(algorithm, `${text}\u0001`))).not.toBe(hex)
    },
  )

  test.each(macs)(
    'HMAC-%s under %s is the published one, and differs for one bit',
    async (algorithm, key, text, hex) => {
      const secret = hexDecode(key)!
      expect(hexEncode(await way.hmac(algorithm, secret, utf8(text)))).toBe(hex)
      expect(hexEncode(await way.hmac(algorithm, secret, text))).toBe(hex)
      secret[0]! ^= 1
      expect(hexEncode(await way.hmac(algorithm, secret, utf8(text)))).not.toBe(hex)
    },
  )

  test('an empty key is a key', async () => {
    for (const algorithm of ['MD5', 'SHA-256', 'SHA-512-256'] as const) {
      const name = algorithm.toLowerCase().replace('sha-2', 'sha2').replace('sha-5', 'sha5')
      const wanted = createHmac(name, '').update('data').digest('hex')
      expect(hexEncode(await way.hmac(algorithm, '', 'data'))).toBe(wanted)
      expect(hexEncode(await way.hmac(algorithm, new Uint8Array(), 'data'))).toBe(wanted)
    }
  })

  test('a text stands for its UTF-8 bytes, a view for its own part, and what comes back is a plain Uint8Array', async () => {
    const text = 'pässwörd 🔑'
    const view = utf8(`__${text}__`).subarray(2, -2)
    const wanted = createHash('sha512-256').update(text).digest('hex')
    for (const data of [text, view]) {
      const hash = await way.digest('SHA-512-256', data)
      expect(hexEncode(hash)).toBe(wanted)
      expect(Object.getPrototypeOf(hash)).toBe(Uint8Array.prototype)
    }
    expect(hexEncode(await way.hmac('SHA-512-256', text, view))).toBe(
      createHmac('sha512-256', text).update(text).digest('hex'),
    )
  })
})

test('on Node nothing is awaited', () => {
  expect(digest('SHA-256', '')).toBeInstanceOf(Uint8Array)
  expect(digestHex('MD5', '')).toBe('d41d8cd98f00b204e9800998ecf8427e')
  expect(hmac('SHA-256', 'k', '')).toBeInstanceOf(Uint8Array)
})

test('a chain goes on at once with a value and later with a promise', async () => {
  expect(chain(2, (value) => value + 1)).toBe(3)
  const later = chain(Promise.resolve(2), (value) => value + 1)
  expect(later).toBeInstanceOf(Promise)
  expect(await later).toBe(3)
})
