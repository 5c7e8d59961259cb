import type { AuthStrategy, Credentials, Field, PartialField, SettingsOf } from '@latchkey/core'
import type { Completed, Flow, MoreFields, StandardFields } from './fields.ts'
import type { Placement } from './sign.ts'
import type { SignatureMethod } from './signature.ts'

/** What was earned at a token endpoint. */
export interface OAuth1Credentials extends Credentials {
  readonly token: string
  readonly tokenSecret: string
  /** Renews the token without a person. OAuth Session 1.0 (draft 1). */
  readonly sessionHandle?: string | undefined
  /** What else came with the token: `user_id`, `screen_name`. */
  readonly values?: Readonly<Record<string, string>> | undefined
}

/** A request that the strategy makes itself; `url` may have slots for settings. */
export interface Endpoint {
  readonly url: string
  /** Default 'POST'. */
  readonly method?: 'GET' | 'POST' | undefined
  /** Signed and sent in the query of a GET, in the form of a POST; values may have slots for settings. */
  readonly params?: Readonly<Record<string, string>> | undefined
}

/** Where a person consents; `url` may have slots for settings. */
export interface ConsentPage {
  readonly url: string
  /** Besides `oauth_token`; values may have slots for settings. */
  readonly params?: Readonly<Record<string, string>> | undefined
}

/** What a strategy says besides how it signs. */
export type About<S> = Pick<
  AuthStrategy<S, OAuth1Credentials | undefined>,
  'title' | 'description' | 'helpUrl' | 'schema' | 'baseUrl' | 'origins' | 'inspect' | 'test'
>

/** The settings of a form. */
export type OAuth1Settings<M extends SignatureMethod, W extends Flow, F extends MoreFields> = SettingsOf<
  Completed<F, StandardFields<M, W>>
>

export interface OAuth1Options<M extends SignatureMethod, W extends Flow, F extends MoreFields> extends About<
  OAuth1Settings<M, W, F>
> {
  /** Fields beside those that signature method and flow ask for; of those, what is said otherwise. */
  readonly fields?: { readonly [K in keyof F]: K extends keyof StandardFields<M, W> ? PartialField : Field }
  /** Default 'HMAC-SHA1', which is what most providers know. */
  readonly signatureMethod?: M
  /** Default 'tokens': token and secret are typed in. */
  readonly flow?: W
  /** Default 'header'. Token endpoints always get the header. */
  readonly placement?: Placement
  /** What the header names as the protected realm. */
  readonly realm?: string | ((settings: OAuth1Settings<M, W, F>) => string | undefined)
  /** True: a body that is no form is signed through its hash. Default false. */
  readonly bodyHash?: boolean
  /** Gives a temporary token; needed for a consent, and in two legs where the provider wants one. */
  readonly requestToken?: string | Endpoint
  /** Where a person consents; needed for three legs. */
  readonly authorize?: string | ConsentPage
  /** Gives the access token; needed for two and three legs. */
  readonly accessToken?: string | Endpoint
  /** Renews a token by its session handle: where, or true for `accessToken`. */
  readonly refresh?: true | string | Endpoint
  /** False for a provider that does not confirm the callback, as RFC 5849 section 2.1 wants it. Default true. */
  readonly confirmsCallback?: boolean
  /** Parameters of the redirect that are kept in `values` (QuickBooks' `realmId`). */
  readonly callbackValues?: readonly string[]
}
