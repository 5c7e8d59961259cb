import type { NewRecord, Parent, StoredRecord, StoreDriver } from '@latchkey/core'
import { holds } from '../check.ts'
import type { StoreProcess } from './process.ts'

/** The time that `testStore` gives a store. */
export interface StoreClock {
  /** Epoch milliseconds; stands still until a law lets time pass. */
  readonly now: () => number
  readonly advance: (ms: number) => Promise<void>
}

/** One empty store, made afresh for each law. */
export interface StoreUnderTest {
  readonly driver: StoreDriver
  /** Lets time pass on a store whose clock is its own: move it, or wait. Leave it out if the store runs on the clock it was given. */
  readonly advance?: ((ms: number) => Promise<void>) | undefined
  /** How fine the laws count on such a clock, in milliseconds; default 100. A law takes up to 100 of these. */
  readonly unitMs?: number | undefined
  /** Another driver on the same records, as another process would open it. */
  readonly reopen?: (() => Promise<StoreDriver>) | undefined
  /** A process that opens the same store; `storeProcess` of `@latchkey/testing/process` starts one. */
  readonly spawn?: (() => Promise<StoreProcess>) | undefined
  /** Of a store that seals: everything that it keeps, as text. */
  readonly dump?: (() => Promise<string>) | undefined
  readonly close?: (() => Promise<void>) | undefined
}

export type StoreFactory = (world: { readonly clock: StoreClock }) => Promise<StoreUnderTest>

/** What a law works on. */
export interface Bench extends StoreUnderTest {
  /** Now on the store's clock. */
  readonly time: () => Promise<number>
  readonly pass: (ms: number) => Promise<void>
  /** The unit of time in which laws count, in milliseconds. */
  readonly unit: number
  /** The smallest step of time that the store's clock can be trusted to show: 1 on a clock that stands still. */
  readonly edge: number
  /** Creates a record, and gives the parent of its first change. */
  readonly put: (key: string, record?: Partial<NewRecord>) => Promise<Parent>
  /** The record, which must be there. */
  readonly get: (key: string) => Promise<StoredRecord>
  readonly take: (key: string, parent: Parent, owner: string, times?: Times) => Promise<Taken>
}

/** In units; defaults: a lease of 10, a quiesce period of 0. */
export interface Times {
  readonly lease?: number
  readonly quiesce?: number
}
type Taken = Awaited<ReturnType<StoreDriver['acquire']>>

/** One sentence of the contract, and the proof. */
export interface Law {
  readonly sentence: string
  readonly prove: (bench: Bench) => Promise<void>
}

export const law = (sentence: string, prove: Law['prove']): Law => ({ sentence, prove })

/** A record with everything in it that a driver has to carry. */
export const full: NewRecord = {
  grant: 'grant-1',
  connector: 'acme',
  scheme: 'oauth2',
  owner: 'user:7',
  tenant: 'tenant_a',
  paused: false,
  account: { id: '42', label: 'Åsa 東京 🔑' },
  settings: { apiKey: "canary'; drop table", nested: { list: [1, null, true, 'x'], empty: '' }, zero: 0 },
  credentials: { accessToken: 'canary-\u0000-token', expiresAt: 1_800_000_000_123, none: null },
  expiresAt: 1_800_000_000_123,
  issuedAt: 1_700_000_000_000,
  failure: { code: 'provider_unavailable', message: 'The provider answered 503.', at: 1_700_000_000_001 },
}

/** A record with only what must be there. */
export const bare: NewRecord = {
  grant: 'grant-1',
  connector: 'acme',
  scheme: 'api-key',
  settings: { apiKey: 'canary' },
}

/** What was earned next, for a commit. */
export const earned = (token: string): NewRecord => ({ ...bare, credentials: { accessToken: token } })

export function benchOf(store: StoreUnderTest, clock: StoreClock): Bench {
  const { driver, advance } = store
  const unit = advance ? (store.unitMs ?? 100) : 1_000
  const get = async (key: string): Promise<StoredRecord> => {
    const record = await driver.read(key)
    if (!record) throw new Error(`the record of "${key}" is gone`)
    return record
  }
  return {
    ...store,
    unit,
    edge: advance ? unit : 1,
    time: async () => (driver.now && advance ? driver.now() : clock.now()),
    pass: advance ?? clock.advance,
    get,
    put: async (key, record) => {
      const given = { ...bare, ...record }
      holds(await driver.create(key, given), `"${key}" could not be created in an empty store`)
      return { grant: given.grant, version: 1 }
    },
    take: (key, parent, owner, { lease = 10, quiesce = 0 } = {}) =>
      driver.acquire(key, { ...parent, owner, leaseMs: lease * unit, quiesceMs: quiesce * unit }),
  }
}
