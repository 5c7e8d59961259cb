import { AuthError } from '@latchkey/core'
import { below, invalid, type Budget } from '@latchkey/core/definition'
import { parseLocator, readLocator } from './locator.ts'
import { isBlank } from './values.ts'

/** The variables that a formula sees, by name. */
export type Variables = Readonly<Record<string, unknown>>

/** What may differ between two evaluations. */
export interface EvaluateOptions {
  /** Counts this evaluation together with others; default its own. */
  readonly budget?: Budget | undefined
  /**
   * What a variable without a value means. 'drop', the default: what it stood in is left out, as definitions expect.
   * 'error': an AuthError that names it, for headers, queries and credentials, which must not go out with a hole.
   */
  readonly missing?: 'drop' | 'error' | undefined
  /** Under `missing: 'error'`: whether the value at a locator may be left out. */
  readonly optional?: ((locator: string) => boolean) | undefined
  /** The clock, in milliseconds; expressions that ask for the time are refused without it. */
  readonly now?: (() => number) | undefined
}

/** Where an evaluation stands. */
export interface Scope {
  readonly variables: Variables
  readonly at: string
  readonly budget: Budget
  readonly strict: boolean
  readonly optional: (locator: string) => boolean
  readonly now: (() => number) | undefined
  /** Evaluates a part. */
  readonly of: (value: unknown, scope: Scope) => unknown
}

/** The scope of a member. */
export const inside = (scope: Scope, name: string | number): Scope => ({
  ...scope,
  at: below(scope.at, name),
})

/** The same scope, in which a missing value is nothing but absent: for conditions and alternatives. */
export const leniently = (scope: Scope): Scope => (scope.strict ? { ...scope, strict: false } : scope)

/**
 * The value of `$var`.
 * @throws {AuthError} definition_invalid where the locator is no text; the missing value's error under `strict`
 */
export function variable(locator: unknown, scope: Scope): unknown {
  if (typeof locator !== 'string')
    throw invalid(scope.at, 'a locator must be written out as a text; it cannot be computed.')
  const value = readLocator(locator, scope.variables)
  if (scope.strict && isBlank(value)) {
    if (parseLocator(locator) !== undefined && scope.optional(locator)) return undefined
    throw missingValue(locator, scope.at)
  }
  return value
}

/** The error for a value without which nothing may be sent; says where it should come from. */
export function missingValue(locator: string, at: string): AuthError {
  const [root, ...rest] = parseLocator(locator) ?? []
  const field = rest.join('.')
  const where = at === '' ? '' : ` (${at})`
  const text = `${locator} is missing${where}, and nothing is sent without it`
  switch (root) {
    case 'credentials':
      return new AuthError('credentials_missing', `${text}: connect again.`, { field })
    case 'connectionInput':
    case 'connectionParameters':
      return new AuthError('settings_invalid', `${text}: fill it in on the form.`, { field })
    case 'connectorParameters':
    case 'appParameters':
      return new AuthError('settings_invalid', `${text}: the operator must set it.`, { field })
    case 'response':
    case 'tokenResponse':
      return new AuthError('response_invalid', `${text}: the provider's answer does not have it.`)
    default:
      return invalid(at, `${locator} is missing: its author must give it a value.`)
  }
}
