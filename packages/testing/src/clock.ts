/** A clock that stands still until a test moves it. */
export interface FakeClock {
  /** Epoch milliseconds. */
  readonly now: () => number
  /** Resolves once the clock was advanced that far; rejects with the signal's reason when it aborts. At once for 0. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  /**
   * Lets so many milliseconds pass: each sleep ends at its own moment, in order, and what it wakes runs (microtasks and
   * several turns of the event loop) before the next one ends. What is still running at the first moment runs first.
   */
  readonly advance: (ms: number) => Promise<void>
  /** Sets the wall clock forward or back; sleeps last as long as they would have. */
  readonly jump: (ms: number) => void
  /** How long each sleep under way has still to last, in milliseconds, shortest first. */
  readonly waits: () => readonly number[]
}

interface Sleep {
  readonly end: number
  readonly wake: () => void
}

/** A deterministic clock that starts at `start` (epoch milliseconds; default: 2025-06-15T12:00:00Z). */
export function fakeClock(start: number = 1_749_988_800_000): FakeClock {
  let wall = start
  let elapsed = 0
  let sleeps: readonly Sleep[] = []

  const pass = (to: number): void => {
    wall += to - elapsed
    elapsed = to
  }

  return {
    now: () => wall,
    jump: (ms) => void (wall += ms),
    waits: () => sleeps.map(({ end }) => end - elapsed),

    sleep: (ms, signal) =>
      new Promise<void>((resolve, reject) => {
        const refuse = (): void => {
          sleeps = sleeps.filter((other) => other !== sleep)
          reject(signal?.reason as Error)
        }
        const sleep: Sleep = {
          end: elapsed + Math.max(0, ms),
          wake: () => {
            signal?.removeEventListener('abort', refuse)
            resolve()
          },
        }
        if (signal?.aborted) {
          refuse()
          return
        }
        if (ms <= 0) {
          resolve()
          return
        }
        signal?.addEventListener('abort', refuse, { once: true })
        // Those that end together end in the order in which they began: the sort is stable.
        sleeps = [...sleeps, sleep].sort((a, b) => a.end - b.end)
      }),

    async advance(ms) {
      const target = elapsed + ms
      await settle()
      for (let next = sleeps[0]; next && next.end <= target; next = sleeps[0]) {
        sleeps = sleeps.slice(1)
        pass(next.end)
        next.wake()
        await settle()
      }
      pass(target)
      await settle()
    },
  }
}

/** Lets what can run without the clock run: all microtasks, and some turns of the event loop for real input and output. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
}
