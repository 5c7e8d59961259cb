import type { Fields } from '@latchkey/core'
import { isAuthError } from '@latchkey/core'
import { below, invalid, isObject, nearest, type JsonObject } from '@latchkey/core/definition'
import {
  parseTemplate,
  referencesOf,
  renderOptional,
  renderRequired,
  renderText,
  type Scope,
  type Template,
} from '../template/index.ts'

/** A text of a definition: read once, so that what is wrong with it is said at once, and rendered when it is needed. */
export interface Text {
  readonly at: string
  readonly template: Template
  /** The first place in the configuration that it speaks of; what errors name. */
  readonly field: string | undefined
}

/** @throws {AuthError} definition_invalid naming the place in the manifest */
export function textIn(value: unknown, at: string): Text {
  // YAML writes numbers and booleans without quotes.
  const source = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value
  if (typeof source !== 'string') throw invalid(at, 'this must be a text.')
  const template = parseTemplate(source, at)
  return { at, template, field: referencesOf(template)[0]?.join('.') }
}

/** Rendered, and not empty. @throws {AuthError} settings_invalid naming the place in the configuration */
export const needed = ({ template, at }: Text, scope: Scope): string => renderRequired(template, scope, at)

/**
 * Rendered; undefined where a value is missing that the form does not demand.
 * @throws {AuthError} settings_invalid for any other that is missing
 */
export function optional({ template, at }: Text, scope: Scope, fields: Fields): string | undefined {
  const text = renderOptional(template, scope, at)
  if (text !== undefined) return text
  return unlessOptional(fields, () => renderText(template, scope, at))
}

/** What `run` gives; undefined where it fails for a field that may be left empty and was. */
export function unlessOptional<T>(fields: Fields, run: () => T): T | undefined {
  try {
    return run()
  } catch (error) {
    const field = isAuthError(error) && error.message.endsWith(' is missing.') ? error.field : undefined
    if (field !== undefined && Object.hasOwn(fields, field) && fields[field]?.required !== true)
      return undefined
    throw error
  }
}

/** A member that must be there. */
export function textAt(definition: JsonObject, name: string, at: string): Text {
  const value = definition[name]
  if (value === undefined || value === null) {
    const others = Object.keys(definition).filter((each) => each !== name)
    const like = nearest(name, others)
    throw invalid(at, `${name} is missing${like === undefined ? '' : `; did you mean it by "${like}"?`}`)
  }
  return textIn(value, below(at, name))
}

/** A member that may be absent or null. */
export function optionalText(definition: JsonObject, name: string, at: string): Text | undefined {
  const value = definition[name]
  return value === undefined || value === null ? undefined : textIn(value, below(at, name))
}

/** A component of the manifest. @throws {AuthError} definition_invalid */
export function componentIn(value: unknown, at: string, what: string): JsonObject {
  if (!isObject(value)) throw invalid(at, `${what} must be an object.`)
  return value
}

/** A key has line breaks, whether or not the schema says so. */
export function withLines(fields: Fields, name = ''): Fields {
  const field = fields[name]
  const isText = field?.type === 'string' || field?.type === 'password'
  return isText ? { ...fields, [name]: { ...field, multiline: true } } : fields
}
