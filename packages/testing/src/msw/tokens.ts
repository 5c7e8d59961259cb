/** What a token endpoint answers (RFC 6749 section 5.1). */
export interface IssuedTokens {
  readonly access_token: string
  readonly refresh_token: string
  readonly token_type: 'Bearer'
  /** Seconds. */
  readonly expires_in: number
}

export interface TokenRules {
  /** How long an access token lives, in milliseconds; default 3,600,000. */
  readonly lifetimeMs?: number | undefined
  /**
   * What becomes of a used refresh token: it stays good, it stays good for `graceMs` more, or its second use revokes all
   * tokens that came of the same sign-in (RFC 9700 section 4.14.2). Default 'strict'.
   */
  readonly rotation?: 'none' | 'grace' | 'strict' | undefined
  readonly graceMs?: number | undefined
}

interface Access {
  readonly user: string
  readonly family: number
  readonly endsAt: number
}

interface Refresh {
  readonly user: string
  readonly family: number
  readonly usedAt?: number | undefined
}

/** The tokens of a fake provider. */
export interface Tokens {
  readonly issue: (user: string) => IssuedTokens
  /** New tokens for a refresh token; undefined: invalid_grant. */
  readonly refresh: (token: string) => IssuedTokens | undefined
  /** Whose access token it is, while it lasts. */
  readonly userOf: (token: string) => string | undefined
  /** Ends one access token, or all; refresh tokens stay. */
  readonly expire: (token?: string) => void
  /** Ends a token and all that came of the same sign-in. */
  readonly revoke: (token: string) => void
}

export function createTokens(rules: TokenRules, now: () => number): Tokens {
  const { lifetimeMs = 3_600_000, rotation = 'strict', graceMs = 0 } = rules
  const access = new Map<string, Access>()
  const refreshing = new Map<string, Refresh>()
  let families = 0
  let count = 0

  const end = (family: number): void => {
    for (const tokens of [access, refreshing]) {
      for (const [token, entry] of tokens) if (entry.family === family) tokens.delete(token)
    }
  }

  const give = (user: string, family: number, kept?: string): IssuedTokens => {
    count += 1
    const [token, next] = [`access-token-${count}`, kept ?? `refresh-token-${count}`]
    access.set(token, { user, family, endsAt: now() + lifetimeMs })
    if (kept === undefined) refreshing.set(next, { user, family })
    return {
      access_token: token,
      refresh_token: next,
      token_type: 'Bearer',
      expires_in: Math.floor(lifetimeMs / 1000),
    }
  }

  return {
    issue: (user) => give(user, ++families),

    refresh(token) {
      const found = refreshing.get(token)
      if (found === undefined) return undefined
      if (rotation === 'none') return give(found.user, found.family, token)
      const { user, family, usedAt } = found
      if (usedAt !== undefined && (rotation === 'strict' || now() - usedAt >= graceMs)) {
        end(family)
        return undefined
      }
      refreshing.set(token, { user, family, usedAt: usedAt ?? now() })
      return give(user, family)
    },

    userOf(token) {
      const found = access.get(token)
      return found !== undefined && found.endsAt > now() ? found.user : undefined
    },

    expire(token) {
      for (const each of token === undefined ? [...access.keys()] : [token]) access.delete(each)
    },

    revoke(token) {
      const found = refreshing.get(token) ?? access.get(token)
      if (found !== undefined) end(found.family)
    },
  }
}
