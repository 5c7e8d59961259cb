import { isAuthError, type AuthError } from '../../src/errors.ts'
import type { Fields } from '../../src/fields/field.ts'
import { checkSettings } from '../../src/fields/settings.ts'
import type { AuthStrategy } from '../../src/strategy.ts'

/** A strategy with these fields that applies nothing. */
export const form = (fields: Fields): AuthStrategy => ({ scheme: 'demo', fields, apply() {} })

export const check = (fields: Fields, input: unknown): Readonly<Record<string, unknown>> =>
  checkSettings(form(fields), input).settings

/** The error with which settings are refused. */
export function refusal(fields: Fields, input: unknown): AuthError {
  try {
    check(fields, input)
  } catch (error) {
    if (isAuthError(error)) return error
    throw error
  }
  throw new Error('the settings were accepted')
}

/** Problem by field. */
export const faults = (fields: Fields, input: unknown): Record<string, string> =>
  Object.fromEntries((refusal(fields, input).faults ?? []).map(({ field, problem }) => [field, problem]))

export const text = { label: 'Text', type: 'string' } as const
export const secret = { label: 'Key', type: 'password', required: true } as const
export const missing = 'Enter a value: this field is required.'
