import type { Connections, Connectors, ListedRecord, OnEvent, StoreDriver } from '@latchkey/core'
import type { Queue } from './queue.ts'

/** How a provider wants to be treated. The limits hold in each process: with three of them a third is each one's share. */
export interface ProviderPolicy {
  /** Renewals that may begin in a second; 0.1 is one in ten seconds. Default: no limit. */
  readonly perSecond?: number | undefined
  /** Renewals at the same time; default 10. */
  readonly concurrency?: number | undefined
  /** How long a refresh token lives that nobody uses, in milliseconds. It is used after half of that. Default: for ever. */
  readonly idleMs?: number | undefined
  readonly breaker?: Breaker | undefined
}

/** When a provider is left alone because it does not accept the client (`client_rejected`): no connection would be renewed. */
export interface Breaker {
  /** So many rejections in a row open it; default 3, Infinity for never. */
  readonly after?: number | undefined
  /** How long it is open at first, in milliseconds, doubled each time; default 60,000. Then one renewal is tried. */
  readonly openMs?: number | undefined
  /** Default 900,000. */
  readonly longestMs?: number | undefined
}

export interface RefresherOptions {
  /** The same as those of `connections`. */
  readonly connectors: Connectors
  /** Renews; may be the one that requests are sent with. Stays yours to close, after `stop()`. */
  readonly connections: Pick<Connections, 'refresh'>
  /** The store of the connections: what is due is read there, without secrets. */
  readonly store: Pick<StoreDriver, 'due'>
  readonly queue: Queue
  /**
   * Which connections are worth keeping fresh, of those whose credentials end: `'all'`, or what is known of their use, such
   * as `usageMarks().used`. Others are renewed by whoever uses them next, unless their refresh token would die (`idleMs`).
   */
  readonly used: 'all' | ((record: ListedRecord) => boolean | Promise<boolean>)
  /** By the connector's key. */
  readonly providers?: Readonly<Record<string, ProviderPolicy>> | undefined
  /** How long before their end credentials are renewed, in milliseconds; at most two fifths of their life. Default 600,000. */
  readonly aheadMs?: number | undefined
  /** How long before its end `connection.expiring` tells of a connection that only a person can renew; default 259,200,000 (three days). */
  readonly noticeMs?: number | undefined
  /** How often what is due is looked for, in milliseconds, give or take a tenth; default 60,000. `false`: another process looks. */
  readonly sweepMs?: number | false | undefined
  /** Renewals of this process at the same time, over all providers; default 20. */
  readonly concurrency?: number | undefined
  /** How often a lane is looked into that was empty, in milliseconds; up to fifteen times as long where it stays empty. Default 1,000. */
  readonly pollMs?: number | undefined
  /** Is told of `connection.expiring`; the other events are those of `connections`. */
  readonly onEvent?: OnEvent | undefined
  /** Is told why a sweep failed, or a look into the queue; both are tried again. */
  readonly onError?: ((error: unknown) => void) | undefined
  readonly now?: (() => number) | undefined
  readonly random?: ((length: number) => Uint8Array<ArrayBuffer>) | undefined
  readonly sleep?: ((ms: number, signal?: AbortSignal) => Promise<void>) | undefined
}

/** What a sweep found. */
export interface Sweep {
  /** Records that end soon. */
  readonly seen: number
  /** Those of them that were put on the queue, or stood there already. */
  readonly queued: number
}

export interface Refresher {
  /** Begins to look for what is due and to renew it. */
  start(): void
  /** Takes no more jobs and resolves once the renewals under way have ended. */
  stop(): Promise<void>
  /** Looks for what is due once, and puts it on the queue. */
  sweep(): Promise<Sweep>
}

/** Where time and chance come from. */
export interface Chance {
  readonly now: () => number
  /** A number from 0.5 to 1.5. */
  readonly jitter: () => number
}
