import { expect, test } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { promisesOf, run } from '../../../tools/docs.ts'

const text = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

test.each(promisesOf(text).map(({ line, ...promise }) => [line, promise] as const))(
  'the example of the README above line %i prints what the README says',
  async (_, { code, printed }) => {
    expect(await run(code, (name) => import(name) as Promise<object>)).toBe(printed)
  },
)

test('the README is at most 120 lines long', () => {
  expect(text.split('\n').length - 1).toBeLessThanOrEqual(120)
})
