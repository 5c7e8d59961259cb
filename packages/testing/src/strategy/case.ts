import type { AuthStrategy, CredentialsOf, InputOf } from '@latchkey/core'

/** A request as the other side gets it. */
export interface SeenRequest {
  readonly method: string
  readonly url: URL
  readonly headers: Headers
  readonly body: Uint8Array<ArrayBuffer>
  /** The body as UTF-8. */
  readonly text: string
  /** When it came, in epoch milliseconds of the connection's clock. */
  readonly at: number
}

/** What the API's and the provider's side know of the connection, so that a case needs no state of its own. */
export interface Side<A extends AuthStrategy = AuthStrategy> {
  /** The settings of the connection that sent the request: those of the case, or what a law put in their place. */
  readonly settings: A extends AuthStrategy<infer S> ? S : never
  /** As they stand in the connection's store; undefined where nothing was earned. */
  readonly credentials: CredentialsOf<A> | undefined
  /** How many requests of its own (log in, refresh, revoke) the strategy has made in this test, from 1. */
  readonly nth: number
}

/**
 * One way of using a strategy, and how its API sees it. Secret settings must be unique texts of at least 8 characters,
 * because the laws search for them.
 */
export interface StrategyCase<A extends AuthStrategy = AuthStrategy> {
  /** Stands in the tests' names, where a strategy has several cases. */
  readonly name?: string | undefined
  readonly settings: InputOf<A>
  /** The API's side: whether the request is signed as it must be. It also meets odd values and unsigned requests. */
  accepts(request: SeenRequest, side: Side<A>): boolean | Promise<boolean>
  /** The provider's side: answers the strategy's own requests (log in, refresh, revoke); undefined for all others. */
  provider?(request: SeenRequest, side: Side<A>): Response | undefined | Promise<Response | undefined>
  /** What the API says to a request that it does not accept; default: 401. */
  refuse?(request: SeenRequest): Response
  /** What the API says to one that it accepts; default: 200 with `{}`. */
  answer?(request: SeenRequest): Response
  /** Credentials to begin with, for what a person signs in to; `now` in epoch milliseconds. */
  credentials?(now: number): CredentialsOf<A>
  /** Other valid settings with other secrets; default: the case's own with longer secrets. */
  readonly other?: InputOf<A> | undefined
  /** Settings that must be refused, each with the field that the refusal names. */
  readonly invalid?: readonly { readonly settings: unknown; readonly field: string }[] | undefined
  /** What of the credentials is secret; default: each text of 8 characters or more that is no URL. */
  secrets?(credentials: NonNullable<CredentialsOf<A>>): readonly string[]
  /** Where the API is; default `https://api.latchkey.test`. */
  readonly origin?: string | undefined
  /** True where two signatures of the same bytes differ by nature (ECDSA, RSA-PSS). */
  readonly randomised?: boolean | undefined
}

/** A case whose strategy is not known by its type. */
export type AnyCase = Omit<
  StrategyCase,
  'settings' | 'other' | 'accepts' | 'provider' | 'credentials' | 'secrets'
> & {
  readonly settings: Settings
  readonly other?: Settings | undefined
  accepts(request: SeenRequest, side: AnySide): boolean | Promise<boolean>
  provider?(request: SeenRequest, side: AnySide): Response | undefined | Promise<Response | undefined>
  credentials?(now: number): object
  secrets?(credentials: unknown): readonly string[]
}

export type Settings = Readonly<Record<string, unknown>>

interface AnySide {
  readonly settings: Settings
  readonly credentials: unknown
  readonly nth: number
}
