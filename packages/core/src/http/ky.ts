import ky, * as kyModule from 'ky'
import type { KyInstance, Options } from 'ky'

// ky 2 renamed `prefixUrl` and throws where it is given; NetworkError came with ky 2.
const prefix = 'NetworkError' in kyModule ? 'prefix' : 'prefixUrl'

/**
 * A ky instance over a fetch, on a base URL, whichever ky is installed (^1.14 or ^2). ky's own retries and time
 * limit stay as they are unless `options` says otherwise.
 */
export function kyFor(
  fetch: typeof globalThis.fetch,
  base?: string | URL,
  options: Options = {},
): KyInstance {
  return ky.create({ ...options, fetch, ...(base === undefined ? {} : { [prefix]: String(base) }) })
}

/**
 * ky for requests that earn credentials: no retry, for a code or a refresh token may be used once, and no time limit
 * besides that of the fetch below.
 */
export function authKy(fetch: typeof globalThis.fetch): KyInstance {
  return kyFor(fetch, undefined, { retry: 0, timeout: false })
}
