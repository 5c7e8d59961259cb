import { createBudget, invalid, isObject } from '@latchkey/core/definition'
import { formulaIn, formulas } from './formulas.ts'
import { parseLocator, readLocator } from './locator.ts'
import { inside, type EvaluateOptions, type Scope, type Variables } from './scope.ts'
import { weigh } from './weigh.ts'

/** A `$copy`, until everything else is there. */
const copies = Symbol('copy')
interface Copy {
  readonly [copies]: string
  readonly at: string
}
const isCopy = (value: unknown): value is Copy =>
  typeof value === 'object' && value !== null && copies in value

const node: Scope['of'] = (value, scope) => {
  scope.budget.step()
  if (typeof value !== 'object' || value === null) return value
  return scope.budget.deeper(() => {
    if (Array.isArray(value)) return list(value, scope)
    const formula = isObject(value) ? formulaIn(value) : undefined
    if (!formula) return members(value as Variables, scope)
    const { name, operand } = formula
    if (name !== '$copy') return formulas[name]?.(operand, inside(scope, name), value as Variables)
    if (typeof operand !== 'string') throw invalid(inside(scope, name).at, 'must be a locator.')
    return { [copies]: operand, at: inside(scope, name).at } satisfies Copy
  })
}

/** What has become undefined is left out; a list that is left empty by that is undefined itself. */
function list(value: readonly unknown[], scope: Scope): unknown {
  const made = value.map((item, index) => scope.of(item, inside(scope, index)))
  const present = made.filter((item) => item !== undefined)
  return present.length === 0 && made.length > 0 ? undefined : present
}

function members(value: Variables, scope: Scope): unknown {
  const made = Object.entries(value).map(
    ([name, item]) => [name, scope.of(item, inside(scope, name))] as const,
  )
  const present = made.filter(([, item]) => item !== undefined)
  return present.length === 0 && made.length > 0 ? undefined : Object.fromEntries(present)
}

/** Puts what `$copy` names, which it counts from the whole result, where it stands. */
function fill(value: unknown, whole: unknown): unknown {
  if (isCopy(value)) {
    const source = parseLocator(value[copies]) === undefined ? undefined : readLocator(value[copies], whole)
    if (hasCopies(source)) throw invalid(value.at, `${value[copies]} is a copy itself.`)
    return source
  }
  if (!hasCopies(value)) return value
  if (Array.isArray(value)) return value.map((item) => fill(item, whole)).filter((item) => item !== undefined)
  return Object.fromEntries(
    Object.entries(value as Variables).flatMap(([name, item]) => {
      const filled = fill(item, whole)
      return filled === undefined ? [] : [[name, filled]]
    }),
  )
}

const hasCopies = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (isCopy(value) || (Array.isArray(value) ? value : Object.values(value)).some(hasCopies))

/**
 * The value of a mapping: JSON in which formulas stand. The definition and the variables are only read; what comes out
 * may share parts with both. `at` is where the mapping stands in the file. membrane.md section 7; the differences are
 * in docs/formats/membrane.md.
 * @throws {AuthError} definition_invalid naming the place, for a formula that cannot be evaluated or needs too much;
 * under `missing: 'error'` also credentials_missing, settings_invalid or response_invalid for a variable without value
 */
export function evaluate(
  value: unknown,
  variables: Variables,
  at: string,
  options: EvaluateOptions = {},
): unknown {
  const scope = scopeOf(variables, at, options)
  const made = scope.of(value, scope)
  weigh(made, scope.budget)
  if (!mayCopy(value)) return made
  const result = fill(made, made)
  weigh(result, scope.budget)
  return result
}

const mayCopy = (value: unknown, depth = 0): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (depth > 64 || Object.entries(value).some(([name, item]) => name === '$copy' || mayCopy(item, depth + 1)))

/** Where an evaluation begins. */
export function scopeOf(variables: Variables, at: string, options: EvaluateOptions): Scope {
  return {
    variables,
    at,
    budget: options.budget ?? createBudget(at),
    strict: options.missing === 'error',
    optional: options.optional ?? (() => false),
    now: options.now,
    of: node,
  }
}
