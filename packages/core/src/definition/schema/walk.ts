import type { TextField } from '../../fields/field.ts'
import { below, invalid, isObject, unsupported } from '../problems.ts'
import type { JsonObject } from '../types.ts'
import { alternativesOf, discriminatorOf, type Alternative } from './alternatives.ts'
import { conditional, under } from './conditional.ts'
import { empty, joined, type Content, type Group, type Leaf } from './content.ts'
import { checkKeywords } from './keywords.ts'
import { fieldOf, kindOf, spoken, textOf } from './property.ts'
import { resolved, type Reading } from './reading.ts'

/**
 * Everything below one object. `certain`: whoever fills in the form gives this object.
 * @throws {AuthError} definition_invalid, unsupported
 */
export function contentOf(
  schema: JsonObject,
  path: readonly string[],
  where: string,
  certain: boolean,
  reading: Reading,
): Content {
  checkKeywords(schema, where, reading)
  const { properties = {} } = schema
  const at = below(where, 'properties')
  if (!isObject(properties)) throw invalid(at, 'this must be an object: schemas by name')
  const must = requiredOf(schema)
  const listed = Object.entries(properties).map(([name, each]) => {
    const place = below(at, name)
    if (name === '' || name === '__proto__')
      throw invalid(place, 'a property cannot have this name; rename it')
    return { name, place, property: resolved(each, place, reading) }
  })
  const own = inOrder(listed, ({ property }) => property).map(({ name, place, property }) =>
    propertyContent(property, [...path, name], place, { certain, required: must.includes(name) }, reading),
  )
  const { options, where: group } = alternativesOf(schema, where, reading)
  return options.length === 0
    ? joined(own)
    : joined([...own, groupContent(schema, options, path, group, certain, reading)])
}

function propertyContent(
  given: JsonObject,
  path: readonly string[],
  where: string,
  { certain, required }: { readonly certain: boolean; readonly required: boolean },
  reading: Reading,
): Content {
  if (given['readOnly'] === true) {
    reading.warn(where, 'This is for reading only, so nobody is asked for it.')
    return empty
  }
  const { options, scalar } = alternativesOf(given, where, reading)
  const property = scalar ?? given
  const kind = options.length > 0 ? 'object' : kindOf(property, where, reading)
  const nested =
    options.length > 0 || (isObject(property['properties']) && Object.keys(property['properties']).length > 0)
  if (kind === 'object' && nested) {
    return reading.budget.deeper(() => contentOf(property, path, where, certain && required, reading))
  }
  const { const: constant } = property
  const asked = certain && required
  // A constant that must be there need not be asked for.
  const written = asked && constant !== undefined ? { ...property, default: constant } : property
  const field = fieldOf(written, kind, path, where, reading)
  return {
    leaves: [
      {
        name: path.join('.'),
        path,
        kind,
        field: { ...field, ...(asked && { required: true }) },
      },
    ],
    groups: [],
  }
}

function groupContent(
  schema: JsonObject,
  alternatives: readonly Alternative[],
  path: readonly string[],
  where: string,
  certain: boolean,
  reading: Reading,
): Content {
  const told = discriminatorOf(alternatives, path, where, reading)
  const sorted = inOrder(
    alternatives.map((each, index) => ({ ...each, value: told.values[index] as string })),
    (each) => each.schema,
  )
  const group: Group = {
    path,
    discriminator: [...path, told.name].join('.'),
    at: told.invented ? undefined : [...path, told.name],
    options: sorted.map(({ value, schema: each }) => ({
      value,
      required: requiredOf(each).filter((name) => name !== told.name),
      known: Object.keys(isObject(each['properties']) ? each['properties'] : {}),
    })),
  }
  const contents = sorted.map(({ value, schema: each, where: place }) => ({
    value,
    title: textOf(each['title']),
    description: textOf(each['description']),
    content: reading.budget.deeper(() => contentOf(without(each, told.name), path, place, true, reading)),
  }))
  if (contents.some(({ content }) => content.branches)) {
    throw unsupported(where, 'what is to be chosen stands inside another choice')
  }
  const { branchesAt } = reading.dialect
  const title = textOf(schema['title'])
  const description = textOf(schema['description'])
  if (branchesAt !== undefined && branchesAt.join('\n') === path.join('\n')) {
    return { ...empty, branches: { group, title, description, options: contents } }
  }
  const field: TextField = {
    type: 'string',
    label: title ?? spoken(path.at(-1) ?? told.name),
    ...(description !== undefined && { description }),
    ...(certain && { required: true }),
    public: true,
    choices: contents.map((each) => ({
      value: each.value,
      label: each.title ?? each.value,
      ...(each.description !== undefined && { description: each.description }),
    })),
  }
  const leaf: Leaf = { name: group.discriminator, path: [...path, told.name], kind: 'text', field }
  return {
    leaves: [
      leaf,
      ...conditional(
        group.discriminator,
        contents.map(({ value, content }) => ({ value, leaves: content.leaves })),
        where,
        reading,
      ),
    ],
    groups: [
      group,
      ...contents.flatMap(({ value, content }) => under(group.discriminator, value, content.groups)),
    ],
  }
}

function requiredOf({ required }: JsonObject): string[] {
  return Array.isArray(required) ? required.filter((name) => typeof name === 'string') : []
}

function without(schema: JsonObject, name: string): JsonObject {
  const properties = isObject(schema['properties']) ? schema['properties'] : {}
  return {
    ...schema,
    properties: Object.fromEntries(Object.entries(properties).filter(([each]) => each !== name)),
  }
}

/** By `order`, those without it last; else as they stand. */
function inOrder<T>(all: readonly T[], schemaOf: (each: T) => JsonObject): T[] {
  const rank = (each: T): number => {
    const { order } = schemaOf(each)
    return typeof order === 'number' ? order : Number.MAX_VALUE
  }
  return [...all].sort((a, b) => rank(a) - rank(b))
}
