import type { AuthContext, AuthStrategy, Field, PartialField, SettingsOf, TestContext } from '@latchkey/core'
import type { ExpiryFormat, Extension, RequestClient, TestRequest } from '@latchkey/core/http'
import type { Account, Json } from '@latchkey/core'
import type { OAuth2Credentials } from './credentials.ts'

/**
 * How tokens are earned. The first and the device grant need a person; the others need settings alone. `refresh_token`:
 * the user brings one in a field; with `authorizationUrl` a consent may stand in for it. An object is any other grant: its
 * type as the provider calls it, its parameters in `token.params`.
 */
export type Grant =
  | 'authorization_code'
  | 'device_code'
  | 'client_credentials'
  | 'password'
  | 'jwt_bearer'
  | 'token_exchange'
  | 'refresh_token'
  | { readonly type: string }

/**
 * How the client proves who it is; never two at once. `client_secret_basic` form-encodes both parts first (RFC 6749
 * section 2.3.1), `client_secret_basic_raw` does not, for providers that got it wrong. `tls_client_auth`: the injected
 * fetch holds the certificate (RFC 8705). `none`: a public client, which sends its id alone.
 */
export type ClientAuth =
  | 'client_secret_post'
  | 'client_secret_basic'
  | 'client_secret_basic_raw'
  | 'client_secret_jwt'
  | 'private_key_jwt'
  | 'tls_client_auth'
  | 'none'

/** What a computed URL, parameter or header may depend on. */
export interface Given {
  readonly settings: Readonly<Record<string, unknown>>
  /** What the callback brought, as far as `callbackValues` names it. */
  readonly callback: Readonly<Record<string, string>>
  /** What is held; absent before the first sign-in. */
  readonly credentials?: OAuth2Credentials | undefined
  /**
   * Of a consent and of a request for tokens: its standard parameters by their standard names (`code`, `code_verifier`,
   * `redirect_uri`, `state`, `refresh_token`), also those that `omit` leaves out, and never the client's
   * secret.
   */
  readonly parameters?: Readonly<Record<string, string>> | undefined
  /** Epoch milliseconds. */
  readonly now: number
}

/**
 * A URL. Slots (`https://{subdomain}.example.com/token`) are filled from settings, then from `callbackValues`, and guarded
 * by their place. What a function returns must match `endpointOrigins`.
 */
export type Endpoint = string | ((given: Given) => string)

/**
 * Parameters or headers. Texts may have slots (`{tenant}`); an entry whose slot has no value is left out. A function
 * computes them; undefined leaves out.
 */
export type Values<V = Json> =
  Readonly<Record<string, V>> | ((given: Given) => Readonly<Record<string, V | undefined>>)

/** From the name of the specification to the provider's: `{ client_id: 'client_key' }`. */
export type Names = Readonly<Record<string, string>>

/** How one kind of request for tokens is sent. */
export interface RequestShape {
  /** Default `form`. `query`: all parameters in the URL, no body (Gong). */
  readonly format?: 'form' | 'json' | 'query' | undefined
  /** Default POST; RFC 6749 section 3.2 knows nothing else. */
  readonly method?: 'POST' | 'GET' | undefined
  /** Added to the body; wins over a standard parameter of the same name, except those that hold secrets. */
  readonly params?: Values | undefined
  /** Added to the URL. */
  readonly query?: Values<string> | undefined
  readonly headers?: Values<string> | undefined
  /** Standard parameters that are not sent, by their standard name. */
  readonly omit?: readonly string[] | undefined
  readonly names?: Names | undefined
}

/** A member of an answer: its name, dots between levels (`authed_user.access_token`), or a list for names with dots. */
export type Path = string | readonly string[]

/** Where the members of a token are in an answer; default: the names of RFC 6749 section 5.1. */
export interface TokenPaths {
  readonly access_token?: Path | undefined
  readonly refresh_token?: Path | undefined
  readonly token_type?: Path | undefined
  readonly scope?: Path | undefined
  readonly expires_in?: Path | undefined
  /** How the value at `expires_in` is written; default `auto`. */
  readonly expiry?: ExpiryFormat | undefined
}

/** How answers of the token endpoint are read. */
export interface ResponseShape extends TokenPaths {
  readonly id_token?: Path | undefined
  readonly refresh_expires_in?: Path | undefined
  readonly error?: Path | undefined
  /** Sees every answer that could be parsed before it is read, and returns it in the form that the paths describe. */
  readonly body?: ((body: unknown, request: 'token' | 'refresh') => unknown) | undefined
  /** `text`: the whole body is the access token. Default: JSON, else form encoding, whatever the content type says. */
  readonly format?: 'auto' | 'text' | undefined
  /** Other tokens in the same answer, by your name: `{ bot: { access_token: 'access_token' } }`. */
  readonly tokens?: Readonly<Record<string, TokenPaths>> | undefined
  /** Members that are kept in `credentials.metadata` under these names (Salesforce: `['instance_url']`), on refresh too. */
  readonly keep?: readonly string[] | Readonly<Record<string, Path>> | undefined
  /** The life of a token whose answer says nothing of it, in seconds. */
  readonly defaultLifetime?: number | undefined
  /** Token types that are taken besides Bearer (in any case) and DPoP: `['mac']` is refused unless it stands here. */
  readonly tokenTypes?: readonly string[] | undefined
}

/** What a refused request says; called for an answer that carries no token, and for each error status. */
export interface Refusal {
  readonly status: number
  /** The provider's error code, where there is one. */
  readonly error: string | undefined
  /** Parsed where it is JSON or form encoding, else text. */
  readonly body: unknown
  readonly request: 'token' | 'refresh'
}

/** What a refusal means: the account must sign in again, the client is not accepted, or try later. */
export type Meaning = 'rejected' | 'client' | 'unavailable' | undefined

/** Where a token goes on each request. */
export interface Place {
  /** Default `authorization`, unless `query` is given. */
  readonly header?: string | undefined
  /** Before the token in a header; default `Bearer`. One space follows unless it is empty or ends in a space or `=`. */
  readonly prefix?: string | undefined
  readonly query?: string | undefined
  /** A text with slots instead of a token: `{ header: 'client-id', value: '{clientId}' }`. */
  readonly value?: string | undefined
  /** One of `response.tokens`; default: the access token. */
  readonly token?: string | undefined
}

/** How the `state` of a consent is made; default: 43 characters of base64url, 256 bits. */
export interface StateShape {
  /** Characters; at least 8. */
  readonly length?: number | undefined
  /** At least 16 different characters. */
  readonly alphabet?: string | undefined
}

/** The consent: where and how a person is sent. */
export interface AuthorizeShape {
  /** Added to the URL: `{ access_type: 'offline', prompt: 'consent' }`. */
  readonly params?: Values<string> | undefined
  readonly omit?: readonly string[] | undefined
  readonly names?: Names | undefined
  readonly state?: StateShape | undefined
  /** Pushed first (RFC 9126); default: where the server demands it. */
  readonly pushed?: boolean | undefined
}

/** The assertion of the JWT bearer grant. RFC 7523 section 2.1. */
export interface AssertionShape {
  /** Texts with slots. Default issuer: the account of a JSON key, else the field `issuer`, else the client id. */
  readonly issuer?: string | undefined
  /** Default: the field `subject`, where it has a value. */
  readonly subject?: string | undefined
  /** Default: the token endpoint. */
  readonly audience?: string | undefined
  readonly claims?: Values | undefined
  readonly header?: Readonly<Record<string, Json>> | undefined
  /** Default: what the key says, else RS256, ES256 or EdDSA by its kind. */
  readonly algorithm?: string | undefined
  /** In seconds; default 300. Google takes at most 3600. */
  readonly lifetime?: number | undefined
  /** True: the scopes are a claim of the assertion (Google) and no parameter. */
  readonly scopeClaim?: boolean | undefined
}

/** The token exchange. RFC 8693 section 2.1. */
export interface ExchangeShape {
  /** Default `urn:ietf:params:oauth:token-type:access_token`. */
  readonly subjectTokenType?: string | undefined
  readonly actorTokenType?: string | undefined
  readonly requestedTokenType?: string | undefined
  readonly audience?: string | undefined
}

/** What `refreshAccessToken` gets, as at Segment. */
export interface RefreshAuth {
  readonly accessToken: string
  readonly refreshToken: string
  readonly clientId: string
  readonly clientSecret: string
}

/** What `extendRequest` and `testAuthentication` get: nothing of the client. */
export type RequestAuth = Pick<RefreshAuth, 'accessToken' | 'refreshToken'>

/** What `refreshAccessToken` returns; a refresh token that is missing or empty keeps the old one. */
export interface RefreshedToken {
  readonly accessToken: string
  readonly refreshToken?: string | null | undefined
  /** In seconds, or in any other form of an expiry. */
  readonly expiresIn?: number | string | null | undefined
  readonly expiresAt?: number | string | null | undefined
}

/** The names of the fields that this strategy makes itself. */
export type StandardField =
  | 'clientId'
  | 'clientSecret'
  | 'privateKey'
  | 'username'
  | 'password'
  | 'issuer'
  | 'subject'
  | 'subjectToken'
  | 'refreshToken'
  | 'actorToken'
  | 'authorizationUrl'
  | 'tokenUrl'
  | 'revocationUrl'

/** A form of your own; a standard field says only what is different. */
export type GivenFields = Readonly<Record<string, PartialField>>

/** The members that are fields by themselves. */
export type OwnFields<F extends GivenFields> = {
  readonly [K in keyof F as F[K] extends Field ? K : never]: F[K] extends Field ? F[K] : never
}

/** The settings of a strategy: those of your fields, and the standard ones. */
export type OAuth2Settings<F extends GivenFields> = SettingsOf<OwnFields<F>> & {
  readonly [K in Exclude<StandardField, keyof OwnFields<F>>]?: string | undefined
}

/** What every grant has in common, and what only some of them need. */
export interface OAuth2Options<F extends GivenFields = GivenFields> extends Pick<
  AuthStrategy<OAuth2Settings<F>, OAuth2Credentials>,
  'title' | 'description' | 'helpUrl' | 'schema' | 'baseUrl' | 'origins'
> {
  /** Stored with the credentials; default `oauth2`, `oauth-managed` where `managed`. */
  readonly scheme?: string | undefined
  /** Default `authorization_code`. */
  readonly grant?: Grant | undefined
  /** More fields, and what is different about the standard ones: `{ clientId: { label: 'App key' } }`. */
  readonly fields?: F | undefined
  /** What the standard fields are called in the settings: `{ clientId: 'client_id' }`. */
  readonly fieldNames?: Partial<Readonly<Record<StandardField, string>>> | undefined

  /** The authorization server; what is not given below is read from its metadata. RFC 8414, OpenID Discovery. */
  readonly issuer?: Endpoint | undefined
  /** The protected resource, whose metadata name the authorization server (RFC 9728): an MCP server, say. */
  readonly protectedResource?: Endpoint | undefined
  readonly authorizationUrl?: Endpoint | undefined
  readonly tokenUrl?: Endpoint | undefined
  /** Default: the token endpoint. */
  readonly refreshUrl?: Endpoint | undefined
  readonly deviceUrl?: Endpoint | undefined
  readonly pushedUrl?: Endpoint | undefined
  readonly revocationUrl?: Endpoint | undefined
  readonly introspectionUrl?: Endpoint | undefined
  readonly userinfoUrl?: Endpoint | undefined
  /** What computed endpoints must match, such as `['https://*.example.com']`; `https://*` is any host, for software that its users host. */
  readonly endpointOrigins?: readonly string[] | undefined
  /** The endpoints are fields that the operator fills in (Segment's oauth-managed). */
  readonly managed?: boolean | undefined

  /** The id of a public client that every installation shares; then there is no field for it. */
  readonly clientId?: string | undefined
  /** Default `client_secret_post`, because more providers take it; `none` with a literal `clientId`. */
  readonly clientAuth?: ClientAuth | undefined
  /** The `aud` of client assertions; default: the issuer, else the token endpoint. RFC 7523bis. */
  readonly clientAudience?: string | undefined
  /** The `alg` of client assertions; default: by the kind of the key. */
  readonly clientAlgorithm?: string | undefined
  readonly clientKeyId?: string | undefined
  /** The URL of this client's metadata document, which is its id at servers that say that they take one. */
  readonly clientMetadataUrl?: string | undefined
  /** Registers a client at the server where nobody has given an id (RFC 7591); the members of its metadata. */
  readonly registration?: Readonly<Record<string, Json>> | undefined
  /** Default: where the server's metadata say. */
  readonly registrationUrl?: Endpoint | undefined

  readonly scopes?: readonly string[] | ((given: Given) => readonly string[]) | undefined
  /** Default a space. */
  readonly scopeSeparator?: string | undefined
  /** RFC 8707: sent with consent, token and refresh. */
  readonly resource?: string | readonly string[] | undefined
  /** RFC 7636 with S256. False only for a provider that breaks on it. Default true. */
  readonly pkce?: boolean | undefined
  /** RFC 9449: tokens are bound to a key that is made for each connection. Default false. */
  readonly dpop?: boolean | undefined
  /** For all requests in both directions; a request's own `names` win. */
  readonly names?: Names | undefined
  /** Parameters of the redirect that are kept for the slots of endpoints, parameters and headers (QuickBooks' `realmId`). */
  readonly callbackValues?: readonly string[] | undefined

  readonly authorize?: AuthorizeShape | undefined
  readonly token?: RequestShape | undefined
  /** What is not said here is as in `token`, except `params`. */
  readonly refresh?: (RequestShape & { readonly scope?: boolean | undefined }) | undefined
  /** `tokens`: which end at the provider, in this order; default the refresh token, else the access token. */
  readonly revoke?:
    | (RequestShape & { readonly tokens?: readonly ('refresh_token' | 'access_token')[] | undefined })
    | undefined
  readonly device?: RequestShape | undefined
  readonly assertion?: AssertionShape | undefined
  readonly exchange?: ExchangeShape | undefined
  readonly response?: ResponseShape | undefined
  /** The provider's own error codes by meaning, or a function that sees the whole refusal; its word comes first. */
  readonly errors?:
    Readonly<Record<string, NonNullable<Meaning>>> | ((refusal: Refusal) => Meaning) | undefined

  /** Where tokens go on each request; default `Authorization: Bearer …`. */
  readonly place?: Place | readonly Place[] | undefined
  /** Proves the connection and names the account; default: the endpoint that is given, with `openid` and an issuer userinfo. */
  readonly proof?: 'userinfo' | 'introspection' | 'id_token' | undefined
  /** Wins over `proof`. */
  readonly test?: ((c: TestContext<OAuth2Settings<F>>) => Promise<Account | undefined | void>) | undefined

  /** Segment's forms. */
  readonly testAuthentication?: TestRequest<OAuth2Settings<F>, RequestAuth> | undefined
  readonly refreshAccessToken?:
    | ((
        request: RequestClient,
        given: { readonly settings: OAuth2Settings<F>; readonly auth: RefreshAuth },
      ) => Promise<RefreshedToken>)
    | undefined
  readonly extendRequest?:
    | ((given: {
        readonly settings: OAuth2Settings<F>
        readonly auth: RequestAuth
      }) => Extension | Promise<Extension>)
    | undefined
}

/** What the verbs of this strategy are called with. */
export type Context = AuthContext<Readonly<Record<string, unknown>>>

/** Options of any form. */
export type AnyOptions = OAuth2Options
