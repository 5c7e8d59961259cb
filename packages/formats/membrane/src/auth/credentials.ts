import type { JsonObject } from '@latchkey/core/definition'
import { isObject } from '@latchkey/core/definition'
import { expiryOf } from '@latchkey/core/http'

/** What is stored: what was earned, by the names of the definition and of the provider. */
export type MembraneCredentials = {
  /** As functions and formulas see it in `credentials`; what the user typed is not repeated here. */
  readonly values: JsonObject
  /** Epoch milliseconds. */
  readonly expiresAt?: number | undefined
  /** As granted. */
  readonly scopes?: readonly string[] | undefined
  /** Where the consent came back to. */
  readonly redirectUri?: string | undefined
  /**
   * Why these cannot be used, though a new refresh token that must not be lost is among them: the answer brought no access
   * token, or the definition's function failed over it. A word, because longer texts are masked as credentials.
   */
  readonly problem?: 'token' | 'unread' | undefined
}

/** What is held; a connection that has earned nothing holds nothing. */
export const valuesOf = (credentials: unknown): JsonObject => {
  const values = isObject(credentials) ? credentials['values'] : undefined
  return isObject(values) ? values : {}
}

/**
 * What a function or an answer gave back, over what was held before; shallow, as Membrane merges. Its end is that of the
 * new part alone: `expires_in` counts from now, `expires_at` names a moment.
 */
export function merged(
  before: JsonObject,
  fresh: JsonObject,
  now: number,
  expiresAt: number | undefined = endOf(fresh, now),
): MembraneCredentials {
  return { values: over(before, fresh), ...(expiresAt !== undefined && { expiresAt }) }
}

/**
 * The members of both, the second's winning, as JSON. RFC 6749 section 6: an answer that has no refresh token in it leaves
 * the old one, however it says so.
 */
export function over(before: JsonObject, fresh: JsonObject): JsonObject {
  const { refresh_token: token, ...rest } = JSON.parse(JSON.stringify(fresh)) as JsonObject
  return {
    ...before,
    ...rest,
    ...(token !== undefined && token !== null && token !== '' && { refresh_token: token }),
  }
}

/** When new credentials end; undefined where they do not say, or say that they have ended already. */
export function endOf(fresh: JsonObject, now: number): number | undefined {
  const ends = [expiryOf(fresh['expires_in'], now), expiryOf(fresh['expires_at'], now)]
  return ends.find((moment) => moment !== undefined && moment > now)
}
