import { AuthError, type AuthContext, type Fields } from '@latchkey/core'
import { below, memberAt } from '@latchkey/core/definition'
import { expiryOf, headerValue, httpFailure } from '@latchkey/core/http'
import { renderUrlTemplate, type Scope } from '../../template/index.ts'
import { pairsOf } from '../session/body.ts'
import { rendered } from '../value.ts'
import type { Settings } from '../where.ts'
import type { Count } from './count.ts'
import type { PoolDefinition, Quota } from './definition.ts'

/**
 * Asks the API what is left for each token, of each quota.
 * @throws {AuthError} credentials_rejected for a token that it does not take, provider_unavailable, response_invalid for an
 * answer that has no number where the manifest says
 */
export async function askStatus(
  definition: PoolDefinition,
  signed: readonly string[],
  header: string,
  scope: Scope,
  fields: Fields,
  c: AuthContext<Settings>,
): Promise<readonly (readonly Count[])[]> {
  const { status, quotas } = definition
  const url = renderUrlTemplate(status.url, scope, below(status.at, 'url'))
  const at = below(status.at, 'request_headers')
  const common = pairsOf(rendered(status.headers, scope, at, fields), at).map(
    ([name, value]): [string, string] => [name, headerValue(value, name)],
  )
  const byToken = await Promise.all(
    signed.map(async (value, index) => {
      const headers = new Headers(common)
      headers.set(header, value)
      const response = await c.fetch(url, { method: status.method, headers, signal: c.signal ?? null })
      if (status.unavailable.includes(response.status)) {
        await response.body?.cancel()
        return quotas.map(() => ({ remaining: 0, resetAt: c.now(), limit: 0, isTracked: false }))
      }
      if (!response.ok) throw refused(response, index, signed.length, c)
      const body: unknown = await response.json()
      return quotas.map((quota) => countIn(body, quota, c.now()))
    }),
  )
  return quotas.map((_, at) => byToken.map((counts) => counts[at] as Count))
}

function refused(response: Response, at: number, of: number, { now }: AuthContext<Settings>): AuthError {
  const { code, message, retryAfter } = httpFailure(response, { scheme, now: now() })
  const cause = { status: response.status }
  return new AuthError(code, `Token ${at + 1} of ${of}: ${message}`, { scheme, retryAfter, cause })
}

const scheme = 'token-pool'

function countIn(body: unknown, quota: Quota, now: number): Count {
  const remaining = numberAt(body, quota.remaining, quota)
  const resetAt = expiryOf(memberAt(body, quota.reset), now)
  if (resetAt === undefined) throw absent(quota, quota.reset)
  const limit = quota.limit === undefined ? remaining : numberAt(body, quota.limit, quota)
  return { remaining, resetAt, limit, isTracked: true }
}

function numberAt(body: unknown, path: readonly string[], quota: Quota): number {
  const value = memberAt(body, path)
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  if (typeof number === 'number' && Number.isFinite(number)) return number
  throw absent(quota, path)
}

const absent = ({ name }: Quota, path: readonly string[]): AuthError =>
  new AuthError(
    'response_invalid',
    `The status of the quota "${name}" has nothing at ${path.join('.')} that could be used.`,
    { scheme },
  )
