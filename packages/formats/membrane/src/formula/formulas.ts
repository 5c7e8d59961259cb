import { isObject, unsupported } from '@latchkey/core/definition'
import {
  chooseCase,
  chooseFirst,
  chooseMapped,
  combine,
  evaluateCondition,
  type Choose,
} from './conditions.ts'
import { evaluateJsonata } from './jsonata/evaluate.ts'
import { locatorsIn } from './locators.ts'
import { domainOf, momentOf, nameOf } from './people.ts'
import { inside, leniently, missingValue, variable, type Scope } from './scope.ts'
import { join, type PiecesOf } from './pieces.ts'
import { concatPieces, templatePieces, tplPieces } from './text.ts'
import { isBlank, textOf } from './values.ts'

type Members = Readonly<Record<string, unknown>>
type Formula = (operand: unknown, scope: Scope, formula: Members) => unknown

const chosen =
  (choose: Choose): Formula =>
  (operand, scope) => {
    const taken = choose(operand, scope)
    return taken && scope.of(taken.value, taken.scope)
  }

/** The pieces of any value, as one. */
const piecesOf: PiecesOf = (value, scope) => {
  const part = scope.of(value, scope)
  return isBlank(part) ? [] : [{ name: scope.at, value: textOf(part, scope.at) }]
}

const iterate: Formula = (operand, scope) => {
  const { source, item } = (isObject(operand) ? operand : {}) as Members
  const list = scope.of(source, inside(leniently(scope), 'source'))
  if (!Array.isArray(list) || list.length === 0) return undefined
  scope.budget.grow(list.length)
  const made = list.flatMap((each: unknown, index) => {
    const variables = { item: each, parent: scope.variables, index }
    const value = scope.of(item, { ...inside(leniently(scope), 'item'), variables })
    return value == null ? [] : [value]
  })
  return made.length === 0 ? undefined : made
}

const mergeObjects: Formula = (operand, scope) => {
  if (!Array.isArray(operand)) return undefined
  const parts = operand
    .map((part, index) => scope.of(part, inside(scope, index)))
    .filter((part) => isObject(part))
  const members = parts.flatMap((part) => Object.entries(part))
  scope.budget.grow(members.length)
  // Object.fromEntries defines own members, whatever their names.
  return members.length === 0 ? undefined : Object.fromEntries(members)
}

/** `$formula: x`: a copy of x in which only `$var`s are resolved. */
const variablesOnly: Formula = (operand, scope) => {
  scope.budget.step()
  return scope.budget.deeper(() => {
    if (Array.isArray(operand))
      return operand.flatMap((item, index) => {
        const value = variablesOnly(item, inside(scope, index), {})
        return value === undefined ? [] : [value]
      })
    if (!isObject(operand)) return operand
    if (Object.keys(operand)[0] === '$var') return variable(operand.$var, scope)
    return Object.fromEntries(
      Object.entries(operand).flatMap(([name, item]) => {
        const value = variablesOnly(item, inside(scope, name), {})
        return value === undefined ? [] : [[name, value]]
      }),
    )
  })
}

const person =
  (part: 'first' | 'last'): Formula =>
  (operand, scope) =>
    nameOf(scope.of(operand, scope))[part]

/** Needs records of a host that is not here: left as it stands, its operand evaluated. */
const needsRecords =
  (name: string): Formula =>
  (operand, scope) => {
    if (scope.strict)
      throw unsupported(scope.at, `${name} looks up records, which authentication has none of.`)
    return { [name]: scope.of(operand, scope) }
  }

const first: Formula = (operand, scope) => {
  const taken = chooseFirst(operand, scope)
  if (taken) return scope.of(taken.value, taken.scope)
  const locators = locatorsIn(operand)
  if (scope.strict && locators.length > 0 && !locators.every(scope.optional))
    throw missingValue(locators.join(' or '), scope.at)
  return undefined
}

/** All formulas by name, except `$copy`, which is done when the rest has been. membrane.md section 7. */
export const formulas: Readonly<Record<string, Formula>> = {
  $var: variable,
  $concat: (operand, scope) => join(concatPieces(operand, scope, piecesOf), scope),
  $tpl: (operand, scope) =>
    isObject(operand) && typeof operand.template === 'string'
      ? (join(tplPieces(operand, scope, piecesOf), scope) ?? '')
      : undefined,
  $template: (operand, scope) => join(templatePieces(operand, scope), scope),
  $eval: evaluateCondition,
  $and: (operand, scope) => combine(operand, scope, true),
  $or: (operand, scope) => combine(operand, scope, false),
  $case: chosen(chooseCase),
  $map: chosen(chooseMapped),
  $iterate: iterate,
  $firstNotEmpty: first,
  $mergeObjects: mergeObjects,
  $jsonata: evaluateJsonata,
  $firstName: person('first'),
  $lastName: person('last'),
  $domainFromEmail: (operand, scope) => domainOf(scope.of(operand, scope)),
  $extractDate: (operand, scope) => momentOf(scope.of(operand, scope))?.slice(0, 10),
  $extractTime: (operand, scope) => momentOf(scope.of(operand, scope))?.slice(11, 19),
  $plain: (operand) => operand,
  $formula: variablesOnly,
  $record: (operand, scope) => (isObject(operand) ? scope.of(operand.id, inside(scope, 'id')) : undefined),
  $lookup: needsRecords('$lookup'),
  $findExternalRecordId: needsRecords('$findExternalRecordId'),
  $findAppRecordId: needsRecords('$findAppRecordId'),
  $dataSchemaRef: () => undefined,
}

/** What a formula says of itself in an object; undefined for plain data. The first member decides. */
export function formulaIn(value: Members): { readonly name: string; readonly operand: unknown } | undefined {
  const [[name, operand] = ['', undefined]] = Object.entries(value)
  return name === '$copy' || Object.hasOwn(formulas, name) ? { name, operand } : undefined
}
