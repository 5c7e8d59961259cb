/** What is left of one quota of one token. */
export interface Count {
  readonly remaining: number
  /** Epoch milliseconds. */
  readonly resetAt: number
  readonly limit: number
  /** False: the API counts nothing here. */
  readonly isTracked: boolean
}

/** What a response says of the count of the token that signed its request. */
export interface Report {
  readonly remaining: number | undefined
  readonly resetAt: number | undefined
  readonly limit: number | undefined
  /** The status says that the quota has been used up. */
  readonly isExhausted: boolean
}

/** How far the clocks of the status endpoint and of the responses may be apart, in milliseconds. */
const skewMs = 60_000

/** Whether a token may sign another request. */
export const hasMore = ({ remaining, isTracked }: Count): boolean => !isTracked || remaining > 0

/**
 * The count after a response. A later reset is a new window, whose numbers stand; in the same window a count only falls; an
 * older report is passed over. A zero together with a status of exhaustion stands whatever the window.
 */
export function reconciled(count: Count, { remaining, resetAt, limit, isExhausted }: Report): Count {
  if (!count.isTracked) return count
  if (isExhausted && (remaining ?? 0) === 0)
    return { ...count, remaining: 0, resetAt: Math.max(resetAt ?? 0, count.resetAt) }
  const most = limit ?? count.limit
  if (resetAt !== undefined && resetAt > count.resetAt + skewMs)
    return { ...count, remaining: remaining ?? most, resetAt, limit: most }
  if (resetAt !== undefined && resetAt < count.resetAt - skewMs) return count
  return remaining === undefined || remaining >= count.remaining ? count : { ...count, remaining }
}

/** Where the next request is charged: the place of a token, and what is left of all of them. */
export interface Charge {
  readonly token: number
  readonly counts: readonly Count[]
  /** The token to begin with the next time. */
  readonly next: number
}

/**
 * Charges a request to the active token, or to the next one that has something left. Where nothing is counted the tokens
 * take turns. Undefined: all are exhausted.
 */
export function charged(counts: readonly Count[], active: number): Charge | undefined {
  for (let step = 0; step < counts.length; step++) {
    const token = (active + step) % counts.length
    const count = counts[token]
    if (count === undefined || !hasMore(count)) continue
    if (!count.isTracked) return { token, counts, next: (token + 1) % counts.length }
    return { token, counts: counts.with(token, { ...count, remaining: count.remaining - 1 }), next: token }
  }
  return undefined
}
