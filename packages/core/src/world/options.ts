/** What may be replaced of the world, for tests and for hosts with a network of their own. */
export interface WorldOptions {
  /** Sends every request: a corporate proxy, a private CA, client certificates. Then only literal addresses can be guarded. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** Epoch milliseconds. */
  readonly now?: (() => number) | undefined
  /** Cryptographically random bytes. */
  readonly random?: ((length: number) => Uint8Array<ArrayBuffer>) | undefined
  /** Resolves after that many milliseconds; rejects with the signal's reason when it aborts. */
  readonly sleep?: ((ms: number, signal?: AbortSignal) => Promise<void>) | undefined
}

/** Bounds of everything that is not the caller's own request: log in, exchange, refresh, test, revoke. */
export interface NetworkOptions {
  /** Over headers and body, in milliseconds; default 15,000. */
  readonly timeoutMs?: number | undefined
  /** Of decoded bytes in a response; default 1,048,576. */
  readonly maxBytes?: number | undefined
  /** Which special addresses may be reached besides the origins that code names; default none. `loopback` also allows http to it. */
  readonly allow?: 'loopback' | 'private' | undefined
}
