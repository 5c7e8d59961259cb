import { expect, test } from '@jest/globals'
import { completeField, guardField, without } from '@latchkey/core'

const standard = { type: 'password', label: 'Key', required: true } as const

test('a field with type and label stands as it is, any other says only what differs', () => {
  expect(completeField({ type: 'string', label: 'Own' }, standard)).toEqual({ type: 'string', label: 'Own' })
  expect(completeField({ help: 'h', required: false }, standard)).toEqual({
    ...standard,
    help: 'h',
    required: false,
  })
})

test('a guard stands beside a pattern of the field’s own, and its hint gives way', () => {
  const guard = { pattern: '[a-z]+', patternHint: 'letters' }
  expect(guardField(standard, guard)).toEqual({ ...standard, ...guard })
  expect(guardField({ ...standard, pattern: 'x.*', patternHint: 'own' }, guard)).toEqual({
    ...standard,
    pattern: '(?=(?:[a-z]+)$)(?:x.*)',
    patternHint: 'own',
  })
  expect(guardField(standard, undefined)).toBe(standard)
  expect(guardField({ type: 'number', label: 'N' }, guard)).toEqual({ type: 'number', label: 'N' })
})

test('a text that was pasted in front is recognised in either case, whatever it holds', () => {
  const fits = (value: string) => new RegExp(`^(?:${without('Key [1]=')}.*)$`, 'u').test(value)
  expect([fits('kEY [1]=abc'), fits('Key [1]abc'), fits('abc')]).toEqual([false, true, true])
  expect(without('')).toBe('')
})
