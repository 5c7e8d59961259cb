import type { AuthStrategy } from '@latchkey/core'

/** A strategy that is changed, or a selector each of whose choices is. */
export function eachLeaf(strategy: AuthStrategy, change: (leaf: AuthStrategy) => AuthStrategy): AuthStrategy {
  if (!strategy.select) return change(strategy)
  const { choices = {} } = strategy
  const changed = new Map(Object.values(choices).map((choice) => [choice, eachLeaf(choice, change)] as const))
  const select = (settings: unknown): AuthStrategy => {
    const choice = strategy.select?.(settings) ?? strategy
    return changed.get(choice) ?? eachLeaf(choice, change)
  }
  return {
    ...strategy,
    ...(strategy.choices && {
      choices: Object.fromEntries(
        Object.entries(choices).map(([id, choice]) => [id, changed.get(choice) ?? choice]),
      ),
    }),
    select,
    apply: (request, c) => select(c.settings).apply(request, c),
  }
}
