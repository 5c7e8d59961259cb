import type { AuthStrategy } from '@latchkey/core'
import type { StrategyCase } from '@latchkey/testing'
import {
  headerKey,
  headerKeyCase,
  queryKey,
  queryKeyCase,
  refreshing,
  refreshingCase,
  session,
  sessionCase,
  signer,
  signerCase,
} from '../good-strategies.ts'

/** A strategy with a law broken, made anew for each run; and how the laws begin that catch it. */
export interface BrokenStrategy {
  readonly what: string
  readonly make: () => readonly [AuthStrategy, StrategyCase]
  readonly caughtBy: readonly string[]
  /** True where the break spreads, so that other laws may catch it as well. */
  readonly spreads: boolean
}

/** A good strategy and its case, with some members replaced. */
export const broken = <S, C extends object | undefined>(
  what: string,
  [good, kase]: readonly [AuthStrategy<S, C>, object],
  change: () => Partial<AuthStrategy<S, C>>,
  caughtBy: readonly string[],
  more: object = {},
  spreads = false,
): BrokenStrategy => ({
  what,
  spreads,
  make: () => [{ ...good, ...change() }, { ...kase, ...more } as unknown as StrategyCase],
  caughtBy,
})

export const inHeader = [headerKey, headerKeyCase] as const
export const inQuery = [queryKey, queryKeyCase] as const
export const signing = [signer, signerCase] as const
export const loggingIn = [session, sessionCase] as const
export const renewing = [refreshing, refreshingCase] as const
