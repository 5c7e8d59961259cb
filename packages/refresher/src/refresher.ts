import { createWorld } from '@latchkey/core'
import { sweeperOf } from './sweep.ts'
import type { Refresher, RefresherOptions } from './types.ts'
import { workOn } from './work.ts'

/**
 * Keeps connections fresh before anybody needs them, and refresh tokens alive that die when nobody uses them. Any number
 * of processes may do so on one store and one queue: the store's lease and the record's version see to it that nothing
 * is renewed twice.
 * @throws {TypeError} an option that cannot work
 */
export function createRefresher(options: RefresherOptions): Refresher {
  for (const name of ['aheadMs', 'noticeMs', 'sweepMs', 'concurrency', 'pollMs'] as const) {
    const value = options[name]
    if (typeof value === 'number' && !(value > 0))
      throw new TypeError(`createRefresher: ${name} must be above 0`)
  }
  const { sweepMs = 60_000, onError } = options
  const { now, random, sleep } = createWorld(options)
  const jitter = (): number => 0.5 + (random(1)[0] ?? 0) / 256
  const find = sweeperOf(options, now)
  let alarm = new AbortController()
  let woken = false
  const wake = (): void => {
    woken = true
    alarm.abort()
  }
  const work = workOn(options, { now, jitter }, wake)
  const ending = new AbortController()
  let loops: readonly Promise<void>[] | undefined

  const running = (): boolean => !ending.signal.aborted

  async function sweep(): Promise<{ seen: number; queued: number }> {
    const found = await find(running)
    if (found.queued > 0) work.filled()
    return found
  }

  /** Until then, or until something happens. */
  async function rest(until: number): Promise<void> {
    if (!woken) {
      alarm = new AbortController()
      const ms = Math.min(until - now(), 60_000)
      if (ms > 0) await sleep(ms, alarm.signal).catch(() => undefined)
    }
    woken = false
  }

  async function workAway(): Promise<void> {
    while (running()) await rest(await work.turn())
    await work.idle()
  }

  async function sweepAway(every: number): Promise<void> {
    while (running()) {
      await sweep().catch((error: unknown) => onError?.(error))
      const tenth = 0.8 + jitter() / 5
      if (running()) await sleep(every * tenth, ending.signal).catch(() => undefined)
    }
  }

  return {
    start() {
      if (!running()) throw new TypeError('createRefresher: a refresher that was stopped cannot be started')
      loops ??= [workAway(), ...(sweepMs === false ? [] : [sweepAway(sweepMs)])]
    },
    async stop() {
      ending.abort()
      wake()
      await Promise.all(loops ?? [])
    },
    sweep,
  }
}
