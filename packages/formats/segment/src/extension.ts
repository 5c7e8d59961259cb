import { isAuthError, type AuthError } from '@latchkey/core'
import { below, invalid, isObject } from '@latchkey/core/definition'
import type { Extension } from '@latchkey/core/http'
import type { Definition } from './definition.ts'
import { kindOf } from './failure.ts'
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
  return invalid(
    'extendRequest',
    `it threw ${kindOf(error)}; it must work with settings and auth alone, without a payload.`,
  )
}

function optionsOf(said: unknown): SegmentRequestOptions {
  if (said === undefined || said === null) return {}
  if (!isObject(said)) throw invalid('extendRequest', 'it returned something that is not an object.')
  const given = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== null))
  checkShape(given)
  const options = given as SegmentRequestOptions
  const { username, password } = given
  const isBasic = Boolean(username) || Boolean(password)
  const headers = headersOf(options.headers).filter(
    // At home too, a user name and a password win over an Authorization beside them.
    ([name]) => !isBasic || name.toLowerCase() !== 'authorization',
  )
  return {
    ...options,
    headers: Object.fromEntries(headers),
    username: isBasic ? partOf(username) : undefined,
    password: isBasic ? partOf(password) : undefined,
  }
}

/** A user name or a password may be a number: at home both are the same. */
const partOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : ''

const isHooks = (value: unknown): boolean =>
  Array.isArray(value) && value.every((each) => typeof each === 'function')

const shapes: Readonly<Record<string, readonly [is: (value: unknown) => boolean, what: string]>> = {
  headers: [(value) => typeof value === 'object', 'an object of values by name'],
  searchParams: [(value) => ['object', 'string'].includes(typeof value), 'an object of values by name'],
  prefixUrl: [(value) => ['object', 'string'].includes(typeof value), 'a URL'],
  beforeRequest: [isHooks, 'a list of functions'],
  afterResponse: [isHooks, 'a list of functions'],
}

/** Says where an extension is wrong, before anything is made of it. */
function checkShape(said: Readonly<Record<string, unknown>>): void {
  for (const [name, [is, what]] of Object.entries(shapes)) {
    if (said[name] !== undefined && !is(said[name]))
      throw invalid(`extendRequest.${name}`, `it must be ${what}.`)
  }
  const names = headersOf(said['headers'] as SegmentRequestOptions['headers']).map(([name]) => name)
  // RFC 9110 section 5.1.
  const wrong = names.find((name) => !/^[\w!#$%&'*+.^`|~-]+$/.test(name))
  if (wrong !== undefined)
    throw invalid(below('extendRequest.headers', wrong), 'no header can have this name.')
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
