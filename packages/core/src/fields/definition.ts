import type { AuthStrategy } from '../strategy.ts'
import { fieldsIn } from './conditions.ts'
import type { Fields, TextField } from './field.ts'
import { checkForm } from './form.ts'
import { choicesOf, problemOf, wholly } from './value.ts'

/**
 * Checks the definition of a form, and of the forms of a selector's `choices`, which extend it.
 * @throws {TypeError} that names the field: an invalid pattern, a default that is itself faulty, a condition on an
 * unknown field or on itself
 */
export function checkFields(fields: Fields, choices: AuthStrategy['choices'] = {}): void {
  for (const [name, field] of Object.entries(fields)) {
    const wrong = (what: string): TypeError => new TypeError(`field "${name}": ${what}`)
    if (['', '__proto__'].includes(name)) throw wrong('this cannot be the name of a field')
    const { pattern } = field as TextField
    if (pattern !== undefined) {
      try {
        wholly(pattern)
      } catch (cause) {
        throw new TypeError(`field "${name}": pattern is not a regular expression`, { cause })
      }
    }
    const listed = choicesOf(field)
    if (listed?.length === 0) throw wrong('choices is empty')
    for (const condition of [field.when, field.required, ...(listed ?? []).map(({ when }) => when)]) {
      const unknown = fieldsIn(condition).find((other) => !Object.hasOwn(fields, other))
      if (unknown !== undefined) throw wrong(`a condition names the unknown field "${unknown}"`)
    }
    const problem =
      field.default === undefined || field.default === '' ? undefined : problemOf(field, field.default)
    if (problem !== undefined) throw wrong(`its default is faulty. ${problem}`)
  }
  checkForm(fields, {})
  for (const choice of Object.values(choices)) checkFields({ ...fields, ...choice.fields }, choice.choices)
}
