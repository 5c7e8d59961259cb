import type { ListPage, NewRecord, StoreDriver } from '@latchkey/core'
import { endOfPrefix, fromRow, pageOf, type ReadRow, toRow, waitsForPerson } from '@latchkey/core/store'

/** Runs one statement as one transaction, and gives its rows. */
export type Run = (text: string, ...values: Value[]) => Promise<Readonly<Record<string, unknown>>[]>
export type Value = string | number | boolean | null

// Read once in a statement, so that all of it sees the same moment. It is the server's, in milliseconds.
const clock =
  'WITH clock AS MATERIALIZED (SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now)'
const listed =
  'key, version, record, failure, lease_owner, lease_until, intent_at, next_attempt_at, created_at, updated_at'
const given =
  'grant_id, connector, owner, tenant, paused, waits, expires_at, record, settings, credentials, failure'

/**
 * The statements of the contract on one table. None keeps anything on its connection (no transaction, no setting, no
 * advisory lock, no name of a statement), so each may run on another one, behind a transaction pooler too.
 */
export function driverOn(run: Run, table: string): StoreDriver {
  const rows = async (text: string, values: readonly Value[]): Promise<ReadRow[]> =>
    (await run(text, ...values)) as unknown as ReadRow[]
  const changed = async (text: string, ...values: Value[]): Promise<boolean> =>
    (await run(text, ...values)).length > 0

  return {
    async read(key) {
      const [row] = await rows(`SELECT ${listed}, settings, credentials FROM ${table} WHERE key = $1`, [key])
      return row && fromRow(row)
    },

    create: (key, record) =>
      changed(
        `${clock} INSERT INTO ${table} (${given}, key, version, created_at, updated_at)
         VALUES (${places(1, 11)}, $12, 1, (SELECT now FROM clock), (SELECT now FROM clock))
         ON CONFLICT (key) DO NOTHING RETURNING key`,
        ...valuesOf(record),
        key,
      ),

    async acquire(key, { grant, version, owner, leaseMs, quiesceMs }) {
      // What an UPDATE assigns is computed from the row as it was: the former attempt is kept aside, and told of.
      // One that waited for another's is judged by the row which that one left.
      const text = `${clock} UPDATE ${table}
        SET lease_owner = $1, lease_until = clock.now + $2::float8, prior_intent_at = intent_at, intent_at = clock.now
        FROM clock
        WHERE key = $3 AND version = $4 AND grant_id = $5
          AND (next_attempt_at IS NULL OR next_attempt_at <= clock.now)
          AND (lease_until IS NULL
            OR lease_until + CASE WHEN intent_at IS NULL THEN 0 ELSE $6::float8 END <= clock.now)
        RETURNING prior_intent_at`
      const [row] = await run(text, owner, leaseMs, key, version, grant, quiesceMs)
      if (!row) return undefined
      const { prior_intent_at: intentAt } = row
      return typeof intentAt === 'number' ? { intentAt } : {}
    },

    commit: (key, { parent, record, keepLease }) =>
      changed(
        `${clock} UPDATE ${table}
         SET (${given}) = ROW(${places(1, 11)}), version = version + 1, updated_at = clock.now
           ${keepLease ? '' : ', lease_owner = NULL, lease_until = NULL, intent_at = NULL, next_attempt_at = NULL'}
         FROM clock WHERE key = $12 AND version = $13 AND grant_id = $14 RETURNING key`,
        ...valuesOf(record),
        key,
        parent.version,
        parent.grant,
      ),

    async release(key, { owner, keepIntent, waitMs, failure }) {
      const lease = keepIntent
        ? 'lease_until = least(lease_until, clock.now)'
        : 'lease_owner = NULL, lease_until = NULL, intent_at = NULL'
      const text = `${clock} UPDATE ${table}
        SET ${lease}, next_attempt_at = clock.now + $1::float8,
          failure = coalesce($2, failure), waits = coalesce($3, waits)
        FROM clock WHERE key = $4 AND lease_owner = $5`
      const waits = failure ? waitsForPerson(failure) : null
      await run(text, waitMs ?? null, failure ? JSON.stringify(failure) : null, waits, key, owner)
    },

    delete: (key) => changed(`DELETE FROM ${table} WHERE key = $1 RETURNING key`, key),

    async list(page) {
      const { conditions, values } = conditionsOf(page)
      const text = `SELECT ${listed} FROM ${table} WHERE ${conditions}
        ORDER BY key LIMIT $${values.length + 1}`
      return pageOf(await rows(text, [...values, page.limit + 1]), page.limit)
    },

    async due({ before, after, limit }) {
      const text = `SELECT ${listed} FROM ${table}
        WHERE expires_at IS NOT NULL AND NOT paused AND NOT waits
          AND expires_at < $1 ${after ? 'AND (expires_at, key) > ($3, $4)' : ''}
        ORDER BY expires_at, key LIMIT $2`
      const from = after ? [after.expiresAt, after.key] : []
      return pageOf(await rows(text, [before, limit + 1, ...from]), limit)
    },

    async now() {
      const [row] = await run(`${clock} SELECT now FROM clock`)
      return Number(row?.['now'])
    },
  }
}

const places = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, index) => `$${from + index}`).join(', ')

/** In the order of `given`. */
const valuesOf = (record: NewRecord): Value[] => {
  const row = toRow(record)
  const { grant_id, connector, owner, tenant, paused, waits, expires_at, settings, credentials, failure } =
    row
  return [
    grant_id,
    connector,
    owner,
    tenant,
    paused,
    waits,
    expires_at,
    row.record,
    settings,
    credentials,
    failure,
  ]
}

const conditionsOf = (page: ListPage): { conditions: string; values: string[] } => {
  const { prefix = '', after, connector, owner, tenant } = page
  const wanted: readonly (readonly [string, string | undefined])[] = [
    ['key >=', prefix === '' ? undefined : prefix],
    ['key <', endOfPrefix(prefix)],
    ['key >', after],
    ['connector =', connector],
    ['owner =', owner],
    ['tenant =', tenant],
  ]
  const some = wanted.flatMap(([condition, value]) => (value === undefined ? [] : [{ condition, value }]))
  return {
    conditions: some.map(({ condition }, index) => `${condition} $${index + 1}`).join(' AND ') || 'true',
    values: some.map(({ value }) => value),
  }
}
