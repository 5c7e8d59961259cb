import type { Budget } from '@latchkey/core/definition'

/**
 * Counts what a result repeats. What it takes from a variable once is free, for it was there before; each further
 * time counts whole, so that no definition can multiply a large value, or one that holds itself, without bound.
 * @throws {AuthError} definition_invalid where it is too much
 */
export function weigh(result: unknown, budget: Budget): void {
  const seen = new Set<unknown>()
  const visit = (value: unknown, again: boolean): void => {
    const isLarge =
      typeof value === 'string' ? value.length > 64 : typeof value === 'object' && value !== null
    const repeated = again || (isLarge && seen.has(value))
    if (repeated) budget.grow(typeof value === 'string' ? value.length : 1)
    if (!isLarge) return
    seen.add(value)
    if (typeof value !== 'object' || value === null) return
    budget.deeper(() => {
      for (const member of Object.values(value)) visit(member, repeated)
    })
  }
  visit(result, false)
}
