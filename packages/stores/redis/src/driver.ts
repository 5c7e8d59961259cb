import type { ListPage, NewRecord, Page, StoreDriver } from '@latchkey/core'
import { endOfPrefix, fromRow, pageOf, type ReadRow, toRow, waitsForPerson } from '@latchkey/core/store'
import type { Run } from './client.ts'
import { byBytes, partitionOf, sortable, sortableDigits } from './order.ts'
import { listedFields, type Scripts } from './scripts.ts'

export interface Space {
  readonly prefix: string
  readonly partitions: number
}

/** What the names of a partition begin with: its hash tag (Redis cluster specification) puts all of them in one slot. */
export const baseOf = (prefix: string, partition: number): string => `${prefix}:{${prefix}-${partition}}:`

// A script looks at no more members than this, because nobody else is served meanwhile.
const most = 500

/** The steps of the contract; `write` is used where something may change. */
export function driverOn(run: Run, write: Run, scripts: Scripts, { prefix, partitions }: Space): StoreDriver {
  const place = (key: string): readonly [string, string, string] => {
    const base = baseOf(prefix, partitionOf(key, partitions))
    return [`${base}record:${key}`, base, key]
  }
  const bases = Array.from({ length: partitions }, (_, partition) => baseOf(prefix, partition))

  /** As many records of one partition as fit, `limit` and one more at most. */
  const some = async (base: string, { index, from, to, skip, limit, wanted }: Walk): Promise<ReadRow[]> => {
    const rows: ReadRow[] = []
    const size = wanted.length === 0 ? limit + 1 : Math.max(most, limit + 1)
    for (let start: string | null = from; start !== null && rows.length <= limit;) {
      const given = [base, start, to, String(Math.min(size, most)), String(skip), ...wanted]
      const [last, found] = (await run(scripts.page, `${base}${index}`, ...given)) as [
        string | null,
        [string, (string | null)[]][],
      ]
      rows.push(...found.map(([key, values]) => ({ ...rowOf(listedFields, values), key })))
      start = last === null ? null : `(${last}`
    }
    return rows.slice(0, limit + 1)
  }

  const merged = async (walk: Walk, order: (a: ReadRow, b: ReadRow) => number): Promise<Page> => {
    const found = await Promise.all(bases.map((base) => some(base, walk)))
    return pageOf(found.flat().sort(order), walk.limit)
  }

  return {
    async read(key) {
      const flat = (await run(scripts.read, ...place(key))) as string[]
      if (flat.length === 0) return undefined
      const names = flat.filter((_, index) => index % 2 === 0)
      const values = flat.filter((_, index) => index % 2 === 1)
      return fromRow({ ...rowOf(names, values), key })
    },

    create: async (key, record) => (await write(scripts.create, ...place(key), ...fieldsOf(record))) === 1,

    async acquire(key, { grant, version, owner, leaseMs, quiesceMs }) {
      const claim = [String(version), grant, owner, String(leaseMs), String(quiesceMs)]
      const intentAt = (await write(scripts.acquire, ...place(key), ...claim)) as string | null
      return intentAt === null ? undefined : intentAt === '' ? {} : { intentAt: Number(intentAt) }
    },

    async commit(key, { parent, record, keepLease }) {
      const guard = [String(parent.version), parent.grant, keepLease ? '1' : '0']
      return (await write(scripts.commit, ...place(key), ...guard, ...fieldsOf(record))) === 1
    },

    async release(key, { owner, keepIntent, waitMs, failure }) {
      const wait = waitMs === undefined ? '' : String(waitMs)
      const said = failure ? [JSON.stringify(failure), waitsForPerson(failure) ? '1' : '0'] : ['', '0']
      await write(scripts.release, ...place(key), owner, keepIntent ? '1' : '0', wait, ...said)
    },

    delete: async (key) => (await write(scripts.delete, ...place(key))) === 1,

    list: (page) => merged(walkOf(page), (a, b) => byBytes(a.key, b.key)),

    due: ({ before, after, limit }) => {
      const from = after ? `(${sortable(after.expiresAt)}${after.key}` : '-'
      const walk = { index: 'due', from, to: `(${sortable(before)}`, skip: sortableDigits, limit, wanted: [] }
      return merged(walk, (a, b) => endOf(a) - endOf(b) || byBytes(a.key, b.key))
    },

    now: async () => Number(await run(scripts.now, bases[0] ?? '', bases[0] ?? '')),
  }
}

/** What to read of an index. */
interface Walk {
  readonly index: string
  /** Ends of the range, as ZRANGEBYLEX writes them. */
  readonly from: string
  readonly to: string
  /** How many characters of a member stand before the key. */
  readonly skip: number
  readonly limit: number
  /** Fields and the values that they must have. */
  readonly wanted: readonly string[]
}

/** The narrowest index, and the rest as conditions. */
const walkOf = ({ prefix = '', after, limit, ...filter }: ListPage): Walk => {
  const filters = (['owner', 'tenant', 'connector'] as const).flatMap((name) => {
    const value = filter[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  const [first, ...rest] = filters
  const end = endOfPrefix(prefix)
  const isFurther = after !== undefined && byBytes(after, prefix) >= 0
  return {
    index: first ? first.join(':') : 'keys',
    from: isFurther ? `(${after}` : `[${prefix}`,
    to: end === undefined ? '+' : `(${end}`,
    skip: 0,
    limit,
    wanted: rest.flat(),
  }
}

/** Fields and values of a record; what is not there has no field. */
const fieldsOf = (record: NewRecord): string[] => {
  const { paused, waits, expires_at, ...row } = toRow(record)
  const all = {
    ...row,
    paused: paused ? '1' : null,
    waits: waits ? '1' : null,
    due_at: expires_at === null ? null : sortable(expires_at),
  }
  return Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [name, value]))
}

const rowOf = (names: readonly string[], values: readonly (string | null)[]): ReadRow => ({
  ...nothing,
  ...Object.fromEntries(names.map((name, index) => [name, values[index] ?? null])),
})

const nothing = {
  key: '',
  version: 0,
  record: '{}',
  failure: null,
  lease_owner: null,
  lease_until: null,
  intent_at: null,
  next_attempt_at: null,
  created_at: 0,
  updated_at: 0,
} satisfies ReadRow

const endOf = ({ record }: ReadRow): number =>
  (JSON.parse(record) as { readonly expiresAt: number }).expiresAt
