import type { AuthErrorCode } from '../errors.ts'
import type { Account, Json } from '../context.ts'

/** What stands in a store for one connection; the driver adds key, version and moments. */
export interface NewRecord {
  /** Random; a new one at every sign-in, so that nothing from an old grant can overwrite a new one. */
  readonly grant: string
  /** The connector's key. */
  readonly connector: string
  /** The leaf strategy's scheme: other credentials belong to another scheme. */
  readonly scheme: string
  readonly owner?: string | undefined
  readonly tenant?: string | undefined
  readonly paused?: boolean | undefined
  readonly account?: Account | undefined
  /** What the user typed. Secret: sealed by `encrypted()`. */
  readonly settings: Json
  /** What was earned. Secret: sealed by `encrypted()`. */
  readonly credentials?: Json | undefined
  /** Of the credentials, in epoch milliseconds. */
  readonly expiresAt?: number | undefined
  /** When the credentials were earned, in epoch milliseconds of the process that earned them. */
  readonly issuedAt?: number | undefined
  /** Why the connection does not work; set by `release`, or by `commit` as the record says. */
  readonly failure?: Failure | undefined
}

/** The last failed attempt, without secrets. */
export interface Failure {
  readonly code: AuthErrorCode
  readonly message: string
  /** Epoch milliseconds. */
  readonly at: number
}

/** A record as a driver gives it back. */
export interface StoredRecord extends NewRecord {
  readonly key: string
  /** 1 at creation; rises by one with every commit. */
  readonly version: number
  /** Epoch milliseconds of the store's clock. */
  readonly createdAt: number
  readonly updatedAt: number
  /**
   * Who may talk to the provider, and until when on the store's clock; live while the clock is before `until`.
   * An ended lease stays as long as `intentAt` does: the quiesce period is counted from its `until`.
   */
  readonly lease?: { readonly owner: string; readonly until: number } | undefined
  /** When an attempt began that never reported back, on the store's clock. */
  readonly intentAt?: number | undefined
  /** No attempt before this moment, on the store's clock. */
  readonly nextAttemptAt?: number | undefined
}

/** The state of a record that a change was made from. */
export interface Parent {
  readonly grant: string
  readonly version: number
}

/** A record without its secrets, as a page lists it: one record that cannot be opened must not hide the others. */
export type ListedRecord = Omit<StoredRecord, 'settings' | 'credentials'>

export interface Claim extends Parent {
  /** Unique to the attempt. */
  readonly owner: string
  readonly leaseMs: number
  /** How long after an attempt that never reported back another must wait, counted from the end of its lease. */
  readonly quiesceMs: number
}

export interface Commit {
  readonly parent: Parent
  readonly record: NewRecord
  /** True for a change that has nothing to do with credentials: lease, attempt and wait stay. Otherwise they end. */
  readonly keepLease?: boolean | undefined
}

export interface Release {
  readonly owner: string
  /**
   * True when the provider may have acted, in this attempt or in the earlier one that `acquire` told of: the attempt
   * stays on record, and its lease ends now if it has not ended before. False: the record forgets attempt and lease.
   */
  readonly keepIntent: boolean
  /** How long no attempt may be made, in milliseconds from now on the store's clock; absent: no such wait. */
  readonly waitMs?: number | undefined
  /** Written beside the record without a new version, so that a late success still wins; absent: the old one stays. */
  readonly failure?: Failure | undefined
}

export interface ListPage {
  /** What the key starts with, character by character: no wildcards, no folding of case. */
  readonly prefix?: string | undefined
  readonly connector?: string | undefined
  readonly owner?: string | undefined
  readonly tenant?: string | undefined
  /** The last key of the page before; it may have been deleted since. */
  readonly after?: string | undefined
  readonly limit: number
}

export interface DuePage {
  /** Credentials that end before this moment, in epoch milliseconds. */
  readonly before: number
  /** The last record of the page before. */
  readonly after?: { readonly expiresAt: number; readonly key: string } | undefined
  readonly limit: number
}

export interface Page {
  /** By key for `list`, by `expiresAt` and key for `due`; ASCII keys in the order of their bytes, others in one fixed order. */
  readonly records: readonly ListedRecord[]
  /** False: there is nothing after this page. */
  readonly more: boolean
}

/**
 * Where connections are kept. Small and dumb: each method is one atomic step on the store's own clock; the core owns
 * the protocol. `testStore` of `@latchkey/testing` is the definition of this contract.
 */
export interface StoreDriver {
  /** From the primary, never from a replica. */
  read(key: string): Promise<StoredRecord | undefined>
  /** False: the key is taken. */
  create(key: string, record: NewRecord): Promise<boolean>
  /**
   * Takes the lease if grant and version still match, no lease is live, `nextAttemptAt` is not after now, and no earlier
   * attempt that never reported back is inside its quiesce period (the end of its lease plus `quiesceMs` is not after
   * now). Records the attempt from now on; the version stays. Says when such an earlier attempt began.
   */
  acquire(key: string, claim: Claim): Promise<{ readonly intentAt?: number | undefined } | undefined>
  /**
   * Replaces the record if grant and version are still the parent's, whoever holds the lease and whether or not it has
   * ended; the version becomes the parent's plus one, `createdAt` stays.
   */
  commit(key: string, change: Commit): Promise<boolean>
  /** Ends the lease if it still names the owner, live or not; does nothing otherwise. */
  release(key: string, end: Release): Promise<void>
  /** False: there was nothing. */
  delete(key: string): Promise<boolean>
  list(page: ListPage): Promise<Page>
  /** Leaves out what is paused, what never expires, and what waits for a person (`failure` with the remedy `reconnect`). */
  due(page: DuePage): Promise<Page>
  /** The store's clock, in epoch milliseconds. */
  now?(): Promise<number>
  close?(): Promise<void>
}
