import type { OutgoingRequest } from '../strategy.ts'
import { bytesOf, takeBody, takeStream, type Body } from './body.ts'

/** What the caller asked for, taken apart once; every send starts from it. */
export interface Call {
  readonly method: string
  readonly href: string
  /** Ours alone: each send gets a copy. Absent: none. */
  readonly headers: Headers | undefined
  readonly body: Body
  /** Everything else that the caller gave: signal, dispatcher, duplex, cache … */
  readonly init: RequestInit
  readonly redirect: RequestRedirect
}

const normalised = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT'])

/** Takes `fetch(input, init)` apart; `init` wins, as in Fetch. `href` is the address that `locate` found. */
export function takeCall(
  input: RequestInfo | URL,
  init: RequestInit | undefined,
  href: string,
): Call | Promise<Call> {
  const request = typeof input === 'string' || input instanceof URL ? undefined : input
  const given = init ?? {}
  const source = given.headers ?? request?.headers
  let headers = source && new Headers(source)
  const method = given.method ?? request?.method ?? 'GET'
  const upper = method.toUpperCase()
  const finish = (body: Body): Call => {
    if (body.type !== null && !headers?.has('content-type'))
      (headers ??= new Headers()).set('content-type', body.type)
    return {
      method: normalised.has(upper) ? upper : method,
      href,
      headers,
      body,
      init: request === undefined ? given : { ...initOf(request), ...given },
      redirect: given.redirect ?? request?.redirect ?? 'follow',
    }
  }
  const body = given.body === undefined && request?.body ? takeStream(request.body) : takeBody(given.body)
  return body instanceof Promise ? body.then(finish) : finish(body)
}

/** Stands for a base URL that is not known before the credentials are: ky needs an absolute one. */
export const unknownBase = 'https://base-url.invalid/'

/**
 * Where a request goes; `base` makes relative URLs absolute.
 * @throws {TypeError} that never repeats the URL
 */
export function locate(input: RequestInfo | URL, base: string | undefined): URL {
  let text = typeof input === 'string' ? input : 'href' in input ? input.href : input.url
  if (base !== undefined) {
    if (text.startsWith(unknownBase)) text = text.slice(unknownBase.length)
    // A relative URL goes below the base URL, also with a leading slash; `//host` stays what it is and meets the origin check.
    if (!URL.canParse(text) && !/^[/\\]{2}/.test(text))
      text = `${base.replace(/\/$/, '')}/${text.replace(/^\//, '')}`
  }
  let url: URL
  try {
    url = new URL(text, base)
  } catch {
    // A native error would carry the whole URL, and the URL may carry a secret.
    throw new TypeError('The request URL is not valid, or relative without a base URL')
  }
  if (url.username || url.password)
    throw new TypeError('The request URL must not carry a user name or password')
  return url
}

function initOf(request: Request): RequestInit {
  const { cache, credentials, integrity, keepalive, mode, referrer, referrerPolicy, signal } = request
  const init = { cache, credentials, integrity, keepalive, mode, referrer, referrerPolicy, signal }
  // Workers lack some of these, and Fetch refuses "navigate".
  return Object.fromEntries(
    Object.entries(init).filter(
      ([, value]: [string, unknown]) => value !== undefined && value !== 'navigate',
    ),
  )
}

/** A fresh copy of the call without credentials, for a strategy to change; `url` too is given away. */
export function outgoing(call: Call, url: URL = new URL(call.href)): OutgoingRequest {
  const { value } = call.body
  const request: OutgoingRequest = {
    method: call.method,
    url,
    headers: new Headers(call.headers),
    // What has been given away may be changed in place, and the next send must not see it.
    body: value instanceof URLSearchParams ? new URLSearchParams(value) : value,
    async bytes() {
      const bytes = await bytesOf(request.body)
      request.body = request.body === null ? null : bytes
      return bytes
    },
  }
  return request
}

/** What goes to the injected fetch. */
export function initFor(
  call: Call,
  request: Pick<OutgoingRequest, 'method' | 'headers' | 'body'>,
  signal: AbortSignal | undefined,
): RequestInit {
  const { method, headers, body } = request
  // Not a spread: V8 takes a microsecond to spread an object and replace its members.
  const own: RequestInit & { duplex?: string } = { method, headers, body, redirect: 'manual' }
  const init = Object.assign({}, call.init, own)
  if (signal !== undefined) init.signal = signal
  if (call.body.oneWay && body === call.body.value) init.duplex = 'half'
  return init
}
