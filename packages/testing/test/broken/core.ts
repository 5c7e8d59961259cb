import { connect, type AuthStrategy, type Connection, type ConnectOptions } from '@latchkey/core'
import type { StrategyCase } from '@latchkey/testing'
import { headerKey, headerKeyCase, queryKey, queryKeyCase, session, sessionCase } from '../good-strategies.ts'

export type Options = ConnectOptions<AuthStrategy>

/** A core with a law broken under a good strategy; and how the laws begin that catch it. */
export interface BrokenCore {
  readonly what: string
  readonly subject: readonly [AuthStrategy, StrategyCase]
  readonly connect: typeof connect
  readonly caughtBy: readonly string[]
}

/** What a core does otherwise. */
interface Change {
  readonly strategy?: (strategy: AuthStrategy) => AuthStrategy
  readonly options?: (options: Options) => Partial<Options>
  readonly connection?: (good: Connection, options: Options, strategy: AuthStrategy) => Partial<Connection>
}

export const inHeader = [headerKey, headerKeyCase as unknown as StrategyCase] as const
export const inQuery = [queryKey, queryKeyCase as unknown as StrategyCase] as const
export const loggingIn = [session, sessionCase as unknown as StrategyCase] as const

export const broken = (
  what: string,
  subject: BrokenCore['subject'],
  change: () => Change,
  caughtBy: readonly string[],
): BrokenCore => ({
  what,
  subject,
  connect: ((strategy: AuthStrategy, given: Options) => {
    const { strategy: other, options: more, connection } = change()
    const used = other?.(strategy) ?? strategy
    const options = { ...given, ...more?.(given) }
    const good = connect(used, options)
    return Object.assign(Object.create(good) as Connection, connection?.(good, options, used))
  }) as typeof connect,
  caughtBy,
})

/** The network below the connection. */
export const raw = (options: Options): typeof globalThis.fetch => options.fetch as typeof globalThis.fetch
