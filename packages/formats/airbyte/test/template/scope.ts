import type { AuthError } from '@latchkey/core'
import type { JsonObject } from '@latchkey/core/definition'
import type { Scope } from '../../src/template/index.ts'

/** The 31st of January 2024, 10:20:30.456 UTC. */
export const moment: number = Date.UTC(2024, 0, 31, 10, 20, 30, 456)

/** A scope at a fixed moment, with bytes that are all the same. */
export const scopeOf = (config: JsonObject = {}, more: Partial<Scope> = {}): Scope => ({
  config,
  now: () => moment,
  random: (length) => new Uint8Array(length).fill(255),
  ...more,
})

/** What a function throws. */
export function refusal(run: () => unknown): AuthError {
  try {
    run()
  } catch (error) {
    return error as AuthError
  }
  throw new Error('nothing was thrown')
}
