import { AuthError } from '@latchkey/core'
import { invalid, isObject, below } from '@latchkey/core/definition'
import { headerName, type Extension } from '@latchkey/core/http'

/** What `makeApiClient` gives: where the API is, and what each request to it has. */
export interface ClientConfig {
  /** As it was written; absent: the method says nothing of it. */
  readonly baseUri: string | undefined
  /** What is put on each request. */
  readonly extension: Extension
  /** Not evaluated: they speak of a response. */
  readonly responseHandlers: readonly unknown[]
  /** Of the first dialect: throws an error with a `key` for a response that means more than its status. */
  readonly onError: ((error: unknown) => unknown) | undefined
}

/** What a client may say, by the current names and the documentation's. */
export const clientMembers: readonly string[] = [
  'baseUri',
  'baseUrl',
  'headers',
  'query',
  'defaultQueryParameters',
  'auth',
  'responseHandlers',
  'onError',
]

/** The first of the names under which something is given. Members of an instance count as those of an object. */
export function firstOf(value: unknown, ...names: readonly string[]): unknown {
  const members = value as Readonly<Record<string, unknown>>
  return names.map((name) => members[name]).find((each) => each !== undefined && each !== null)
}

/**
 * Reads what `makeApiClient` gave back. `at` begins the paths of errors.
 * @throws {AuthError} definition_invalid for what is no client, credentials_missing for a header that would be sent without its credential
 */
export function readClient(value: unknown, at: string): ClientConfig {
  if (!isObject(value)) throw invalid(at, 'must give a client: an object with baseUri, headers and query')
  const handlers = firstOf(value, 'responseHandlers')
  const onError = firstOf(value, 'onError')
  const baseUri = firstOf(value, 'baseUri', 'baseUrl')
  if (baseUri !== undefined && typeof baseUri !== 'string')
    throw invalid(below(at, 'baseUri'), 'must be a text such as https://api.example.com')
  if (handlers !== undefined && !Array.isArray(handlers))
    throw invalid(below(at, 'responseHandlers'), 'must be a list')
  return {
    baseUri: baseUri === '' ? undefined : baseUri,
    extension: {
      headers: headersOf(firstOf(value, 'headers'), below(at, 'headers')),
      searchParams: queryOf(firstOf(value, 'query', 'defaultQueryParameters'), below(at, 'query')),
      ...basicOf(firstOf(value, 'auth'), below(at, 'auth')),
    },
    responseHandlers: handlers ?? [],
    onError: typeof onError === 'function' ? (onError as ClientConfig['onError']) : undefined,
  }
}

/** Pairs of a query: a list repeats its name, an object is JSON, what is null or undefined is left out. */
export function queryOf(value: unknown, at: string): [string, string][] {
  return Object.entries(membersOf(value, at)).flatMap(([name, each]) =>
    [each].flat().flatMap((item): [string, string][] => {
      const text = textOf(item)
      return text === undefined ? [] : [[name, text]]
    }),
  )
}

/**
 * Headers by name.
 * @throws {AuthError} credentials_missing for one that has no value, or says `undefined` where code has put a credential together
 */
export function headersOf(value: unknown, at: string): Record<string, string> {
  const pairs = Object.entries(membersOf(value, at)).flatMap(([name, each]): [string, string][] => {
    const text = textOf(each)
    if (text === undefined) return []
    if (text === '' || isBare(name, text)) throw missing(below(at, name))
    return [[named(name, below(at, name)), text]]
  })
  return Object.fromEntries(pairs)
}

/** `Bearer undefined`, which is what code sends where it has not looked. */
function isBare(name: string, text: string): boolean {
  return /^authorization$/i.test(name) && /^(?:[\w-]+ +)?(?:undefined|null|NaN)?$/.test(text)
}

function named(name: string, at: string): string {
  try {
    return headerName(name)
  } catch (error) {
    throw invalid(at, (error as Error).message)
  }
}

function missing(at: string): AuthError {
  return new AuthError(
    'credentials_missing',
    `${at} has no credential in it: nothing is sent. Check what the form asks for and what was earned.`,
  )
}

function membersOf(value: unknown, at: string): Readonly<Record<string, unknown>> {
  if (value === undefined) return {}
  if (isObject(value)) return value
  throw invalid(at, 'must be an object: values by name')
}

function basicOf(value: unknown, at: string): Pick<Extension, 'username' | 'password'> {
  if (value === undefined) return {}
  const { username, password } = membersOf(value, at)
  const [user, pass] = [textOf(username), textOf(password)]
  if (user === undefined && pass === undefined) throw missing(at)
  return { username: user ?? '', password: pass ?? '' }
}

function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  return typeof value === 'string' ? value : JSON.stringify(value)
}
