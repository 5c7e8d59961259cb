import { below, isObject, unsupported } from '../problems.ts'
import type { JsonObject } from '../types.ts'
import { textOf } from './property.ts'
import { resolved, type Reading } from './reading.ts'

/** One of the schemas of a `oneOf` or `anyOf`. */
export interface Alternative {
  readonly schema: JsonObject
  readonly where: string
}

/** What the `oneOf` or `anyOf` of a schema says. */
export interface Alternatives {
  readonly where: string
  /** Forms of an object; empty: there are none. */
  readonly options: readonly Alternative[]
  /** The schema of one value that stands for the alternatives, where these are no objects. */
  readonly scalar?: JsonObject | undefined
}

/**
 * Reads `oneOf`, else `anyOf`.
 * @throws {AuthError} definition_invalid, unsupported
 */
export function alternativesOf(schema: JsonObject, path: string, reading: Reading): Alternatives {
  const keyword = Array.isArray(schema['oneOf']) ? 'oneOf' : 'anyOf'
  const where = below(path, keyword)
  const listed = schema[keyword]
  if (!Array.isArray(listed) || listed.length === 0) return { where, options: [] }
  const all = listed.map((each, at) => {
    const place = below(where, at)
    return { schema: resolved(each, place, reading), where: place }
  })
  const given = all.filter(({ schema: each }) => each['type'] !== 'null')
  const objects = given.filter(({ schema: each }) => isObject(each['properties']))
  if (objects.length > 0) {
    if (objects.length === given.length) return { where, options: objects }
    throw unsupported(where, 'these are objects and others; make all of them objects, or none')
  }
  const { oneOf: _oneOf, anyOf: _anyOf, ...rest } = schema
  if (isObject(schema['properties'])) {
    reading.warn(where, 'Which of the fields must be given together is not checked on the form.')
    return { where, options: [], scalar: rest }
  }
  const constants = given.map(({ schema: each }) => ({ id: each['const'], name: each['title'] }))
  if (constants.every(({ id }) => typeof id === 'string')) {
    return {
      where,
      options: [],
      scalar: { type: 'string', ...rest, referenceRecords: constants },
    }
  }
  if (given.length > 1) reading.warn(where, 'Of several kinds of value the form takes the first.')
  return { where, options: [], scalar: { ...given[0]?.schema, ...rest } }
}

/** The member by which the alternatives differ, and its value in each. */
export interface Discriminator {
  readonly name: string
  readonly values: readonly string[]
  /** No member says which alternative it is; it is known by the members that are there. */
  readonly invented: boolean
}

/** The first member that is a different constant in each alternative, else one that is made of their titles. */
export function discriminatorOf(
  alternatives: readonly Alternative[],
  path: readonly string[],
  where: string,
  reading: Reading,
): Discriminator {
  const [first] = alternatives
  for (const name of Object.keys(propertiesOf(first?.schema))) {
    const values = alternatives.flatMap(({ schema }) =>
      constantOf(propertiesOf(schema)[name], where, reading),
    )
    if (values.length === alternatives.length && new Set(values).size === values.length) {
      return { name, values, invented: false }
    }
  }
  const titles = alternatives.map(({ schema }, at) => textOf(schema['title']) ?? `Option ${at + 1}`)
  const values = titles.map((title, at) => (titles.indexOf(title) === at ? title : `${title} ${at + 1}`))
  const taken = alternatives.flatMap(({ schema }) => Object.keys(propertiesOf(schema)))
  let name = 'option'
  while (taken.includes(name)) name += '_'
  reading.warn(
    where,
    `No constant tells these apart, so the form asks with a field of its own, "${[...path, name].join('.')}".`,
  )
  return { name, values, invented: true }
}

function propertiesOf(schema: JsonObject | undefined): JsonObject {
  const properties = schema?.['properties']
  return isObject(properties) ? properties : {}
}

function constantOf(property: unknown, where: string, reading: Reading): string[] {
  if (!isObject(property)) return []
  const { const: constant, enum: listed } = resolved(property, where, reading)
  const value: unknown = constant ?? (Array.isArray(listed) && listed.length === 1 ? listed[0] : undefined)
  return typeof value === 'string' && value !== '' ? [value] : []
}
