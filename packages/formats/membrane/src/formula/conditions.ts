import { isObject } from '@latchkey/core/definition'
import { readLocator } from './locator.ts'
import { filterOperators, operators } from './operators.ts'
import { inside, leniently, type Scope } from './scope.ts'
import { deeplyEqual, looselyEqual } from './values.ts'

type Members = Readonly<Record<string, unknown>>

const own = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined

/** `$eval`: the operator is the second member; without one that is known it holds. */
export function evaluateCondition(operand: unknown, scope: Scope, formula: Members): boolean {
  const loose = leniently(scope)
  const [, [name, against] = ['', undefined]] = Object.entries(formula)
  const value = loose.of(operand, inside(loose, '$eval'))
  const operator = own(operators, name)
  return operator?.(value, loose.of(against, inside(loose, name)), () => scope.budget.step()) ?? true
}

/** `$and` and `$or` over what has a value; undefined where nothing has. */
export function combine(operand: unknown, scope: Scope, all: boolean): boolean | undefined {
  if (!Array.isArray(operand)) return undefined
  const loose = leniently(scope)
  const values = operand
    .map((item, index) => loose.of(item, inside(loose, index)))
    .filter((value) => value != null)
  if (values.length === 0) return undefined
  return all ? values.every(Boolean) : values.some(Boolean)
}

/** An alternative that was taken, not yet evaluated, and where it stands. */
export interface Chosen {
  readonly value: unknown
  readonly scope: Scope
}

/** The alternative that a `$case`, `$map` or `$firstNotEmpty` takes under these variables. */
export type Choose = (operand: unknown, scope: Scope) => Chosen | undefined

/** `$case: {cases: [{filter?, value}], default}` or the bare list. */
export const chooseCase: Choose = (operand, scope) => {
  const whole: Members = Array.isArray(operand) ? { cases: operand } : isObject(operand) ? operand : {}
  const cases: readonly unknown[] = Array.isArray(whole.cases) ? whole.cases : []
  const list = inside(scope, 'cases')
  for (const [index, each] of cases.entries()) {
    scope.budget.step()
    if (!isObject(each)) continue
    const place = inside(list, index)
    if (holds(each.filter, inside(place, 'filter')))
      return { value: each.value, scope: inside(place, 'value') }
  }
  return Object.hasOwn(whole, 'default')
    ? { value: whole.default, scope: inside(scope, 'default') }
    : undefined
}

/** A filter: a formula, the older list of statements that must all hold, or nothing, which always holds. */
function holds(filter: unknown, scope: Scope): boolean {
  if (Array.isArray(filter)) return filter.every((statement) => statementHolds(statement, scope))
  // A filter that is no formula holds, whatever it is.
  if (!isObject(filter)) return true
  const value = leniently(scope).of(filter, leniently(scope))
  return value === undefined || Boolean(value)
}

function statementHolds(statement: unknown, scope: Scope): boolean {
  scope.budget.step()
  const { field, operator, value } = (isObject(statement) ? statement : {}) as Members
  const known = typeof operator === 'string' ? own(filterOperators, operator) : undefined
  if (known === undefined || typeof field !== 'string') return true
  const loose = leniently(scope)
  return known(readLocator(field, scope.variables), loose.of(value, loose), () => scope.budget.step())
}

/** `$map: {value, mapping: [{from, to}], default}`. */
export const chooseMapped: Choose = (operand, scope) => {
  const whole: Members = isObject(operand) ? operand : {}
  const loose = leniently(scope)
  const value = loose.of(whole.value, inside(loose, 'value'))
  const rows: readonly unknown[] = Array.isArray(whole.mapping) ? whole.mapping : []
  const step = (): void => scope.budget.step()
  for (const [index, row] of rows.entries()) {
    step()
    if (!isObject(row)) continue
    const place = inside(inside(scope, 'mapping'), index)
    const from = loose.of(row.from, inside(leniently(place), 'from'))
    if (looselyEqual(value, from) || deeplyEqual(value, from, step))
      return { value: row.to, scope: inside(place, 'to') }
  }
  return Object.hasOwn(whole, 'default')
    ? { value: whole.default, scope: inside(scope, 'default') }
    : undefined
}

/** `$firstNotEmpty`: the first that is neither undefined nor null; an empty text counts. */
export const chooseFirst: Choose = (operand, scope) => {
  if (!Array.isArray(operand)) return undefined
  const loose = leniently(scope)
  const index = operand.findIndex((item, at) => loose.of(item, inside(loose, at)) != null)
  return index < 0 ? undefined : { value: operand[index], scope: inside(scope, index) }
}
