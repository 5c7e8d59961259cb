import type { Json } from '../context.ts'
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

/** As `renderText`, but undefined where the value of an optional slot is missing or empty. */
export function renderOptional(
  template: string,
  values: SlotValues,
  isOptional: (name: string) => boolean,
  check: (value: string, what: string) => string = (value) => value,
): string | undefined {
  const given = (name: string): unknown => (Object.hasOwn(values, name) ? values[name] : undefined)
  if (slotNames(template).some((name) => (given(name) ?? '') === '' && isOptional(name))) return undefined
  return renderText(template, values, check)
}

/**
 * A JSON template with its slots filled, at any depth. A text that is nothing but a slot takes the value's type; an entry
 * whose optional slot has no value is left out.
 * @throws {AuthError} settings_invalid naming the field
 */
export function renderJson(
  template: Json,
  values: SlotValues,
  isOptional: (name: string) => boolean,
): Json | undefined {
  if (typeof template === 'string') {
    const text = renderOptional(template, values, isOptional)
    const [only] = slotNames(template)
    return text !== undefined && only !== undefined && template === `{${only}}`
      ? (values[only] as Json)
      : text
  }
  const filled = (item: Json): Json | undefined => renderJson(item, values, isOptional)
  if (Array.isArray(template)) return template.map(filled).filter((item) => item !== undefined)
  if (typeof template !== 'object' || template === null) return template
  return Object.fromEntries(
    Object.entries(template as Readonly<Record<string, Json>>).flatMap(([name, item]) => {
      const value = filled(item)
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

/** The names of the slots in a JSON template. */
export function jsonSlotNames(template: Json): string[] {
  if (typeof template === 'string') return slotNames(template)
  return typeof template === 'object' && template !== null
    ? Object.values(template as Readonly<Record<string, Json>>).flatMap(jsonSlotNames)
    : []
}
