import { isEmpty, looselyEqual } from './values.ts'

type Operator = (value: unknown, operand: unknown, step: () => void) => boolean

const isText = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

const within = (list: unknown, value: unknown, step: () => void): boolean =>
  Array.isArray(list) &&
  list.some((item) => {
    step()
    return item === value
  })

const contains: Operator = (value, operand, step) => {
  if (Array.isArray(value)) return within(value, operand, step)
  return (
    isText(value) && isText(operand) && String(value).toLowerCase().includes(String(operand).toLowerCase())
  )
}

const compare =
  (holds: (a: number, b: number) => boolean): Operator =>
  (value, operand) =>
    isText(value) && isText(operand) && holds(parseFloat(String(value)), parseFloat(String(operand)))

const [less, lessOrEqual, more, moreOrEqual] = [
  compare((a, b) => a < b),
  compare((a, b) => a <= b),
  compare((a, b) => a > b),
  compare((a, b) => a >= b),
]

const not =
  (operator: Operator): Operator =>
  (value, operand, step) =>
    !operator(value, operand, step)

const oneOf: Operator = (value, operand, step) => within(operand, value, step)

/** The operators of `$eval`. membrane.md section 7. */
export const operators: Readonly<Record<string, Operator>> = {
  is: looselyEqual,
  isNot: not(looselyEqual),
  isEmpty,
  isNotEmpty: not(isEmpty),
  contains,
  doesNotContain: not(contains),
  oneOf,
  noneOf: not(oneOf),
  gt: more,
  gte: moreOrEqual,
  lt: less,
  lte: lessOrEqual,
}

const includes: Operator = (value, operand) =>
  isText(value) && isText(operand) && String(value).includes(String(operand))

const listIncludes: Operator = (value, operand, step) => within(value, operand, step)

/** The operators of the older lists of filters. */
export const filterOperators: Readonly<Record<string, Operator>> = {
  is: looselyEqual,
  is_not: not(looselyEqual),
  is_one_of: oneOf,
  is_not_one_of: not(oneOf),
  is_true: (value) => Boolean(value),
  is_false: (value) => value === false,
  contains: includes,
  does_not_contain: not(includes),
  array_includes: listIncludes,
  array_does_not_include: not(listIncludes),
  less_than: less,
  less_than_or_equal: lessOrEqual,
  more_than: more,
  more_than_or_equal: moreOrEqual,
  is_empty: isEmpty,
  is_not_empty: not(isEmpty),
}
