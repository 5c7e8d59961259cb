import type { KyInstance } from 'ky'
import type { Connector } from '../connector.ts'
import type { AuthErrorCode, Remedy } from '../errors.ts'
import type { OnEvent } from '../events.ts'
import type { Choice, Field } from '../fields/field.ts'
import type { StoreDriver } from '../store/contract.ts'
import type {
  Account,
  AuthStrategy,
  CredentialsOf,
  InputOf,
  Json,
  OutgoingRequest,
  Prompt,
} from '../strategy.ts'
import type { NetworkOptions, WorldOptions } from '../world/options.ts'

export interface ConnectOptions<A extends AuthStrategy> extends WorldOptions {
  readonly settings: InputOf<A>
  /** Seeds the record once with credentials that were earned elsewhere. */
  readonly credentials?: CredentialsOf<A> | undefined
  /** For a bare strategy, or to narrow or replace a connector's: exact origins or `https://*.example.com`. */
  readonly origins?: readonly string[] | undefined
  /** In the place of every address that the connector or the strategy names: a sandbox, a test server. */
  readonly baseUrl?: string | undefined
  /** Default: in memory, for this connection alone. */
  readonly store?: StoreDriver | undefined
  /** The connection's key in the store; default: the connector's key, for a bare strategy its scheme. */
  readonly key?: string | undefined
  /** How long before their end credentials are renewed; default 300,000 and at most a fifth of their life. */
  readonly leewayMs?: number | undefined
  readonly network?: NetworkOptions | undefined
  readonly onEvent?: OnEvent | undefined
  /** Ends every wait of this connection for its caller; a refresh under way is finished and kept. */
  readonly signal?: AbortSignal | undefined
}

export interface Status {
  /** `disconnected`: a person has yet to sign in. `reconnect`: a person must sign in again. */
  readonly state: 'connected' | 'disconnected' | 'reconnect' | 'paused'
  readonly scheme: string
  readonly expiresAt?: number | undefined
  readonly account?: Account | undefined
  /** The last failed attempt. */
  readonly error?:
    | { readonly code: AuthErrorCode; readonly remedy: Remedy; readonly message: string; readonly at: number }
    | undefined
}

/** A field that could only be asked after signing in, with its choices. */
export interface Question {
  readonly name: string
  readonly field: Field
  readonly choices: readonly Choice[]
}

export interface ApplyOptions {
  /** Origins that may see the credentials besides the connector's own: exact or `https://*.example.com`. */
  readonly origins?: readonly string[] | undefined
}

/** One account at one API. Prints nothing of what it holds. */
export interface Connection<C = unknown> {
  readonly key: string
  /** Fetch that signs in; credentials go only to the connector's origins. An HTTP error response is returned, not thrown. */
  readonly fetch: typeof globalThis.fetch
  /** ky over `fetch`, on the connector's base URL. */
  readonly http: KyInstance
  /** The same request with credentials on it, for senders that are not fetch. */
  apply(request: Request, options?: ApplyOptions): Promise<Request>
  /** Puts credentials on an open request in place, for a strategy that authenticates through this connection. */
  apply(request: OutgoingRequest, options?: ApplyOptions): Promise<void>
  /** Tells the strategy of a response to the very request that `apply` signed; true: sign and send it again. */
  inspect(response: Response, request: Request | OutgoingRequest): Promise<boolean>
  /** The text with `•••` for each secret of this connection that has been used last. */
  redact(text: string): string
  /** Fresh credentials, for protocols that are not HTTP. */
  credentials(options?: { readonly signal?: AbortSignal | undefined }): Promise<C>
  test(options?: { readonly signal?: AbortSignal | undefined }): Promise<Account | undefined>
  readonly authorize: {
    begin(options?: { readonly redirectUri?: string; readonly scopes?: readonly string[] }): Promise<Prompt>
    /** False while the person has not finished. */
    complete(
      pending: Json,
      callback: URLSearchParams | string | URL,
      options?: { readonly redirectUri?: string },
    ): Promise<boolean>
  }
  /** Renews now, whatever the expiry says. */
  refresh(options?: { readonly signal?: AbortSignal | undefined }): Promise<void>
  /** Ends the credentials at the provider where it can, and here in any case. */
  revoke(): Promise<void>
  status(): Promise<Status>
  /** What is still to be asked now that the account is signed in. */
  questions(): Promise<readonly Question[]>
  /** Waits for a refresh under way, then refuses to start another. */
  close(): Promise<void>
}

export type Target<A extends AuthStrategy> = A | Connector<A>
