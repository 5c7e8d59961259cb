import type { AuthStrategy, CompletedField, PartialField, SettingsOf } from '@latchkey/core'
import type { Place } from '@latchkey/core/http'
import type { JwtAlgorithm } from './algorithm.ts'
import type { TokenText } from './claims.ts'
import type { KeyEncoding } from './secret.ts'

/** The field of a key, or of any other value, unless it says otherwise. */
export interface KeyField {
  readonly type: 'password'
  readonly label: string
  readonly required: true
}

/** A form. A field that leaves out its label or type is completed to a required password; the key's keeps line breaks. */
export type JwtFields = Readonly<Record<string, PartialField>>

/** The form where none is given: `secret` for HS algorithms, else `privateKey`. */
export type StandardFields<A extends JwtAlgorithm> = A extends `HS${string}`
  ? { readonly secret: KeyField }
  : { readonly privateKey: KeyField }

/** The form that comes out of it. */
export type Completed<F extends JwtFields> = { readonly [K in keyof F]: CompletedField<F[K], KeyField> }

/** What a strategy says besides its token. */
export type About<S> = Pick<
  AuthStrategy<S, undefined>,
  'title' | 'description' | 'helpUrl' | 'schema' | 'baseUrl' | 'origins' | 'test'
>

/** Where the key is, and how it is written. */
export interface KeyOptions<Name extends string> {
  /** The field with the key; default `secret` for HS algorithms, else `privateKey`, else the only field there is. */
  readonly key?: Name | undefined
  /** The field with the passphrase of a protected private key; default `passphrase`, where there is such a field. */
  readonly passphrase?: Name | undefined
  /** How the key is written: a secret, or PEM, a JWK, PKCS#8 or an Ed25519 seed in base64. Default 'text'. A JWK is always recognised. */
  readonly encoding?: KeyEncoding | undefined
  /** HS only: the base64 text of the secret is the key. */
  readonly base64EncodeSecret?: boolean | undefined
  /** HS only: also a secret shorter than its hash, for providers that hand out such. */
  readonly shortSecret?: boolean | undefined
}

/** What the token says, where it goes, and how long it is used. */
export type JwtOptions<F extends JwtFields> = KeyOptions<keyof F & string> &
  TokenText<SettingsOf<Completed<F>>> &
  About<SettingsOf<Completed<F>>> & {
    /** Default 20 minutes. */
    readonly lifetimeMs?: number | undefined
    /** True: each request has a token of its own. Follows where a claim speaks of the request. */
    readonly perRequest?: boolean | undefined
    /** Atlassian: the path of the product's base URL, such as `/wiki`, which `{request.qsh}` leaves out. */
    readonly contextPath?: string | undefined
  } & (
    | Place
    | { readonly placements: readonly Place[] }
    | { readonly in?: never; readonly prefix?: string | undefined }
  )

/** Options of a form that is not known by its type. */
export type Given = { readonly algorithm: JwtAlgorithm; readonly fields?: JwtFields } & JwtOptions<JwtFields>
