import type { AuthStrategy } from '@latchkey/core'
import { below, unsupported, type JsonObject } from '@latchkey/core/definition'
import type { StrategyOf, Where } from '../where.ts'

/** What a class of Airbyte's own connectors does, made of our strategies. */
export interface Equivalent {
  /** Without its module. */
  readonly className: string
  /** Tells classes of the same name apart: matched against the module and against the URL of the requester. */
  readonly of?: RegExp
  /** The members that the class needs; what it reads of the configuration itself is no member. */
  readonly members: readonly string[]
  /** What is not done, because it is no authentication; a warning says so. */
  readonly left?: string
  readonly strategy: (definition: JsonObject, where: Where, strategyOf: StrategyOf) => AuthStrategy
}

/** A member of a custom class, as the text of a template. @throws {AuthError} unsupported */
export function memberOf(definition: JsonObject, name: string, at: string): string {
  const value = definition[name]
  if (typeof value === 'string') return value
  throw unsupported(below(at, name), 'the class needs this as a text.')
}

/** A template as an expression, for use in another template. @throws {AuthError} unsupported for statements */
export function expressionOf(template: string, at: string): string {
  if (template.includes('{%'))
    throw unsupported(at, 'the class takes no statements here; write an expression.')
  const parts = template.split(/(\{\{[^]*?\}\})/).filter((part) => part !== '')
  const expressions = parts.map((part) =>
    part.startsWith('{{') ? `(${part.slice(2, -2)})` : `"${part.replace(/["\\]/g, '\\$&')}"`,
  )
  return expressions.length === 0 ? '""' : expressions.join(' ~ ')
}

/** The header of Basic for a client, as a template. RFC 7617, without the form encoding of RFC 6749 section 2.3.1. */
export function basicTemplate(id: string, secret: string, at: string): string {
  return `Basic {{ [${expressionOf(id, at)}, ${expressionOf(secret, at)}] | join(':') | base64encode }}`
}
