import { contentOf } from '../connection/record.ts'
import type { Json } from '../strategy.ts'
import type { StoredRecord, StoreDriver } from './contract.ts'
import { encrypted } from './encrypted.ts'
import type { Keyring } from './keyring.ts'

/** How far a change of keys has come. */
export interface ResealProgress {
  /** Records that were looked at. */
  readonly seen: number
  /** Records that were sealed anew. */
  readonly resealed: number
}

export interface ResealOptions {
  /** Called after each page of 100 records. */
  readonly onProgress?: ((progress: ResealProgress) => void) | undefined
  /** Ends the work between two records; what is sealed anew stays so. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Seals every record anew that the keyring's current key did not seal, so that an old key can be removed afterwards.
 * `driver` is the store beneath `encrypted()`. Connections work on meanwhile: a lease, an attempt and a wait stay as they
 * are, and a renewal under way finds its record with a higher version and is written nevertheless. May be run again, and
 * by several processes at once.
 * @throws {AuthError} store_unavailable for a record that no listed key opens; those before it are done
 */
export async function reseal(
  driver: StoreDriver,
  keyring: Keyring,
  { onProgress, signal }: ResealOptions = {},
): Promise<ResealProgress> {
  const store = encrypted(driver, keyring)
  let [seen, resealed] = [0, 0]
  for (let after: string | undefined, more = true; more;) {
    const page = await driver.list({ limit: 100, after })
    more = page.more
    for (const { key } of page.records) {
      signal?.throwIfAborted()
      after = key
      seen++
      if (await resealOne(driver, store, key, keyring.current)) resealed++
    }
    onProgress?.({ seen, resealed })
  }
  return { seen, resealed }
}

async function resealOne(
  driver: StoreDriver,
  store: StoreDriver,
  key: string,
  current: string,
): Promise<boolean> {
  for (;;) {
    const sealed = await driver.read(key)
    if (sealed === undefined || isCurrent(sealed, current)) return false
    const record = await store.read(key)
    if (record === undefined) return false
    if (await store.commit(key, { parent: record, record: contentOf(record), keepLease: true })) return true
  }
}

function isCurrent(record: StoredRecord, current: string): boolean {
  return keysOf(record).every((id) => id === current)
}

/** The ids of the keys that sealed each value of a record; undefined for a value that is not sealed. */
function keysOf({ settings, credentials }: StoredRecord): (string | undefined)[] {
  const idOf = (value: Json): string | undefined =>
    typeof value === 'string' ? /^v1\.([\w-]+)\./.exec(value)?.[1] : undefined
  return credentials === undefined ? [idOf(settings)] : [idOf(settings), idOf(credentials)]
}

/**
 * How many records need each key, by its id: one that is not among them can be removed from the keyring. `driver` is the
 * store beneath `encrypted()`. Reads every record, and opens none.
 */
export async function keyUse(driver: StoreDriver): Promise<ReadonlyMap<string, number>> {
  const use = new Map<string, number>()
  for (let after: string | undefined, more = true; more;) {
    const page = await driver.list({ limit: 100, after })
    more = page.more
    for (const { key } of page.records) {
      after = key
      const record = await driver.read(key)
      for (const id of new Set(record && keysOf(record))) if (id) use.set(id, (use.get(id) ?? 0) + 1)
    }
  }
  return use
}
