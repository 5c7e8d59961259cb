import type {
  AuthContext,
  AuthStrategy,
  CompletedField,
  Json,
  PartialField,
  SettingsOf,
} from '@latchkey/core'
import type { ExpiryFormat, Place } from '@latchkey/core/http'
import type { SavedCookies } from './jar.ts'

/** A text with slots: `{user}` is the setting of that name, or what an earlier answer gave under it. */
export type Template = string

/** What is taken from an answer. A JSON name is one member's, dots and all; an array is a path, in which digits count items. */
export type Take = {
  /** True: its absence is no error. */
  readonly optional?: boolean | undefined
} & (
  | { readonly json: string | readonly string[] }
  /** The first element of that name; an array is a path from the root. */
  | { readonly xml: string | readonly string[] }
  | { readonly header: string }
  | { readonly cookie: string }
  /** The whole body, without white space at its ends. */
  | { readonly body: true }
)

/** An answer, as predicates see it. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Parsed where the text is JSON, else undefined. */
  readonly json: unknown
}

/**
 * What to do about an answer; the first rule that fits decides. `retry`: later, with the connection's back-off; `ignore`:
 * go on with what can be taken; `reject`: these credentials are wrong; `fail`: the operator must look.
 */
export interface Rule {
  /** Fits these statuses only. */
  readonly status?: number | readonly number[] | undefined
  /** Fits where it is true. */
  readonly when?: ((answer: Answer) => boolean) | undefined
  readonly then: 'retry' | 'ignore' | 'reject' | 'fail'
  /** What errors say; never a part of the answer. */
  readonly message?: string | undefined
  /** `retry`: how long to wait, in milliseconds; default: what the answer says, else the back-off. */
  readonly waitMs?: number | undefined
}

/** One request of a login, a refresh or a logout. */
export interface LoginRequest {
  /** `https://{subdomain}.example.com/login`: a slot is one DNS label, port, part of a path segment or of the query, by its place. */
  readonly url: string
  /** Default: POST, or GET where there is no body. */
  readonly method?: string | undefined
  readonly query?: Readonly<Record<string, Template>> | undefined
  readonly headers?: Readonly<Record<string, Template>> | undefined
  /** One of `json`, `form` and `text` is the body. An entry whose slot is an optional field without a value is left out. */
  readonly json?: Json | undefined
  readonly form?: Readonly<Record<string, Template>> | undefined
  /** Where the content type is XML, values are escaped. Name it in `headers`; default text/plain. */
  readonly text?: Template | undefined
  /** How this request itself is authenticated; `fields` must have its fields: `{ ...auth.fields, … }`. */
  readonly auth?: AuthStrategy | undefined
  /** What the answer gives, by name, to the requests after it and to the session. */
  readonly take?: Readonly<Record<string, Take>> | undefined
  readonly rules?: readonly Rule[] | undefined
}

/** When a session ends: after milliseconds or an ISO 8601 duration, as the answer says, with a value that is a JWT, or with a cookie. */
export type Expires =
  | number
  | string
  | (Take & { readonly format?: ExpiryFormat | undefined })
  | { readonly jwt: string }
  | { readonly cookieEnd: string }

/** Where a value goes. */
export type Use = Place & {
  /** Default `{token}`. */
  readonly value?: Template | undefined
}

/** What came back from a login. */
export interface Login {
  /** By name: `token`, say. */
  readonly values: Readonly<Record<string, string>>
  /** Epoch milliseconds; wins over `expires`. */
  readonly expiresAt?: number | undefined
}

/** What is stored of a session. */
export interface SessionCredentials {
  readonly values: Readonly<Record<string, string>>
  readonly expiresAt?: number | undefined
  /** The cookies, where they are kept. */
  readonly cookies?: SavedCookies | undefined
  /** How long it lasts after its last use, in milliseconds, where it slides. */
  readonly idleMs?: number | undefined
  /** True: the value was given on the form, and nobody has logged in. */
  readonly given?: true | undefined
  /** Tells sessions apart. */
  readonly id: string
}

export interface SecretField {
  readonly type: 'password'
  readonly label: string
  readonly required: true
}

/** A form. A field that leaves out its label or type is completed to a required password. */
export type SessionFields = Readonly<Record<string, PartialField>>

/** The form that comes out of it. */
export type Completed<F extends SessionFields> = {
  readonly [K in keyof F]: CompletedField<F[K], SecretField>
}

type About<S> = Pick<
  AuthStrategy<S, SessionCredentials>,
  'title' | 'description' | 'helpUrl' | 'schema' | 'baseUrl' | 'origins' | 'test'
>

export interface SessionOptions<F extends SessionFields> extends About<SettingsOf<Completed<F>>> {
  readonly fields: F
  /** One request, several in a row, or a function for what requests cannot say. */
  readonly login:
    LoginRequest | readonly LoginRequest[] | ((c: AuthContext<SettingsOf<Completed<F>>>) => Promise<Login>)
  /** Default: only on a rejection. */
  readonly expires?: Expires | undefined
  /** Default: `Authorization: Bearer {token}`. `'cookies'`: every cookie that the login or the API set. */
  readonly use?: Use | readonly Use[] | 'cookies' | undefined
  /** True: each use makes the session last as long again; `expires` then is a number or a duration. */
  readonly sliding?: boolean | undefined
  /** New values that the API sends with its answers, in a header or a cookie. */
  readonly renewed?: Readonly<Record<string, Take>> | undefined
  /** Asked before logging in again, with what the session has; where it is refused, the login follows. */
  readonly refresh?: LoginRequest | undefined
  /** Ends the session at the provider. */
  readonly logout?: LoginRequest | undefined
  /** Values that the person may have already, by the optional field that holds each: used until they are rejected. */
  readonly given?: Readonly<Record<string, keyof F & string>> | undefined
  /** With `given`: whether the API still takes these values; a 401 or 403 means that it does not. */
  readonly check?: LoginRequest | undefined
  /** True: a login for every request. Nothing is stored. */
  readonly perRequest?: boolean | undefined
}
