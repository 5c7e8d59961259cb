import type { AuthStrategy } from '@latchkey/core'
import { memberAt, type JsonObject } from '@latchkey/core/definition'
import { listOf } from './fields.ts'
import { itemsOf, numberOf, problemWith, type ReadField } from './values.ts'

type Check = (value: unknown) => string | undefined

/** What no field of ours says: the bounds of numbers, regular expressions, and the items of lists. Undefined: nothing. */
export function schemaFor(
  given: Readonly<Record<string, JsonObject>>,
  fields: Readonly<Record<string, ReadField>>,
): AuthStrategy['schema'] {
  const checks = Object.entries(fields).flatMap(([name, field]): [string, Check][] => {
    const check = checkFor(given[name] ?? {}, field)
    return check === undefined ? [] : [[name, check]]
  })
  if (checks.length === 0) return undefined
  return {
    '~standard': {
      version: 1,
      vendor: 'latchkey',
      validate(value) {
        const issues = checks.flatMap(([name, check]) => {
          const given = memberAt(value, [name])
          const problem = given === undefined ? undefined : check(given)
          return problem === undefined ? [] : [{ message: problem, path: [name] }]
        })
        return issues.length === 0 ? { value } : { issues }
      },
    },
  }
}

function checkFor(given: JsonObject, { kind, item }: ReadField): Check | undefined {
  const one = checkOf(given, kind)
  if (item === undefined) return one
  return (text) =>
    itemsOf(String(text), kind)
      .map((each) => problemWith(item, each) ?? one?.(each))
      .find((problem) => problem !== undefined)
}

/** Bounds count characters of texts; at home a bound of 0 is passed over, and here it counts. */
function checkOf(given: JsonObject, kind: ReadField['kind']): Check | undefined {
  const [minimum, maximum] = [numberOf(given['minimum']), numberOf(given['maximum'])]
  const listed = kind === 'number' ? listOf(given['choices'])?.map(({ value }) => value) : undefined
  const isPattern = kind === 'text' && given['format'] === 'regex'
  const isBounded = kind !== 'boolean' && (minimum !== undefined || maximum !== undefined)
  if (!isBounded && listed === undefined && !isPattern) return undefined
  const unit = kind === 'text' ? ' characters' : ''
  return (value) => {
    const size = typeof value === 'number' ? value : Array.from(String(value)).length
    if (listed?.includes(String(value)) === false) return `Choose one of: ${listed.join(', ')}.`
    if (isPattern && !isRegex(String(value))) return 'Enter a regular expression.'
    if (minimum !== undefined && size < minimum) return `Enter at least ${minimum}${unit}.`
    return maximum !== undefined && size > maximum ? `Enter at most ${maximum}${unit}.` : undefined
  }
}

function isRegex(text: string): boolean {
  try {
    return new RegExp(text, 'u') instanceof RegExp
  } catch {
    return false
  }
}
