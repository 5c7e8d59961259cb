import type { KyInstance } from 'ky'

/** A value that survives `JSON.stringify` and `JSON.parse` unchanged. */
export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined }

/** What a strategy earned: plain JSON, stored sealed. */
export type Credentials = {
  /** When they end, in epoch milliseconds; absent: they last until they are rejected. */
  readonly expiresAt?: number | undefined
} & object

/** The world as a strategy sees it. */
export interface Runtime {
  /** Fetch without authentication, bounded in time and size, kept to public addresses. */
  readonly fetch: typeof globalThis.fetch
  /** ky over that fetch; throws on an HTTP error status. */
  readonly http: KyInstance
  /** Epoch milliseconds. */
  readonly now: () => number
  /** Cryptographically random bytes. */
  readonly random: (length: number) => Uint8Array<ArrayBuffer>
}

export interface AuthContext<S> extends Runtime {
  readonly settings: S
  /** What was learnt from responses (nonce, counter, clock offset); in process, lost at any time. */
  readonly memory: Map<string, unknown>
  /** Ends when the core gives up on the call; a caller that aborts does not end it. */
  readonly signal?: AbortSignal | undefined
}

export interface CredentialContext<S, C> extends AuthContext<S> {
  readonly credentials: C
}

/** The context of `test`, and of choices asked after signing in: `fetch` and `http` are authenticated here, and only here. */
export interface TestContext<S> extends AuthContext<S> {
  /** ky over the authenticated fetch, on the connector's base URL. */
  readonly http: KyInstance
  /** What relative URLs start from, where there is a base URL. */
  readonly baseUrl?: string | undefined
  /** Fetch without authentication, bounded and guarded, for an endpoint that is not the API's own (userinfo, introspection). */
  readonly unsigned?: typeof globalThis.fetch | undefined
  /** What was earned, for a test that reads the account out of it. */
  readonly credentials?: unknown
}

/** Who signed in, as the provider names them. */
export interface Account {
  readonly id?: string | undefined
  readonly label?: string | undefined
}

/** A request that is about to be sent, in Fetch's terms but still open: URL and headers may be changed in place. */
export interface OutgoingRequest {
  readonly method: string
  readonly url: URL
  readonly headers: Headers
  /** In the form in which the caller gave it, so that it can be sent again. */
  body: BodyInit | null
  /**
   * The exact bytes that will be sent; fixes the body to them.
   * @throws {AuthError} body_not_replayable for a body that can be read only once
   */
  bytes(): Promise<Uint8Array<ArrayBuffer>>
}
