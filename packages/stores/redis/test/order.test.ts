import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { byBytes, partitionOf, sortable } from '../src/order.ts'

test('the order of numbers is that of their sortable texts', () => {
  const number = fc.oneof(
    fc.double({ noNaN: true }),
    fc.integer(),
    fc.constantFrom(0, -0, 1_800_000_000_000.5),
  )
  fc.assert(
    fc.property(number, number, (a, b) => {
      const [left, right] = [sortable(a), sortable(b)]
      expect([left < right, left === right]).toEqual([a < b, a === b])
      expect(left).toMatch(/^[\da-f]{16}$/)
    }),
  )
})

test('texts are ordered by their bytes in UTF-8', () => {
  const text = fc.string({ unit: 'binary', maxLength: 5 })
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(Math.sign(byBytes(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)))
    }),
  )
})

test('a key is in the same partition for ever, and the partitions are about as full', () => {
  expect(['', 'a', 'foobar'].map((key) => partitionOf(key, 16))).toEqual([
    0x811c9dc5 % 16,
    0xe40c292c % 16,
    0xbf9cf968 % 16,
  ])
  const counts = new Map<number, number>()
  for (let i = 0; i < 16_000; i++) {
    const partition = partitionOf(`connection-${i}`, 16)
    counts.set(partition, (counts.get(partition) ?? 0) + 1)
  }
  expect(counts.size).toBe(16)
  for (const count of counts.values()) expect(count > 700 && count < 1_300).toBe(true)
})
