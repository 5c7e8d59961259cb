import { memoryStore, type StoreDriver, type StoredRecord } from '@latchkey/core'
import type { StoreClock } from '@latchkey/testing'

type Rows = Map<string, StoredRecord>
export type Break = (good: StoreDriver, rows: Rows, now: () => number) => Partial<StoreDriver>

/** A memory store with one law broken. */
export const broken = (how: Break, clock: StoreClock): StoreDriver => {
  const rows: Rows = new Map()
  const good = memoryStore({ now: clock.now, records: rows })
  return { ...good, ...how(good, rows, clock.now) }
}

export const patch = (rows: Rows, key: string, change: Partial<StoredRecord>) => {
  const row = rows.get(key)
  if (row) rows.set(key, { ...row, ...change })
}
export const turn = () => new Promise((resolve) => setImmediate(resolve))

/** A way to break a store, and how the laws begin that catch it. */
export interface BrokenStore {
  readonly what: string
  readonly how: Break
  readonly caughtBy: readonly string[]
}

export const brokenStore = (what: string, how: Break, caughtBy: readonly string[]): BrokenStore => ({
  what,
  how,
  caughtBy,
})
