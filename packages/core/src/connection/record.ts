import { AuthError, isAuthError } from '../errors.ts'
import type { NewRecord, StoredRecord } from '../store/contract.ts'
import type { Credentials, Json } from '../strategy.ts'
import { emit, randomId, type Setup } from './setup.ts'

/** The record's content for a new grant. */
export function newGrant(
  setup: Setup,
  credentials: Credentials | undefined,
  before?: StoredRecord,
): NewRecord {
  return {
    grant: randomId(setup),
    connector: setup.connector.key,
    scheme: setup.form.leaf.scheme,
    owner: before?.owner ?? setup.owner,
    tenant: before?.tenant ?? setup.tenant,
    paused: before?.paused,
    account: before?.account,
    settings: setup.stored,
    ...earned(setup, credentials),
  }
}

/** What a record says of credentials. */
export function earned(setup: Setup, credentials: Credentials | undefined): Partial<NewRecord> {
  if (credentials === undefined) return {}
  return {
    credentials: credentials,
    expiresAt: credentials.expiresAt,
    issuedAt: setup.world.now(),
  }
}

/** The content of a record without what the driver adds. */
export function contentOf(record: StoredRecord): NewRecord {
  const {
    grant,
    connector,
    scheme,
    owner,
    tenant,
    paused,
    account,
    settings,
    credentials,
    expiresAt,
    issuedAt,
    failure,
  } = record
  return {
    grant,
    connector,
    scheme,
    owner,
    tenant,
    paused,
    account,
    settings,
    credentials,
    expiresAt,
    issuedAt,
    failure,
  }
}

/** Equal as JSON, whatever the order of the members. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  return canonical(a) === canonical(b)
}

function canonical(value: Json | undefined): string | undefined {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}

/** The same credentials of the same grant, whatever else was written beside them. */
export function sameCredentials(a: StoredRecord | undefined, b: StoredRecord | undefined): boolean {
  return a === b || (a?.grant === b?.grant && sameJson(a?.credentials, b?.credentials))
}

/** Runs one step of the store. @throws {AuthError} store_unavailable */
export async function stored<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (cause) {
    if (isAuthError(cause)) throw cause
    throw new AuthError(
      'store_unavailable',
      'The store of connections did not answer; nothing was changed at the provider',
    )
  }
}

export interface Opened {
  readonly setup: Setup
  readonly record: StoredRecord
}

/** Reads the connection's record; makes it where there is none; starts a new grant where settings or scheme have changed. */
export async function openRecord(given: Setup): Promise<Opened> {
  let setup = given
  for (;;) {
    const record = await stored(() => setup.store.read(setup.key))
    if (record === undefined) {
      // A connection that was opened from a store and is gone there stays gone.
      if (setup.adopt) throw new AuthError('credentials_missing', `The connection "${setup.key}" was removed`)
      const created = await stored(() => setup.store.create(setup.key, newGrant(setup, setup.seed)))
      if (created) emit(setup, 'connection.created', { version: 1, expiresAt: setup.seed?.expiresAt })
      continue
    }
    if (record.connector !== setup.connector.key) {
      throw new AuthError(
        'definition_invalid',
        `The key "${setup.key}" belongs to a connection of "${record.connector}"; give this one another`,
      )
    }
    if (sameJson(record.settings, setup.stored) && record.scheme === setup.form.leaf.scheme)
      return { setup, record }
    if (setup.adopt) {
      setup = await setup.adopt(record.settings)
      if (record.scheme === setup.form.leaf.scheme) return { setup, record }
    }
    const sameGrant =
      record.scheme === setup.form.leaf.scheme &&
      sameJson(decisive(setup, record.settings), decisive(setup, setup.stored))
    await stored(() =>
      setup.store.commit(setup.key, {
        parent: record,
        record: sameGrant
          ? { ...contentOf(record), settings: setup.stored }
          : newGrant(setup, setup.seed, record),
        keepLease: sameGrant,
      }),
    )
  }
}

/** The settings that a grant depends on: all but those which are asked after signing in or may be rolled over. */
function decisive(setup: Setup, settings: Json): Json {
  return Object.fromEntries(
    Object.entries(settings as Record<string, Json>).filter(([name]) => {
      const field = setup.form.fields[name]
      if (field?.keepsGrant) return false
      return !(field !== undefined && 'choices' in field && typeof field.choices === 'function')
    }),
  )
}
