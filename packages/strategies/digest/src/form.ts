import { AuthError, completeField, guardField } from '@latchkey/core'
import type { CompletedField, Field, FieldGuard, Fields, FieldValue, PartialField } from '@latchkey/core'

interface UsernameField {
  readonly type: 'string'
  readonly label: string
  readonly required: true
}

interface PasswordField {
  readonly type: 'password'
  readonly label: string
  readonly required: true
}

/** What a form is without options. */
export const standard: { readonly username: UsernameField; readonly password: PasswordField } = {
  username: { type: 'string', label: 'User name', required: true },
  password: { type: 'password', label: 'Password', required: true },
}

const guards: Readonly<Record<keyof typeof standard, FieldGuard>> = {
  username: {
    // The header holds up to twelve characters for each.
    pattern: '[^\\p{Cc}\\p{Cs}]{1,1024}',
    patternHint: 'A user name has no line breaks or other control characters, and at most 1,024 characters.',
  },
  password: {
    pattern: '[^\\p{Cc}\\p{Cs}]+',
    patternHint: 'A password has no line breaks or other control characters.',
  },
}

/** A form with fields `username` and `password`, which may leave out what they have in common with the standard ones. */
export type DigestFields = Readonly<Record<string, PartialField>> & {
  readonly [K in keyof typeof standard]: PartialField
}

/** The form that comes out of it. */
export type Completed<F extends DigestFields> = {
  readonly [K in keyof F]: K extends keyof typeof standard
    ? CompletedField<F[K], (typeof standard)[K]>
    : F[K] extends Field
      ? F[K]
      : never
}

/** The settings as they come: what the form has besides is the connector's own affair. */
export type Login = Readonly<Partial<Record<keyof typeof standard, FieldValue>>>

/**
 * The form with its two fields completed and guarded.
 * @throws {TypeError} where one of them is not there
 */
export function formOf(fields: DigestFields): Fields {
  const form: Record<string, Field> = { ...(fields as Fields) }
  for (const name of ['username', 'password'] as const) {
    if (!Object.hasOwn(fields, name)) throw new TypeError(`digest: fields must have a field "${name}"`)
    form[name] = guardField(completeField(fields[name], standard[name]), guards[name])
  }
  return form
}

const fits = {
  username: new RegExp(`^${guards.username.pattern}$`, 'u'),
  password: new RegExp(`^${guards.password.pattern}$`, 'u'),
}

/**
 * One of the two as it can be sent.
 * @throws {AuthError} settings_invalid
 */
export function textOf(settings: Login, name: keyof typeof standard): string {
  const text = String(settings[name] ?? '')
  if (fits[name].test(text)) return text
  const problem = text === '' ? 'is empty' : `cannot be sent. ${guards[name].patternHint}`
  throw new AuthError('settings_invalid', `Field "${name}" ${problem}`, { scheme: 'digest', field: name })
}
