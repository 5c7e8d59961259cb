import { guardedDispatcher } from '#platform'
import { AuthError } from '../errors.ts'
import { networkFailure } from '../http/failure.ts'
import { addressClass, isAllowed } from './addresses.ts'
import { readBounded, takeRequest, type TakenRequest } from './message.ts'
import { abortable, deadline } from './timers.ts'

/** The bounds of a guarded fetch. */
export interface Guard {
  /** Sends; called once a hop, with every member of `init` given. */
  readonly fetch: typeof globalThis.fetch
  /** True: `fetch` is the host's own, whose lookups cannot be seen, so that only literal addresses and known names are guarded. */
  readonly injected: boolean
  readonly allow?: 'loopback' | 'private' | undefined
  /** Over all hops, headers and body, in milliseconds. */
  readonly timeoutMs: number
  /** Of decoded bytes in a response body. */
  readonly maxBytes: number
  /** Exact origins named in code: http and special addresses are permitted there. */
  readonly trusted: ReadonlySet<string>
}

const maxHops = 5

function checkTarget(url: URL, guard: Guard): void {
  if (url.username !== '' || url.password !== '') {
    throw new AuthError(
      'definition_invalid',
      `A URL on ${url.host} carries a user name or password; give them as settings.`,
    )
  }
  if (guard.trusted.has(url.origin)) return
  const kind = addressClass(url.hostname)
  if (!isAllowed(kind, guard.allow)) {
    throw new AuthError(
      'origin_forbidden',
      `${url.origin} is a ${String(kind)} address; network.allow or the connector must permit it.`,
    )
  }
  // RFC 6749 section 3.2, RFC 7617 section 4: secrets travel only over TLS.
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && kind === 'loopback')) {
    throw new AuthError('origin_forbidden', `${url.protocol}//${url.host} is not https.`)
  }
}

/** Where a response sends the request on; undefined where it is the answer. */
function redirection(response: Response, from: URL): URL | undefined {
  const location = [301, 302, 303, 307, 308].includes(response.status)
    ? response.headers.get('location')
    : null
  if (location === null) return undefined
  const to = URL.canParse(location, from.href) ? new URL(location, from.href) : undefined
  if (to?.origin === from.origin && to.username === '' && to.password === '') return to
  const where = to === undefined ? 'a location that is not a URL' : to.origin
  throw new AuthError(
    'response_invalid',
    `${from.origin} redirects to ${where}; requests for credentials stay on their origin.`,
  )
}

/** The request that follows a redirect. Fetch Standard, HTTP-redirect fetch, step 12. */
function followed(request: TakenRequest, status: number, url: URL): TakenRequest {
  const { method } = request
  if (!(status === 303 ? method !== 'GET' && method !== 'HEAD' : status < 303 && method === 'POST'))
    return { ...request, url }
  const headers = new Headers(request.headers)
  for (const name of ['content-encoding', 'content-language', 'content-location', 'content-type'])
    headers.delete(name)
  return { ...request, url, method: 'GET', headers, body: null }
}

/**
 * Fetch for what is not the caller's own request: https to permitted addresses, one time limit over headers and
 * body, a limit on the decoded size, redirects only on the same origin (at most five). The response has been read.
 * `redirect: 'manual'` returns a redirect as it is. The caller's abort rejects with its own reason.
 * @throws {AuthError} origin_forbidden, response_invalid, or provider_unavailable, whose `ambiguous` is false only
 * where the request cannot have reached the provider
 */
export function guardedFetch(guard: Guard): typeof globalThis.fetch {
  let dispatcher: Promise<object | undefined> | undefined
  const dispatcherFor = (url: URL): Promise<object | undefined> | undefined => {
    if (guard.injected || guard.trusted.has(url.origin)) return undefined
    return (dispatcher ??= guardedDispatcher((address) => isAllowed(addressClass(address), guard.allow)))
  }
  const send = async (taken: TakenRequest, signal: AbortSignal): Promise<Response> => {
    let request = taken
    for (let hop = 0; ; hop++) {
      const { url, method, headers, body, redirect } = request
      checkTarget(url, guard)
      // A null prototype: nothing that somebody put on Object.prototype becomes an option of the request.
      const init = {
        __proto__: null,
        method,
        headers,
        body,
        signal,
        redirect: 'manual',
        dispatcher: await dispatcherFor(url),
      }
      signal.throwIfAborted()
      let response: Response
      try {
        response = await guard.fetch(url.href, init as RequestInit)
      } catch (error) {
        throw signal.aborted ? error : networkFailure(error, url.origin)
      }
      const next = redirect === 'manual' ? undefined : redirection(response, url)
      if (next === undefined)
        return await readBounded(response, { url, redirected: hop > 0, maxBytes: guard.maxBytes, signal })
      await response.body?.cancel()
      if (redirect === 'error' || hop === maxHops) {
        throw new AuthError(
          'response_invalid',
          `${url.origin} redirects ${hop === maxHops ? `more than ${maxHops} times` : 'where none was expected'}.`,
        )
      }
      request = followed(request, response.status, next)
    }
  }
  return async (input, init) => {
    const limit = deadline(guard.timeoutMs, signalOf(input, init))
    let origin = 'The provider'
    const run = async (): Promise<Response> => {
      const request = await takeRequest(input, init)
      origin = request.url.origin
      return send(request, limit.signal)
    }
    try {
      return await abortable(run(), limit.signal)
    } catch (error) {
      if (limit.expired()) {
        throw new AuthError(
          'provider_unavailable',
          `${origin} did not answer within ${guard.timeoutMs} ms.`,
          { ambiguous: true },
        )
      }
      throw error
    } finally {
      limit.clear()
    }
  }
}

function signalOf(input: RequestInfo | URL, init: RequestInit | undefined): AbortSignal | null | undefined {
  if (init !== undefined && Object.hasOwn(init, 'signal') && init.signal !== undefined) return init.signal
  return typeof input === 'object' && 'signal' in input ? input.signal : undefined
}
