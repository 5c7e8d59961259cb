import { conditionHolds } from './conditions.ts'
import type { Choice, Field, TextField } from './field.ts'
import { formats } from './formats.ts'

const lineBreak = /[\n\v\f\r\u0085\u2028\u2029]/
// Control characters, lone surrogates, and what takes no room: U+200B to U+200D, U+2060, U+FEFF.
const unseen = /[\p{Cc}\p{Cs}\u{200b}-\u{200d}\u{2060}\u{feff}]/u
const unseenInLines = /[^\P{Cc}\t\r\n]|[\p{Cs}\u{200b}-\u{200d}\u{2060}\u{feff}]/u

/**
 * What a person should do about a value, as a sentence without the value; undefined: nothing. Whether a value is
 * required is not asked here. With `settings` a choice is refused whose condition does not hold.
 */
export function problemOf(
  field: Field,
  value: unknown,
  settings?: Readonly<Record<string, unknown>>,
): string | undefined {
  if (field.type === 'number') {
    if (typeof value !== 'number') return `Give a number, not ${kindOf(value)}.`
    return Number.isFinite(value) ? undefined : 'Give a finite number.'
  }
  if (field.type === 'boolean')
    return typeof value === 'boolean' ? undefined : `Give true or false, not ${kindOf(value)}.`
  if (typeof value !== 'string') return `Give text, not ${kindOf(value)}.`
  const choices = choicesOf(field)?.filter(
    (choice) => !settings || !choice.when || conditionHolds(choice.when, settings),
  )
  if (!choices) return problemOfText(field, value)
  return choices.some((choice) => choice.value === value)
    ? undefined
    : `Choose one of: ${choices.map((choice) => choice.value).join(', ')}.`
}

function problemOfText(field: TextField, value: string): string | undefined {
  const { format, multiline, pattern, patternHint } = field
  const limit = multiline && pattern === undefined ? 65_536 : 16_384
  if (value.length > limit) return `Enter at most ${limit} characters; was more than this one value pasted?`
  // Lines may begin and end with empty lines, as PEM does.
  const blank = multiline ? /[^\r\n]/ : /[^]/
  const ends = { start: value.length - value.trimStart().length, end: value.trimEnd().length - value.length }
  if (ends.start && blank.test(value.slice(0, ends.start)))
    return 'Remove the blank or line break at the start.'
  if (ends.end && blank.test(value.slice(ends.end))) return 'Remove the blank or line break at the end.'
  if (!multiline && lineBreak.test(value)) return 'Remove the line break in it: this is one line.'
  if ((multiline ? unseenInLines : unseen).test(value)) {
    return 'Remove the invisible character in it: type the value, or copy it as plain text.'
  }
  if (format !== undefined && !formats[format][0](value)) return formats[format][1]
  if (pattern !== undefined && !wholly(pattern).test(value)) {
    return (
      patternHint ?? 'This does not look as it should: compare it with the place where it was copied from.'
    )
  }
  return undefined
}

/**
 * A pattern that must match the whole value.
 * @throws {SyntaxError} where the pattern is not a regular expression by itself
 */
export function wholly(pattern: string): RegExp {
  // By itself first: `a)|(b` is a regular expression only inside the parentheses that anchor it.
  return new RegExp(`^(?:${new RegExp(pattern, 'u').source})$`, 'u')
}

/** The choices that a form knows without signing in, all in their long form. */
export function choicesOf(field: Field): Exclude<Choice, string>[] | undefined {
  return field.type === 'string' || field.type === 'password'
    ? typeof field.choices === 'object'
      ? field.choices.map((choice) =>
          typeof choice === 'string' ? { value: choice, label: choice } : choice,
        )
      : undefined
    : undefined
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
