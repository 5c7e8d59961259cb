import { type AuthErrorCode, remedyOf } from '../errors.ts'
import type { Failure, ListedRecord, NewRecord, Page, StoredRecord } from './contract.ts'

/** What a caller says of a record, as a row: columns for what is queried and compared, JSON for the rest. */
export interface GivenRow {
  readonly grant_id: string
  readonly connector: string
  readonly owner: string | null
  readonly tenant: string | null
  readonly paused: boolean
  /** Whether the connection waits for a person. */
  readonly waits: boolean
  readonly expires_at: number | null
  /** JSON of all that is readable, but for the failure. */
  readonly record: string
  readonly settings: string
  readonly credentials: string | null
  readonly failure: string | null
}

/** What a driver reads: of numbers and booleans in any form that its database gives, absent ones null. */
export interface ReadRow {
  readonly key: string
  readonly version: number | string
  readonly record: string
  /** Absent in pages. */
  readonly settings?: string
  readonly credentials?: string | null
  readonly failure: string | null
  readonly lease_owner: string | null
  readonly lease_until: number | string | null
  readonly intent_at: number | string | null
  readonly next_attempt_at: number | string | null
  readonly created_at: number | string
  readonly updated_at: number | string
}

/** The row of a record. What the store itself knows (version, lease, moments) is not taken from the caller. */
export function toRow(given: NewRecord): GivenRow {
  // As JSON, because that is what is kept: what JSON does not know is lost, also where it is compared.
  const {
    key: _,
    version: __,
    createdAt: ___,
    updatedAt: ____,
    lease: _____,
    intentAt: ______,
    nextAttemptAt: _______,
    settings,
    credentials,
    failure,
    ...record
  } = JSON.parse(JSON.stringify(given)) as StoredRecord
  return {
    grant_id: record.grant,
    connector: record.connector,
    owner: record.owner ?? null,
    tenant: record.tenant ?? null,
    paused: record.paused === true,
    waits: failure !== undefined && waitsForPerson(failure),
    expires_at: record.expiresAt ?? null,
    record: JSON.stringify(record),
    settings: JSON.stringify(settings),
    credentials: credentials === undefined ? null : JSON.stringify(credentials),
    failure: failure === undefined ? null : JSON.stringify(failure),
  }
}

/** The record of a row that was read whole. */
export function fromRow(row: ReadRow): StoredRecord {
  const { settings = 'null', credentials = null } = row
  return {
    ...listedOf(row),
    settings: JSON.parse(settings) as StoredRecord['settings'],
    ...(credentials !== null && { credentials: JSON.parse(credentials) as StoredRecord['settings'] }),
  }
}

/** The page of rows that were read without their secrets, one more than `limit` where there are as many. */
export function pageOf(rows: readonly ReadRow[], limit: number): Page {
  return { records: rows.slice(0, limit).map(listedOf), more: rows.length > limit }
}

/** Whether a failure keeps a record from what is due until a person acts. */
export function waitsForPerson({ code }: { readonly code: AuthErrorCode }): boolean {
  return remedyOf(code) === 'reconnect'
}

const listedOf = (row: ReadRow): ListedRecord => {
  const { key, version, failure, lease_owner, lease_until, intent_at, next_attempt_at } = row
  return {
    ...(JSON.parse(row.record) as Omit<NewRecord, 'settings' | 'credentials' | 'failure'>),
    key,
    version: Number(version),
    createdAt: Number(row.created_at),
    updatedAt: Number(row.updated_at),
    ...(failure !== null && { failure: JSON.parse(failure) as Failure }),
    ...(lease_owner !== null && { lease: { owner: lease_owner, until: Number(lease_until) } }),
    ...(intent_at !== null && { intentAt: Number(intent_at) }),
    ...(next_attempt_at !== null && { nextAttemptAt: Number(next_attempt_at) }),
  }
}
