import { expect, test } from '@jest/globals'
import { quartiles, race } from '../src/measure.mjs'

test('quartiles lie between the numbers, whatever their order', () => {
  expect(quartiles([4, 1, 3, 2])).toEqual({ q1: 1.75, median: 2.5, q3: 3.25 })
  expect(quartiles([7])).toEqual({ q1: 7, median: 7, q3: 7 })
})

test('a ratio is taken within a round, so that a machine that slows down distorts nothing', async () => {
  let now = 0
  let calls = 0
  /** Takes so many milliseconds, and ever more as the race goes on. */
  const taking = (ms: number) => async () => {
    now += ms * (1 + Math.floor(calls++ / 4))
  }
  const results = await race(
    { base: taking(1), twice: taking(2) },
    { rounds: 8, requests: 2, clock: () => now },
  )
  expect(results.map(({ name, ratio }: (typeof results)[number]) => [name, ratio])).toEqual([
    ['base', { q1: 1, median: 1, q3: 1 }],
    ['twice', { q1: 2, median: 2, q3: 2 }],
  ])
})

test('each round runs every task equally often, each time in another order', async () => {
  const order: string[] = []
  const task = (name: string) => async () => void order.push(name)
  await race({ a: task('a'), b: task('b'), c: task('c') }, { rounds: 4, requests: 1 })
  const rounds = Array.from({ length: 5 }, (_, round) => order.slice(3 * round, 3 * round + 3).join(''))
  expect(rounds).toEqual(['abc', 'bca', 'cab', 'cba', 'acb'])
})
