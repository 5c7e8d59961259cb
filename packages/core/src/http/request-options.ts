import { AuthError } from '../errors.ts'
import { basicHeader } from './basic.ts'
import { headerValue } from './header.ts'

/** Query parameters; entries whose value is undefined are left out. */
export type SearchParams =
  | string
  | URLSearchParams
  | Iterable<readonly [string, string]>
  | Readonly<Record<string, string | number | boolean | undefined>>

/** What a request of the small client may say; a function that extends requests returns the same. */
export interface RequestOptions {
  /** Default: POST where there is a body, else GET. */
  readonly method?: string | undefined
  /** What relative URLs are appended to, with or without a slash between. */
  readonly prefixUrl?: string | URL | undefined
  /** By name in any case; undefined removes a header that the base has. */
  readonly headers?:
    Headers | Iterable<readonly [string, string]> | Readonly<Record<string, string | undefined>> | undefined
  /** Added to the query of the URL; a parameter of the same name is replaced. */
  readonly searchParams?: SearchParams | undefined
  /** HTTP Basic, in UTF-8. RFC 7617. */
  readonly username?: string | undefined
  readonly password?: string | undefined
  readonly json?: unknown
  readonly body?: BodyInit | null | undefined
  /** Over headers and body, in milliseconds; false: none. */
  readonly timeout?: number | false | undefined
  /** Default: JSON where the response says that it is, else text. */
  readonly responseType?: 'json' | 'text' | 'bytes' | undefined
  /** False: an HTTP error status is an answer like any other. Default true. */
  readonly throwHttpErrors?: boolean | undefined
  readonly signal?: AbortSignal | undefined
}

type Plain = Readonly<Record<string, unknown>>

const isPlain = (value: unknown): value is Plain => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** Own members of both, deeply, the second's winning; arrays are replaced. `__proto__` is left out. */
function mergeJson(base: Plain, own: Plain): Plain {
  const pair = (key: string): [string, unknown] => {
    const value = Object.hasOwn(own, key) ? own[key] : base[key]
    const before = Object.hasOwn(base, key) ? base[key] : undefined
    return [key, isPlain(before) && isPlain(value) && before !== value ? mergeJson(before, value) : value]
  }
  const keys = new Set([...Object.keys(base), ...Object.keys(own)])
  keys.delete('__proto__')
  return Object.fromEntries([...keys].map(pair))
}

/** The query parameters that are given, in order. */
export function paramsOf(params: SearchParams | undefined): [string, string][] {
  if (params === undefined) return []
  if (typeof params === 'string') return [...new URLSearchParams(params)]
  if (Symbol.iterator in params) return Array.from(params, ([name, value]) => [name, value])
  return Object.entries(params).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  )
}

function headersOf(headers: RequestOptions['headers']): [string, string | undefined][] {
  if (headers === undefined) return []
  return Symbol.iterator in headers
    ? Array.from(headers, ([name, value]) => [name, value])
    : Object.entries(headers)
}

/** The headers of one level: what it says itself wins over its user name and password. */
function setHeaders(headers: Headers, { username, password, headers: own }: RequestOptions): void {
  if (username !== undefined || password !== undefined) {
    headers.set('authorization', basicHeader(username ?? '', password ?? ''))
  }
  for (const [name, value] of headersOf(own)) {
    if (value === undefined) headers.delete(name)
    else headers.set(name, value === '' ? '' : headerValue(value, name))
  }
}

/** What is to be sent, once base and request have been merged. */
export interface MergedRequest {
  readonly method: string
  readonly url: URL
  readonly headers: Headers
  readonly body: BodyInit | null
}

function targetOf(url: string | URL, prefixUrl: string | URL | undefined): URL {
  const text = String(url)
  const prefix = prefixUrl === undefined ? undefined : String(prefixUrl)
  // A path, however many slashes it begins with, cannot leave the prefix.
  const relative = !/^[a-z][a-z\d+.-]*:/i.test(text)
  const full =
    relative && prefix !== undefined ? `${prefix.replace(/\/+$/, '')}/${text.replace(/^[\s/\\]+/, '')}` : text
  const target = URL.canParse(full) ? new URL(full) : undefined
  if (target === undefined || target.username !== '' || target.password !== '') {
    const problem =
      target !== undefined
        ? 'carries a user name or password'
        : relative
          ? 'is relative and there is no valid prefixUrl'
          : 'is not a URL'
    throw new AuthError('definition_invalid', `The URL of a request ${problem}.`)
  }
  return target
}

/**
 * One request out of what every request has (`base`, an extension's) and what this one says. Headers and query
 * merge by name, JSON objects deeply; the request wins, its `Authorization` over the base's user name too.
 * @throws {AuthError} settings_invalid for a value that no header can carry; definition_invalid for a URL that is
 * none, or where the base's JSON (a key, say) would be lost to a body that is not a JSON object
 */
export function mergeRequest(
  url: string | URL,
  options: RequestOptions,
  base: RequestOptions = {},
): MergedRequest {
  const target = targetOf(url, options.prefixUrl ?? base.prefixUrl)
  for (const level of [base, options]) {
    const params = paramsOf(level.searchParams)
    for (const [name] of params) target.searchParams.delete(name)
    for (const [name, value] of params) target.searchParams.append(name, value)
  }
  const headers = new Headers()
  setHeaders(headers, base)
  setHeaders(headers, options)
  const own = options.body ?? base.body ?? null
  let json = options.json
  const given = json !== undefined || base.json !== undefined || own !== null
  const method = (options.method ?? base.method ?? (given ? 'POST' : 'GET')).toUpperCase()
  if (base.json !== undefined) {
    const mergeable = json === undefined ? own === null : isPlain(json) && isPlain(base.json)
    if (!mergeable || method === 'GET' || method === 'HEAD') {
      throw new AuthError(
        'definition_invalid',
        'Every request has JSON members here, and this one has no body that is a JSON object.',
      )
    }
    json = isPlain(json) && isPlain(base.json) ? mergeJson(base.json, json) : base.json
  }
  if (json === undefined) return { method, url: target, headers, body: own }
  if (!headers.has('content-type')) headers.set('content-type', 'application/json')
  return { method, url: target, headers, body: JSON.stringify(json) }
}
