import type { StandardSchemaV1 } from '@standard-schema/spec'
import { AuthError } from '../errors.ts'
import { redact } from '../http/redact.ts'
import type { Fields } from './field.ts'
import { choicesOf } from './value.ts'

/** The texts in settings that must never be shown, longest first; a field that `fields` does not know is secret. */
export function secretsOf(fields: Fields, settings: Readonly<Record<string, unknown>>): string[] {
  const secret = Object.entries(settings).flatMap(([name, value]) => {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined
    // The values of a list stand in the definition for all to read.
    return typeof value !== 'string' || value === '' || field?.public || (field && choicesOf(field))
      ? []
      : [value]
  })
  return [...new Set(secret)].sort((a, b) => b.length - a.length)
}

/**
 * Checks across fields, by a Standard Schema (https://standardschema.dev). Its output is not used; its messages are
 * shown with every secret setting replaced, because a foreign schema may repeat what it was given.
 * An issue without a path is a fault of the field ''.
 * @throws {AuthError} settings_invalid with every issue as a fault; definition_invalid where the schema itself fails
 */
export function checkSchema(
  schema: StandardSchemaV1,
  settings: Readonly<Record<string, unknown>>,
  fields: Fields = {},
): void | Promise<void> {
  const failed = (): never => {
    // Without a cause: what a foreign schema throws may hold the settings.
    throw new AuthError('definition_invalid', 'The schema of the settings threw instead of reporting issues')
  }
  const judge = ({ issues }: StandardSchemaV1.Result<unknown>): void => {
    if (!issues) return
    const secrets = secretsOf(fields, settings)
    const faults = issues.map(({ message, path }) => {
      const first = path?.[0]
      const field = String(typeof first === 'object' ? first.key : (first ?? ''))
      return { field, problem: redact(message, secrets) }
    })
    const list = faults
      .map(({ field, problem }) => (field === '' ? problem : `${field}: ${problem}`))
      .join(' ')
    throw new AuthError('settings_invalid', `The settings do not fit together. ${list}`, { faults })
  }
  let result
  try {
    result = schema['~standard'].validate(settings)
  } catch {
    return failed()
  }
  if (result instanceof Promise) return result.catch(failed).then(judge)
  judge(result)
}
