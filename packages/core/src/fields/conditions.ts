import type { Condition, FieldValue } from './field.ts'

/** Whether a statement about settings is true of these; a setting that is absent is none of the values. */
export function conditionHolds(condition: Condition, settings: Readonly<Record<string, unknown>>): boolean {
  if ('all' in condition) return condition.all.every((each) => conditionHolds(each, settings))
  if ('any' in condition) return condition.any.some((each) => conditionHolds(each, settings))
  const value = Object.hasOwn(settings, condition.field) ? settings[condition.field] : undefined
  return 'is' in condition ? among(value, condition.is) : !among(value, condition.isNot)
}

function among(value: unknown, values: FieldValue | readonly FieldValue[]): boolean {
  return ([values].flat() as unknown[]).includes(value)
}

/** The fields that a condition speaks of. */
export function fieldsIn(condition: Condition | boolean | undefined): string[] {
  if (typeof condition !== 'object') return []
  if ('all' in condition) return condition.all.flatMap(fieldsIn)
  return 'any' in condition ? condition.any.flatMap(fieldsIn) : [condition.field]
}
