import ky, * as kyModule from 'ky'
import type { KyInstance, Options } from 'ky'
import { isAuthError } from '../errors.ts'

// ky 2 renamed `prefixUrl` and throws where it is given; NetworkError came with ky 2.
const prefix = 'NetworkError' in kyModule ? 'prefix' : 'prefixUrl'

/** What Latchkey refuses it would refuse again, and what the provider refuses it has backed off from itself. */
const retry = { shouldRetry: ({ error }: { error: unknown }) => (isAuthError(error) ? false : undefined) }

/**
 * A ky instance over a fetch, on a base URL, whichever ky is installed (^1.14 or ^2). ky's own retries and time
 * limit stay as they are unless `options` says otherwise; an `AuthError` is never retried.
 */
export function kyFor(
  fetch: typeof globalThis.fetch,
  base?: string | URL,
  options: Options = {},
): KyInstance {
  return ky.create({ retry, ...options, fetch, ...(base === undefined ? {} : { [prefix]: String(base) }) })
}

/**
 * ky for requests that earn credentials: no retry, for a code or a refresh token may be used once, and no time limit
 * besides that of the fetch below.
 */
export function authKy(fetch: typeof globalThis.fetch, base?: string): KyInstance {
  return kyFor(fetch, base, { retry: 0, timeout: false })
}
