import type { ChoicesOf, Field, TextField } from '@latchkey/core'
import {
  below,
  invalid,
  isObject,
  unknownMembers,
  type JsonObject,
  type Warning,
} from '@latchkey/core/definition'
import { readConditions } from './conditions.ts'
import { when, type Definition } from './definition.ts'
import { formats } from './formats.ts'
import { problemWith, type Kind, type ReadField } from './values.ts'

const known = [
  ...['label', 'description', 'type', 'required', 'default', 'choices', 'format', 'multiple', 'allowNull'],
  ...['placeholder', 'depends_on', 'minimum', 'maximum', 'dynamic', 'readOnly', 'unsafe_hidden'],
  // How Segment's own form shows it.
  ...['category', 'displayMode', 'disabledInputMethods'],
]

/** The form of a definition. `choicesOf` makes the choices that only a signed-in account can name. */
export function readFields(
  { fields }: Definition,
  shown: readonly string[],
  choicesOf: (name: string) => ChoicesOf,
): Readonly<Record<string, ReadField>> {
  const stranger = shown.find((name) => !Object.hasOwn(fields, name))
  if (stranger !== undefined) throw new TypeError(`fromSegment: public names the unknown field "${stranger}"`)
  return Object.fromEntries(
    Object.keys(fields).map((name) => [name, readField(name, fields, shown.includes(name), choicesOf)]),
  )
}

function readField(
  name: string,
  fields: Definition['fields'],
  isShown: boolean,
  choicesOf: (name: string) => ChoicesOf,
): ReadField {
  const given = fields[name] ?? {}
  const path = below('authentication.fields', name)
  const { type } = given
  if (type !== 'string' && type !== 'password' && type !== 'number' && type !== 'boolean')
    throw invalid(below(path, 'type'), 'it must be string, password, number or boolean.')
  const multiple = given['multiple'] === true
  const visible = conditionAt(given, 'depends_on', path, fields)
  const required = conditionAt(given, 'required', path, fields)
  const base = {
    label: textOf(given['label']) ?? name,
    ...(textOf(given['description']) !== undefined && {
      description: textOf(given['description']) as string,
    }),
    ...(textOf(given['placeholder']) !== undefined && {
      placeholder: textOf(given['placeholder']) as string,
    }),
    ...(given['required'] === true && { required: true }),
    ...(required.condition && { required: required.condition }),
    ...(visible.condition && { when: visible.condition }),
    // Nobody may type what Segment fills in or hides: the operator gives it, once.
    ...((given['readOnly'] === true || given['unsafe_hidden'] === true) && { owner: 'app' as const }),
  }
  const kind: Kind = type === 'number' || type === 'boolean' ? type : 'text'
  const form =
    kind === 'text'
      ? textField(name, base, given, { path, isShown, choicesOf })
      : { field: { ...base, type: kind, public: true } satisfies Field, warnings: [] }
  const preset = withDefault(multiple ? listField(base, given, form.field) : form.field, given, kind, path)
  return {
    field: preset.field,
    kind,
    ...(multiple && { item: form.field }),
    warnings: [
      ...unknownMembers(given, known, path),
      ...visible.warnings,
      ...required.warnings,
      ...form.warnings,
      ...preset.warnings,
      ...when(typeof given['dynamic'] !== 'function' && given['dynamic'] !== undefined, {
        path: below(path, 'dynamic'),
        message: 'It is passed over, because it is not a function that lists choices.',
      }),
      ...when(given['allowNull'] === true, {
        path: below(path, 'allowNull'),
        message: 'A null is kept as nothing at all: the functions see undefined in its place.',
      }),
    ],
  }
}

type Base = Pick<Field, 'label' | 'description' | 'placeholder' | 'required' | 'when' | 'owner'>
interface Around {
  readonly path: string
  readonly isShown: boolean
  readonly choicesOf: (name: string) => ChoicesOf
}

/** By its name: what somebody would call a secret, and what is a file of several lines. */
const secretName = /(?:key|token|secret|passw(?:or)?d|passphrase|credential|signature|code)s?$/i
const fileName =
  /\bssh\b|ssh_|\bpem\b|certificate|\bcert\b|_cert|private.?key|service.?account|\bjson\b|json$/i

function textField(
  name: string,
  base: Base,
  given: JsonObject,
  { path, isShown, choicesOf }: Around,
): { field: TextField; warnings: Warning[] } {
  const { format, dynamic } = given
  const listed = listOf(given['choices'])
  const guard = typeof format === 'string' && Object.hasOwn(formats, format) ? formats[format] : undefined
  const warnings = [
    ...when(format !== undefined && guard === undefined, {
      path: below(path, 'format'),
      message: 'This format is unknown, so nothing is checked by it.',
    }),
    ...when(Array.isArray(given['choices']) && listed === undefined, {
      path: below(path, 'choices'),
      message: 'The list is empty and passed over; anything may be entered.',
    }),
  ]
  const isSecret = given['type'] === 'password' || format === 'password' || secretName.test(name)
  const field: TextField = {
    ...base,
    type: isSecret && listed === undefined && !isShown ? 'password' : 'string',
    ...((isShown || listed !== undefined) && { public: true }),
    ...(fileName.test(`${name} ${base.label}`) && { multiline: true }),
    ...guard,
    ...(listed !== undefined && { choices: listed }),
    ...(typeof (dynamic as unknown) === 'function' && listed === undefined && { choices: choicesOf(name) }),
  }
  return { field, warnings }
}

/** Our forms have no lists: one value a line. */
function listField(base: Base, given: JsonObject, item: Field): TextField {
  const listed = listOf(given['choices'])?.map(({ value }) => value)
  const help = `One value a line.${listed === undefined ? '' : ` Each one of: ${listed.join(', ')}.`}`
  const type = item.type === 'password' ? 'password' : 'string'
  return { ...base, type, multiline: true, help, ...(item.public && { public: true }) }
}

/** A text as a form shows it. */
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

/** Choices with their labels; undefined where there are none. */
export function listOf(choices: unknown): { value: string; label: string }[] | undefined {
  if (!Array.isArray(choices) || choices.length === 0) return undefined
  return (choices as readonly unknown[]).map((choice) => {
    const value = String(isObject(choice) ? choice['value'] : choice)
    return { value, label: isObject(choice) ? (textOf(choice['label']) ?? value) : value }
  })
}

function conditionAt(
  given: JsonObject,
  member: string,
  path: string,
  fields: Definition['fields'],
): ReturnType<typeof readConditions> {
  const value = given[member]
  return isObject(value) ? readConditions(value, below(path, member), fields) : { warnings: [] }
}

/** The default, if the form that it is the default of would take it. */
function withDefault(
  field: Field,
  given: JsonObject,
  kind: Kind,
  path: string,
): { field: Field; warnings: Warning[] } {
  const value = given['default']
  if (value === undefined || value === null || value === '') return { field, warnings: [] }
  const listed = Array.isArray(value) ? value.map(String).join('\n') : value
  const typed = kind === 'text' && typeof listed === 'number' ? String(listed) : listed
  const preset = { ...field, default: typed } as Field
  if (problemWith(field, typed) === undefined) return { field: preset, warnings: [] }
  const message = 'The form would not take this default, so there is none.'
  return { field, warnings: [{ path: below(path, 'default'), message }] }
}
