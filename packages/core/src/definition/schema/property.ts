import type { Choice, Field, FieldBase, TextField } from '../../fields/field.ts'
import { problemOf } from '../../fields/value.ts'
import { below, invalid, isObject, unsupported } from '../problems.ts'
import type { JsonObject } from '../types.ts'
import { checkKeywords } from './keywords.ts'
import { readPattern } from './pattern.ts'
import type { Reading } from './reading.ts'

/** What a value is in the other system's configuration; a list or object is text on our form, JSON. */
export type Kind = 'text' | 'number' | 'integer' | 'boolean' | 'list' | 'object'

const kinds: Readonly<Record<string, Kind>> = {
  string: 'text',
  number: 'number',
  integer: 'integer',
  boolean: 'boolean',
  array: 'list',
  object: 'object',
}

const formats: Readonly<Record<string, TextField['format']>> = {
  uri: 'url',
  url: 'url',
  hostname: 'hostname',
  email: 'email',
  uuid: 'uuid',
}

/**
 * The kind of a property's values; by its other keywords where it has no `type`.
 * @throws {AuthError} definition_invalid, unsupported
 */
export function kindOf(property: JsonObject, path: string, reading: Reading): Kind {
  const { type } = property
  if (type === undefined) {
    if ('properties' in property || 'additionalProperties' in property) return 'object'
    if ('items' in property) return 'list'
    return kindOfValue(property['const'] ?? [property['enum']].flat()[0])
  }
  const where = below(path, 'type')
  const named: unknown[] = [type].flat().filter((each) => each !== 'null')
  const known = named.flatMap((each) =>
    typeof each === 'string' && Object.hasOwn(kinds, each) ? [kinds[each] as Kind] : [],
  )
  if (known.length === 0 || known.length < named.length) {
    throw invalid(where, `a type is one of ${Object.keys(kinds).join(', ')}`)
  }
  const [only, ...others] = new Set(known)
  if (only !== undefined && others.length === 0) return only
  if (known.includes('text')) {
    reading.warn(where, 'Of several types the form takes text.')
    return 'text'
  }
  if (known.every((each) => each === 'number' || each === 'integer')) return 'number'
  throw unsupported(where, 'a field of the form has one type; choose one of these')
}

function kindOfValue(value: unknown): Kind {
  if (typeof value === 'number') return 'number'
  return typeof value === 'boolean' ? 'boolean' : 'text'
}

/**
 * A property as a field, without `required` and `when`.
 * @throws {AuthError} definition_invalid, unsupported
 */
export function fieldOf(
  property: JsonObject,
  kind: Kind,
  path: readonly string[],
  where: string,
  reading: Reading,
): Field {
  checkKeywords(property, where, reading)
  const secret = reading.dialect.secret(property, path)
  const base: FieldBase & { label: string } = {
    label: textOf(property['title']) ?? spoken(path.at(-1) ?? ''),
    ...(textOf(property['description']) !== undefined && {
      description: textOf(property['description']) as string,
    }),
    ...(!secret && { public: true }),
    // Not shown to the users of the other system: whoever runs it sets this.
    ...(property['airbyte_hidden'] === true && { owner: 'app' }),
  }
  if (kind !== 'text' && 'enum' in property) {
    reading.warn(
      below(where, 'enum'),
      '"enum" is checked of texts only; a value against it is for the API to refuse.',
    )
  }
  if (kind === 'number' || kind === 'integer')
    return withDefault({ ...base, type: 'number' }, property, where, reading)
  if (kind === 'boolean') return withDefault({ ...base, type: 'boolean' }, property, where, reading)
  const type = secret ? 'password' : 'string'
  if (kind !== 'text') {
    const example = kind === 'list' ? '["…"]' : '{"…": "…"}'
    const field: TextField = {
      help: `JSON, such as ${example}.`,
      ...base,
      type,
      multiline: true,
      ...examplesOf(property, false),
    }
    return withDefault(field, property, where, reading, JSON.stringify)
  }
  const format = textOf(property['format']) ?? ''
  const field: TextField = {
    ...base,
    type,
    ...(Object.hasOwn(formats, format) && { format: formats[format] as NonNullable<TextField['format']> }),
    ...(property['multiline'] === true && { multiline: true }),
    ...choicesOf(property, where),
    ...patternOf(property, where, reading),
    ...examplesOf(property, true),
  }
  return withDefault(field, property, where, reading)
}

/** The default, where the field itself would accept it. */
function withDefault(
  field: Field,
  property: JsonObject,
  where: string,
  reading: Reading,
  written: (value: unknown) => unknown = (value) => value,
): Field {
  const given = property['default']
  if (given === undefined || given === null || given === '') return field
  const value = written(given)
  const problem = problemOf(field, value)
  if (problem === undefined) return { ...field, default: value } as Field
  reading.warn(
    below(where, 'default'),
    `The default is passed over, because the form would refuse it. ${problem}`,
  )
  return field
}

function choicesOf(property: JsonObject, where: string): { choices?: readonly Choice[] } {
  const { const: constant, enum: listed, referenceRecords: records, allowCustom } = property
  if (typeof constant === 'string') return { choices: [constant] }
  if (allowCustom === true) return {}
  if (Array.isArray(records)) {
    const choices = records
      .filter(isObject)
      .flatMap(({ id, name }) => (typeof id === 'string' ? [{ value: id, label: textOf(name) ?? id }] : []))
    return choices.length > 0 ? { choices } : {}
  }
  if (!Array.isArray(listed)) return {}
  const values = listed.filter((each) => each !== null && each !== '')
  const texts = values.filter((each) => typeof each === 'string')
  if (texts.length === 0 || texts.length < values.length) {
    throw invalid(below(where, 'enum'), 'the values of a text must be texts, one at least')
  }
  return { choices: [...new Set(texts)] }
}

function patternOf(
  property: JsonObject,
  where: string,
  reading: Reading,
): { pattern?: string; patternHint?: string } {
  const { pattern: given, pattern_descriptor: descriptor } = property
  if (given === undefined) return {}
  const read = typeof given === 'string' ? readPattern(given) : { problem: 'a pattern must be text' }
  if ('problem' in read) {
    reading.warn(below(where, 'pattern'), `The pattern is not checked: ${read.problem}.`)
    return {}
  }
  return {
    ...read,
    ...(textOf(descriptor) !== undefined && { patternHint: `Enter it as ${textOf(descriptor) ?? ''}.` }),
  }
}

function examplesOf(property: JsonObject, texts: boolean): { examples?: readonly string[] } {
  const given = [property['examples'] ?? property['example'] ?? []].flat()
  const examples = texts
    ? given.filter((each) => typeof each === 'string')
    : given.map((each) => (typeof each === 'string' ? each : JSON.stringify(each)))
  return examples.length > 0 ? { examples } : {}
}

/** A text that says something. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}

/** `api_key` as a person reads it. */
export function spoken(name: string): string {
  const words = name.replace(/[_-]+/g, ' ').trim()
  return words === '' ? name : words.charAt(0).toUpperCase() + words.slice(1)
}
