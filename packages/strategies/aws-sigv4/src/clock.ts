import type { AuthContext } from '@latchkey/core'

const slot = 'aws-sigv4.clock-offset'

/** AWS accepts five minutes; what a rejection says counts from a little less, because answers take their time. */
const tolerated = 240_000

type Clock = Pick<AuthContext<unknown>, 'memory' | 'now'>

/** What the time is for AWS, in epoch milliseconds: our clock and what was learnt of its error. */
export function serverNow({ memory, now }: Clock): number {
  return now() + ((memory.get(slot) as number | undefined) ?? 0)
}

/** Learns the clock's error from a rejection; true where it was large enough to be the reason. */
export function learnClock(response: Response, clock: Clock): boolean {
  const { status, headers } = response
  if (status !== 400 && status !== 401 && status !== 403) return false
  const date = Date.parse(headers.get('date') ?? '')
  if (Number.isNaN(date) || Math.abs(date - serverNow(clock)) < tolerated) return false
  clock.memory.set(slot, date - clock.now())
  return true
}
