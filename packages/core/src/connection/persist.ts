import { AuthError } from '../errors.ts'
import type { StoredRecord } from '../store/contract.ts'
import type { Credentials } from '../strategy.ts'
import { contentOf, earned, sameJson } from './record.ts'
import { contextOf, emit, type Setup } from './setup.ts'

/** A child that the provider has issued and the store has not yet taken. */
export interface Unsaved {
  readonly parent: StoredRecord
  readonly credentials: Credentials
  /** How long the provider took. */
  readonly durationMs: number
}

export interface Saving {
  readonly setup: Setup
  /** Keeps a child that could not be persisted. */
  keep(unsaved: Unsaved | undefined): void
  /** How many callers of this process wait for the outcome. */
  waiters(): number
}

/**
 * Writes the child, guarded by its parent's version and not by the lease: a successful rotation is the only living
 * child of its parent. Tried again at most 150 ms apart until the lease is about to end, and kept in process after that.
 * @throws {AuthError} store_unavailable; credentials_missing where the grant has been replaced
 */
export async function persist(saving: Saving, unsaved: Unsaved, until: number): Promise<StoredRecord> {
  const { setup } = saving
  const { world, store, key } = setup
  saving.keep(unsaved)
  let { parent } = unsaved
  for (;;) {
    try {
      const record = { ...contentOf(parent), ...earned(setup, unsaved.credentials), failure: undefined }
      if (await store.commit(key, { parent, record })) {
        saving.keep(undefined)
        const version = parent.version + 1
        const { durationMs } = unsaved
        const refreshed = setup.form.leaf.refresh !== undefined && parent.credentials !== undefined
        const type = refreshed ? 'connection.refreshed' : 'connection.acquired'
        emit(setup, type, { version, expiresAt: record.expiresAt, durationMs, waiters: saving.waiters() })
        return { ...parent, ...record, version }
      }
      const now = await store.read(key)
      if (now === undefined || now.grant !== parent.grant) {
        saving.keep(undefined)
        await drop(setup, unsaved.credentials)
        throw new AuthError(
          'credentials_missing',
          'The connection was signed in anew or removed while it was renewed',
        )
      }
      // Our own write may have been taken although its answer was lost; a sibling's may have come first.
      if (!sameJson(now.credentials, unsaved.parent.credentials)) {
        saving.keep(undefined)
        return now
      }
      parent = now
    } catch (error) {
      if (error instanceof AuthError && error.code === 'credentials_missing') throw error
      if (world.now() >= until) {
        throw new AuthError(
          'store_unavailable',
          'The store did not take renewed credentials; they are kept in this process and tried again',
        )
      }
      await world.sleep(50 + (world.random(1)[0] ?? 0) / 2.56)
    }
  }
}

/** Nothing of an old grant survives: credentials that arrived too late are ended at the provider where it can. */
async function drop(setup: Setup, credentials: Credentials): Promise<void> {
  const context = { ...contextOf(setup, setup.world.guarded), credentials }
  await setup.form.leaf.revoke?.(context).catch(() => undefined)
}
