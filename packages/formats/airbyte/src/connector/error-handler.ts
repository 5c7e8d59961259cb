import type { RenewWhen } from '@latchkey/core'
import { isObject, type JsonObject } from '@latchkey/core/definition'

/** The filters of an error handler, and of those that it is composed of. */
function filtersOf(handler: unknown): readonly JsonObject[] {
  if (!isObject(handler)) return []
  const { error_handlers: inner, response_filters: own } = handler
  const listed = Array.isArray(own) ? (own as readonly unknown[]).filter(isObject) : []
  return [...(Array.isArray(inner) ? (inner as readonly unknown[]).flatMap(filtersOf) : []), ...listed]
}

const statusesOf = ({ http_codes: codes }: JsonObject): number[] =>
  Array.isArray(codes) ? codes.map(Number).filter(Number.isInteger) : []

/** Statuses that the manifest takes for an answer like any other, whatever else is said in it. */
export function ignoredStatuses(handler: unknown): readonly number[] {
  return filtersOf(handler)
    .filter(({ action }) => action === 'IGNORE' || action === 'SUCCESS')
    .flatMap(statusesOf)
}

/** When the manifest says itself that a token has ended (`REFRESH_TOKEN_THEN_RETRY`); a 401 says so anyway. */
export function renewalOf(handlers: readonly unknown[]): RenewWhen | undefined {
  const filters = handlers.flatMap(filtersOf).filter(({ action }) => action === 'REFRESH_TOKEN_THEN_RETRY')
  const statuses = filters.flatMap(statusesOf)
  return statuses.length === 0 ? undefined : { status: [...new Set([401, ...statuses])] }
}
