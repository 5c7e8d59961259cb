import { isAuthError, type AuthError } from '@latchkey/core'
import { invalid, isObject } from '@latchkey/core/definition'
import { paramsOf, type Extension } from '@latchkey/core/http'
import type { Definition } from './definition.ts'
import { headersOf, together } from './request.ts'
import type { BeforeRequest, SegmentAuth, SegmentRequestOptions } from './types.ts'

/** What `extendRequest` is called with: the source's settings, and the tokens. */
export interface Given {
  readonly settings: Readonly<Record<string, unknown>>
  readonly auth: Partial<SegmentAuth>
}

/**
 * What `extendRequest` returns, as it may be merged into requests; a promise where it returns one.
 * @throws {AuthError} definition_invalid where it throws or returns no object
 */
export function extensionOf(
  { extend }: Pick<Definition, 'extend'>,
  given: Given,
): SegmentRequestOptions | Promise<SegmentRequestOptions> {
  let said: unknown
  try {
    said = extend?.({ ...given, payload: undefined })
  } catch (error) {
    throw failed(error)
  }
  if (!isPromise(said)) return optionsOf(said)
  return Promise.resolve(said).then(optionsOf, (error: unknown) => {
    throw failed(error)
  })
}

const isPromise = (value: unknown): value is Promise<unknown> =>
  isObject(value) && typeof (value as { then?: unknown }).then === 'function'

function failed(error: unknown): AuthError {
  if (isAuthError(error)) return error
  const kind = error instanceof Error && /^[A-Z]\w{1,40}$/.test(error.name) ? error.name : 'an error'
  return invalid(
    'extendRequest',
    `it threw ${kind}; it must work with settings and auth alone, without a payload.`,
  )
}

function optionsOf(said: unknown): SegmentRequestOptions {
  if (said === undefined || said === null) return {}
  if (!isObject(said)) throw invalid('extendRequest', 'it returned something that is not an object.')
  const options = said as SegmentRequestOptions
  const isBasic = Boolean(options.username) || Boolean(options.password)
  const headers = headersOf(options.headers).filter(
    // At home too, a user name and a password win over an Authorization beside them.
    ([name]) => !isBasic || name.toLowerCase() !== 'authorization',
  )
  return {
    ...options,
    headers: Object.fromEntries(headers),
    username: isBasic ? (options.username ?? '') : undefined,
    password: isBasic ? (options.password ?? '') : undefined,
  }
}

/**
 * What of an extension goes on every request; its hooks before the request have run.
 * @throws {AuthError} definition_invalid where a credential would be the word undefined
 */
export function placed(options: SegmentRequestOptions): Extension | Promise<Extension> {
  const hooks = options.beforeRequest ?? []
  return hooks.length === 0 ? extensionIn(options) : hooked(options, hooks)
}

async function hooked(options: SegmentRequestOptions, hooks: readonly BeforeRequest[]): Promise<Extension> {
  let all = options
  for (const hook of hooks) {
    const more = await hook({ ...all })
    if (isObject(more)) all = together(all, more)
  }
  return extensionIn(all)
}

function extensionIn(options: SegmentRequestOptions): Extension {
  const spoilt = headersOf(options.headers).find(([, value]) => /[\s=](?:undefined|null)$/.test(value ?? ''))
  if (spoilt !== undefined)
    throw invalid(
      'extendRequest',
      `the header ${spoilt[0]} would end in the word for nothing: a setting, a token or an environment variable that it reads has no value.`,
    )
  const { headers, searchParams, username, password, prefixUrl, json, method, timeout, throwHttpErrors } =
    options
  return { headers, searchParams, username, password, prefixUrl, json, method, timeout, throwHttpErrors }
}

/** What the client of a test takes from the extension; the rest is put on each request that it sends. */
export function clientDefaults(options: SegmentRequestOptions): SegmentRequestOptions {
  const { method, timeout, throwHttpErrors, responseType, beforeRequest, afterResponse, json } = options
  return {
    method: method ?? (json === undefined ? undefined : 'POST'),
    timeout,
    throwHttpErrors,
    responseType,
    beforeRequest,
    afterResponse,
  }
}

/**
 * What of an extension goes on the request that renews a token: all but what is made of the token, which two tokens show.
 * At home the header goes out as `Bearer undefined`.
 */
export async function tokenless(definition: Definition, given: Given): Promise<SegmentRequestOptions> {
  const asked = async (accessToken: string): Promise<SegmentRequestOptions> =>
    extensionOf(definition, { ...given, auth: { ...given.auth, accessToken } })
  const both = await Promise.all([asked('latchkey.first.token'), asked('latchkey.second.token')]).catch(
    () => undefined,
  )
  // It may take the token apart; then nothing of it is known.
  if (both === undefined) return {}
  const [one, other] = both
  const { headers, searchParams, username, password, json } = one
  const isSame = username === other.username && password === other.password
  return {
    ...one,
    headers: shared(Object.fromEntries(headersOf(headers)), Object.fromEntries(headersOf(other.headers))),
    searchParams: shared(paramsIn(searchParams), paramsIn(other.searchParams)),
    json: isObject(json) && isObject(other.json) ? someOf(shared(json, other.json)) : json,
    ...(!isSame && { username: undefined, password: undefined }),
  }
}

const paramsIn = (params: SegmentRequestOptions['searchParams']): Record<string, string> =>
  Object.fromEntries(paramsOf(params))

const someOf = (members: object): object | undefined =>
  Object.keys(members).length === 0 ? undefined : members

function shared<T>(one: Readonly<Record<string, T>>, other: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(one).filter(([name, value]) => JSON.stringify(value) === JSON.stringify(other[name])),
  )
}
