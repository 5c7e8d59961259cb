import type { Fields, Json } from '@latchkey/core'
import { below, invalid, isObject } from '@latchkey/core/definition'
import { parseTemplate, renderText, renderValue, type Scope } from '../template/index.ts'
import { unlessOptional } from './text.ts'

/** Reads every text at any depth, so that what is wrong with one is said at once. @throws {AuthError} definition_invalid */
export function checkTexts(value: unknown, at: string): void {
  if (typeof value === 'string') parseTemplate(value, at)
  else if (Array.isArray(value)) value.forEach((item, index) => checkTexts(item, below(at, index)))
  else if (isObject(value))
    for (const [name, item] of Object.entries(value)) {
      parseTemplate(name, at)
      checkTexts(item, below(at, name))
    }
}

/**
 * A value with its texts rendered at any depth, names too. What has a type keeps it, and a text is never read as anything
 * else. An entry whose value is missing is left out where the form does not demand it.
 * @throws {AuthError} settings_invalid for any other that is missing
 */
export function rendered(value: unknown, scope: Scope, at: string, fields: Fields): Json | undefined {
  if (typeof value === 'string')
    return unlessOptional(fields, () => renderValue(value, scope, at) as Json | undefined)
  if (Array.isArray(value))
    return value.flatMap((item, index) => rendered(item, scope, below(at, index), fields) ?? [])
  if (!isObject(value)) return value as Json | undefined
  const entries = Object.entries(value).map(
    ([name, item]) => [renderText(name, scope, at), rendered(item, scope, below(at, name), fields)] as const,
  )
  return Object.fromEntries(entries.filter(([, item]) => item !== undefined))
}

/** Refuses names that have a place of their own. @throws {AuthError} definition_invalid */
export function refuse(names: Iterable<string>, ours: readonly string[], at: string): void {
  for (const name of names)
    if (ours.includes(name))
      throw invalid(below(at, name), 'this is set by the authenticator and cannot be given here.')
}
