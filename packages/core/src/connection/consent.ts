import { AuthError } from '../errors.ts'
import { toAuthError } from '../http/failure.ts'
import { redacted } from '../http/redact.ts'
import type { Authorization, Credentials, Json } from '../strategy.ts'
import type { Grant } from './grant.ts'
import { newGrant, openRecord, stored } from './record.ts'
import { contextOf, emit, secretsFor, type Setup } from './setup.ts'
import type { Connection } from './types.ts'

/** Signing in through a person: what comes back starts a new grant, which nothing of the old one can overwrite. */
export function createConsent(given: Setup, grant: Grant): Connection['authorize'] {
  return {
    async begin(options = {}) {
      const { setup, record } = await openRecord(given)
      const credentials = record.credentials as Credentials | undefined
      const context = Object.assign(contextOf(setup, setup.world.guarded), { credentials }, options)
      return await guarded(setup, undefined, authorizationOf(setup).begin(context))
    },
    async complete(pending, callback, options = {}) {
      const { setup } = await openRecord(given)
      const context = Object.assign(contextOf(setup, setup.world.guarded), {
        pending,
        callback: parametersOf(callback),
        redirectUri: options.redirectUri,
      })
      const credentials = await guarded(setup, pending, authorizationOf(setup).complete(context))
      if (credentials === undefined) return false
      const version = await replace(setup, credentials)
      grant.forget()
      emit(setup, 'connection.authorized', { version, expiresAt: credentials.expiresAt })
      return true
    },
  }
}

function authorizationOf({ form: { leaf } }: Setup): Authorization<unknown, Credentials> {
  if (leaf.authorize) return leaf.authorize as Authorization<unknown, Credentials>
  throw new AuthError('unsupported', `The scheme "${leaf.scheme}" needs no person to sign in`, {
    scheme: leaf.scheme,
  })
}

function parametersOf(callback: URLSearchParams | string | URL): URLSearchParams {
  if (callback instanceof URLSearchParams) return callback
  const text = callback instanceof URL ? callback.href : callback
  return URL.canParse(text) ? new URL(text).searchParams : new URLSearchParams(text)
}

async function guarded<T>(setup: Setup, pending: Json | undefined, step: Promise<T>): Promise<T> {
  try {
    return await step
  } catch (error) {
    const { scheme } = setup.form.leaf
    throw redacted(toAuthError(error, { now: setup.world.now(), scheme }), secretsFor(setup, pending))
  }
}

/** A reconnect always wins, however often a refresh writes at the same time. */
async function replace(given: Setup, credentials: Credentials): Promise<number> {
  for (;;) {
    const { setup, record } = await openRecord(given)
    const fresh = newGrant(setup, credentials, record)
    if (await stored(() => setup.store.commit(setup.key, { parent: record, record: fresh })))
      return record.version + 1
  }
}
