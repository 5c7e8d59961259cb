import type { Condition, Field, TextField } from '../../fields/field.ts'
import { below, invalid, isObject } from '../problems.ts'
import type { JsonObject } from '../types.ts'
import { alternativesOf, discriminatorOf, type Alternative } from './alternatives.ts'
import { checkKeywords } from './keywords.ts'
import { fieldOf, kindOf, spoken, textOf, type Kind } from './property.ts'
import { resolved, type Reading } from './reading.ts'

/** One value of a configuration, and the field that it is on the form. */
export interface Leaf {
  readonly name: string
  readonly path: readonly string[]
  readonly kind: Kind
  readonly field: Field
}

/** One of several forms of an object. */
export interface GroupOption {
  readonly value: string
  /** Members that this form must have, and those that it may have. */
  readonly required: readonly string[]
  readonly known: readonly string[]
}

/** An object with several forms, told apart by the value of the field `discriminator`. */
export interface Group {
  readonly path: readonly string[]
  readonly discriminator: string
  /** Where the configuration says which; undefined: it does not, and its members tell. */
  readonly at: readonly string[] | undefined
  readonly options: readonly GroupOption[]
}

/** The alternatives at the place that was asked for. */
export interface Branches {
  readonly group: Group
  readonly title: string | undefined
  readonly description: string | undefined
  readonly options: readonly {
    readonly value: string
    readonly title: string | undefined
    readonly description: string | undefined
    readonly content: Content
  }[]
}

/** What a schema, or one branch of it, holds. */
export interface Content {
  readonly leaves: readonly Leaf[]
  readonly groups: readonly Group[]
  readonly branches?: Branches | undefined
}

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
  const { properties = {}, required = [] } = schema
  const at = below(where, 'properties')
  if (!isObject(properties)) throw invalid(at, 'this must be an object: schemas by name')
  const must: readonly unknown[] = Array.isArray(required) ? required : []
  const listed = Object.entries(properties).map(([name, each]) => {
    const place = below(at, name)
    if (name === '' || name === '__proto__') throw invalid(place, 'a property cannot have this name; rename it')
    return { name, place, property: resolved(each, place, reading) }
  })
  const own = inOrder(listed, ({ property }) => property).map(({ name, place, property }) =>
    propertyContent(property, [...path, name], place, { certain, required: must.includes(name) }, reading),
  )
  const { options, where: group } = alternativesOf(schema, where, reading)
  return options.length === 0 ? joined(own) : joined([...own, groupContent(schema, options, path, group, certain, reading)])
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
  const nested = options.length > 0 || (isObject(property['properties']) && Object.keys(property['properties']).length > 0)
  if (kind === 'object' && nested) {
    return reading.budget.deeper(() => contentOf(property, path, where, certain && required, reading))
  }
  const field = fieldOf(property, kind, path, where, reading)
  const constant = property['const']
  const fixed = required && certain && constant !== undefined && (kind === 'text' || kind === 'boolean' || kind === 'number')
  return {
    leaves: [{
      name: path.join('.'),
      path,
      kind,
      field: { ...field, ...(certain && required && { required: true }), ...(fixed && { default: constant }) } as Field,
    }],
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
  const options = inOrder(alternatives.map((each, index) => ({ ...each, value: told.values[index] as string })), (each) => each.schema)
  const group: Group = {
    path,
    discriminator: [...path, told.name].join('.'),
    at: told.invented ? undefined : [...path, told.name],
    options: options.map(({ value, schema: each }) => ({
      value,
      required: (Array.isArray(each['required']) ? (each['required'] as unknown[]) : []).filter((name) => typeof name === 'string' && name !== told.name) as string[],
      known: Object.keys(isObject(each['properties']) ? each['properties'] : {}),
    })),
  }
  const contents = options.map(({ value, schema: each, where: place }) => ({
    value,
    title: textOf(each['title']),
    description: textOf(each['description']),
    content: reading.budget.deeper(() => contentOf(without(each, told.name), path, place, true, reading)),
  }))
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
    leaves: [leaf, ...conditional(group.discriminator, contents.map(({ value, content }) => ({ value, leaves: content.leaves })))],
    groups: [group, ...contents.flatMap(({ content }) => content.groups)],
  }
}

/** Fields of alternatives, each under the condition that one of those was chosen that have it. */
function conditional(
  discriminator: string,
  options: readonly { readonly value: string; readonly leaves: readonly Leaf[] }[],
): Leaf[] {
  const found = new Map<string, { readonly value: string; readonly leaf: Leaf }[]>()
  for (const { value, leaves } of options) {
    for (const leaf of leaves) found.set(leaf.name, [...(found.get(leaf.name) ?? []), { value, leaf }])
  }
  return [...found.values()].flatMap((all) => {
    const [first] = all
    if (first === undefined) return []
    const { required: _required, when: _when, ...field } = first.leaf.field
    const when = anyOf(discriminator, all.map(({ value, leaf }) => ({ value, also: leaf.field.when })))
    const asked = all.flatMap(({ value, leaf: { field: { required } } }) =>
      required === undefined || required === false ? [] : [{ value, also: required === true ? undefined : required }],
    )
    const always = asked.length === all.length && asked.every(({ also }) => also === undefined)
    const required = always ? true : asked.length > 0 ? anyOf(discriminator, asked) : undefined
    return [{ ...first.leaf, field: { ...field, ...(required !== undefined && { required }), when } as Field }]
  })
}

function anyOf(field: string, cases: readonly { readonly value: string; readonly also: Condition | undefined }[]): Condition {
  const plain = cases.filter(({ also }) => also === undefined).map(({ value }) => value)
  const conditions: Condition[] = [
    ...(plain.length > 0 ? [{ field, is: plain.length === 1 ? (plain[0] as string) : plain }] : []),
    ...cases.flatMap(({ value, also }) => (also === undefined ? [] : [{ all: [{ field, is: value }, also] }])),
  ]
  return conditions.length === 1 ? (conditions[0] as Condition) : { any: conditions }
}

const empty: Content = { leaves: [], groups: [] }

/** What stands first wins where two have one name. */
function joined(parts: readonly Content[]): Content {
  const leaves = new Map<string, Leaf>()
  for (const leaf of parts.flatMap((part) => part.leaves)) if (!leaves.has(leaf.name)) leaves.set(leaf.name, leaf)
  return {
    leaves: [...leaves.values()],
    groups: parts.flatMap(({ groups }) => groups),
    branches: parts.find(({ branches }) => branches !== undefined)?.branches,
  }
}

function without(schema: JsonObject, name: string): JsonObject {
  const { properties, required, ...rest } = schema
  return {
    ...rest,
    properties: Object.fromEntries(Object.entries(isObject(properties) ? properties : {}).filter(([each]) => each !== name)),
    ...(Array.isArray(required) && { required }),
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
