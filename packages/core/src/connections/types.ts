import type { Connection, Status } from '../connection/types.ts'
import type { Connector } from '../connector.ts'
import type { AuthError } from '../errors.ts'
import type { OnEvent } from '../events.ts'
import type { StoreDriver } from '../store/contract.ts'
import type { CredentialsOf, InputOf } from '../strategy.ts'
import type { NetworkOptions, WorldOptions } from '../world/options.ts'

export interface ConnectionsOptions<K extends Connectors> extends WorldOptions {
  /** By any name; each is stored under its own `key`. */
  readonly connectors: K
  readonly store: StoreDriver
  /** The operator's own values (fields with `owner: 'app'`) for a connector; asked whenever a connection is opened. */
  readonly app?: ((connector: Connector) => Settings | undefined | Promise<Settings | undefined>) | undefined
  /** In the place of every address that the connectors name: a sandbox, a test server. */
  readonly baseUrl?: string | undefined
  readonly leewayMs?: number | undefined
  readonly network?: NetworkOptions | undefined
  readonly onEvent?: OnEvent | undefined
}

export type Connectors = Readonly<Record<string, Connector>>
/** Settings of a connector that is known only at run time. */
export type Settings = Readonly<Record<string, unknown>>

export interface NewConnection<C extends Connector = Connector> {
  readonly settings: Partial<InputOf<C['auth']>>
  /** Earned elsewhere: the record starts with them. */
  readonly credentials?: CredentialsOf<C['auth']> | undefined
  /** The operator's values that this one connection brings itself (its own client id and secret). */
  readonly app?: Settings | undefined
  readonly owner?: string | undefined
  readonly tenant?: string | undefined
  /** Default: random. */
  readonly key?: string | undefined
}

export interface Filter {
  readonly connector?: string | undefined
  readonly owner?: string | undefined
  readonly tenant?: string | undefined
}

/** A connection as a list shows it: no setting, no credential. */
export interface Summary extends Status {
  readonly key: string
  readonly connector: string
  readonly owner?: string | undefined
  readonly tenant?: string | undefined
  /** Epoch milliseconds of the store's clock. */
  readonly createdAt: number
  readonly updatedAt: number
}

/** Many accounts over one store. */
export interface Connections<K extends Connectors = Connectors> {
  /** @throws {AuthError} settings_invalid */
  create<N extends keyof K & string>(
    connector: N,
    given: NewConnection<K[N]>,
  ): Promise<Connection<CredentialsOf<K[N]['auth']>>>
  /** One connection object a key in this process. @throws {AuthError} credentials_missing where there is none that the filter lets through */
  get(key: string, filter?: Filter): Promise<Connection>
  list(
    page?: Filter & { readonly prefix?: string; readonly after?: string; readonly limit?: number },
  ): Promise<{ readonly connections: readonly Summary[]; readonly more: boolean }>
  /** Changes settings; a new grant starts unless only fields have changed that are asked after signing in or say `keepsGrant`. `app` overrides the operator's values. */
  update(key: string, settings: Settings, app?: Settings): Promise<void>
  /** A paused connection refuses requests and is not renewed; other processes learn of it at their next look into the store. */
  pause(key: string): Promise<void>
  resume(key: string): Promise<void>
  /** Bulk import of accounts that were connected elsewhere; a faulty row harms no other. */
  import(
    rows: readonly (NewConnection & { readonly connector: keyof K & string })[],
  ): Promise<readonly ({ readonly key: string } | { readonly error: AuthError })[]>
  /**
   * Renews ahead of time and then holds nothing of the connection, unless this process uses it. With `version` only what
   * is still at that version of the record, so that nothing is renewed twice. Resolves false where there was nothing to do.
   */
  refresh(key: string, options?: { readonly version?: number | undefined }): Promise<boolean>
  /** Ends the credentials at the provider where it can, and deletes the record in any case. */
  remove(key: string): Promise<boolean>
  /** Drains: waits for renewals under way and refuses others. */
  close(): Promise<void>
}
