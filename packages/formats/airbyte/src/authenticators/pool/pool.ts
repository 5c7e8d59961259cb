import {
  AuthError,
  type AuthContext,
  type AuthStrategy,
  type CredentialContext,
  type OutgoingRequest,
} from '@latchkey/core'
import type { JsonObject } from '@latchkey/core/definition'
import { expiryOf, headerName, headerValue, redact } from '@latchkey/core/http'
import { renderValue } from '../../template/index.ts'
import { attempt } from '../made.ts'
import { needed, optional } from '../text.ts'
import { scopeOf, type Settings, type Where } from '../where.ts'
import { charged, hasMore, reconciled, type Count } from './count.ts'
import { poolDefinition, type PoolDefinition, type Quota } from './definition.ts'
import { askStatus } from './status.ts'

const scheme = 'token-pool'
/** The least time to wait, so that a reset that has passed already does not make everybody ask again at once. */
const leastWaitMs = 5_000

/** What a connection remembers of its tokens; all of it belongs to one form. */
interface Pool {
  readonly settings: Settings
  readonly tokens: readonly string[]
  /** The values of the header, by token. */
  readonly signed: readonly string[]
  readonly header: string
  /** By quota, then by token. */
  counts?: (readonly Count[])[]
  /** The active token, by quota. */
  active: number[]
  asking?: Promise<void> | undefined
  askedAt?: number
}

type Context = CredentialContext<Settings, undefined>

/**
 * `RateLimitedMultipleTokenAuthenticator`: several tokens, each with quotas of its own. A token is used until its quota is
 * spent. Where all are spent nobody sleeps: the error is provider_unavailable, with the time to wait in `retryAfter`.
 */
export function poolOf(definition: JsonObject, where: Where): AuthStrategy {
  const pool = poolDefinition(definition, where)
  const strategy: AuthStrategy<Settings, undefined> = {
    scheme,
    fields: where.fields,
    apply(request, c: Context) {
      const state = stateOf(pool, where, c)
      const sign = (): void => {
        request.headers.set(state.header, state.signed[take(pool, where, state, request, c)] ?? '')
      }
      if (!isKnown(state, pool, where, request, c)) return ask(pool, where, state, c).then(sign)
      sign()
      return undefined
    },
    inspect(response, c: Context & { readonly request: OutgoingRequest }) {
      const state = stateOf(pool, where, c)
      const token = state.signed.indexOf(c.request.headers.get(state.header) ?? '')
      const at = quotaFor(pool, where, c.request, c)
      const quota = pool.quotas[at]
      const counts = state.counts?.[at]
      const before = counts?.[token]
      if (!quota || !counts || !before) return undefined
      const report = reportIn(response, quota, c.now())
      const after = reconciled(before, report)
      const changed = counts.with(token, after)
      if (state.counts) state.counts[at] = changed
      const isRefused = report.isExhausted || response.status === 429
      return isRefused && !hasMore(after) && changed.some(hasMore) ? 'retry' : undefined
    },
    // Each token by itself is a part of a setting, and only the whole is known to be secret.
    redact: (text, { memory }) => redact(text, (memory.get(scheme) as Pool | undefined)?.tokens ?? []),
  }
  return strategy
}

function stateOf(definition: PoolDefinition, where: Where, c: AuthContext<Settings>): Pool {
  const known = c.memory.get(scheme) as Pool | undefined
  if (known?.settings === c.settings) return known
  const scope = scopeOf(where, c)
  const { at, field } = definition
  const tokens = definition.tokens.flatMap((template) =>
    split(renderValue(template, scope, at), definition.delimiter),
  )
  if (tokens.length === 0)
    throw new AuthError('settings_invalid', `${at}: ${field ?? 'tokens'} has no token.`, { scheme, field })
  const method = optional(definition.method, scope, where.fields) ?? ''
  const header = needed(definition.header, scope)
  attempt(definition.header.at, () => headerName(header))
  const signed = tokens.map((token) => headerValue(`${method} ${token}`.trim(), field ?? 'tokens'))
  const fresh: Pool = { settings: c.settings, tokens, signed, header, active: [] }
  c.memory.set(scheme, fresh)
  return fresh
}

function split(value: unknown, delimiter: string): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => split(each, delimiter))
  return typeof value === 'string' || typeof value === 'number'
    ? String(value)
        .split(delimiter)
        .map((token) => token.trim())
        .filter((token) => token !== '')
    : []
}

/** The quota that counts a request: the first whose matchers fit, else the one without any, else the first. */
function quotaFor(
  { quotas }: PoolDefinition,
  where: Where,
  request: OutgoingRequest,
  c: AuthContext<Settings>,
): number {
  const scope = scopeOf(where, c)
  const fits = quotas.findIndex(({ matchers }) => matchers.some((matches) => matches(request, scope)))
  const open = quotas.findIndex(({ matchers }) => matchers.length === 0)
  return Math.max(0, fits >= 0 ? fits : open)
}

/** Whether there is something to decide by: the counts are known, and not all spent in a window that has ended. */
function isKnown(
  state: Pool,
  pool: PoolDefinition,
  where: Where,
  request: OutgoingRequest,
  c: Context,
): boolean {
  const counts = state.counts?.[quotaFor(pool, where, request, c)]
  if (counts === undefined) return false
  if (counts.some(hasMore) || earliest(counts) > c.now()) return true
  return c.now() - (state.askedAt ?? 0) < leastWaitMs
}

const earliest = (counts: readonly Count[]): number => Math.min(...counts.map(({ resetAt }) => resetAt))

/** Asks the API once for all that wait. */
function ask(pool: PoolDefinition, where: Where, state: Pool, c: AuthContext<Settings>): Promise<void> {
  return (state.asking ??= askStatus(pool, state.signed, state.header, scopeOf(where, c), where.fields, c)
    .then((counts) => {
      state.counts = [...counts]
      state.askedAt = c.now()
    })
    .finally(() => {
      state.asking = undefined
    }))
}

function take(pool: PoolDefinition, where: Where, state: Pool, request: OutgoingRequest, c: Context): number {
  const at = quotaFor(pool, where, request, c)
  const counts = state.counts?.[at] ?? []
  const charge = charged(counts, state.active[at] ?? 0)
  if (charge && state.counts) {
    state.counts[at] = charge.counts
    state.active[at] = charge.next
    return charge.token
  }
  const name = pool.quotas[at]?.name ?? ''
  throw new AuthError(
    'provider_unavailable',
    `The quota "${name}" of all ${counts.length} tokens is spent.`,
    {
      scheme,
      retryAfter: Math.max(leastWaitMs, earliest(counts) - c.now()),
    },
  )
}

function reportIn(
  { headers, status }: Response,
  quota: Quota,
  now: number,
): Parameters<typeof reconciled>[1] {
  const text = (name: string | undefined): string | undefined =>
    name === undefined ? undefined : (headers.get(name) ?? undefined)
  const number = (name: string | undefined): number | undefined => {
    const value = text(name)?.trim() ?? ''
    return /^\d{1,15}$/.test(value) ? Number(value) : undefined
  }
  const { remaining, reset, limit } = quota.headers
  return {
    remaining: number(remaining),
    resetAt: expiryOf(text(reset), now),
    limit: number(limit),
    isExhausted: quota.exhaustion.includes(status),
  }
}
