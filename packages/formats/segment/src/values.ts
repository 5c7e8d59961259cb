import { AuthError, checkSettings, isAuthError, type Field, type FieldValue, type Json } from '@latchkey/core'
import { memberAt, type JsonObject, type Warning } from '@latchkey/core/definition'

/** What a field holds for the definition's functions. */
export type Kind = 'text' | 'number' | 'boolean'

/** A field of ours, and what of the source's field our form does not say. */
export interface ReadField {
  readonly field: Field
  readonly kind: Kind
  /** What one line is, where the field is a list: one value a line in our form, a list for the functions. */
  readonly item?: Field | undefined
  readonly warnings: readonly Warning[]
}

type Settings = Readonly<Record<string, unknown>>
type Fields = Readonly<Record<string, ReadField>>

/** A finite number; undefined for anything else. */
export const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined

/**
 * Our settings out of what Segment keeps. A text is never re-typed; a number or true or false that was kept as text is
 * read where its field says so and nothing is lost, for at home both are the same. null and '' are no value.
 * @throws {AuthError} settings_invalid naming the field
 */
export function settingsFrom(config: JsonObject, fields: Fields): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, { kind, item }]): [string, Json][] => {
      const value = memberAt(config, [name]) as Json | undefined
      if (value === undefined || value === null || value === '') return []
      if (item === undefined) return [[name, scalar(name, value, kind)]]
      const items = Array.isArray(value) ? (value as readonly Json[]) : [value]
      const lines = items.map((each) => String(scalar(name, each, kind)))
      if (lines.some((line) => /[\r\n]/.test(line)))
        throw refused(name, 'an item of the list has a line break')
      return lines.length === 0 ? [] : [[name, lines.join('\n')]]
    }),
  )
}

function scalar(name: string, value: Json, kind: Kind): FieldValue {
  if (kind === 'text') {
    if (typeof value === 'string') return value
    if (typeof value === 'boolean' || (typeof value === 'number' && Number.isSafeInteger(value)))
      return String(value)
    throw refused(name, 'it must be text')
  }
  if ((typeof value === 'number' || typeof value === 'boolean') && typeof value === kind) return value
  if (typeof value === 'string') {
    const read = readAs(kind, value)
    if (read !== undefined) return read
  }
  throw refused(name, kind === 'number' ? 'it must be a number' : 'it must be true or false')
}

/** The number or boolean that is written exactly so. */
const readAs = (kind: Kind, text: string): number | boolean | undefined => {
  const read = kind === 'boolean' ? text === 'true' : Number(text)
  return String(read) === text && text !== 'NaN' && text !== 'Infinity' && text !== '-Infinity'
    ? read
    : undefined
}

/** What the definition's functions see: the source's own shape, lists as lists. A new object each time. */
export function valuesFor(settings: Settings, fields: Fields): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, { kind, item }]): [string, Json][] => {
      const value = memberAt(settings, [name]) as FieldValue | undefined
      if (value === undefined) return []
      return [[name, item === undefined ? value : itemsOf(String(value), kind)]]
    }),
  )
}

/** The items of a list that is kept one a line; an item that is not of its kind stays text. */
export function itemsOf(text: string, kind: Kind): Json[] {
  const lines = text.split(/\r?\n/).filter((line) => line !== '')
  if (kind === 'text') return lines
  return lines.map((line) => readAs(kind, line) ?? line)
}

/** What a form says about a value of a field, whatever the conditions of the field; undefined: nothing. */
export function problemWith(field: Field, value: unknown): string | undefined {
  const { when: _, required: __, default: ___, ...alone } = field
  try {
    checkSettings({ scheme: 'segment', fields: { value: alone }, apply() {} }, { value })
    return undefined
  } catch (error) {
    return (isAuthError(error) && error.faults?.[0]?.problem) || 'This is no value of the field.'
  }
}

function refused(name: string, problem: string): AuthError {
  return new AuthError('settings_invalid', `${name}: ${problem}.`, {
    field: name,
    faults: [{ field: name, problem: `${problem.charAt(0).toUpperCase()}${problem.slice(1)}.` }],
  })
}
