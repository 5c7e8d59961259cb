import type { AuthStrategy, OutgoingRequest } from '@latchkey/core'

/** What a strategy did in one test. */
export interface Watch {
  /** The requests that `apply` was given, as they were before it. */
  readonly applied: Applied[]
  /** How often credentials were asked for. */
  readonly calls: { acquire: number; refresh: number; revoke: number }
  /** What its verbs threw, before the core made it safe. */
  readonly thrown: unknown[]
  /** What a verb changed that is not its own. */
  readonly changes: string[]
  /** What `apply` returned besides nothing and promises. */
  readonly returned: string[]
  /** Holds up acquire and refresh. */
  gate: Promise<void> | undefined
}

export interface Applied {
  readonly method: string
  readonly href: string
  readonly headers: readonly (readonly [string, string])[]
}

export const newWatch = (): Watch => ({
  applied: [],
  calls: { acquire: 0, refresh: 0, revoke: 0 },
  thrown: [],
  changes: [],
  returned: [],
  gate: undefined,
})

interface Given {
  readonly settings: unknown
  readonly credentials?: unknown
}

/** The same strategy, with each of its verbs watched; `this` stays the strategy itself. */
export function observed(strategy: AuthStrategy, watch: Watch): AuthStrategy {
  const around = <T>(verb: string, given: Given, run: () => T): T => {
    const before = printed(given)
    const after = (): void => {
      if (printed(given) !== before) watch.changes.push(`${verb} changed settings or credentials`)
    }
    const failed = (error: unknown): never => {
      after()
      watch.thrown.push(error)
      throw error
    }
    let result: T
    try {
      result = run()
    } catch (error) {
      return failed(error)
    }
    if (!(result instanceof Promise)) {
      after()
      return result
    }
    return result.then((value: unknown) => {
      after()
      return value
    }, failed) as T
  }
  const earning =
    (verb: 'acquire' | 'refresh') =>
    async (c: Given): Promise<unknown> => {
      watch.calls[verb] += 1
      await watch.gate
      return await around(verb, c, () => strategy[verb]?.(c as never))
    }
  const own = {
    apply(request: OutgoingRequest, c: Given): unknown {
      watch.applied.push({ method: request.method, href: request.url.href, headers: [...request.headers] })
      const result: unknown = around('apply', c, () => strategy.apply(request, c as never))
      if (result !== undefined && !(result instanceof Promise)) watch.returned.push(typeof result)
      return result
    },
    acquire: earning('acquire'),
    refresh: earning('refresh'),
    inspect: (response: Response, c: Given) =>
      around('inspect', c, () => strategy.inspect?.(response, c as never)),
    test: (c: Given) => around('test', c, () => strategy.test?.(c as never)),
    revoke(c: Given): unknown {
      watch.calls.revoke += 1
      return around('revoke', c, () => strategy.revoke?.(c as never))
    },
    select: (settings: unknown) => observed(strategy.select?.(settings) ?? strategy, watch),
  }
  // A verb that the strategy does not have must be absent here too: that is its meaning.
  const present = Object.entries(own).filter(([verb]) => strategy[verb as keyof AuthStrategy] !== undefined)
  const watched: unknown = Object.assign(Object.create(strategy) as object, Object.fromEntries(present))
  return watched as AuthStrategy
}

const printed = ({ settings, credentials }: Given): string => JSON.stringify([settings, credentials])
