import type { AuthStrategy, Json } from '../strategy.ts'
import { conditionHolds } from './conditions.ts'
import type { Condition, Field, Fields, FieldValue, TextField } from './field.ts'
import { dnsLabel } from '../http/label.ts'
import { choicesOf, wholly } from './value.ts'

/** A JSON Schema: keywords by name. */
export type JsonSchema = Readonly<Record<string, Json>>

/**
 * A form as JSON Schema 2020-12: a selector is a `oneOf` by its discriminator, a conditional field an `if`, a secret is
 * `writeOnly`. It accepts whatever `checkSettings` returns. What `checkSettings` leaves out without a word, such as a field
 * of another option, it refuses. It cannot say everything: blanks at the ends, invisible characters, the length of a value
 * and what a format means beyond its name are left to `checkSettings`.
 */
export function toJsonSchema(form: Fields | AuthStrategy): JsonSchema {
  const auth = isStrategy(form) ? form : { fields: form }
  const schema = schemaOf(auth, auth.fields)
  const open = 'allOf' in schema || 'oneOf' in schema
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    ...schema,
    // additionalProperties sees only the properties beside it, not those of a branch.
    [open ? 'unevaluatedProperties' : 'additionalProperties']: false,
  }
}

function isStrategy(form: Fields | AuthStrategy): form is AuthStrategy {
  return typeof form.apply === 'function'
}

type Form = Pick<AuthStrategy, 'fields' | 'choices' | 'discriminator'>

/** The keywords for the fields of a form that stands under others, whose fields are known. */
function schemaOf(form: Form, known: Fields, outer: Fields = {}): Record<string, Json> {
  const choices = Object.entries(form.choices ?? {})
  // What an option replaces cannot be said once for all of them.
  const replaced = (name: string): boolean =>
    choices.some(([, { fields }]) => Object.hasOwn(fields, name) && fields[name] !== form.fields[name])
  const own = Object.entries(form.fields).filter(([name, field]) => outer[name] !== field && !replaced(name))
  const properties: Record<string, Json> = {}
  const required: string[] = []
  const rules: Json[] = []
  for (const [name, field] of own) {
    const asked = isAsked(field) ? field.required : undefined
    const conditional =
      typeof asked === 'object' && field.default === undefined ? holds(asked, known) : undefined
    const must = asked === true && field.default === undefined ? { required: [name] } : {}
    const property = propertyOf(field)
    if (field.when) {
      rules.push({ if: holds(field.when, known), then: { properties: { [name]: property }, ...must } })
    } else {
      properties[name] = property
      if ('required' in must) required.push(name)
    }
    if (conditional) {
      const then = { required: [name], ...(isText(field) && { properties: { [name]: { minLength: 1 } } }) }
      rules.push({ if: field.when ? { allOf: [holds(field.when, known), conditional] } : conditional, then })
    }
    for (const { value, when } of choicesOf(field) ?? []) {
      if (when) rules.push({ if: holds({ field: name, is: value }, known), then: holds(when, known) })
    }
  }
  const { discriminator } = form
  const branches = choices.map(([id, choice]) => {
    const all = { ...form.fields, ...choice.fields }
    const kept = Object.fromEntries(Object.entries(form.fields).filter(([name]) => !replaced(name)))
    const branch = schemaOf({ ...choice, fields: all }, { ...known, ...all }, { ...outer, ...kept })
    return discriminator === undefined
      ? branch
      : tagged(branch, choice, discriminator, id, form.fields[discriminator])
  })
  return {
    properties,
    ...(required.length > 0 && { required }),
    ...(rules.length > 0 && { allOf: rules }),
    ...(branches.length > 0 && { oneOf: branches }),
  }
}

function tagged(
  branch: Record<string, Json>,
  choice: AuthStrategy,
  tag: string,
  id: string,
  field?: Field,
): JsonSchema {
  const { properties, required = [], ...rest } = branch
  const must = [...(field?.default === id ? [] : [tag]), ...(required as readonly string[])]
  return {
    title: choice.title ?? id,
    ...(choice.description !== undefined && { description: choice.description }),
    properties: { [tag]: { const: id }, ...(properties as JsonSchema) },
    ...(must.length > 0 && { required: must }),
    ...rest,
  }
}

function propertyOf(field: Field): JsonSchema {
  const description = [field.description, field.help].filter((text) => text !== undefined).join(' ')
  return {
    title: field.label,
    ...(description !== '' && { description }),
    ...(isText(field) ? textKeywords(field) : { type: field.type }),
    ...(field.default !== undefined && { default: field.default }),
    ...(!field.public && { writeOnly: true }),
  }
}

function textKeywords(field: TextField): Record<string, Json> {
  const { format, pattern, examples } = field
  const choices = choicesOf(field)
  const patterns = [
    ...(pattern === undefined ? [] : [wholly(pattern).source]),
    ...(format === 'subdomain' ? [`^${dnsLabel}$`] : []),
  ]
  // RFC 3986 and the like go by their registered names; a subdomain has none.
  const known = format === 'url' ? 'uri' : format === 'subdomain' ? undefined : format
  const shown = known ?? (field.type === 'password' ? 'password' : undefined)
  const labelled = choices?.some(
    ({ value, label, description }) => label !== value || description !== undefined,
  )
  return {
    type: 'string',
    ...(shown !== undefined && { format: shown }),
    ...(patterns.length === 1 && { pattern: patterns[0] as string }),
    ...(patterns.length > 1 && { allOf: patterns.map((each) => ({ pattern: each })) }),
    ...(field.required === true && isAsked(field) && { minLength: 1 }),
    ...(examples && { examples }),
    ...(choices &&
      (labelled
        ? {
            oneOf: choices.map(({ value, label, description }) => ({
              const: value,
              title: label,
              ...(description !== undefined && { description }),
            })),
          }
        : { enum: choices.map(({ value }) => value) })),
  }
}

function isText(field: Field): field is TextField {
  return field.type === 'string' || field.type === 'password'
}

/** False for choices that only the signed-in account can name. */
function isAsked(field: Field): boolean {
  return !isText(field) || typeof field.choices !== 'function'
}

/** A condition as a schema of the form; a field that was left out has its default, if it applies at all. */
function holds(condition: Condition, known: Fields): JsonSchema {
  if ('all' in condition) return { allOf: condition.all.map((each) => holds(each, known)) }
  if ('any' in condition)
    return condition.any.length === 0
      ? { not: {} }
      : { anyOf: condition.any.map((each) => holds(each, known)) }
  const name = condition.field
  const values = (set: FieldValue | readonly FieldValue[]): Json => ({
    enum: ([] as FieldValue[]).concat(set),
  })
  const test: Json = 'is' in condition ? values(condition.is) : { not: values(condition.isNot) }
  const given: JsonSchema = { properties: { [name]: test }, required: [name] }
  const absent: JsonSchema = { not: { required: [name] } }
  const field = Object.hasOwn(known, name) ? known[name] : undefined
  const without = conditionHolds(condition, {})
  const byDefault =
    field?.default === undefined ? without : conditionHolds(condition, { [name]: field.default })
  if (!field?.when) return byDefault ? { properties: { [name]: test } } : given
  const applies = holds(field.when, known)
  const left = { allOf: [absent, byDefault ? applies : { not: applies }] }
  // Twice `not`: to look at a field is not to allow it (JSON Schema Core section 11.3).
  const both =
    without === byDefault ? (without ? { properties: { [name]: test } } : given) : { anyOf: [given, left] }
  return { not: { not: both } }
}
