import { expect, test } from '@jest/globals'
import type { AuthStrategy } from '@latchkey/core'
import { strategyLaws, testStrategy, type StrategyCase, type StrategyRunner } from '@latchkey/testing'
import { brokenRenewers } from './broken/core-renewing.ts'
import { brokenSenders } from './broken/core-sending.ts'
import { brokenEarners } from './broken/earning.ts'
import { brokenReaders } from './broken/settings.ts'
import { brokenSigners } from './broken/signing.ts'
import { headerKey, headerKeyCase } from './good-strategies.ts'

const brokenStrategies = [...brokenSigners, ...brokenReaders, ...brokenEarners]
const brokenCores = [...brokenSenders, ...brokenRenewers]

/** Runs all laws over a strategy, and gives the sentences of those that failed. */
const failures = async (
  strategy: AuthStrategy,
  kase: StrategyCase,
  connect?: StrategyRunner['connect'],
): Promise<string[]> => {
  const laws: (readonly [string, () => Promise<void>])[] = []
  const runner = {
    test: (name: string, run: () => Promise<void>) => laws.push([name.slice(name.indexOf(': ') + 2), run]),
  }
  testStrategy(strategy, kase, { ...runner, connect })
  const failed: string[] = []
  for (const [sentence, run] of laws) await run().catch(() => failed.push(sentence))
  return failed
}

/** The same sentences, each by the beginning that was expected, so that a failure reads well. */
const byStart = (failed: readonly string[], starts: readonly string[]): string[] =>
  failed.map((sentence) => starts.find((start) => sentence.startsWith(start)) ?? sentence)

for (const { what, make, caughtBy, spreads } of brokenStrategies) {
  test(`a strategy that ${what} is caught`, async () => {
    const failed = byStart(await failures(...make()), caughtBy)
    expect(spreads ? failed.filter((start) => caughtBy.includes(start)) : failed).toEqual(caughtBy)
  })
}

for (const { what, subject, connect, caughtBy } of brokenCores) {
  test(`a core that ${what} is caught`, async () => {
    expect(byStart(await failures(...subject, connect), caughtBy)).toEqual(caughtBy)
  })
}

test('every law has a broken strategy or core that it catches', () => {
  const caught = [...brokenStrategies, ...brokenCores].flatMap(({ caughtBy }) => caughtBy)
  expect(strategyLaws.filter((law) => !caught.some((start) => law.startsWith(start)))).toEqual([])
})

test('a law that fails says what was expected and what was there', async () => {
  const moved = { ...headerKey, apply: () => true as unknown as undefined }
  const laws = new Map<string, () => Promise<void>>()
  testStrategy(moved, headerKeyCase, { test: (name, run) => laws.set(name, run) })
  await expect(
    laws.get('header-key: apply returns nothing, or a promise that can be waited for')?.(),
  ).rejects.toThrow(
    'the types of what apply returned besides nothing and promises\n  expected: []\n  but was:  ["boolean"]',
  )
})

test('a secret that is too short to be searched for is refused at once, by the name of its field', () => {
  expect(() =>
    testStrategy(headerKey, { ...headerKeyCase, settings: { key: 'short' } }, { test: () => 0 }),
  ).toThrow(
    new TypeError(
      'testStrategy: settings.key must be a unique text of at least 8 characters, because the laws search for it',
    ),
  )
})

test('a law that cannot concern a strategy is no test of it', () => {
  const names: string[] = []
  testStrategy(headerKey, { ...headerKeyCase, name: 'by name' }, { test: (name) => names.push(name) })
  expect(names.every((name) => name.startsWith('header-key (by name): '))).toBe(true)
  expect(names.filter((name) => name.includes('renew'))).toEqual([
    'header-key (by name): a rejection that nothing can renew is returned, and the request was sent once',
  ])
})
