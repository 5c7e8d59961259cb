import type { AuthStrategy, Field, Fields } from '@latchkey/core'
import { isAskedLater } from '../values/form.ts'
import { waysOf } from '../describe/ways.ts'

/**
 * The type of a form's settings, as TypeScript: one object for each way of signing in, with what a person reads as
 * comments. A field under a condition is optional.
 */
export function settingsType(auth: AuthStrategy): string {
  const ways = waysOf({ auth }).map(({ options, fields }) => objectType(options, fields))
  return ways.join(' | ')
}

function objectType(options: Readonly<Record<string, string>>, fields: Fields): string {
  const chosen = Object.entries(options).map(([name, id]) => `readonly ${literal(name)}: ${literal(id)}`)
  const asked = Object.entries(fields).map(([name, field]) => `${comment(field)}${member(name, field)}`)
  const members = [...chosen, ...asked].map((line) => indented(line))
  return members.length === 0 ? '{}' : `{\n${members.join('\n')}\n}`
}

function member(name: string, field: Field): string {
  const { required, when, default: given } = field
  const present = required === true && when === undefined && given === undefined && !isAskedLater(field)
  return `readonly ${literal(name)}${present ? '' : '?'}: ${typeOf(field)}${present ? '' : ' | undefined'}`
}

function typeOf(field: Field): string {
  if (field.type === 'number' || field.type === 'boolean') return field.type
  const all = 'choices' in field && typeof field.choices === 'object' ? field.choices : []
  const values = all.map((choice) => (typeof choice === 'string' ? choice : choice.value))
  return values.length === 0 ? 'string' : values.map(literal).join(' | ')
}

function comment({ label, description, owner, public: open }: Field): string {
  const text = [label, description].filter((each) => each !== undefined).join('. ')
  const notes = [...(open === true ? [] : ['Secret.']), ...(owner === 'app' ? ['Of the operator.'] : [])]
  const line = [text, ...notes].join(' ').replace(/\s+/g, ' ').replaceAll('*/', '* /')
  return `/** ${line} */\n`
}

/** A text as TypeScript, whatever is in it. */
export function literal(text: string): string {
  const escaped = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")
  return `'${escaped.replace(/[\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16)}`)}'`
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n')
}
