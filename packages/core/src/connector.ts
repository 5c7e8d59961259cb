import { checkAddresses, type Addresses } from './connection/reach.ts'
import { checkFields } from './fields/settings.ts'
import type { Account, AuthStrategy, TestContext } from './strategy.ts'

/** When a ready-made strategy renews besides on a 401: any of the statements that are given must hold. */
export interface RenewWhen {
  /** Statuses that mean that the credentials have ended; replaces 401. */
  readonly status?: number | readonly number[] | undefined
  /** Response headers whose value matches. */
  readonly headers?: Readonly<Record<string, string | RegExp>> | undefined
  /** Sees the body, parsed as JSON where it is JSON, else as text: of answers that are JSON or name their length, at most 64 KiB. */
  readonly body?: ((body: unknown, response: Response) => boolean) | undefined
}

/** An API: its strategy, its base URL, and the origins that may see its credentials. */
export interface Connector<A extends AuthStrategy = AuthStrategy> extends Addresses {
  /** Stored with each connection; never change it. */
  readonly key: string
  readonly name: string
  readonly auth: A
  readonly description?: string | undefined
  readonly helpUrl?: string | undefined
  /** Proves that a connection works; wins over the strategy's. */
  test?(c: TestContext<SettingsOfStrategy<A>>): Promise<Account | undefined | void>
  readonly renewWhen?: RenewWhen | undefined
  /** How long new credentials may still be rejected; a rejection inside that time is waited out instead of renewed. */
  readonly propagationMs?: number | undefined
  /** How the provider treats a used refresh token: keeps it, accepts it for `graceMs` more, or revokes everything. Default 'strict'. */
  readonly rotation?: 'none' | 'grace' | 'strict' | undefined
  readonly graceMs?: number | undefined
  /**
   * How long the provider may still be at a request whose process has died: so long its token is left alone after the
   * lease. Default 30,000; with a grace period less, so that the token is presented again inside it.
   */
  readonly processingMs?: number | undefined
  /** True where a refresh ends the old access token at once. */
  readonly oldAccessTokenDies?: boolean | undefined
}

export type SettingsOfStrategy<A> = A extends AuthStrategy<infer S> ? S : never

const keyPattern = /^[a-z0-9][a-z0-9._-]*$/i

/**
 * Names an API. Returns what it was given.
 * @throws {TypeError} that names the option
 */
export function defineConnector<A extends AuthStrategy>(connector: Connector<A>): Connector<A> {
  const where = `defineConnector(${JSON.stringify(connector.key)})`
  if (typeof connector.key !== 'string' || !keyPattern.test(connector.key)) {
    throw new TypeError(`${where}: key must be letters, digits, dots, dashes and underscores`)
  }
  if (typeof (connector.auth as Partial<A> | undefined)?.apply !== 'function')
    throw new TypeError(`${where}: auth must be a strategy`)
  if (connector.rotation === 'grace' && connector.graceMs === undefined) {
    throw new TypeError(`${where}: rotation 'grace' needs graceMs`)
  }
  checkFields(connector.auth.fields, connector.auth.choices)
  checkAddresses(where, connector)
  return connector
}

/** Recognises a connector, as against a bare strategy. */
export function isConnector(target: AuthStrategy | Connector): target is Connector {
  return 'auth' in target
}
