import { below } from '@latchkey/core/definition'
import type { GraphqlField, Implementation } from '../dialect/types.ts'
import { evaluate } from '../formula/index.ts'
import type { Variables } from './plan.ts'

type Mapping = Extract<Implementation, { readonly kind: 'graphql-api-mapping' }>

/** The document of a GraphQL mapping; values are written as literals, so that none can end its argument. */
export function graphqlText({ operationType, requestMapping, at }: Mapping, variables: Variables): string {
  return `${operationType} ${selection(requestMapping, variables, below(at, 'requestMapping'))}`
}

function selection(fields: readonly GraphqlField[], variables: Variables, at: string): string {
  const parts = fields.map(({ field, args, subFields = [] }, index) => {
    const given = evaluate(args, variables, below(below(at, index), 'args'))
    const list = Object.entries(given ?? {}).map(([name, value]) => `${name}: ${literal(value)}`)
    const inner = subFields.length > 0 ? ` ${selection(subFields, variables, below(at, index))}` : ''
    return `${field}${list.length > 0 ? `(${list.join(', ')})` : ''}${inner}`
  })
  return `{ ${parts.join(' ')} }`
}

/** GraphQL section 2.9: literals are JSON's, save that the names of an object are bare. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  if (typeof value === 'object' && value !== null)
    return `{${Object.entries(value)
      .map(([name, each]) => `${name}: ${literal(each)}`)
      .join(', ')}}`
  return JSON.stringify(value ?? null)
}
