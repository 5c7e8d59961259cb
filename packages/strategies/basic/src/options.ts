import type { AuthStrategy, CompletedField, Field, PartialField, SettingsOf } from '@latchkey/core'
import type { TestRequest } from '@latchkey/core/http'
import type { Charset } from './guards.ts'

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

/** The form where none is given. */
export const standard: { readonly username: UsernameField; readonly password: PasswordField } = {
  username: { type: 'string', label: 'User name', required: true },
  password: { type: 'password', label: 'Password', required: true },
}

/** A form. Fields called `username` and `password` may leave out what they have in common with the standard ones. */
export type BasicFields = Readonly<Record<string, PartialField>>

/** The form that comes out of it. */
export type Completed<F extends BasicFields> = {
  readonly [K in keyof F]: K extends keyof typeof standard
    ? CompletedField<F[K], (typeof standard)[K]>
    : F[K] extends Field
      ? F[K]
      : never
}

/** The form where none is given: what the two templates ask for. */
export type StandardFields<U extends string, P extends string> = {
  readonly [
    K in keyof typeof standard as `${U} ${P}` extends `${string}{${K}}${string}` ? K : never
  ]: (typeof standard)[K]
}

/** What a strategy says besides who signs in. */
export type About<S> = Pick<
  AuthStrategy<S, undefined>,
  'title' | 'description' | 'helpUrl' | 'schema' | 'baseUrl' | 'origins' | 'inspect' | 'test'
>

export interface BasicOptions<F extends BasicFields> extends About<SettingsOf<Completed<F>>> {
  /** The form; default: what `username` and `password` ask for. */
  readonly fields?: { readonly [K in keyof F]: K extends keyof typeof standard ? PartialField : Field }
  /** How the text becomes bytes; `latin-1` is ISO-8859-1, for servers older than RFC 7617. Default 'utf-8'. */
  readonly charset?: Charset
  /** Segment's test: gets a client that signs in. `test` wins. */
  readonly testRequest?: TestRequest<SettingsOf<Completed<F>>>
}
