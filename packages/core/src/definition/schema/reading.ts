import { below, invalid, isObject, unsupported } from '../problems.ts'
import type { Budget, JsonObject, SchemaDialect, Warning } from '../types.ts'

/** One reading of a schema: what it stands on, and what was noticed so far. */
export interface Reading {
  readonly root: unknown
  readonly dialect: SchemaDialect
  readonly budget: Budget
  warn(path: string, message: string): void
}

/** Of one reading; `warnings` grows. */
export function createReading(
  root: unknown,
  dialect: SchemaDialect,
  budget: Budget,
  warnings: Warning[],
): Reading {
  return { root, dialect, budget, warn: (path, message) => void warnings.push({ path, message }) }
}

/**
 * A schema without `$ref` and `allOf`; what stands beside them wins.
 * @throws {AuthError} definition_invalid for what is no schema, a reference that leads nowhere or in a circle;
 * unsupported for a reference to another file
 */
export function resolved(schema: unknown, path: string, reading: Reading): JsonObject {
  reading.budget.step()
  // JSON Schema section 4.3.2: `true` is the schema that allows everything.
  if (schema === true) return {}
  if (!isObject(schema))
    throw invalid(path, 'this must be a schema, an object with "type", "title" and so on')
  const { $ref, allOf, ...own } = schema
  const parts: unknown[] = Array.isArray(allOf) ? allOf : []
  const inherited = [
    ...($ref === undefined ? [] : [{ part: target($ref, path, reading), where: below(path, '$ref') }]),
    ...parts.map((part, at) => ({ part, where: below(below(path, 'allOf'), at) })),
  ]
  if (inherited.length === 0) return own
  return reading.budget.deeper(() =>
    [...inherited.map(({ part, where }) => resolved(part, where, reading)), own].reduce(merged, {}),
  )
}

/** The second wins, but both ask for their properties. */
function merged(first: JsonObject, second: JsonObject): JsonObject {
  const properties = [first['properties'], second['properties']].filter(isObject)
  const required = [first['required'], second['required']].filter((each) => Array.isArray(each))
  return {
    ...first,
    ...second,
    ...(properties.length > 0 && {
      properties: Object.fromEntries(properties.flatMap((each) => Object.entries(each))),
    }),
    ...(required.length > 0 && { required: [...new Set(required.flat())] }),
  }
}

// RFC 6901, in the form of a URI fragment.
function target(reference: unknown, path: string, { root }: Reading): unknown {
  const where = below(path, '$ref')
  if (typeof reference !== 'string') throw invalid(where, 'a reference must be text such as "#/$defs/name"')
  if (reference !== '#' && !reference.startsWith('#/')) {
    throw unsupported(where, 'only references into the same schema are followed, such as "#/$defs/name"')
  }
  let at: unknown = root
  for (const each of reference.split('/').slice(1)) {
    const name = decoded(each).replaceAll('~1', '/').replaceAll('~0', '~')
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) {
      throw invalid(where, 'this reference leads nowhere; correct it, or add what it names')
    }
    at = (at as Readonly<Record<string, unknown>>)[name]
  }
  return at
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
