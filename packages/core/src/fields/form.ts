import type { Fault } from '../errors.ts'
import { conditionHolds, fieldsIn } from './conditions.ts'
import type { Fields } from './field.ts'
import { choicesOf, problemOf } from './value.ts'

/** A form as it was filled in: what is right, with defaults, and what is wrong, in the order of the fields. */
export interface Form {
  readonly settings: Readonly<Record<string, unknown>>
  readonly faults: readonly Fault[]
}

/**
 * Checks each field. An empty text counts as not given. A field whose condition does not hold is passed over.
 * @throws {TypeError} where a condition depends on itself
 */
export function checkForm(fields: Fields, given: Readonly<Record<string, unknown>>): Form {
  const settings: Record<string, unknown> = {}
  /** By field; null while what its conditions speak of is being settled. */
  const problems = new Map<string, string | undefined | null>()

  const visit = (name: string): void => {
    const field = fields[name]
    const state = problems.get(name)
    if (state === null) throw new TypeError(`field "${name}": its condition depends on itself`)
    if (field === undefined || problems.has(name)) return
    problems.set(name, null)
    // Settled first, wherever it stands in the form.
    for (const { when } of [field, ...(choicesOf(field) ?? [])]) fieldsIn(when).forEach(visit)
    problems.set(name, undefined)
    if (field.when && !conditionHolds(field.when, settings)) return
    const own = Object.hasOwn(given, name) ? given[name] : undefined
    const value = own === undefined || own === '' ? field.default : own
    const problem = value === undefined || value === '' ? undefined : problemOf(field, value, settings)
    problems.set(name, problem)
    if (value !== undefined && problem === undefined) settings[name] = value
  }

  Object.keys(fields).forEach(visit)
  const faults = Object.entries(fields).flatMap(([name, field]) => {
    const problem = problems.get(name)
    if (problem) return [{ field: name, problem }]
    const { required, when } = field
    const value = Object.hasOwn(settings, name) ? settings[name] : ''
    const missing =
      // Choices that only the signed-in account can name are asked after signing in.
      !('choices' in field && typeof field.choices === 'function') &&
      typeof value === 'string' &&
      value.trim() === '' &&
      (typeof required === 'object' ? conditionHolds(required, settings) : required) &&
      (!when || conditionHolds(when, settings))
    return missing ? [{ field: name, problem: 'Enter a value: this field is required.' }] : []
  })
  return { settings: Object.freeze(settings), faults }
}
