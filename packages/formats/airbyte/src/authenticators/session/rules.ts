import { below, invalid, isObject, unknownMembers, type JsonObject } from '@latchkey/core/definition'
import type { Answer, Rule } from '@latchkey/session'
import {
  parseTemplate,
  referencesOf,
  renderValue,
  variablesOf,
  type Scope,
  type Template,
} from '../../template/index.ts'
import type { Where } from '../where.ts'

type Warn = Where['warn']

/** A response filter that has been read. */
interface Filter {
  readonly at: string
  readonly action: string | undefined
  readonly failure: unknown
  readonly codes: readonly number[]
  readonly contains: string | undefined
  readonly predicate: Template | undefined
  readonly message: string | undefined
  readonly waitMs: number | undefined
}

const members = [
  'type',
  'action',
  'failure_type',
  'http_codes',
  'error_message_contains',
  'predicate',
  'error_message',
  '$parameters',
]

/**
 * What an error handler says about the answer to a login, as rules of a session. `FAIL` and `IGNORE` are failures of the
 * login; of the user's where the handler calls it a `config_error`, or the status is 400, 401 or 403.
 */
export function rulesOf(handler: unknown, at: string, warn: Warn): (scope: Scope) => Rule[] {
  const filters = handler === undefined || handler === null ? [] : filtersOf(handler, at, warn, undefined)
  return (scope) => filters.flatMap((filter) => rules(filter, scope))
}

function filtersOf(handler: unknown, at: string, warn: Warn, waitMs: number | undefined): Filter[] {
  if (!isObject(handler)) throw invalid(at, 'an error handler must be an object.')
  if (handler['type'] === 'CompositeErrorHandler')
    return listAt(handler, 'error_handlers', at).flatMap((each, index) =>
      filtersOf(each, below(below(at, 'error_handlers'), index), warn, waitMs),
    )
  if (handler['type'] !== undefined && handler['type'] !== 'DefaultErrorHandler') {
    warn({
      path: at,
      message:
        'Only a DefaultErrorHandler and a CompositeErrorHandler are understood; this one is passed over.',
    })
    return []
  }
  const wait = constantWait(listAt(handler, 'backoff_strategies', at)) ?? waitMs
  return listAt(handler, 'response_filters', at).map((each, index) =>
    filterOf(each, below(below(at, 'response_filters'), index), warn, wait),
  )
}

function filterOf(value: unknown, at: string, warn: Warn, waitMs: number | undefined): Filter {
  if (!isObject(value)) throw invalid(at, 'a response filter must be an object.')
  unknownMembers(value, members, at).forEach(warn)
  const { action, predicate, error_message_contains: contains, error_message: message } = value
  return {
    at,
    waitMs,
    action: typeof action === 'string' ? action : undefined,
    failure: value['failure_type'],
    codes: listAt(value, 'http_codes', at).map(Number),
    contains: typeof contains === 'string' && contains !== '' ? contains : undefined,
    predicate:
      typeof predicate === 'string' && predicate !== ''
        ? parseTemplate(predicate, below(at, 'predicate'))
        : undefined,
    message: constant(message, below(at, 'error_message')),
  }
}

/** A message that speaks of the answer is not repeated: the answer may hold secrets. */
function constant(message: unknown, at: string): string | undefined {
  if (typeof message !== 'string' || message === '') return undefined
  const template = parseTemplate(message, at)
  return referencesOf(template).length + variablesOf(template).length > 0 || message.includes('{{')
    ? undefined
    : message
}

function rules(filter: Filter, scope: Scope): Rule[] {
  const { codes, action, failure, message, waitMs } = filter
  const said = message === undefined ? {} : { message }
  const matches = (answer: Answer): boolean => fits(filter, answer, scope)
  const rule = (then: Rule['then'], also: (answer: Answer) => boolean = () => true): Rule => ({
    when: (answer) => also(answer) && matches(answer),
    then,
    ...said,
  })
  if (codes.length === 0 && filter.contains === undefined && filter.predicate === undefined) return []
  if (action === 'SUCCESS') return [rule('ignore')]
  if (action === 'RETRY' || action === 'RATE_LIMITED' || action === 'REFRESH_TOKEN_THEN_RETRY')
    return [{ ...rule('retry'), waitMs }]
  if (failure === 'transient_error') return [{ ...rule('retry'), waitMs }]
  if (failure === 'config_error') return [rule('reject')]
  if (failure === 'system_error') return [rule('fail')]
  return [rule('reject', ({ status }) => [400, 401, 403].includes(status)), rule('fail')]
}

/** Any of the conditions that are given. */
function fits({ codes, contains, predicate, at }: Filter, answer: Answer, scope: Scope): boolean {
  if (codes.includes(answer.status)) return true
  if (contains !== undefined && answer.text.includes(contains)) return true
  if (predicate === undefined) return false
  const extra = { ...scope.extra, response: answer.json ?? {}, headers: Object.fromEntries(answer.headers) }
  const value = renderValue(predicate, { ...scope, extra }, below(at, 'predicate'))
  return typeof value === 'string' ? !/^(?:|false|none|0|\[\]|\{\})$/i.test(value.trim()) : Boolean(value)
}

function listAt(value: JsonObject, name: string, at: string): readonly unknown[] {
  const list: unknown = value[name] ?? []
  if (!Array.isArray(list)) throw invalid(below(at, name), 'this must be a list.')
  return list
}

function constantWait(strategies: readonly unknown[]): number | undefined {
  const constant = strategies.find((each) => isObject(each) && each['type'] === 'ConstantBackoffStrategy')
  const seconds = isObject(constant) ? Number(constant['backoff_time_in_seconds']) : NaN
  return seconds >= 0 ? seconds * 1000 : undefined
}
