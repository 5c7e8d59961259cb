import type { ListPage, NewRecord, StoredRecord, StoreDriver } from '@latchkey/core'
import { endOfPrefix, fromRow, pageOf, type ReadRow, toRow, waitsForPerson } from '@latchkey/core/store'
import type { Session, Step } from './session.ts'
import type { Value } from './world.ts'

/** The clock of the database's host, in epoch milliseconds. It stands still within a statement. */
export const hostClock = "CAST(round(unixepoch('subsec') * 1000) AS INTEGER)"

const listed =
  'key, version, record, failure, lease_owner, lease_until, intent_at, next_attempt_at, created_at, updated_at'
const given =
  'grant_id, connector, owner, tenant, paused, waits, expires_at, record, settings, credentials, failure'
const held = 'lease_owner, lease_until, intent_at, next_attempt_at'

/** The statements of the contract on one file; `clock` is the SQL that says the time. */
export function driverOn(session: Session, clock: string): StoreDriver {
  const one = async (sql: string, ...values: Value[]): Promise<Readonly<Record<string, Value>> | undefined> =>
    session.write((step) => step<Readonly<Record<string, Value>>>(sql, ...values)[0])

  return {
    async read(key) {
      const sql = `SELECT ${listed}, settings, credentials FROM connections WHERE key = ?`
      const [row] = await session.read<ReadRow>(sql, key)
      return row && fromRow(row)
    },

    async create(key, record) {
      const sql = `INSERT INTO connections (key, version, created_at, updated_at, ${given})
        VALUES (?, 1, ${clock}, ${clock}, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (key) DO NOTHING RETURNING key`
      return (await one(sql, key, ...valuesOf(record))) !== undefined
    },

    async acquire(key, { grant, version, owner, leaseMs, quiesceMs }) {
      // What an UPDATE assigns is computed from the row as it was: the former attempt is kept aside, and told of.
      const sql = `UPDATE connections
        SET lease_owner = ?, lease_until = ${clock} + ?, prior_intent_at = intent_at, intent_at = ${clock}
        WHERE key = ? AND version = ? AND grant_id = ?
          AND (next_attempt_at IS NULL OR next_attempt_at <= ${clock})
          AND (lease_until IS NULL OR lease_until + iif(intent_at IS NULL, 0, ?) <= ${clock})
        RETURNING prior_intent_at`
      const row = await one(sql, owner, leaseMs, key, version, grant, quiesceMs)
      if (!row) return undefined
      const { prior_intent_at: intentAt } = row
      return typeof intentAt === 'number' ? { intentAt } : {}
    },

    async commit(key, { parent, record, keepLease }) {
      const end = keepLease
        ? ''
        : 'lease_owner = NULL, lease_until = NULL, intent_at = NULL, next_attempt_at = NULL,'
      const sql = `UPDATE connections
        SET ${end} version = version + 1, updated_at = ${clock},
          ${given.replaceAll(',', ' = ?,')} = ?
        WHERE key = ? AND version = ? AND grant_id = ? RETURNING key`
      return (await one(sql, ...valuesOf(record), key, parent.version, parent.grant)) !== undefined
    },

    async release(key, { owner, keepIntent, waitMs, failure }) {
      const lease = keepIntent
        ? `lease_until = min(lease_until, ${clock})`
        : 'lease_owner = NULL, lease_until = NULL, intent_at = NULL'
      const sql = `UPDATE connections
        SET ${lease}, next_attempt_at = ${clock} + ?, failure = coalesce(?, failure), waits = coalesce(?, waits)
        WHERE key = ? AND lease_owner = ? RETURNING key`
      const text = failure ? JSON.stringify(failure) : null
      await one(sql, waitMs ?? null, text, failure ? Number(waitsForPerson(failure)) : null, key, owner)
    },

    async delete(key) {
      return (await one('DELETE FROM connections WHERE key = ? RETURNING key', key)) !== undefined
    },

    async list(page) {
      const { conditions, values } = conditionsOf(page)
      const sql = `SELECT ${listed} FROM connections WHERE ${conditions} ORDER BY key LIMIT ?`
      return pageOf(await session.read<ReadRow>(sql, ...values, page.limit + 1), page.limit)
    },

    async due({ before, after, limit }) {
      const sql = `SELECT ${listed} FROM connections
        WHERE expires_at IS NOT NULL AND paused = 0 AND waits = 0
          AND expires_at < ? ${after ? 'AND (expires_at, key) > (?, ?)' : ''}
        ORDER BY expires_at, key LIMIT ?`
      const from = after ? [after.expiresAt, after.key] : []
      return pageOf(await session.read<ReadRow>(sql, before, ...from, limit + 1), limit)
    },

    async now() {
      const [row] = await session.read<{ now: number }>(`SELECT ${clock} AS now`)
      return row?.now ?? Number.NaN
    },

    async close() {
      session.close()
    },
  }
}

/**
 * Writes records whole, with version, lease and moments, where their key is free; once for each source.
 * False: this source has been taken over before.
 */
export function takeOver(
  step: Step,
  clock: string,
  source: string,
  records: readonly StoredRecord[],
): boolean {
  const mark = `INSERT INTO taken_over (source, at) VALUES (?, ${clock}) ON CONFLICT DO NOTHING RETURNING source`
  if (step(mark, source).length === 0) return false
  const sql = `INSERT INTO connections (key, version, created_at, updated_at, ${held}, ${given})
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING`
  for (const record of records) {
    const { key, version, createdAt, updatedAt, lease, intentAt = null, nextAttemptAt = null } = record
    const attempt = [lease?.owner ?? null, lease?.until ?? null, intentAt, nextAttemptAt]
    step(sql, key, version, createdAt, updatedAt, ...attempt, ...valuesOf(record))
  }
  return true
}

/** In the order of `given`. */
const valuesOf = (record: NewRecord): Value[] => {
  const row = toRow(record)
  const { grant_id, connector, owner, tenant, expires_at, settings, credentials, failure } = row
  const flags = [Number(row.paused), Number(row.waits)]
  return [
    grant_id,
    connector,
    owner,
    tenant,
    ...flags,
    expires_at,
    row.record,
    settings,
    credentials,
    failure,
  ]
}

const conditionsOf = (page: ListPage): { conditions: string; values: Value[] } => {
  const { prefix = '', after, connector, owner, tenant } = page
  const wanted: readonly (readonly [string, string | undefined])[] = [
    ['key >= ?', prefix === '' ? undefined : prefix],
    ['key < ?', endOfPrefix(prefix)],
    ['key > ?', after],
    ['connector = ?', connector],
    ['owner = ?', owner],
    ['tenant = ?', tenant],
  ]
  const some = wanted.flatMap(([condition, value]) => (value === undefined ? [] : [{ condition, value }]))
  return {
    conditions: some.map(({ condition }) => condition).join(' AND ') || 'true',
    values: some.map(({ value }) => value),
  }
}
