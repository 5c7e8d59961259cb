import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import type { AuthError } from '../../src/errors.ts'
import { headerName, headerValue, quoted } from '../../src/http/header.ts'

const vectors = <T>(name: string): T[] =>
  (JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8')) as { cases: T[] })
    .cases

function refusal(run: () => unknown): AuthError {
  try {
    run()
  } catch (error) {
    return error as AuthError
  }
  throw new Error('it was accepted')
}

describe('headerValue', () => {
  const cases = vectors<{ id: string; value: string; expect: string }>('header-values').map((row) => ({
    ...row,
    value: row.id === '64 KiB' ? 'x'.repeat(65_536) : row.value,
    // The row about a pasted prefix is a rule of the bearer strategy; as a header value it is sound.
    accepted: row.expect === 'accept' || row.id === 'leading Bearer',
  }))

  test.each(cases)('the row "$id" ends as expected', ({ value, accepted }) => {
    if (accepted) {
      expect(headerValue(value, 'apiKey')).toBe(value)
      return
    }
    const error = refusal(() => headerValue(value, 'apiKey'))
    expect([error.code, error.field]).toEqual(['settings_invalid', 'apiKey'])
    expect(error.message).toMatch(/^apiKey [^\n]+, so it cannot be sent in a header\.$/)
    expect(error.message).not.toContain(value)
  })

  test.each([
    ['', 'is empty'],
    [' SECRET', 'begins or ends with a space'],
    ['SECRET ', 'begins or ends with a space'],
    ['SEC\r\nRET', 'contains a line break'],
    ['SEC\tRET', 'contains a character that is not printable ASCII'],
    ['x'.repeat(16_385), 'is longer than 16384 characters'],
  ])('a faulty value (%#) is told by its problem, not by itself', (value, problem) => {
    const error = refusal(() => headerValue(value, 'token'))
    expect(error.message).toBe(`token ${problem}, so it cannot be sent in a header.`)
    expect(inspect(error)).not.toContain('SEC')
  })

  test('the longest value is 16,384 characters', () => {
    expect(headerValue('x'.repeat(16_384), 'token').length).toBe(16_384)
  })
})

describe('headerName', () => {
  test.each(vectors<{ name: string; expect: string }>('header-names'))(
    'the name "$name": $expect',
    ({ name, expect: expected }) => {
      if (expected === 'allow') expect(headerName(name)).toBe(name)
      else expect(() => headerName(name)).toThrow(TypeError)
    },
  )

  test('case does not get a denied name through, and all of a token may stand in a name', () => {
    expect(() => headerName('Content-Length')).toThrow('The header Content-Length cannot carry a credential.')
    expect(headerName("a!#$%&'*+-.^_`|~9")).toBe("a!#$%&'*+-.^_`|~9")
  })
})

describe('quoted', () => {
  test('escapes quotes and backslashes', () => {
    expect(quoted('a "b" \\c', 'realm')).toBe('"a \\"b\\" \\\\c"')
    expect(quoted('', 'realm')).toBe('""')
    expect(quoted('caf\u00e9', 'realm')).toBe('"caf\u00e9"')
  })

  test.each(['a\r\nb', 'a\0b', 'a\tb', 'a\x7fb', 'a\u20acb'])(
    'refuses what a header cannot hold (%#)',
    (value) => {
      expect(refusal(() => quoted(value, 'user')).field).toBe('user')
    },
  )
})
