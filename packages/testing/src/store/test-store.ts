import type { Runner } from '../check.ts'
import { fakeClock } from '../clock.ts'
import { benchOf, type StoreFactory } from './bench.ts'
import { attemptLaws } from './laws/attempts.ts'
import { pageLaws, sealedLaws, sharedLaws } from './laws/pages.ts'
import { processLaws } from './laws/processes.ts'
import { recordLaws } from './laws/records.ts'
import { releaseLaws } from './laws/releases.ts'

/** What a kind of store can do besides; each adds laws. */
export interface StoreKind {
  /** The factory gives `reopen`: the store is shared by processes. */
  readonly shared?: boolean
  /** The factory gives `spawn`: what is left when a process is killed, or stood still. */
  readonly processes?: boolean
  /** The factory gives `dump`: the store seals. */
  readonly sealed?: boolean
}

/**
 * The definition of the store contract: one test for each law, named by it, each on a fresh and empty store from
 * `factory`. Works with the `test` of jest, vitest and node:test.
 */
export function testStore(name: string, factory: StoreFactory, runner: Runner, kind: StoreKind = {}): void {
  const laws = [
    ...recordLaws,
    ...attemptLaws,
    ...releaseLaws,
    ...pageLaws,
    ...(kind.shared ? sharedLaws : []),
    ...(kind.processes ? processLaws : []),
    ...(kind.sealed ? sealedLaws : []),
  ]
  for (const { sentence, prove } of laws) {
    runner.test(`${name}: ${sentence}`, async () => {
      const clock = fakeClock()
      const store = await factory({ clock })
      try {
        await prove(benchOf(store, clock))
      } finally {
        await store.close?.()
      }
    })
  }
}
