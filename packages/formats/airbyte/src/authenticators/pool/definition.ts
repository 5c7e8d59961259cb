import { below, invalid, isObject, unknownMembers, type JsonObject } from '@latchkey/core/definition'
import { expiryOf } from '@latchkey/core/http'
import type { Template } from '../../template/index.ts'
import { componentIn, optionalText, textAt, textIn, type Text } from '../text.ts'
import { checkTexts } from '../value.ts'
import type { Where } from '../where.ts'
import { matcherOf, type Matches } from './matcher.ts'

/** One kind of quota that each token has: REST, GraphQL, search. */
export interface Quota {
  readonly name: string
  readonly remaining: readonly string[]
  readonly reset: readonly string[]
  readonly limit: readonly string[] | undefined
  /** Empty: the requests that no other quota counts. */
  readonly matchers: readonly Matches[]
  readonly headers: { readonly remaining?: string; readonly reset?: string; readonly limit?: string }
  /** Statuses that say, together with a remaining count of zero, that the quota has been used up. */
  readonly exhaustion: readonly number[]
}

/** A `RateLimitedMultipleTokenAuthenticator` that has been read. */
export interface PoolDefinition {
  readonly at: string
  /** One template that gives several tokens, or a list of such. */
  readonly tokens: readonly Template[]
  /** What errors call the tokens: their place in the configuration. */
  readonly field: string | undefined
  readonly delimiter: string
  readonly method: Text
  readonly header: Text
  readonly status: {
    readonly at: string
    readonly url: Template
    readonly method: 'GET' | 'POST'
    readonly headers: JsonObject
    /** Statuses that say that nothing is counted. */
    readonly unavailable: readonly number[]
  }
  readonly quotas: readonly Quota[]
}

const members = [
  'type',
  'tokens',
  'token_delimiter',
  'auth_method',
  'header',
  'quota_status_source',
  'quotas',
  'max_wait_time',
  'budget_reserve_fraction',
  'budget_min_reserve',
  '$parameters',
]
const quotaMembers = [
  'type',
  'name',
  'remaining_path',
  'reset_path',
  'limit_path',
  'matchers',
  'remaining_header',
  'reset_header',
  'limit_header',
  'exhaustion_status_codes',
  '$parameters',
]

/** Reads a pool. @throws {AuthError} definition_invalid naming the member */
export function poolDefinition(definition: JsonObject, { at, warn }: Where): PoolDefinition {
  unknownMembers(definition, members, at).forEach(warn)
  const { tokens, token_delimiter: delimiter = ',', quotas, max_wait_time: wait = 'PT2H' } = definition
  if (typeof delimiter !== 'string' || delimiter === '')
    throw invalid(below(at, 'token_delimiter'), 'this must be a text that is not empty.')
  // Waiting is the host's decision; the member is checked all the same.
  if (typeof wait !== 'string' || /^P[^T]*[YM]/.test(wait) || expiryOf(wait, 0, 'duration') === undefined)
    throw invalid(below(at, 'max_wait_time'), 'this must be an ISO 8601 duration without months and years.')
  const listed: readonly unknown[] = Array.isArray(tokens) ? tokens : [tokens]
  const texts = listed.map((token) => textIn(token, below(at, 'tokens')))
  const read = quotas as unknown
  if (!Array.isArray(read) || read.length === 0)
    throw invalid(below(at, 'quotas'), 'this must be a list of at least one quota.')
  return {
    at,
    tokens: texts.map(({ template }) => template),
    field: texts[0]?.field,
    delimiter,
    method: optionalText(definition, 'auth_method', at) ?? textIn('Bearer', at),
    header: optionalText(definition, 'header', at) ?? textIn('Authorization', at),
    status: statusOf(definition['quota_status_source'], below(at, 'quota_status_source'), warn),
    quotas: read.map((quota, index) => quotaOf(quota, below(below(at, 'quotas'), index), warn)),
  }
}

function statusOf(value: unknown, at: string, warn: Where['warn']): PoolDefinition['status'] {
  const source = componentIn(value, at, 'quota_status_source')
  const known = ['type', 'url', 'http_method', 'request_headers', 'unavailable_status_codes', '$parameters']
  unknownMembers(source, known, at).forEach(warn)
  const { http_method: method = 'GET', request_headers: headers = {} } = source
  if (method !== 'GET' && method !== 'POST')
    throw invalid(below(at, 'http_method'), 'this must be GET or POST.')
  if (!isObject(headers))
    throw invalid(below(at, 'request_headers'), 'this must be a mapping of names to values.')
  checkTexts(headers, below(at, 'request_headers'))
  const url = textAt(source, 'url', at)
  return {
    at,
    url: url.template,
    method,
    headers,
    unavailable: codes(source, 'unavailable_status_codes', at),
  }
}

function quotaOf(value: unknown, at: string, warn: Where['warn']): Quota {
  const quota = componentIn(value, at, 'a quota')
  unknownMembers(quota, quotaMembers, at).forEach(warn)
  const { name, matchers = [] } = quota
  if (typeof name !== 'string' || name === '') throw invalid(below(at, 'name'), 'this must be a name.')
  if (!Array.isArray(matchers)) throw invalid(below(at, 'matchers'), 'this must be a list.')
  const header = (kind: 'remaining' | 'reset' | 'limit'): { readonly [name: string]: string } => {
    const given = quota[`${kind}_header`]
    return typeof given === 'string' && given !== '' ? { [kind]: given } : {}
  }
  return {
    name,
    remaining: pathAt(quota, 'remaining_path', at),
    reset: pathAt(quota, 'reset_path', at),
    limit: quota['limit_path'] === undefined ? undefined : pathAt(quota, 'limit_path', at),
    matchers: (matchers as readonly unknown[]).map((each, index) =>
      matcherOf(each, below(below(at, 'matchers'), index), warn),
    ),
    headers: { ...header('remaining'), ...header('reset'), ...header('limit') },
    exhaustion: codes(quota, 'exhaustion_status_codes', at),
  }
}

function pathAt(quota: JsonObject, name: string, at: string): readonly string[] {
  const path: unknown = quota[name]
  if (Array.isArray(path) && path.length > 0 && path.every((each) => typeof each === 'string')) return path
  throw invalid(below(at, name), 'this must be a list of names.')
}

function codes(of: JsonObject, name: string, at: string): readonly number[] {
  const list: unknown = of[name] ?? []
  const numbers = Array.isArray(list) ? list.map(Number) : [NaN]
  if (numbers.every((code) => Number.isInteger(code))) return numbers
  throw invalid(below(at, name), 'this must be a list of HTTP statuses.')
}
