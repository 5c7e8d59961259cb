import type { BooleanField, Field, NumberField, TextField } from './field.ts'

/** A field, or what of a standard field is said otherwise. */
export type PartialField = Partial<TextField> | NumberField | BooleanField

/** What `completeField` returns. */
export type CompletedField<G, D extends Field> = G extends Field
  ? G
  : Omit<D, keyof G> & G extends infer M extends Field
    ? M
    : never

/** A field with type and label stands as it is; any other says only what differs from the standard one. */
export function completeField(given: PartialField, standard: Field): Field {
  return given.type !== undefined && given.label !== undefined
    ? (given as Field)
    : ({ ...standard, ...given } as Field)
}

/** What the place where a value is sent asks of it, for a form to say at once. */
export interface FieldGuard {
  readonly pattern: string
  readonly patternHint: string
}

/** The field with that pattern beside its own; a number or boolean fits everywhere. */
export function guardField(field: Field, guard: FieldGuard | undefined): Field {
  if (guard === undefined || field.type === 'number' || field.type === 'boolean') return field
  if (field.pattern === undefined) return { ...field, ...guard }
  return {
    patternHint: guard.patternHint,
    ...field,
    pattern: `(?=(?:${guard.pattern})$)(?:${field.pattern})`,
  }
}

/** The start of a pattern for values that do not begin with this text in either case: a prefix that was pasted along. */
export function without(prefix: string): string {
  const either = (char: string): string =>
    [...new Set([char.toLowerCase(), char.toUpperCase()])]
      .map((each) => `\\u{${each.codePointAt(0)?.toString(16) ?? ''}}`)
      .join('')
  return prefix === '' ? '' : `(?!${Array.from(prefix, (char) => `[${either(char)}]`).join('')})`
}
