import type { TestContext } from '../context.ts'

/** A value that a form can hold. */
export type FieldValue = string | number | boolean

/** One of the values that a field may take, and how a form shows it. */
export type Choice =
  | string
  | {
      readonly value: string
      readonly label: string
      readonly description?: string
      /** Offered only while the condition holds. */
      readonly when?: Condition
    }

/** Choices that only the signed-in account can name: the field is asked after signing in. */
export type ChoicesOf = (c: TestContext<Readonly<Record<string, unknown>>>) => Promise<readonly Choice[]>

/** A statement about other fields of the same form. */
export type Condition =
  | { readonly field: string; readonly is: FieldValue | readonly FieldValue[] }
  | { readonly field: string; readonly isNot: FieldValue | readonly FieldValue[] }
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }

/** What every kind of field has. */
export interface FieldBase {
  /** What the form calls it. */
  readonly label: string
  /** What it is for. */
  readonly description?: string
  /** How to find this value. */
  readonly help?: string
  readonly placeholder?: string
  /** True: must be given. A condition: must be given while the condition holds. */
  readonly required?: boolean | Condition
  /** Every field is secret unless it says that it is public. */
  readonly public?: boolean
  /** Who fills it in: the end user on the form (the default) or the operator, once for all connections. */
  readonly owner?: 'user' | 'app'
  /** Shown, required and kept only while the condition holds. */
  readonly when?: Condition
  /** True: what was earned stays good when this value changes, as a client secret that is rolled over. */
  readonly keepsGrant?: boolean
}

/** A text field; `password` differs from `string` only in how a form shows it. */
export interface TextField extends FieldBase {
  readonly type: 'string' | 'password'
  readonly default?: string
  readonly choices?: readonly Choice[] | ChoicesOf
  readonly format?: 'url' | 'hostname' | 'subdomain' | 'email' | 'uuid'
  /** An ECMAScript regular expression (flag `v` off, `u` on) that the whole value must match; tested against at most 16,384 characters. */
  readonly pattern?: string
  /** What to say when the pattern does not match, in the words of the person who typed. */
  readonly patternHint?: string
  /** Keeps line breaks: keys in PEM, JSON documents. */
  readonly multiline?: boolean
  readonly examples?: readonly string[]
}

export interface NumberField extends FieldBase {
  readonly type: 'number'
  readonly default?: number
}

export interface BooleanField extends FieldBase {
  readonly type: 'boolean'
  readonly default?: boolean
}

/** One input of a form. */
export type Field = TextField | NumberField | BooleanField

/** A form: its fields by name, in the order in which they are shown. */
export type Fields = Readonly<Record<string, Field>>

/** A form that asks for nothing. */
// eslint-disable-next-line @typescript-eslint/no-generated-empty-object-type -- there is nothing in it
export type NoFields = Readonly<Record<never, Field>>

type ValueOf<F> = F extends { type: 'number' }
  ? number
  : F extends { type: 'boolean' }
    ? boolean
    : F extends { choices: readonly (infer C)[] }
      ? C extends { value: infer V }
        ? V
        : C
      : string

type Optional<F> = F extends { when: Condition } | { choices: ChoicesOf } ? true : false

type Given<F> = Optional<F> extends true ? false : F extends { required: true } ? true : false

type Present<F> =
  Optional<F> extends true ? false : F extends { required: true } | { default: FieldValue } ? true : false

/** The same type, written out. */
export type Flat<T> = { [K in keyof T]: T[K] }

/** The settings that a strategy reads: required fields and fields with a default are present, the others optional. */
export type SettingsOf<F extends Fields> = Flat<
  { readonly [K in keyof F as Present<F[K]> extends true ? K : never]: ValueOf<F[K]> } & {
    readonly [K in keyof F as Present<F[K]> extends true ? never : K]?: ValueOf<F[K]> | undefined
  }
>

/** The settings that a caller gives: as `SettingsOf`, but a field with a default may be left out. */
export type SettingsInput<F extends Fields> = Flat<
  { readonly [K in keyof F as Given<F[K]> extends true ? K : never]: ValueOf<F[K]> } & {
    readonly [K in keyof F as Given<F[K]> extends true ? never : K]?: ValueOf<F[K]> | undefined
  }
>
