import { AuthError } from '../errors.ts'

/** Values for the slots of a template. */
export type SlotValues = Readonly<Record<string, unknown>>

/**
 * The value of a slot as text; own members only.
 * @throws {AuthError} settings_invalid naming the field where it is missing, empty or no text, number or boolean
 */
export function slotValue(values: SlotValues, name: string): string {
  const value = Object.hasOwn(values, name) ? values[name] : undefined
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value === 'string' && value !== '') return value
  throw new AuthError('settings_invalid', `${name} is missing.`, { field: name })
}

/** The names of the slots in a text template, in order. */
export function slotNames(template: string): string[] {
  return Array.from(template.matchAll(/\{([\w.-]+)\}/g), ([, name = '']) => name)
}

/**
 * A text such as `Bearer {apiKey}` with its slots filled; braces that hold no name stay. Values are not scanned again.
 * `check` (`headerValue`, say) sees each value and its field's name, and returns what is put in.
 * @throws {AuthError} settings_invalid naming the field
 */
export function renderText(
  template: string,
  values: SlotValues,
  check: (value: string, what: string) => string,
): string {
  return template.replace(/\{([\w.-]+)\}/g, (_, name: string) => check(slotValue(values, name), name))
}
