import { systemNow } from './clock.ts'
import { systemRandom } from './crypto.ts'
import { guardedFetch } from './guard.ts'
import type { NetworkOptions, WorldOptions } from './options.ts'
import { sleep } from './timers.ts'

/** Clock, randomness and network, assembled in one place. */
export interface World {
  /** For the caller's own requests: the host's fetch, else the global one as it is at the time of the call. */
  readonly fetch: typeof globalThis.fetch
  /** For everything else: bounded in time and size, kept to permitted addresses. */
  readonly guarded: typeof globalThis.fetch
  /** Epoch milliseconds. */
  readonly now: () => number
  /** Cryptographically random bytes, at most 65,536. */
  readonly random: (length: number) => Uint8Array<ArrayBuffer>
  /** Resolves after that many milliseconds; rejects with the signal's reason when it aborts. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
}

/** What a world is made of. */
export interface WorldParts extends WorldOptions {
  readonly network?: NetworkOptions | undefined
  /** Origins that code, not a person, has named: they may be http and may be at special addresses. Patterns are ignored. */
  readonly trustedOrigins?: readonly string[] | undefined
}

/** Assembles the world of a connection, or of a part beside it, from what the host replaces and what the runtime has. */
export function createWorld(options: WorldParts = {}): World {
  const { fetch: injected, network, trustedOrigins = [] } = options
  const fetch: typeof globalThis.fetch = (input, init) => (injected ?? globalThis.fetch)(input, init)
  return {
    fetch,
    guarded: guardedFetch({
      fetch,
      injected: injected !== undefined,
      allow: network?.allow,
      timeoutMs: network?.timeoutMs ?? 15_000,
      maxBytes: network?.maxBytes ?? 1_048_576,
      trusted: new Set(
        trustedOrigins
          .filter((origin) => !origin.includes('*') && URL.canParse(origin))
          .map((origin) => new URL(origin).origin),
      ),
    }),
    now: options.now ?? systemNow,
    random: options.random ?? systemRandom,
    sleep: options.sleep ?? sleep,
  }
}
