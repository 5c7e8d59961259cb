import type { BaseUrl } from '@latchkey/core'
import type { RequestOptions } from '@latchkey/core/http'
import type { OAuth2Options } from '@latchkey/oauth2'

/** A statement about other fields, as Segment writes it. */
export interface SegmentCondition {
  readonly fieldKey: string
  readonly operator: 'is' | 'is_not'
  readonly value?: string | number | boolean | readonly (string | number | boolean)[] | undefined
}

/** All of the conditions, or with `match: 'any'` one of them. */
export interface SegmentConditions {
  readonly match?: 'any' | 'all' | undefined
  readonly conditions: readonly SegmentCondition[]
}

/** A field of the form, as Segment writes it. */
export interface SegmentField {
  readonly label: string
  readonly description: string
  readonly type: 'string' | 'password' | 'boolean' | 'number'
  readonly required?: boolean | SegmentConditions | undefined
  readonly default?: string | number | boolean | undefined
  readonly choices?:
    readonly (string | { readonly value: string | number; readonly label: string })[] | undefined
  readonly format?: string | undefined
  readonly multiple?: boolean | undefined
  readonly allowNull?: boolean | undefined
  readonly placeholder?: string | undefined
  readonly depends_on?: SegmentConditions | undefined
  readonly minimum?: number | undefined
  readonly maximum?: number | undefined
  readonly readOnly?: boolean | undefined
  readonly unsafe_hidden?: boolean | undefined
  readonly category?: string | undefined
  readonly displayMode?: string | undefined
  readonly disabledInputMethods?: readonly string[] | undefined
  readonly dynamic?: ((request: SegmentRequest, given: never) => unknown) | undefined
}

/** What a hook before the request may change of it: what it returns is merged in. */
export type BeforeRequest = (
  options: Readonly<Record<string, unknown>>,
) => object | undefined | void | Promise<object | undefined | void>

/** Sees an answer before the function does; a Response that it returns takes its place. */
export type AfterResponse = (
  request: Request,
  options: Readonly<Record<string, unknown>>,
  response: Response,
) => unknown

/** What a request may say. `agent`, `statsContext` and `skipResponseCloning` are taken and have no effect. */
export interface SegmentRequestOptions extends Omit<RequestOptions, 'signal' | 'responseType'> {
  readonly signal?: AbortSignal | null | undefined
  readonly responseType?: string | undefined
  readonly beforeRequest?: readonly BeforeRequest[] | undefined
  readonly afterResponse?: readonly AfterResponse[] | undefined
  readonly skipResponseCloning?: boolean | undefined
  readonly agent?: unknown
  readonly statsContext?: unknown
}

/** An answer that has been read; a `Response` too, whose `json()` and `text()` can be called any number of times. */
export type SegmentResponse<T = unknown> = Response & {
  /** Parsed where the answer is JSON, else text. */
  readonly data: T
  readonly content: string
}

/** The client that a definition's functions get. Throws on a status that is not 2xx; `error.response` is the answer. */
export type SegmentRequest = <T = unknown>(
  url: string | URL,
  options?: SegmentRequestOptions,
) => Promise<SegmentResponse<T>>

/** The tokens, as functions see them; all undefined where the scheme is not OAuth. */
export interface SegmentAuth {
  readonly accessToken: string
  readonly refreshToken: string
  readonly refreshTokenUrl?: string | undefined
}

/** What `refreshAccessToken` sees besides: the client, which is the operator's. */
export interface SegmentClientAuth extends SegmentAuth {
  readonly clientId: string
  readonly clientSecret: string
}

type ValueOf<F> = F extends { readonly multiple: true }
  ? readonly ValueOf<Omit<F, 'multiple'>>[]
  : F extends { readonly type: 'number' }
    ? number
    : F extends { readonly type: 'boolean' }
      ? boolean
      : string

/** What functions see of the settings; a field that is not required may be undefined. */
export type SegmentSettings<F> = {
  readonly [K in keyof F]: F[K] extends { readonly required: true }
    ? ValueOf<F[K]>
    : ValueOf<F[K]> | undefined
}

/** A destination that is written here, typed by its fields. Definitions made elsewhere need no type: they are checked. */
export interface SegmentDestination<F extends Readonly<Record<string, SegmentField>>> {
  readonly name: string
  readonly slug?: string | undefined
  readonly description?: string | undefined
  readonly authentication: {
    readonly scheme: 'basic' | 'custom' | 'oauth2' | 'oauth-managed'
    readonly fields?: F | undefined
    readonly testAuthentication?:
      | ((
          request: SegmentRequest,
          given: { readonly settings: SegmentSettings<F>; readonly auth: SegmentAuth },
        ) => unknown)
      | undefined
    /** As `testAuthentication`, under the name that Segment's documentation gives it. */
    readonly testRequest?:
      | ((
          request: SegmentRequest,
          given: { readonly settings: SegmentSettings<F>; readonly auth: SegmentAuth },
        ) => unknown)
      | undefined
    readonly refreshAccessToken?:
      | ((
          request: SegmentRequest,
          given: { readonly settings: SegmentSettings<F>; readonly auth: SegmentClientAuth },
        ) => Promise<{ readonly accessToken: string; readonly refreshToken?: string | undefined }>)
      | undefined
  }
  readonly extendRequest?:
    | ((given: {
        readonly settings: SegmentSettings<F>
        readonly auth: SegmentAuth
      }) => SegmentRequestOptions | Promise<SegmentRequestOptions>)
    | undefined
}

/** What a definition does not say, and Latchkey must know. */
export interface SegmentOptions {
  /** Stored with each connection; default: the slug, else made of the name. */
  readonly key?: string | undefined
  /** Where the API is: relative URLs start here, and the credentials go to its origin. Wins over a `prefixUrl`. */
  readonly baseUrl?: BaseUrl | undefined
  /** Where credentials may go, and what the functions may call: `['https://api.example.com', 'https://*.example.com']`. */
  readonly origins?: readonly string[] | undefined
  /** Text fields that may be shown: every other text is secret, because Segment only says of some that they are. */
  readonly public?: readonly string[] | undefined
  readonly helpUrl?: string | undefined
  /** The consent, which is Segment's own service at home: any options of `oauth2()`. */
  readonly oauth?:
    | Omit<
        OAuth2Options,
        'fields' | 'fieldNames' | 'scheme' | 'extendRequest' | 'testAuthentication' | 'refreshAccessToken'
      >
    | undefined
}
