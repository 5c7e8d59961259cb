import { expect, test } from '@jest/globals'
import { exactBody, learnClock, serverNow } from '@latchkey/core/http'

const rejected = (date: number, status = 401) =>
  new Response(null, { status, headers: { date: new Date(date).toUTCString() } })

test("the server's time is learnt from a rejection, and from nothing else", () => {
  const clock = { memory: new Map<string, unknown>(), now: () => 1_000_000_000 }
  expect(learnClock(rejected(1_000_600_000, 200), clock, 60_000)).toBe(false)
  expect(learnClock(rejected(1_000_059_000), clock, 60_000)).toBe(false)
  expect(learnClock(new Response(null, { status: 401 }), clock, 60_000)).toBe(false)
  expect(serverNow(clock)).toBe(1_000_000_000)
  expect(learnClock(rejected(1_000_600_000), clock, 60_000)).toBe(true)
  expect(serverNow(clock)).toBe(1_000_600_000)
  expect(learnClock(rejected(1_000_600_000), clock, 60_000)).toBe(false)
  expect(learnClock(rejected(999_000_000, 403), clock, 60_000)).toBe(true)
  expect(serverNow(clock)).toBe(999_000_000)
})

test('a text and bytes are there at once, and what has to be encoded comes from the request', async () => {
  const bytes = new Uint8Array([1, 2])
  const of = (body: BodyInit | null) => exactBody({ body, bytes: async () => bytes } as never)
  expect(of(null)).toBe('')
  expect(of('x')).toBe('x')
  expect(of(bytes)).toBe(bytes)
  expect(await of(new URLSearchParams('a=1'))).toBe(bytes)
})
