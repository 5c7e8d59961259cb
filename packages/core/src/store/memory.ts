import { remedyOf } from '../errors.ts'
import { systemNow } from '../world/clock.ts'
import type { ListedRecord, NewRecord, Page, Parent, StoreDriver, StoredRecord } from './contract.ts'

/** What a memory store may be given. */
export interface MemoryStoreOptions {
  /** Epoch milliseconds; default: the system's clock. */
  readonly now?: (() => number) | undefined
  /** Where the records live, by key: for a driver that loads them before a step and saves them after it. */
  readonly records?: Map<string, StoredRecord> | undefined
}

/** Keeps connections in this process: for tests, for scripts, and inside drivers that hold all records at once. */
export function memoryStore(options: MemoryStoreOptions = {}): StoreDriver {
  const { now = systemNow, records = new Map<string, StoredRecord>() } = options

  const child = (key: string, parent: Parent): StoredRecord | undefined => {
    const record = records.get(key)
    return record?.version === parent.version && record.grant === parent.grant ? record : undefined
  }

  // What goes in and out is copied, so that nobody can change a record but through the store.
  return {
    async read(key) {
      const record = records.get(key)
      return record && copy(record)
    },

    async create(key, record) {
      if (records.has(key)) return false
      const at = now()
      records.set(key, { ...fresh(record), key, version: 1, createdAt: at, updatedAt: at })
      return true
    },

    async acquire(key, { owner, leaseMs, quiesceMs, ...parent }) {
      const record = child(key, parent)
      const at = now()
      if (!record || (record.nextAttemptAt ?? at) > at) return undefined
      const { intentAt, lease } = record
      // The request of a holder that died may still be running at the provider after its lease has ended.
      if (lease && lease.until + (intentAt === undefined ? 0 : quiesceMs) > at) return undefined
      records.set(key, { ...record, lease: { owner, until: at + leaseMs }, intentAt: at })
      return { intentAt }
    },

    async commit(key, { parent, record: next, keepLease }) {
      const record = child(key, parent)
      if (!record) return false
      const { version, createdAt, lease, intentAt, nextAttemptAt } = record
      records.set(key, {
        ...fresh(next),
        ...(keepLease && copy({ lease, intentAt, nextAttemptAt })),
        key,
        version: version + 1,
        createdAt,
        updatedAt: now(),
      })
      return true
    },

    async release(key, { owner, keepIntent, waitMs, failure }) {
      const record = records.get(key)
      if (record?.lease?.owner !== owner) return
      const { lease, intentAt, nextAttemptAt: _, ...rest } = record
      const at = now()
      records.set(key, {
        ...rest,
        ...(keepIntent && { lease: { owner, until: Math.min(lease.until, at) }, intentAt }),
        ...(waitMs !== undefined && { nextAttemptAt: at + waitMs }),
        ...(failure && { failure: copy(failure) }),
      })
    },

    async delete(key) {
      return records.delete(key)
    },

    async list({ prefix = '', connector, owner, tenant, after, limit }) {
      const has = (wanted: string | undefined, value: string | undefined) =>
        wanted === undefined || wanted === value
      const found = [...records.values()].filter(
        (record) =>
          record.key.startsWith(prefix) &&
          (after === undefined || record.key > after) &&
          has(connector, record.connector) &&
          has(owner, record.owner) &&
          has(tenant, record.tenant),
      )
      return page(found.sort(byKey), limit)
    },

    async due({ before, after, limit }) {
      const found = [...records.values()].filter(
        (record): record is Expiring =>
          record.expiresAt !== undefined &&
          record.expiresAt < before &&
          !record.paused &&
          !(record.failure && remedyOf(record.failure.code) === 'reconnect') &&
          (!after || byExpiry(record as Expiring, after) > 0),
      )
      return page(found.sort(byExpiry), limit)
    },

    async now() {
      return now()
    },
  }
}

type Expiring = StoredRecord & { readonly expiresAt: number }

// As JSON, because that is what every other driver keeps: what JSON does not know is lost here too.
const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

// A caller may give a record that it read: the lease and the attempt of then are not the store's of now.
const fresh = (given: NewRecord): NewRecord => {
  const { lease: _, intentAt: __, nextAttemptAt: ___, ...record } = copy(given as StoredRecord)
  return record
}

const byKey = (a: { key: string }, b: { key: string }): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)

const byExpiry = (a: { expiresAt: number; key: string }, b: { expiresAt: number; key: string }): number =>
  a.expiresAt - b.expiresAt || byKey(a, b)

const page = (found: readonly StoredRecord[], limit: number): Page => ({
  records: found
    .slice(0, limit)
    .map(({ settings: _, credentials: __, ...record }): ListedRecord => copy(record)),
  more: found.length > limit,
})
