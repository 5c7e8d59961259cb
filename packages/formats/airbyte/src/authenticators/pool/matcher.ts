import type { OutgoingRequest } from '@latchkey/core'
import {
  below,
  invalid,
  isObject,
  unknownMembers,
  unsupported,
  type JsonObject,
} from '@latchkey/core/definition'
import { RE2JS } from 're2js'
import { renderText, type Scope } from '../../template/index.ts'
import { pairsOf } from '../session/body.ts'
import { componentIn } from '../text.ts'
import { checkTexts } from '../value.ts'
import type { Where } from '../where.ts'

type Request = Pick<OutgoingRequest, 'method' | 'url' | 'headers'>

/** Whether a request is of a kind. */
export type Matches = (request: Request, scope: Scope) => boolean

const members = [
  'type',
  'method',
  'url_base',
  'url_path_pattern',
  'params',
  'headers',
  'weight',
  '$parameters',
]
const longestPattern = 500

/** An `HttpRequestRegexMatcher`: all that it names must hold. @throws {AuthError} definition_invalid, unsupported */
export function matcherOf(value: unknown, at: string, warn: Where['warn']): Matches {
  const matcher = componentIn(value, at, 'a matcher')
  const type = matcher['type'] ?? 'HttpRequestRegexMatcher'
  if (type !== 'HttpRequestRegexMatcher')
    throw unsupported(below(at, 'type'), 'requests are told apart by an HttpRequestRegexMatcher only.')
  unknownMembers(matcher, members, at).forEach(warn)
  const { method, url_base: base, url_path_pattern: source } = matcher
  const pattern = typeof source === 'string' ? patternOf(source, below(at, 'url_path_pattern')) : undefined
  const params = mapping(matcher, 'params', at)
  const headers = mapping(matcher, 'headers', at)
  if (typeof base === 'string') checkTexts(base, below(at, 'url_base'))
  return (request, scope) => {
    const { url } = request
    if (typeof method === 'string' && method.toUpperCase() !== request.method) return false
    if (typeof base === 'string' && renderText(base, scope, at).replace(/\/+$/, '') !== url.origin)
      return false
    if (pattern && !pattern.matcher(url.pathname.replace(/\/+$/, '')).find()) return false
    const holds = ([name, text]: readonly [string, string], of: (name: string) => string | null): boolean =>
      of(name) === renderText(text, scope, at)
    return (
      params.every((pair) => holds(pair, (name) => url.searchParams.get(name))) &&
      headers.every((pair) => holds(pair, (name) => request.headers.get(name)))
    )
  }
}

function patternOf(source: string, at: string): RE2JS {
  if (source.length > longestPattern)
    throw invalid(at, `the pattern is longer than ${longestPattern} characters.`)
  try {
    return RE2JS.compile(source)
  } catch (cause) {
    throw invalid(at, 'the pattern cannot be read, or needs to look back.', cause)
  }
}

function mapping(of: JsonObject, name: string, at: string): (readonly [string, string])[] {
  const value: unknown = of[name] ?? {}
  if (!isObject(value)) throw invalid(below(at, name), 'this must be a mapping of names to values.')
  checkTexts(value, below(at, name))
  return pairsOf(value, below(at, name))
}
