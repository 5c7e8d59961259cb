import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { base64urlEncode, expiryOf, expiryOfJwt } from '@latchkey/core/http'
import type { ExpiryFormat } from '@latchkey/core/http'

const now = Date.UTC(2026, 0, 31, 12, 0, 0)
const jwt = (payload: unknown): string => `e30.${base64urlEncode(JSON.stringify(payload))}.c2ln`

test.each<[unknown, ExpiryFormat, number]>([
  [3600, 'auto', now + 3_600_000],
  ['3600', 'auto', now + 3_600_000],
  ['3599.5', 'auto', now + 3_599_500],
  [86400.25, 'seconds', now + 86_400_250],
  [3_600_000, 'milliseconds', now + 3_600_000],
  ['1759495112', 'auto', 1_759_495_112_000],
  [1_759_495_112_000, 'auto', 1_759_495_112_000],
  [1_759_495_112, 'epoch', 1_759_495_112_000],
  [1_759_495_112_345, 'epoch-ms', 1_759_495_112_345],
  ['2027-12-12T00:00:00', 'date', Date.UTC(2027, 11, 12)],
  ['2027-12-12 00:00', 'auto', Date.UTC(2027, 11, 12)],
  ['2027-12-12', 'auto', Date.UTC(2027, 11, 12)],
  ['2027-12-12T01:00:00.123456Z', 'date', Date.UTC(2027, 11, 12, 1, 0, 0, 123)],
  ['2027-12-12T01:00:00+02:00', 'date', Date.UTC(2027, 11, 11, 23)],
  ['2027-12-12T01:00:00-0130', 'date', Date.UTC(2027, 11, 12, 2, 30)],
  ['Thu, 06 Apr 2023 07:12:10 GMT', 'auto', Date.UTC(2023, 3, 6, 7, 12, 10)],
  ['PT1H', 'duration', now + 3_600_000],
  ['P14D', 'auto', now + 14 * 86_400_000],
  ['P2W', 'duration', now + 14 * 86_400_000],
  ['P1M', 'duration', Date.UTC(2026, 1, 28, 12)],
  ['P1Y2M10DT2H30M', 'duration', Date.UTC(2027, 3, 10, 14, 30)],
  [jwt({ exp: 1_800_000_000 }), 'jwt', 1_800_000_000_000],
])('%j as %s ends at %d', (value, format, expected) => {
  expect(expiryOf(value, now, format)).toBe(expected)
})

test.each([
  null,
  undefined,
  true,
  {},
  [],
  '',
  'zzz',
  '3600abc',
  '-5',
  -5,
  0,
  '0',
  1 / 0,
  NaN,
  '1e999',
  'P',
  'PT',
  'P1',
  '2027-02-30',
  '2027-13-01T00:00:00',
  '24:00',
])('%j says nothing', (value) => {
  expect(expiryOf(value, now)).toBe(undefined)
})

test('the number that JSON makes of 1e999 says nothing', () => {
  expect(expiryOf(JSON.parse('1e999'), now)).toBe(undefined)
})

test('a date without a zone is UTC wherever the process runs', () => {
  const zone = process.env['TZ']
  try {
    process.env['TZ'] = 'Pacific/Auckland'
    expect(expiryOf('2027-07-01T12:00:00', now)).toBe(Date.UTC(2027, 6, 1, 12))
  } finally {
    if (zone === undefined) delete process.env['TZ']
    else process.env['TZ'] = zone
  }
})

test('any number of seconds up to 31 years is that long from now', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 999_999_999 }), (seconds) => {
      expect(expiryOf(seconds, now)).toBe(now + seconds * 1000)
      expect(expiryOf(String(seconds), now)).toBe(now + seconds * 1000)
    }),
  )
})

test('any moment written as ISO 8601 is that moment, and whatever is given, the answer is a moment or nothing', () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true }),
      fc.anything(),
      (date, anything) => {
        if (date.getTime() > 0) expect(expiryOf(date.toISOString(), now)).toBe(date.getTime())
        const moment = expiryOf(anything, now)
        expect(moment === undefined || (Number.isInteger(moment) && moment > 0)).toBe(true)
      },
    ),
  )
})

test('what is no JWT, or one without a number in exp, has no end', () => {
  for (const token of ['a.b', 'a.b.c', jwt({}), jwt({ exp: 'soon' }), jwt(null), 7, `${jwt({ exp: 1 })}.d.e`])
    expect(expiryOfJwt(token)).toBe(undefined)
})
