import { AuthError, completeField, guardField } from '@latchkey/core'
import type {
  AuthStrategy,
  CompletedField,
  Field,
  FieldValue,
  PartialField,
  SettingsOf,
  Strategy,
} from '@latchkey/core'
import { headerName, headerValue } from '@latchkey/core/http'
import { joined, tokenGuard } from './token.ts'

const scheme = 'bearer'

interface TokenField {
  readonly type: 'password'
  readonly label: string
  readonly required: true
}

const tokenField: TokenField = { type: 'password', label: 'Access token', required: true }

/** A form with a field `token`; what that field leaves out is completed to a required password called “Access token”. */
export type TokenFields = Readonly<Record<string, PartialField>> & { readonly token: PartialField }

/** The form that comes out of it. */
export type Completed<F extends TokenFields> = {
  readonly [K in keyof F]: K extends 'token'
    ? CompletedField<F[K], TokenField>
    : F[K] extends Field
      ? F[K]
      : never
}

/** What a strategy says besides how it sends its token. */
export type About<S> = Pick<
  AuthStrategy<S, undefined>,
  'title' | 'description' | 'helpUrl' | 'schema' | 'baseUrl' | 'origins' | 'inspect' | 'test'
>

export interface BearerOptions<F extends TokenFields> extends About<SettingsOf<Completed<F>>> {
  /** The form; default: the token alone. */
  readonly fields?: { readonly [K in keyof F]: K extends 'token' ? PartialField : Field }
  /** Default `authorization`. */
  readonly header?: string
  /** The word before the token, default `Bearer`; one space follows it unless it ends in a space or `=`. Empty: the token alone. */
  readonly prefix?: string
}

/**
 * A token that somebody already has, in a header. RFC 6750 section 2.1, and its relatives with another header or word.
 * @throws {TypeError} that names an option that cannot work
 */
export function bearer<const F extends TokenFields = { readonly token: TokenField }>(
  options: { readonly fields?: F } & BearerOptions<NoInfer<F>> = {},
): Strategy<Completed<NoInfer<F>>, undefined> {
  const { header = 'authorization', prefix = 'Bearer', fields = { token: {} }, ...about } = options
  headerName(header)
  if (!/^[\x20-\x7e]*$/.test(prefix)) throw new TypeError('bearer: prefix must be printable ASCII')
  if (!Object.hasOwn(fields, 'token')) throw new TypeError('bearer: fields must have a field "token"')
  const guard = tokenGuard(prefix)
  const fits = new RegExp(`^${guard.pattern}$`, 'u')
  const before = joined(prefix)
  const strategy: AuthStrategy<{ readonly token?: FieldValue }, undefined> = {
    ...about,
    scheme,
    fields: {
      ...(fields as Readonly<Record<string, Field>>),
      token: guardField(completeField(fields.token, tokenField), guard),
    },
    apply({ headers }, { settings }) {
      const token = String(settings.token ?? '')
      if (!fits.test(token)) {
        const problem = token === '' ? 'is empty' : `cannot be sent. ${guard.patternHint}`
        throw new AuthError('settings_invalid', `Field "token" ${problem}`, { scheme, field: 'token' })
      }
      headers.set(header, headerValue(before + token, 'token'))
    },
  }
  return strategy as AuthStrategy as Strategy<Completed<NoInfer<F>>, undefined>
}
