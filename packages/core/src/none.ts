import type { NoFields } from './fields/field.ts'
import { defineStrategy, type Strategy } from './strategy.ts'

/** No authentication: asks for nothing and leaves every request as it is. */
export function none(): Strategy<NoFields, undefined> {
  return defineStrategy<undefined>()({ scheme: 'none', fields: {}, title: 'No authentication', apply() {} })
}
