import type { AuthContext } from '../context.ts'

const slot = 'clock-offset'

type Clock = Pick<AuthContext<unknown>, 'memory' | 'now'>

/** What the time is for the server, in epoch milliseconds: our clock, and what was learnt of its error. */
export function serverNow({ memory, now }: Clock): number {
  return now() + ((memory.get(slot) as number | undefined) ?? 0)
}

/** Remembers what the time is for the server, in epoch milliseconds; true where we were more than `toleratedMs` off. */
export function learnTime(time: number, clock: Clock, toleratedMs: number): boolean {
  // Not a number: the server did not say.
  if (!(Math.abs(time - serverNow(clock)) >= toleratedMs)) return false
  clock.memory.set(slot, time - clock.now())
  return true
}

/** As `learnTime`, from the `Date` of a response that rejects (400, 401, 403). */
export function learnClock(response: Response, clock: Clock, toleratedMs: number): boolean {
  const { status, headers } = response
  if (status !== 400 && status !== 401 && status !== 403) return false
  return learnTime(Date.parse(headers.get('date') ?? ''), clock, toleratedMs)
}
