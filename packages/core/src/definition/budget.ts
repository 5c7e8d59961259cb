import { AuthError } from '../errors.ts'
import type { Budget, Limits } from './types.ts'

/** Enough for every definition that we know, many times over; a few milliseconds of work. */
export const defaultLimits: Limits = { steps: 20_000, depth: 64, size: 1_000_000 }

/** Counts one evaluation; `where` is the place in the definition that errors name. */
export function createBudget(where: string, limits: Limits = defaultLimits): Budget {
  const left = { ...limits }
  const spend = (kind: 'steps' | 'size', count: number): void => {
    left[kind] -= Math.max(count, 0)
    // Neither does a count that is no number pass.
    if (!(left[kind] >= 0)) throw exceeded(where, kind, limits[kind])
  }
  return {
    step: (count = 1) => spend('steps', count),
    grow: (size) => spend('size', size),
    deeper(run) {
      if (left.depth <= 0) throw exceeded(where, 'depth', limits.depth)
      left.depth--
      try {
        return run()
      } finally {
        left.depth++
      }
    },
  }
}

const words = { steps: 'steps', size: 'characters or items', depth: 'levels' }

function exceeded(where: string, kind: keyof Limits, limit: number): AuthError {
  return new AuthError(
    'definition_invalid',
    `${where} needs more than ${limit} ${words[kind]}: the author of the definition must make it simpler.`,
  )
}
