import type { Condition, FieldValue } from '@latchkey/core'
import { below, isObject, type JsonObject, type Warning } from '@latchkey/core/definition'

/** A condition in our words, or what is to be said where it has none. */
export interface ReadCondition {
  readonly condition?: Condition | undefined
  readonly warnings: readonly Warning[]
}

const isValue = (value: unknown): value is FieldValue =>
  typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number'

/** `depends_on` and a conditional `required`. A single one that cannot be said drops the whole, with a warning. */
export function readConditions(
  given: JsonObject,
  path: string,
  fields: Readonly<Record<string, JsonObject>>,
): ReadCondition {
  const { conditions, match } = given
  if (!Array.isArray(conditions) || conditions.length === 0) return dropped(path, 'it has no conditions')
  const read = (conditions as readonly unknown[]).map((each) => conditionOf(each, fields))
  const wrong = read.findIndex((each) => typeof each === 'string')
  if (wrong >= 0) return dropped(below(below(path, 'conditions'), wrong), read[wrong] as string)
  const all = read as Condition[]
  return { condition: all.length === 1 ? all[0] : match === 'any' ? { any: all } : { all }, warnings: [] }
}

function conditionOf(given: unknown, fields: Readonly<Record<string, JsonObject>>): Condition | string {
  if (!isObject(given)) return 'it is not an object'
  const { fieldKey, operator, value } = given
  if (typeof fieldKey !== 'string' || !Object.hasOwn(fields, fieldKey))
    return 'it names no field of this form'
  if (operator !== 'is' && operator !== 'is_not') return 'its operator is neither is nor is_not'
  if (value === undefined) return presence(fieldKey, operator, fields[fieldKey] ?? {})
  const values = [value].flat() as unknown[]
  if (!values.every(isValue)) return 'its value is not a text, a number or true or false'
  return operator === 'is' ? { field: fieldKey, is: values } : { field: fieldKey, isNot: values }
}

/** Whether a field has any value can be said only where its values are listed. */
function presence(field: string, operator: 'is' | 'is_not', of: JsonObject): Condition | string {
  const { choices, type } = of
  const listed =
    type === 'boolean'
      ? [true, false]
      : Array.isArray(choices)
        ? (choices as readonly unknown[])
            .map((each) => (isObject(each) ? each['value'] : each))
            .filter(isValue)
        : []
  if (listed.length === 0) return 'whether a field without choices has a value is nothing that a form can ask'
  return operator === 'is' ? { field, isNot: listed } : { field, is: listed }
}

function dropped(path: string, why: string): ReadCondition {
  return { warnings: [{ path, message: `The condition is passed over: ${why}.` }] }
}
