import { AuthError, isAuthError, remedyOf } from '../errors.ts'
import type { StoredRecord } from '../store/contract.ts'
import type { CredentialContext } from '../strategy.ts'
import { abortable } from '../world/timers.ts'
import { reachOf, type Reach } from './reach.ts'
import { openRecord, sameCredentials } from './record.ts'
import { persist, type Unsaved } from './persist.ts'
import { attemptRenewal, missing } from './renewal.ts'
import { contextOf, isStateless, type Setup } from './setup.ts'

/** Credentials as a process holds them, with all that a request needs: steady state reads nothing else. */
export interface Held {
  readonly setup: Setup
  /** Absent where there is nothing to store. */
  readonly record: StoredRecord | undefined
  /** Until then nobody asks the store, in epoch milliseconds. */
  readonly freshUntil: number
  readonly endsAt: number
  readonly context: CredentialContext<unknown, unknown>
  readonly reach: Reach
}

/** Owns the credentials of one connection in one process. */
export interface Grant {
  /** What is held, if it is fresh. */
  current(): Held | undefined
  /** Fresh credentials; all callers share one renewal, and one that aborts does not abort the others. */
  ensure(signal?: AbortSignal): Promise<Held>
  /** Other credentials than those, which a response has rejected. */
  renew(rejected: Held, signal?: AbortSignal): Promise<Held>
  /** Renews now, whatever the expiry says; with a version only the credentials of that one. */
  force(signal?: AbortSignal, version?: number): Promise<Held>
  /** What was held last and before that, however stale: the secrets that an answer may still repeat. */
  recent(): readonly Held[]
  /** A response has accepted these. */
  accept(held: Held): void
  /** Forgets what is held; the next request reads the store. */
  forget(): void
  /** Waits for a renewal under way, then refuses others. */
  close(): Promise<void>
}

/** How long a caller waits for a renewal by another process. */
const patienceMs = 75_000
/** How often a connection that others may change, pause or remove is looked at, in a steady state. */
const recheckMs = 300_000
/** How long credentials that were renewed on a rejection, and rejected again, are left alone. */
const fruitlessMs = 60_000

export function createGrant(initial: Setup): Grant {
  let setup = initial
  let held: Held | undefined
  let flight: Promise<Held> | undefined
  let rejected: Held | undefined
  let unaccepted: { readonly record: StoredRecord; readonly at: number } | undefined
  let unsaved: Unsaved | undefined
  let failures = 0
  let waiters = 0
  let closed = false
  const { world } = initial

  const isRejected = (record: StoredRecord): boolean =>
    rejected !== undefined && sameCredentials(rejected.record, record)
  let recent: readonly Held[] = []
  const keep = (next: Held): Held => {
    recent = [next, ...recent.filter(({ context }) => context !== next.context)].slice(0, 2)
    return (held = next)
  }
  const unsavedTo = {
    keep: (next: Unsaved | undefined) => void (unsaved = next),
    waiters: () => waiters,
  }

  async function hold(record: StoredRecord | undefined, fresh: number): Promise<Held> {
    const freshUntil = setup.adopt ? Math.min(fresh, world.now() + recheckMs) : fresh
    if (
      held !== undefined &&
      held.setup === setup &&
      held.record?.version === record?.version &&
      held.record?.grant === record?.grant
    ) {
      return { ...held, record, freshUntil }
    }
    const credentials = record?.credentials as Readonly<Record<string, unknown>> | undefined
    const settings = setup.form.settings
    const reach = await reachOf(setup.addresses, setup.form.leaf, { settings, credentials }, setup.allow)
    const context = Object.assign(contextOf(setup, world.guarded), { credentials: frozen(credentials) })
    return { setup, record, freshUntil, endsAt: record?.expiresAt ?? Infinity, context, reach }
  }

  /** Reads, and renews where it must; shared by all callers of this process. */
  async function settle(forced: boolean | number): Promise<Held> {
    if (setup.ready !== undefined) await setup.ready
    if (isStateless(setup) && !setup.adopt) return keep(await hold(undefined, Infinity))
    if (unsaved !== undefined) await persist({ setup, ...unsavedTo }, unsaved, world.now())
    const giveUpAt = world.now() + patienceMs
    let refused: StoredRecord | undefined
    for (let round = 0; ; round += 1) {
      const opened = await openRecord(setup)
      setup = opened.setup
      const { record } = opened
      if (record.paused) throw new AuthError('connection_paused', `The connection "${setup.key}" is paused`)
      const now = world.now()
      const living =
        record.credentials !== undefined && (record.expiresAt ?? Infinity) > now && !isRejected(record)
      refused ??= forced === true || forced === record.version ? record : undefined
      const demanded = refused !== undefined && sameCredentials(refused, record)
      const fresh = living && now < freshUntil(record, setup.leewayMs)
      if (fresh && !demanded) return keep(await hold(record, freshUntil(record, setup.leewayMs)))
      const { leaf } = setup.form
      const renewable =
        leaf.acquire !== undefined || (leaf.refresh !== undefined && record.credentials !== undefined)
      // A failure that only a person can end: nobody is asked again until then.
      const { failure } = record
      const final = failure !== undefined && remedyOf(failure.code) === 'reconnect' && !demanded
      if (living && !demanded && (final || !renewable))
        return keep(await hold(record, record.expiresAt ?? Infinity))
      if (final) throw new AuthError(failure.code, failure.message, { scheme: leaf.scheme })
      if (isStateless(setup) && record.credentials === undefined) return keep(await hold(record, Infinity))
      if (!renewable) throw missing(setup, record)
      if (closed) {
        if (living) return keep(await hold(record, now))
        throw new AuthError('store_unavailable', 'The connection is closed and renews no more')
      }
      const outcome = await attemptRenewal({ setup, record, failures, usable: living, ...unsavedTo })
      if (outcome.kind === 'done') {
        failures = 0
        if (outcome.record.expiresAt === undefined || outcome.record.expiresAt > world.now()) {
          const until = Math.max(freshUntil(outcome.record, setup.leewayMs), world.now() + 1)
          return keep(await hold(outcome.record, until))
        }
        if (round > 1)
          throw new AuthError(
            'response_invalid',
            'The provider hands out credentials that have already ended',
            { scheme: leaf.scheme },
          )
        continue
      }
      if (outcome.kind === 'failed') {
        failures += 1
        if (living && !demanded)
          return keep(
            await hold(record, Math.min(record.expiresAt ?? Infinity, now + Math.max(1_000, outcome.waitMs))),
          )
        throw outcome.error
      }
      if (outcome.kind === 'moved') continue
      // Where a refresh ends the old access token at once, what somebody else is replacing is no longer worth a try.
      if (living && !demanded && !setup.connector.oldAccessTokenDies)
        return keep(await hold(record, Math.min(record.expiresAt ?? Infinity, now + 1_000)))
      await waitForOther(record, round, giveUpAt)
    }
  }

  /** Another process renews, or a failed attempt's back-off is in force: the first is worth waiting for. */
  async function waitForOther(record: StoredRecord, round: number, giveUpAt: number): Promise<void> {
    const now = world.now()
    const leased = record.lease !== undefined && record.lease.until > now
    const backOff = (record.nextAttemptAt ?? 0) - now
    if ((!leased && backOff > 0) || now >= giveUpAt) {
      const { code, message } = record.failure ?? {
        code: 'provider_unavailable' as const,
        message: 'The provider is being asked by another process',
      }
      throw new AuthError(code, message, {
        scheme: setup.form.leaf.scheme,
        retryAfter: Math.max(backOff, 1_000),
      })
    }
    // Young leases end soon, so polls are fast at first: from 20 ms, each a fifth of what was waited, up to 400 ms.
    const jitter = 0.5 + (world.random(1)[0] ?? 0) / 512
    await world.sleep(Math.min(400, 20 * 1.2 ** round) * jitter)
  }

  function shared(forced: boolean | number): Promise<Held> {
    waiters += 1
    if (flight !== undefined) return flight
    const mine = settle(forced)
      .catch((error: unknown) => {
        // The store is away: what still works goes on working.
        if (
          isAuthError(error) &&
          error.code === 'store_unavailable' &&
          forced === false &&
          held !== undefined &&
          held !== rejected &&
          held.endsAt > world.now()
        ) {
          return keep({ ...held, freshUntil: Math.min(held.endsAt, world.now() + 1_000) })
        }
        throw error
      })
      .finally(() => {
        flight = undefined
        waiters = 0
      })
    return (flight = mine)
  }

  const grant: Grant = {
    current: () => (held !== undefined && world.now() < held.freshUntil ? held : undefined),
    recent: () => recent,
    ensure: (signal) => forCaller(shared(false), signal),
    async renew(stale, signal) {
      const isFruitless = unaccepted !== undefined && sameCredentials(unaccepted.record, stale.record)
      if (isFruitless && world.now() - (unaccepted?.at ?? 0) < fruitlessMs) return stale
      rejected = stale
      if (held !== undefined && isSame(held, stale)) held = undefined
      let next = await forCaller(shared(false), signal)
      if (isSame(next, stale)) next = await forCaller(shared(false), signal)
      if (next.record !== undefined) unaccepted = { record: next.record, at: world.now() }
      return isSame(next, stale) ? stale : next
    },
    async force(signal, version) {
      if (flight !== undefined) await forCaller(flight, signal).catch(() => undefined)
      return await forCaller(shared(version ?? true), signal)
    },
    accept(accepted) {
      if (unaccepted !== undefined && sameCredentials(unaccepted.record, accepted.record))
        unaccepted = undefined
    },
    forget() {
      held = undefined
    },
    async close() {
      closed = true
      await flight?.catch(() => undefined)
      if (unsaved !== undefined) await persist({ setup, ...unsavedTo }, unsaved, world.now() + 10_000)
    },
  }
  return grant
}

function isSame(a: Held, b: Held): boolean {
  return sameCredentials(a.record, b.record)
}

/** The leeway is at most a fifth of the credentials' life, so that short-lived ones are not renewed at once. */
function freshUntil({ expiresAt, issuedAt }: StoredRecord, leewayMs: number): number {
  if (expiresAt === undefined) return Infinity
  return (
    expiresAt -
    Math.min(leewayMs, issuedAt === undefined ? leewayMs : Math.max(0, (expiresAt - issuedAt) / 5))
  )
}

/** A strategy that changed what it was given would change what is compared with the store. */
function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen)
  return value
}

/** The caller's own wait: its abort ends nothing but that. */
export function forCaller<T>(shared: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return signal === undefined ? shared : abortable(shared, signal)
}
