import type { StandardSchemaV1 } from '@standard-schema/spec'
import type {
  Account,
  AuthContext,
  CredentialContext,
  Credentials,
  Json,
  OutgoingRequest,
  TestContext,
} from './context.ts'
import type { Fields, SettingsInput, SettingsOf } from './fields/field.ts'

export type {
  Account,
  AuthContext,
  CredentialContext,
  Credentials,
  Json,
  OutgoingRequest,
  Runtime,
  TestContext,
} from './context.ts'

/**
 * What a response says about the credentials. `retry`: something was learnt, sign and send again.
 * `renew`: get new credentials, then send again. `reconnect`: a person must act.
 */
export type Verdict = 'retry' | 'renew' | 'reconnect' | undefined

/** What a host shows a person, and what it keeps until that person comes back. */
export interface Prompt {
  /** Where to send the person. */
  readonly url: string
  /** The code to type there (device authorization). */
  readonly userCode?: string | undefined
  /** Kept by the host: bound to the browser, single use. Secret. */
  readonly pending: Json
  /** When the prompt ends, in epoch milliseconds. */
  readonly expiresAt?: number | undefined
  /** How long to wait between calls of `complete`, where nothing comes back by itself (device authorization). */
  readonly intervalMs?: number | undefined
}

/** Earns credentials through a person. */
export interface Authorization<S, C> {
  begin(
    c: AuthContext<S> & {
      readonly redirectUri?: string | undefined
      /** To be asked for besides those already granted. */
      readonly scopes?: readonly string[] | undefined
      /** What is held now, where the account signs in once more. */
      readonly credentials?: C | undefined
    },
  ): Promise<Prompt>
  /** `callback` holds the parameters of the redirect. Resolves undefined while the person has not finished. */
  complete(
    c: AuthContext<S> & {
      readonly pending: Json
      readonly callback: URLSearchParams
      readonly redirectUri?: string | undefined
    },
  ): Promise<C | undefined>
}

/** How one scheme works: a plain object of functions without state. */
export interface AuthStrategy<
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- variance: a strategy of any settings is an AuthStrategy.
  S = any,
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- variance: a strategy of any credentials is an AuthStrategy.
  C extends Credentials | undefined = any,
> {
  /** A stable name, stored with the credentials: a changed scheme drops them. */
  readonly scheme: string
  readonly fields: Fields
  /** Checks across fields, after each field has been checked by itself. Its output is not used. */
  readonly schema?: StandardSchemaV1 | undefined
  /** The base URL that this way of signing in implies; wins over the connector's, as an option's own value does. */
  readonly baseUrl?: BaseUrl | undefined
  /** Origins (`https://api.example.com`, `https://*.example.com`) that this way of signing in implies, where the connector names none. */
  readonly origins?: readonly string[] | undefined
  /** As an option of a selector: what a form calls it. */
  readonly title?: string | undefined
  readonly description?: string | undefined
  readonly helpUrl?: string | undefined
  /** Puts the credentials on a request that carries none. Called afresh for every send. */
  apply(request: OutgoingRequest, c: CredentialContext<S, C>): void | Promise<void>
  /** Earns credentials from settings alone: log in, exchange, sign. */
  acquire?(c: AuthContext<S>): Promise<C | undefined>
  /** Trades old credentials for new ones; undefined: these cannot be refreshed. */
  refresh?(c: CredentialContext<S, C>): Promise<C | undefined>
  readonly authorize?: Authorization<S, C> | undefined
  /** Sees every response, sends nothing. Read a body only through `response.clone()`. Default: 401 means 'renew'. */
  inspect?(
    response: Response,
    c: CredentialContext<S, C> & { readonly request: OutgoingRequest },
  ): Verdict | Promise<Verdict>
  /** Proves that the connection works. */
  test?(c: TestContext<S>): Promise<Account | undefined | void>
  /** Masks what only the strategy knows to be secret; settings and credentials are masked already. */
  redact?(text: string, c: CredentialContext<S, C>): string
  /** Ends the credentials at the provider. */
  revoke?(c: CredentialContext<S, C>): Promise<void>
  /** Selectors only: the strategy that stands in for this one under these settings. */
  select?(settings: S): AuthStrategy
  /** Selectors only: what there is to choose from, by the value of the field that `discriminator` names. */
  readonly choices?: Readonly<Record<string, AuthStrategy>> | undefined
  readonly discriminator?: string | undefined
  /** Types only; never present. */
  readonly '~input'?: unknown
}

/** A base URL: fixed, with guarded slots (`https://{subdomain}.example.com/api`), or computed. */
export type BaseUrl = string | ((given: Known) => string | undefined | Promise<string | undefined>)

/** What a computed base URL or origin may depend on. */
export interface Known {
  readonly settings: Readonly<Record<string, unknown>>
  readonly credentials: Readonly<Record<string, unknown>> | undefined
}

/** The settings that a caller of `connect` gives for a strategy. */
export type InputOf<A> = A extends { readonly '~input'?: infer I }
  ? unknown extends I
    ? A extends AuthStrategy<infer S>
      ? S
      : never
    : NonNullable<I>
  : never

/** The credentials of a strategy. */
export type CredentialsOf<A> = A extends AuthStrategy<infer _S, infer C> ? Named<C> : never

/** Stands for credentials that no verb has named; its one member is the advice. */
export interface Unnamed extends Credentials {
  readonly 'write acquire, refresh and authorize above apply, or name the type: defineStrategy<MyCredentials>()({ … })': never
}

type Named<C> = unknown extends C ? Credentials | undefined : [C] extends [Unnamed] ? undefined : C

/** A strategy with fields F and credentials C, as `defineStrategy` takes it. */
export type StrategyShape<F extends Fields, C extends Credentials | undefined> = Omit<
  AuthStrategy<SettingsOf<F>, C>,
  'fields' | '~input'
> & { readonly fields: F }

/** A strategy that knows its fields. */
export type Strategy<F extends Fields, C extends Credentials | undefined> = AuthStrategy<SettingsOf<F>, C> & {
  readonly fields: F
  readonly '~input'?: SettingsInput<F>
}

/**
 * Types a strategy: settings from `fields`, credentials from `acquire`, `refresh` or `authorize`, or by name:
 * `defineStrategy<Token>()({ … })` takes the members in any order. Returns what it was given.
 */
export function defineStrategy<C extends Credentials | undefined>(): <const F extends Fields>(
  strategy: StrategyShape<F, C>,
) => Strategy<F, C>
export function defineStrategy<const F extends Fields, C extends Credentials | undefined = Unnamed>(
  strategy: StrategyShape<F, C>,
): Strategy<F, C>
export function defineStrategy(strategy?: AuthStrategy): unknown {
  return strategy ?? ((named: AuthStrategy) => named)
}
