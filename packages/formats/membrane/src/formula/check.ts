import {
  below,
  createBudget,
  invalid,
  isObject,
  unknownMembers,
  type Warning,
} from '@latchkey/core/definition'
import { formulas } from './formulas.ts'
import { parseJsonata } from './jsonata/evaluate.ts'
import { parseLocator } from './locator.ts'
import { filterOperators, operators } from './operators.ts'
import { parseTemplate } from './template.ts'

type Members = Readonly<Record<string, unknown>>

const known = [...Object.keys(formulas), '$copy']
const filters = Object.keys(filterOperators)

/**
 * Looks through a mapping before anything is evaluated: what cannot be read is an error, what means something else than it
 * seems to is a warning.
 * @throws {AuthError} definition_invalid or unsupported, with the path
 */
export function checkFormulas(value: unknown, at: string): readonly Warning[] {
  const warnings: Warning[] = []
  const budget = createBudget(at)
  const visit = (part: unknown, path: string): void => {
    budget.step()
    if (typeof part !== 'object' || part === null) return
    budget.deeper(() => {
      if (Array.isArray(part)) {
        for (const [index, item] of part.entries()) visit(item, below(path, index))
        return
      }
      const [[name, operand] = ['', undefined]] = Object.entries(part)
      if (name === '$plain') return
      if (isObject(part)) warnings.push(...checkOne(part, path))
      if (name === '$jsonata' || name === '$template' || name === '$var') {
        checkText(name, operand, below(path, name))
        return
      }
      for (const [each, item] of Object.entries(part)) visit(item, below(path, each))
    })
  }
  visit(value, at)
  return warnings
}

function checkText(name: string, operand: unknown, at: string): void {
  if (typeof operand !== 'string') throw invalid(at, 'must be a text; it cannot be computed.')
  if (name === '$template') parseTemplate(operand, at)
  if (name === '$jsonata') parseJsonata(operand, { at, budget: createBudget(at) })
}

function checkOne(part: Members, path: string): readonly Warning[] {
  const entries = Object.entries(part)
  const [[name, operand] = ['', undefined], [second] = [undefined]] = entries
  if (!name.startsWith('$')) {
    const later = entries.find(([each]) => known.includes(each))
    return later
      ? [
          {
            path: below(path, later[0]),
            message: 'A formula must be the first member of its object; this is plain data.',
          },
        ]
      : []
  }
  const place = below(path, name)
  if (!known.includes(name))
    return unknownMembers({ [name]: null }, known, path).map(({ path: at, message }) => ({
      path: at,
      message: message.replace('means nothing here and is passed over', 'is no formula but plain data'),
    }))
  const extra = entries.slice(name === '$eval' ? 2 : 1).map(([each]) => each)
  const warnings = extra.map((each) => ({
    path: below(path, each),
    message: `Only the first member counts beside ${name}; this is passed over.`,
  }))
  if (name === '$eval' && (second === undefined || !Object.hasOwn(operators, second)))
    return [...unknownOperator(second, Object.keys(operators), path), ...warnings]
  if (name === '$var' && typeof operand === 'string' && parseLocator(operand) === undefined)
    return [
      ...warnings,
      { path: place, message: 'This is no locator such as credentials.apiKey: it gives null.' },
    ]
  if (!isObject(operand)) return warnings
  if (name === '$map')
    return [...warnings, ...unknownMembers(operand, ['value', 'mapping', 'default'], place)]
  if (name !== '$case') return warnings
  const cases = (Array.isArray(operand.cases) ? operand.cases : []).filter(isObject)
  return [
    ...warnings,
    ...unknownMembers(operand, ['cases', 'default'], place),
    ...cases.flatMap((each, index) => filterProblems(each, below(below(place, 'cases'), index))),
  ]
}

const unknownOperator = (name: string | undefined, list: readonly string[], path: string): Warning[] =>
  name === undefined
    ? [{ path, message: 'A condition without an operator always holds.' }]
    : unknownMembers({ [name]: null }, list, path).map(({ path: at, message }) => ({
        path: at,
        message: `${message} A condition without a known operator always holds.`,
      }))

function filterProblems(each: Members, at: string): readonly Warning[] {
  const { filter } = each
  const place = below(at, 'filter')
  if (Array.isArray(filter))
    return filter.filter(isObject).flatMap((statement, index) => {
      const operator = statement['operator']
      return typeof operator === 'string' && filters.includes(operator)
        ? []
        : unknownOperator(typeof operator === 'string' ? operator : undefined, filters, below(place, index))
    })
  return filter === undefined || isObject(filter)
    ? []
    : [{ path: place, message: 'A filter that is no formula always holds, whatever it is.' }]
}
