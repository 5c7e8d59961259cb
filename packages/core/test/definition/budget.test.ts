import { expect, test } from '@jest/globals'
import { createBudget, defaultLimits } from '@latchkey/core/definition'
import { faultOf } from './support.ts'

const limits = { steps: 3, depth: 2, size: 10 }

test('as many steps as the limit says, and not one more', () => {
  const budget = createBudget('a.b', limits)
  budget.step()
  budget.step(2)
  const fault = faultOf(() => budget.step())
  expect([fault.code, fault.message]).toEqual([
    'definition_invalid',
    'a.b needs more than 3 steps: the author of the definition must make it simpler.',
  ])
})

test('what is made counts in all', () => {
  const budget = createBudget('a', limits)
  budget.grow(10)
  expect(faultOf(() => budget.grow(1)).message).toBe(
    'a needs more than 10 characters or items: the author of the definition must make it simpler.',
  )
})

test('a level is given back when it is left, by an error too', () => {
  const budget = createBudget('a', limits)
  const two = () => budget.deeper(() => budget.deeper(() => 'value'))
  expect(two()).toBe('value')
  expect(() =>
    budget.deeper(() => {
      throw new Error('inside')
    }),
  ).toThrow('inside')
  expect(two()).toBe('value')
  expect(faultOf(() => budget.deeper(two)).message).toBe(
    'a needs more than 2 levels: the author of the definition must make it simpler.',
  )
})

test('two evaluations have a budget each, and no count can be turned back', () => {
  createBudget('a', limits).step(3)
  const budget = createBudget('a', limits)
  budget.step(3)
  budget.step(-5)
  expect(faultOf(() => budget.step()).code).toBe('definition_invalid')
  expect(faultOf(() => budget.grow(Number.NaN)).code).toBe('definition_invalid')
  expect(limits).toEqual({ steps: 3, depth: 2, size: 10 })
})

test('the limits of every evaluation that names none', () => {
  expect(defaultLimits).toEqual({ steps: 20_000, depth: 64, size: 1_000_000 })
})
