import { AuthError, type Field, type FieldValue } from '@latchkey/core'
import type { Compiled } from './compile.ts'
import { decode } from './formats.ts'

/** What a form gives. */
export type Settings = Readonly<Record<string, FieldValue | undefined>>

/** The settings as text; a required one is never empty. */
export function textsOf(
  fields: Readonly<Record<string, Field>>,
  settings: Settings,
): Readonly<Record<string, string>> {
  const texts: Record<string, string> = {}
  for (const [name, field] of Object.entries(fields)) {
    const text = String(settings[name] ?? '')
    if (text === '' && field.required === true)
      throw new AuthError('settings_invalid', `Field "${name}" is empty`, { field: name })
    texts[name] = text
  }
  return texts
}

/** The secret's bytes. @throws {AuthError} settings_invalid where it is in another encoding */
export function keyOf(
  { description, secret }: Compiled,
  given: Readonly<Record<string, string>>,
  scheme: string,
): Uint8Array {
  const { secretEncoding = 'text' } = description
  const key = decode(given[secret] ?? '', secretEncoding)
  if (key !== undefined) return key
  throw new AuthError('settings_invalid', `Field "${secret}" is not ${secretEncoding}, as the API gives it`, {
    scheme,
    field: secret,
  })
}
