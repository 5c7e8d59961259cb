import { expect, test } from '@jest/globals'
import type { Fields } from '../../src/fields/field.ts'
import { check, faults, text } from './support.ts'

test('blanks at the ends, line breaks and invisible characters are refused with what to do', () => {
  const problem = (value: string, multiline = false): string | undefined =>
    faults({ key: { ...text, multiline } }, { key: value })['key']
  for (const blank of [' ', '\t', '\n', '\r\n', '\u00a0', '\u2003', '\u2028', '\ufeff']) {
    expect(problem(`${blank}abc`)).toBe('Remove the blank or line break at the start.')
    expect(problem(`abc${blank}`)).toBe('Remove the blank or line break at the end.')
  }
  for (const lineBreak of ['\n', '\r', '\r\n', '\v', '\f', '\u0085', '\u2028', '\u2029']) {
    expect(problem(`ab${lineBreak}c`)).toBe('Remove the line break in it: this is one line.')
  }
  const invisible = 'Remove the invisible character in it: type the value, or copy it as plain text.'
  for (const char of ['\u200b', '\u200c', '\u200d', '\u2060', '\0', '\x1b', '\x7f', '\x9f', '\ud800']) {
    for (const value of [`${char}abc`, `ab${char}c`, `abc${char}`]) {
      expect(problem(value)).toBe(invisible)
      expect(problem(value, true)).toBe(invisible)
    }
  }
  expect(problem('ab\ufeffc')).toBe(invisible)
  expect(problem('ab\tc')).toBe(invisible)
  expect(problem(' -----BEGIN', true)).toBe('Remove the blank or line break at the start.')
  expect(problem('-----END \n', true)).toBe('Remove the blank or line break at the end.')
})

test('a multiline field keeps its lines, tabs and a line break at the end; spaces inside one line are kept too', () => {
  const pem = '-----BEGIN KEY-----\r\n\tabc\n-----END KEY-----\n'
  expect(check({ pem: { ...text, multiline: true } }, { pem })).toEqual({ pem })
  expect(check({ a: text }, { a: 'correct horse – bättery 🔑' })).toEqual({ a: 'correct horse – bättery 🔑' })
})

test('a single line ends at 16,384 characters and lines at 65,536, and a long blank end is judged at once', () => {
  const both: Fields = { a: text, b: { ...text, multiline: true } }
  expect(check(both, { a: 'x'.repeat(16_384), b: 'x'.repeat(65_536) })).toHaveProperty('b')
  expect(faults(both, { a: 'x'.repeat(16_385), b: 'x'.repeat(65_537) })).toEqual({
    a: 'Enter at most 16384 characters; was more than this one value pasted?',
    b: 'Enter at most 65536 characters; was more than this one value pasted?',
  })
  const started = performance.now()
  check(both, { b: `x${'\n'.repeat(65_000)}x${'\n'.repeat(500)}` })
  expect(performance.now() - started).toBeLessThan(500)
})

test('a pattern must match the whole value, in Unicode, and may speak for itself', () => {
  const fields: Fields = {
    a: { ...text, pattern: 'a|b+' },
    b: { ...text, pattern: '.', patternHint: 'One letter.' },
  }
  expect(check(fields, { a: 'bbb', b: '🔑' })).toEqual({ a: 'bbb', b: '🔑' })
  expect(faults(fields, { a: 'ax', b: 'xy' })).toEqual({
    a: 'This does not look as it should: compare it with the place where it was copied from.',
    b: 'One letter.',
  })
})
