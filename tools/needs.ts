import { test } from '@jest/globals'

/** Registers that the tests of this file could not run, because a server or program is missing. Fails where CI is set. */
export const missing = (what: string, reason: string): void => {
  test.skip(`needs ${what}: ${reason}`, () => undefined)
}

/** Registers that the tests over a corpus could not run, because the corpus is not part of a clone. Never a failure. */
export const absentCorpus = (what: string, reason: string): void => {
  test.skip(`absent corpus ${what}: ${reason}`, () => undefined)
}
