import { isObject } from '@latchkey/core/definition'

type Schema = Readonly<Record<string, unknown>>

/**
 * One schema out of several: properties of objects are united at every depth and so is `required`; of other members the
 * last wins; types that differ become a list or `anyOf`. Undefined where there is none. membrane.md section 8.
 */
export function mergeSchemas(schemas: readonly unknown[]): unknown {
  const given = schemas.filter(isObject) as readonly Schema[]
  const typed = given.filter((schema) => typeOf(schema) !== undefined)
  const list = typed.length > 0 ? typed : given
  const kinds = [...new Set(list.map(typeOf))]
  const groups = kinds
    .filter((kind) => kind !== 'integer' || !kinds.includes('number'))
    .map((kind) =>
      list.filter((schema) => typeOf(schema) === kind || (kind === 'number' && typeOf(schema) === 'integer')),
    )
    .map(mergeAlike)
  const [only, ...more] = groups
  if (only === undefined || more.length === 0) return only
  return alternatives(groups)
}

/** What a schema is of; a list of types is one of its own. */
function typeOf({ type, properties, items }: Schema): string | undefined {
  if (typeof type === 'string') return type
  if (Array.isArray(type)) return JSON.stringify((type as unknown[]).toSorted())
  if (isObject(properties)) return 'object'
  return isObject(items) ? 'array' : undefined
}

function mergeAlike(schemas: readonly Schema[]): Schema {
  const merged: Schema = Object.fromEntries(schemas.flatMap((schema) => Object.entries(schema)))
  const parts = (name: string): readonly Schema[] => schemas.map((schema) => schema[name]).filter(isObject)
  const properties = parts('properties')
  const names = [...new Set(properties.flatMap((each) => Object.keys(each)))]
  const required = schemas.flatMap((schema) =>
    Array.isArray(schema.required) ? (schema.required as unknown[]) : [],
  )
  const items = parts('items')
  return {
    ...merged,
    ...(schemas.some(({ type }) => type === 'number') && { type: 'number' }),
    ...(properties.length > 0 && {
      properties: Object.fromEntries(
        names.map((name) => [
          name,
          mergeSchemas(properties.map((each) => (Object.hasOwn(each, name) ? each[name] : undefined))),
        ]),
      ),
    }),
    ...(items.length > 0 && { items: mergeSchemas(items) }),
    ...(required.length > 0 && { required: [...new Set(required)] }),
  }
}

/** Bare scalars as a list of types, anything else as `anyOf`; in the order of their types' names. */
function alternatives(schemas: readonly Schema[]): Schema {
  const sorted = [...schemas].sort((a, b) => ((typeOf(a) ?? '') < (typeOf(b) ?? '') ? -1 : 1))
  const bare = sorted.every((schema) => Object.keys(schema).length === 1 && typeof schema.type === 'string')
  return bare ? { type: sorted.map(({ type }) => type) } : { anyOf: sorted }
}
