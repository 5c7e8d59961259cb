import type { AuthStrategy, Connection } from '@latchkey/core'
import { below, unsupported } from '@latchkey/core/definition'
import { proxy } from '@latchkey/proxy'
import type { Own, Plan, Settings, Way } from './plan.ts'

/** Opens the connection that a `proxyKey` stands for, for one account: `(key) => accounts.get(key)`. */
export type Through = (proxyKey: string, settings: Settings) => Connection | Promise<Connection>

/**
 * Another connection signs, and its credentials are nowhere to be read here.
 * @throws {AuthError} unsupported when it is used and the host has not said what the key stands for
 */
export function proxyWay(plan: Plan, through: Through | undefined): Way {
  const { proxyKey = '', at } = plan.definition
  const strategy = proxy({
    through(settings) {
      if (through !== undefined) return through(proxyKey, settings)
      const place = below(at, 'proxyKey')
      throw unsupported(
        place,
        `give the option through, which opens the connection that "${proxyKey}" stands for`,
      )
    },
  })
  return delegated(strategy as AuthStrategy as Own)
}

/** The verbs of a strategy that needs nothing of the definition. */
export function delegated(strategy: Own): Way {
  return {
    sign: (request, c) => strategy.apply(request, c),
    canRenew: () => false,
    inspect: (response, c) => strategy.inspect?.(response, c),
    redact: (text, c) => strategy.redact?.(text, c) ?? text,
    ...(strategy.test && { test: (c) => strategy.test?.(c) ?? Promise.resolve() }),
  }
}
