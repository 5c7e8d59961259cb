import type { Chance, ProviderPolicy } from './types.ts'

/** How a renewal ended. */
export type Ending =
  /** The provider answered, whatever it said of this connection. */
  | { readonly kind: 'answered' }
  /** The provider, or the store, is away or asks to be left alone. */
  | { readonly kind: 'away'; readonly retryAfter?: number | undefined }
  /** The provider does not accept the client: neither would it for another connection. */
  | { readonly kind: 'client_rejected' }

/** Says how many renewals may begin at one provider: rate, concurrency, back-off and circuit breaker. */
export interface Gate {
  /** How many may begin now. */
  room(): number
  /** When there is room again, in epoch milliseconds; Infinity where only an ending makes it. */
  opensAt(): number
  begun(): void
  ended(ending: Ending): void
}

/** For the rounding of fractions. */
const hair = 1e-9
const firstPauseMs = 1_000
const longestPauseMs = 60_000
/** However long a provider asks to be left alone, it is asked again after an hour. */
const longestWaitMs = 3_600_000

export function createGate(policy: ProviderPolicy, { now, jitter }: Chance): Gate {
  const { perSecond = Infinity, concurrency = 10, breaker = {} } = policy
  const { after = 3, openMs = 60_000, longestMs = 900_000 } = breaker
  const burst = Math.max(1, perSecond)
  let tokens = burst
  let filledAt = now()
  let active = 0
  let pausedUntil = 0
  let failures = 0
  let rejections = 0
  let openings = 0

  const fill = (): void => {
    const at = now()
    // A clock that was set back fills nothing, and does not empty what is there.
    if (perSecond !== Infinity)
      tokens = Math.min(burst, tokens + (Math.max(0, at - filledAt) * perSecond) / 1_000)
    filledAt = at
  }
  const pause = (ms: number): void => void (pausedUntil = Math.max(pausedUntil, now() + ms))

  return {
    room() {
      fill()
      if (now() < pausedUntil) return 0
      // Half open: one renewal shows whether the client is accepted again.
      const most = rejections >= after ? 1 : concurrency
      return Math.max(0, Math.min(most - active, Math.floor(tokens + hair)))
    },
    opensAt() {
      const at = now()
      if (at < pausedUntil) return pausedUntil
      return tokens + hair >= 1 ? Infinity : at + Math.ceil(((1 - tokens) * 1_000) / perSecond)
    },
    begun() {
      active += 1
      tokens -= 1
    },
    ended(ending) {
      active -= 1
      if (ending.kind === 'away') {
        failures += 1
        const backOff = Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1)) * jitter()
        pause(Math.min(ending.retryAfter ?? backOff, longestWaitMs))
        return
      }
      failures = 0
      if (ending.kind === 'answered') {
        rejections = 0
        openings = 0
        return
      }
      rejections += 1
      if (rejections < after || now() < pausedUntil) return
      pause(Math.min(longestMs, openMs * 2 ** openings) * jitter())
      openings += 1
    },
  }
}
