/** A provider whose refresh tokens may be used once. */
export interface Provider {
  /** What it holds: the one refresh token that lives, and those that were used. */
  readonly state: {
    live: string | undefined
    readonly used: Map<string, { readonly child: string; readonly at: number }>
    issued: number
  }
  /** Trades a token. Undefined: `invalid_grant`. */
  trade(token: string): string | undefined
}

/** `graceMs`: for so long a used token gives its child again; without it, its use ends the family. */
export function provider(first: string, now: () => number, graceMs: number | undefined): Provider {
  const state: Provider['state'] = { live: first, used: new Map(), issued: 0 }
  return {
    state,
    trade(token) {
      const before = state.used.get(token)
      if (before !== undefined && graceMs !== undefined && now() - before.at < graceMs) return before.child
      if (token !== state.live) {
        state.live = undefined
        return undefined
      }
      const child = `r${++state.issued}`
      state.used.set(token, { child, at: now() })
      state.live = child
      return child
    },
  }
}
