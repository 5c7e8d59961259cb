import {
  below,
  formOf,
  isObject,
  type JsonObject,
  type SchemaForm,
  type Warning,
} from '@latchkey/core/definition'
import { formulaIn } from '../formula/formulas.ts'

const secretWords =
  /(?:^|[^a-z])(?:key|secret|token|password|passphrase|passcode|pass|pwd|pat|pin|credentials?|certificate|signature|private)s?(?![a-z])/i

/** `apiKey` and `API_KEY` as `api key`. */
const words = (name: string): string => name.replace(/([a-z\d])([A-Z])/g, '$1 $2').replace(/[_-]+/g, ' ')

/**
 * Whether a property holds a secret: it says so, or its name or title does. Definitions mask with `format: password`
 * only, and seldom do.
 */
export function isSecret(property: JsonObject, path: readonly string[]): boolean {
  const { format, writeOnly, isSensitive, title, type } = property
  if (format === 'password' || writeOnly === true || isSensitive === true) return true
  if (isSensitive === false || 'enum' in property || 'referenceRecords' in property) return false
  if (type === 'boolean' || type === 'number' || type === 'integer') return false
  const name = words(path.at(-1) ?? '')
  return secretWords.test(name) || (typeof title === 'string' && secretWords.test(title))
}

/**
 * A Data Schema as a form; none at all is a form that asks for nothing. What a formula computes is left out, with a warning:
 * there are no values yet. membrane.md section 8.
 * @throws {AuthError} definition_invalid or unsupported, with the path
 */
export function formOfSchema(schema: unknown, at: string): SchemaForm {
  const computed: Warning[] = []
  const fixed =
    schema === undefined || schema === null ? { type: 'object' } : withoutFormulas(schema, at, computed)
  const form = formOf(fixed, { at, secret: isSecret })
  return { ...form, warnings: [...computed, ...form.warnings] }
}

function withoutFormulas(value: unknown, at: string, warnings: Warning[], depth = 0): unknown {
  if (depth > 64) return value
  if (Array.isArray(value))
    return value.map((item, index) => withoutFormulas(item, below(at, index), warnings, depth + 1))
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, item]) => {
      const place = below(at, name)
      if (!isObject(item) || !formulaIn(item))
        return [[name, withoutFormulas(item, place, warnings, depth + 1)]]
      warnings.push({
        path: place,
        message: 'A formula in a schema is not evaluated: the form has no values yet.',
      })
      // A property stays, as a text.
      return at.endsWith('.properties') ? [[name, { type: 'string' }]] : []
    }),
  )
}
