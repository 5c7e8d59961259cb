import { below, unknownMembers } from '../problems.ts'
import type { JsonObject } from '../types.ts'
import type { Reading } from './reading.ts'

/** Means something here. */
const read =
  `type title description examples example pattern default enum const format required properties items oneOf anyOf
  additionalProperties order readOnly writeOnly multiline pattern_descriptor airbyte_secret airbyte_hidden
  referenceRecords allowCustom`.split(/\s+/)

/** Says nothing that a form or a check could use. */
const idle = `$schema $id $comment $defs definitions name group groups display_type always_show title_markdown
  deprecated nullable supported_sync_modes isRichText isImplied isSensitive referenceCollection
  referenceCollectionPath referenceCollectionUri referenceUdm contentEncoding contentMediaType`.split(/\s+/)

/** Would refuse what this form lets pass. */
const unchecked =
  `minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength minItems maxItems
  uniqueItems contains minProperties maxProperties patternProperties propertyNames not if then else dependencies
  dependentRequired dependentSchemas unevaluatedProperties prefixItems additionalItems`.split(/\s+/)

/** Warns of what a schema says and nobody here understands. */
export function checkKeywords(schema: JsonObject, path: string, reading: Reading): void {
  for (const { path: at, message } of unknownMembers(
    Object.fromEntries(Object.entries(schema).filter(([name]) => !/^x-/i.test(name))),
    [...read, ...idle, ...unchecked],
    path,
  ))
    reading.warn(at, message)
  for (const name of unchecked) {
    // An empty text counts as not given in any case.
    if (!Object.hasOwn(schema, name) || (name === 'minLength' && Number(schema[name]) <= 1)) continue
    reading.warn(
      below(path, name),
      `"${name}" is not checked on the form; a value against it is for the API to refuse.`,
    )
  }
}
