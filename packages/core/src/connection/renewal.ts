import { AuthError, reworded } from '../errors.ts'
import { toAuthError } from '../http/failure.ts'
import { redacted } from '../http/redact.ts'
import type { StoredRecord } from '../store/contract.ts'
import type { AuthStrategy, CredentialContext, Credentials } from '../strategy.ts'
import { deadline } from '../world/timers.ts'
import { persist, type Saving } from './persist.ts'
import { sameCredentials, stored } from './record.ts'
import { contextOf, emit, randomId, secretsFor, type Setup } from './setup.ts'

/** Added to the provider's time limit, so that what came back can be persisted inside the lease. */
const persistMs = 10_000
/** How long a request of a killed process may still be running at the provider. */
const longestProcessingMs = 30_000
const maxWaitMs = 60_000
/** However long a provider asks to be left alone, it is asked again after an hour. */
const longestWaitMs = 3_600_000

/** How an attempt to renew ended. */
export type Outcome =
  | { readonly kind: 'done'; readonly record: StoredRecord }
  /** Somebody else is at it, or was a moment ago. */
  | { readonly kind: 'busy' }
  /** Somebody else was first: the record is another now. */
  | { readonly kind: 'moved' }
  | { readonly kind: 'failed'; readonly error: AuthError; readonly waitMs: number }

export interface Attempt extends Saving {
  readonly record: StoredRecord
  /** Failed attempts in a row before this one. */
  readonly failures: number
  /** True where the old credentials still work, so that nothing is gained by a risky attempt. */
  readonly usable: boolean
}

/** One attempt under the store's lease: claim, earn, persist before use, report. */
export async function attemptRenewal(attempt: Attempt): Promise<Outcome> {
  const { setup, record } = attempt
  const { leaf } = setup.form
  const rotation = setup.connector.rotation ?? 'strict'
  const rotates = leaf.refresh !== undefined && record.credentials !== undefined && rotation !== 'none'
  const leaseMs = setup.timeoutMs + persistMs
  const { graceMs = 0, processingMs } = setup.connector
  // Inside a grace period the token is presented again in time, even if the provider should still be at it.
  const workMs =
    processingMs ??
    (rotation === 'grace'
      ? Math.min(longestProcessingMs, Math.max(0, graceMs - setup.timeoutMs - persistMs / 2))
      : longestProcessingMs)
  // A request is sent inside its time limit; of a lease that ran its course, what came after that is a part of the wait.
  const { lease, intentAt } = record
  const waitedMs = lease && intentAt !== undefined ? lease.until - intentAt - setup.timeoutMs : 0
  const quiesceMs = rotates ? Math.max(0, workMs - Math.min(persistMs, Math.max(0, waitedMs))) : 0
  const owner = randomId(setup)
  const startedAt = setup.world.now()
  const claim = await stored(() =>
    setup.store.acquire(setup.key, {
      grant: record.grant,
      version: record.version,
      owner,
      leaseMs,
      quiesceMs,
    }),
  )
  if (claim === undefined) return { kind: 'busy' }
  // This process stood still since it asked, and its lease may end too soon; or the wait was for another attempt.
  if (setup.world.now() - startedAt > persistMs / 2 || (claim.intentAt ?? intentAt) !== intentAt) {
    const keepIntent = claim.intentAt !== undefined
    await stored(() => setup.store.release(setup.key, { owner, keepIntent }))
    return { kind: 'busy' }
  }
  const left = (record.expiresAt ?? Infinity) - startedAt
  // Inside the grace period a used token is still accepted; after it, and under strict rotation, never again.
  const inGrace = rotation === 'grace' && startedAt - (claim.intentAt ?? 0) < graceMs
  if (claim.intentAt !== undefined && !inGrace && rotates && attempt.usable && left > leaseMs + quiesceMs) {
    // The used token may be dead; asking now could only end the access token that still works.
    await stored(() => setup.store.release(setup.key, { owner, keepIntent: true }))
    const error = new AuthError('provider_unavailable', 'The outcome of the last refresh is unknown', {
      scheme: leaf.scheme,
    })
    return { kind: 'failed', error, waitMs: left - leaseMs - quiesceMs }
  }
  let credentials: Credentials
  try {
    credentials = await earn(setup, record, startedAt)
  } catch (thrown) {
    return await report(attempt, { owner, startedAt, unsure: claim.intentAt !== undefined }, thrown)
  }
  const durationMs = setup.world.now() - startedAt
  const child = await persist(
    attempt,
    { parent: record, credentials, durationMs },
    startedAt + leaseMs - 1_000,
  )
  return { kind: 'done', record: child }
}

/** Asks the strategy, inside the time limit. */
async function earn(setup: Setup, record: StoredRecord, startedAt: number): Promise<Credentials> {
  const { leaf } = setup.form
  const limit = deadline(setup.timeoutMs - Math.max(0, setup.world.now() - startedAt))
  const context = contextOf(setup, within(setup.world.guarded, limit.signal), limit.signal)
  try {
    const credentials = await Promise.race([ask(leaf, context, record), aborted(limit.signal, leaf.scheme)])
    if (credentials !== undefined) return credentials
  } finally {
    limit.clear()
  }
  throw missing(setup, record)
}

async function ask(
  leaf: AuthStrategy,
  context: ReturnType<typeof contextOf>,
  record: StoredRecord,
): Promise<Credentials | undefined> {
  const credentials: unknown = record.credentials
  const renewed: unknown =
    credentials === undefined
      ? undefined
      : await leaf.refresh?.(
          Object.assign(context, { credentials }) as CredentialContext<unknown, Credentials>,
        )
  return (renewed ?? (await leaf.acquire?.(context))) as Credentials | undefined
}

function within(fetch: typeof globalThis.fetch, limit: AbortSignal): typeof globalThis.fetch {
  return (input, init) => {
    const own = init?.signal ?? (input instanceof Request ? input.signal : undefined)
    return fetch(input, { ...init, signal: own ? AbortSignal.any([own, limit]) : limit })
  }
}

function aborted(signal: AbortSignal, scheme: string): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(
        new AuthError('provider_unavailable', 'The provider did not answer in time', {
          scheme,
          ambiguous: true,
        }),
      )
    })
  })
}

/** What is to be said where nothing can be earned without a person. */
export function missing({ form: { leaf }, connector }: Setup, record: StoredRecord): AuthError {
  const { scheme } = leaf
  return record.credentials === undefined
    ? new AuthError(
        'credentials_missing',
        `Nobody has signed in to ${connector.key} yet; start with authorize.begin()`,
        { scheme },
      )
    : new AuthError(
        'credentials_expired',
        `The credentials for ${connector.key} have ended and cannot be renewed; sign in again`,
        { scheme },
      )
}

/** What is known of an attempt that failed. */
interface Failed {
  readonly owner: string
  readonly startedAt: number
  /** True where an earlier attempt never reported back. */
  readonly unsure: boolean
}

/** Writes down why an attempt failed and says how long to wait. */
async function report(
  attempt: Attempt,
  { owner, startedAt, unsure }: Failed,
  thrown: unknown,
): Promise<Outcome> {
  const { setup, record } = attempt
  const durationMs = setup.world.now() - startedAt
  let failure = toAuthError(thrown, { now: setup.world.now(), scheme: setup.form.leaf.scheme })
  if (failure.remedy === 'reconnect') {
    // Another process may have presented the token first: a rejection is believed only after re-reading.
    try {
      const now = await stored(() => setup.store.read(setup.key))
      if (!sameCredentials(now, record)) return { kind: 'moved' }
    } catch (error) {
      failure = error as AuthError
    }
  }
  const hint =
    unsure && failure.code === 'credentials_rejected'
      ? ' (an earlier refresh never reported back: its token was lost)'
      : ''
  const clean = redacted(failure, secretsFor(setup, record.credentials))
  const error = reworded(clean, clean.message + hint)
  const jitter = 0.5 + (setup.world.random(1)[0] ?? 0) / 512
  const backOffMs = Math.min(maxWaitMs, 1_000 * 2 ** attempt.failures) * jitter
  const waitMs = error.remedy === 'reconnect' ? 0 : Math.min(error.retryAfter ?? backOffMs, longestWaitMs)
  await setup.store
    .release(setup.key, {
      owner,
      // What an earlier attempt left open is settled only by an answer that says something of the token.
      keepIntent: error.ambiguous === true || (unsure && error.remedy === 'retry'),
      waitMs,
      failure: { code: error.code, message: error.message, at: setup.world.now() },
    })
    .catch(() => undefined)
  emit(setup, error.remedy === 'reconnect' ? 'connection.rejected' : 'refresh.failed', {
    failure: error,
    version: record.version,
    durationMs,
    waiters: attempt.waiters(),
  })
  return { kind: 'failed', error, waitMs }
}
