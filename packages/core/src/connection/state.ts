import { remedyOf, type AuthError } from '../errors.ts'
import { toAuthError } from '../http/failure.ts'
import { redacted } from '../http/redact.ts'
import type { Failure, ListedRecord, StoredRecord } from '../store/contract.ts'
import type { AuthStrategy, CredentialContext } from '../strategy.ts'
import type { Grant } from './grant.ts'
import { contentOf, newGrant, openRecord, stored } from './record.ts'
import { contextOf, emit, isStateless, secretsFor, type Setup } from './setup.ts'
import type { Status } from './types.ts'

/** What a host shows of a connection; asks nobody but the store. */
export async function statusOf(given: Setup): Promise<Status> {
  if (isStateless(given) && !given.adopt) return { state: 'connected', scheme: given.form.leaf.scheme }
  const { setup, record } = await openRecord(given)
  return statusIn(setup.form.leaf, record, setup.world.now())
}

/** The status that a record shows; `leaf` is the strategy of its scheme, where that is known. */
export function statusIn(leaf: AuthStrategy | undefined, record: ListedRecord, now: number): Status {
  const { failure, expiresAt, account, scheme } = record
  const renewable = leaf?.acquire !== undefined || leaf?.refresh !== undefined
  const ended = expiresAt !== undefined && expiresAt <= now && leaf !== undefined && !renewable
  const needsPerson = (failure !== undefined && remedyOf(failure.code) === 'reconnect') || ended
  const unsigned =
    record.issuedAt === undefined && leaf?.authorize !== undefined && leaf.acquire === undefined
  return {
    state: record.paused ? 'paused' : needsPerson ? 'reconnect' : unsigned ? 'disconnected' : 'connected',
    scheme,
    ...(expiresAt !== undefined && { expiresAt }),
    ...(account !== undefined && { account }),
    ...(failure !== undefined && { error: { ...failure, remedy: remedyOf(failure.code) } }),
  }
}

/** Writes down that a person must act: the access ends now, what could renew it is kept. A change that came first wins. */
export async function markRejected(setup: Setup, record: StoredRecord, failure: Failure): Promise<void> {
  const change = {
    parent: record,
    record: { ...contentOf(record), failure, expiresAt: failure.at },
    keepLease: true,
  }
  await stored(() => setup.store.commit(setup.key, change))
}

/**
 * Ends the credentials at the provider where it can, and here in any case.
 * @throws {AuthError} of the provider, after the credentials are gone here
 */
export async function endCredentials(given: Setup, grant: Grant): Promise<void> {
  if (isStateless(given)) return
  const { setup, record } = await openRecord(given)
  const { credentials } = record
  const { leaf } = setup.form
  let failure: AuthError | undefined
  if (credentials !== undefined && leaf.revoke) {
    const context = Object.assign(contextOf(setup, setup.world.guarded), {
      credentials,
    }) as CredentialContext<unknown, never>
    failure = await leaf.revoke(context).then(
      () => undefined,
      (error: unknown) =>
        redacted(
          toAuthError(error, { now: setup.world.now(), scheme: leaf.scheme }),
          secretsFor(setup, credentials),
        ),
    )
  }
  for (;;) {
    const { record: now } = await openRecord(setup)
    const emptied = newGrant({ ...setup, seed: undefined }, undefined, now)
    if (await stored(() => setup.store.commit(setup.key, { parent: now, record: emptied }))) break
  }
  grant.forget()
  emit(setup, 'connection.revoked')
  if (failure) throw failure
}
