import { afterEach, describe, expect, test } from '@jest/globals'
import {
  base64Decode,
  base64Encode,
  base64urlDecode,
  base64urlEncode,
  bodyBytes,
  formEncode,
  hexDecode,
  hexEncode,
  percentEncode,
  utf8,
} from '../../src/http/encoding.ts'

const buffer = globalThis.Buffer
afterEach(() => {
  globalThis.Buffer = buffer
})

const every = Uint8Array.from({ length: 100_000 }, (_, index) => (index * 31) & 255)

// RFC 4648 section 10.
const rows = [
  ['', ''],
  ['f', 'Zg=='],
  ['fo', 'Zm8='],
  ['foo', 'Zm9v'],
  ['foob', 'Zm9vYg=='],
  ['fooba', 'Zm9vYmE='],
  ['foobar', 'Zm9vYmFy'],
] as const

describe.each(['with', 'without'])('base64 %s Buffer', (kind) => {
  const without = (): void => {
    if (kind === 'without') Reflect.set(globalThis, 'Buffer', undefined)
  }

  test.each(rows)('%j is %j', (text, encoded) => {
    without()
    expect(base64Encode(text)).toBe(encoded)
    expect(base64urlEncode(text)).toBe(encoded.replace(/=/g, ''))
    expect(base64Decode(encoded)).toEqual(utf8(text))
    expect(base64urlDecode(encoded)).toEqual(utf8(text))
    expect(base64urlDecode(encoded.replace(/=/g, ''))).toEqual(utf8(text))
  })

  test('texts are UTF-8, views keep their bounds, large inputs are whole', () => {
    without()
    expect(base64Encode('123\u00a3')).toBe('MTIzwqM=')
    expect(base64Encode(utf8('xfoox').subarray(1, 4))).toBe('Zm9v')
    expect(base64Decode(base64Encode(every))).toEqual(every)
    expect(base64urlDecode(base64urlEncode(every))).toEqual(every)
    expect(base64urlEncode(new Uint8Array([251, 255, 254]))).toBe('-__-')
  })
})

test.each(['Zg', 'Zg=', 'Zg===', 'Z===', 'Zg==\n', ' Zg==', 'Zm9_', 'Zm-v', 'Zm9vZ', '====', 'Z\u00e9=='])(
  '%j is not base64',
  (text) => expect(base64Decode(text)).toBeUndefined(),
)

test.each(['Zm9/', 'Zm+v', 'Z', 'Zg=', 'Zm9vZ', 'Zg==Zg==', ' Zg'])('%j is not base64url', (text) =>
  expect(base64urlDecode(text)).toBeUndefined(),
)

test('hexadecimal is written in lower case and read in both', () => {
  expect(hexEncode(new Uint8Array([0, 15, 255]))).toBe('000fff')
  expect(hexDecode('000fFF')).toEqual(new Uint8Array([0, 15, 255]))
  expect([hexDecode('0'), hexDecode('0g'), hexDecode('00\n0')]).toEqual([undefined, undefined, undefined])
})

test('percentEncode leaves the unreserved characters of RFC 3986 alone', () => {
  expect(percentEncode("AZaz09-._~ +!*'()%&=\u00fc\u20ac")).toBe(
    'AZaz09-._~%20%2B%21%2A%27%28%29%25%26%3D%C3%BC%E2%82%AC',
  )
})

test('formEncode keeps the order, encodes both sides and leaves out what is undefined', () => {
  expect(formEncode({ a: 'x y', b: undefined, 'c&': '\u00fc+' })).toBe('a=x+y&c%26=%C3%BC%2B')
  expect(
    formEncode([
      ['a', '1'],
      ['a', '2'],
      ['b', undefined],
    ]),
  ).toBe('a=1&a=2')
  expect(formEncode(new Map([['k', 'v']]))).toBe('k=v')
})

test('bodyBytes gives the bytes that Fetch sends', async () => {
  expect(await bodyBytes(null)).toEqual(new Uint8Array())
  expect(await bodyBytes('\u00fc')).toEqual(new Uint8Array([195, 188]))
  expect(await bodyBytes(new Uint8Array([9, 1, 2]).subarray(1))).toEqual(new Uint8Array([1, 2]))
  expect(await bodyBytes(new URLSearchParams({ a: 'b' }))).toEqual(utf8('a=b'))
  expect(await bodyBytes(new Blob(['blob']))).toEqual(utf8('blob'))
  const bytes = utf8('mine')
  ;(await bodyBytes(bytes)).fill(0)
  expect(bytes).toEqual(utf8('mine'))
})
