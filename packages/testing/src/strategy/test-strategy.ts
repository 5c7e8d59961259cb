import { connect, type AuthStrategy } from '@latchkey/core'
import type { Runner } from '../check.ts'
import { benchOf, type Connect, type Law, type Subject } from './bench.ts'
import type { AnyCase, StrategyCase } from './case.ts'
import { connectionLaws } from './laws/connections.ts'
import { redirectLaws } from './laws/redirects.ts'
import { rejectionLaws } from './laws/rejection.ts'
import { renewalLaws } from './laws/renewal.ts'
import { settingsLaws } from './laws/settings.ts'
import { signingLaws } from './laws/signing.ts'
import { verbLaws } from './laws/verbs.ts'
import { leafOf, secretFields } from './secrets.ts'

const laws: readonly Law[] = [
  ...signingLaws,
  ...redirectLaws,
  ...settingsLaws,
  ...connectionLaws,
  ...rejectionLaws,
  ...renewalLaws,
  ...verbLaws,
]

/** The laws of a strategy, by name. Those that do not concern a strategy (it cannot renew, say) are no tests of it. */
export const strategyLaws: readonly string[] = laws.map(({ sentence }) => sentence)

export interface StrategyRunner extends Runner {
  /** Another build or wrapping of the core's `connect`, to be judged by the same laws. */
  readonly connect?: Connect | undefined
}

/**
 * The definition of the strategy contract: one test for each law and case, named by scheme and law. Everything runs
 * through `connect()` over a network and a clock in memory: no sockets, no waiting. Works with the `test` of jest,
 * vitest and node:test.
 * @throws {TypeError} for a case whose secrets are too short to be searched for
 */
export function testStrategy<A extends AuthStrategy>(
  strategy: A,
  cases: StrategyCase<A> | readonly StrategyCase<A>[],
  runner: StrategyRunner,
): void {
  for (const kase of [cases].flat() as unknown as readonly AnyCase[]) {
    const subject: Subject = { strategy, kase, connect: runner.connect ?? connect }
    checkCase(subject)
    const name = kase.name === undefined ? strategy.scheme : `${strategy.scheme} (${kase.name})`
    for (const { sentence, concerns, prove } of laws) {
      if (concerns?.(benchOf(subject)) === false) continue
      runner.test(`${name}: ${sentence}`, () => prove(benchOf(subject)))
    }
  }
}

function checkCase({ strategy, kase: { settings } }: Subject): void {
  const { fields } = leafOf(strategy, settings)
  for (const name of secretFields(fields, settings)) {
    if (String(settings[name]).length < 8) {
      throw new TypeError(
        `testStrategy: settings.${name} must be a unique text of at least 8 characters, because the laws search for it`,
      )
    }
  }
}
