import { AuthError } from '../errors.ts'
import type { Call } from './call.ts'
import { notReplayable } from './body.ts'

const maxHops = 20

/** The next request of a redirect, or undefined where the response is the last. */
export function nextHop(
  call: Call,
  response: Response,
  sent: URL | undefined,
  count: number,
): Call | undefined {
  const { status } = response
  if (status < 301 || status > 308 || (status > 303 && status < 307) || call.redirect === 'manual')
    return undefined
  const location = response.headers.get('location')
  if (location === null) return undefined
  void response.body?.cancel().catch(() => undefined)
  if (call.redirect === 'error')
    throw new TypeError('fetch failed: the response redirects, and redirect is "error"')
  if (count >= maxHops) throw new TypeError(`fetch failed: more than ${maxHops} redirects`)
  if (!URL.canParse(location, call.href))
    throw new TypeError('fetch failed: the redirect has an invalid Location')
  const url = new URL(location, call.href)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new TypeError('fetch failed: the redirect leaves http and https')
  }
  if (url.username || url.password)
    throw new TypeError('fetch failed: the redirect carries a user name or password')
  if (!url.hash) url.hash = new URL(call.href).hash
  for (const [name, value] of sent === undefined ? [] : added(call.href, sent)) {
    if (url.searchParams.has(name, value)) url.searchParams.delete(name, value)
  }
  // Fetch, HTTP-redirect fetch, step 12: 303, and 301 or 302 of a POST, become a GET without a body.
  const toGet =
    status === 303 ? call.method !== 'GET' && call.method !== 'HEAD' : status < 303 && call.method === 'POST'
  if (!toGet) {
    if (call.body.oneWay) throw notReplayable('a redirect asks for it again')
    return { ...call, href: url.href }
  }
  return {
    ...call,
    method: 'GET',
    href: url.href,
    body: { value: null, type: null, oneWay: false },
    headers: without(call.headers, (name) => name.startsWith('content-')),
  }
}

/** Query parameters that the strategy put on the URL: a server that copies the query into Location must not double or leak them. */
function added(href: string, sent: URL): [string, string][] {
  if (sent.href === href) return []
  const before = new URL(href).searchParams
  return [...sent.searchParams].filter(([name, value]) => !before.has(name, value))
}

/**
 * The call as it may leave for an origin that is not the connector's: without what Fetch drops there.
 * @throws {AuthError} origin_forbidden where the server put a secret into the address
 */
export function bare(call: Call, conceal: (text: string) => string): Call {
  const { href } = call
  const spaced = href.replaceAll('+', '%20')
  if (conceal(href) !== href || conceal(spaced) !== spaced) {
    throw new AuthError(
      'origin_forbidden',
      `A redirect to ${new URL(href).origin} was not followed because its address carries a credential`,
    )
  }
  const dropped = new Set(['authorization', 'proxy-authorization', 'cookie', 'host'])
  return { ...call, headers: without(call.headers, (name) => dropped.has(name)) }
}

function without(headers: Headers | undefined, drops: (name: string) => boolean): Headers {
  return new Headers([...(headers ?? [])].filter(([name]) => !drops(name)))
}

/** Puts right what a caller reads of a response: never an address with a credential in it. */
export function presented(response: Response, href: string, redirected: boolean): Response {
  const clone = response.clone.bind(response)
  return Object.defineProperties(response, {
    url: { value: href.replace(/#.*$/s, ''), configurable: true },
    redirected: { value: redirected, configurable: true },
    clone: { value: () => presented(clone(), href, redirected), configurable: true },
  })
}
