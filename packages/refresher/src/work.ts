import { isAuthError } from '@latchkey/core'
import { createGate, type Ending, type Gate } from './gate.ts'
import type { Taken } from './queue.ts'
import type { Chance, RefresherOptions } from './types.ts'

interface Lane {
  readonly name: string
  readonly gate: Gate
  /** Empty when it was last looked into; not looked into before this moment. */
  emptyUntil: number
  /** How often in a row it was empty. */
  empties: number
}

/** Renews what stands in the lanes, by turns. */
export interface Work {
  /** Takes what it may; resolves with the moment of the next look where no renewal ends before. */
  turn(): Promise<number>
  /** Something was put on the queue. */
  filled(): void
  /** Resolves when none is under way. */
  idle(): Promise<void>
}

export function workOn(options: RefresherOptions, chance: Chance, wake: () => void): Work {
  const {
    connectors,
    connections,
    queue,
    providers = {},
    concurrency = 20,
    pollMs = 1_000,
    onError,
  } = options
  const { now, jitter } = chance
  let lanes: readonly Lane[] = [...new Set(Object.values(connectors).map(({ key }) => key))].map((name) => ({
    name,
    gate: createGate(providers[name] ?? {}, chance),
    emptyUntil: 0,
    empties: 0,
  }))
  const active = new Set<Promise<void>>()

  async function renew({ gate }: Lane, { job, done }: Taken): Promise<void> {
    const ending = await connections
      .refresh(job.key, { version: job.version })
      .then((): Ending => ({ kind: 'answered' }), endingOf)
    gate.ended(ending)
    await done().catch((error: unknown) => onError?.(error))
  }

  /** One look into a lane. */
  async function take(lane: Lane, limit: number): Promise<void> {
    let taken: readonly Taken[] = []
    try {
      taken = await queue.take(lane.name, limit)
    } catch (error) {
      onError?.(error)
    }
    for (const one of taken) {
      lane.gate.begun()
      const run = renew(lane, one).finally(() => {
        active.delete(run)
        wake()
      })
      active.add(run)
    }
    lane.empties = taken.length > 0 ? 0 : lane.empties + 1
    const pollsMs = pollMs * Math.min(15, 2 ** Math.max(0, lane.empties - 1))
    lane.emptyUntil = taken.length < limit ? now() + pollsMs * jitter() : 0
  }

  return {
    async turn() {
      const full = lanes.filter(({ emptyUntil }) => now() >= emptyUntil)
      // While several lanes have something, each takes its share of what is free, and whoever was first is last next.
      for (const lane of full) {
        const free = concurrency - active.size
        if (free <= 0) break
        const limit = Math.min(free, lane.gate.room(), Math.ceil(concurrency / full.length))
        if (limit <= 0) continue
        await take(lane, limit)
        lanes = [...lanes.filter((other) => other !== lane), lane]
      }
      if (active.size >= concurrency) return Infinity
      const next = lanes.map(({ emptyUntil, gate }) =>
        gate.room() > 0 ? emptyUntil : Math.max(emptyUntil, gate.opensAt()),
      )
      return Math.min(...next)
    },
    filled() {
      for (const lane of lanes) Object.assign(lane, { emptyUntil: 0, empties: 0 })
      wake()
    },
    async idle() {
      while (active.size > 0) await Promise.all(active)
    },
  }
}

function endingOf(error: unknown): Ending {
  const code = isAuthError(error) ? error.code : 'unsupported'
  if (code === 'client_rejected') return { kind: 'client_rejected' }
  if (code === 'provider_unavailable' || code === 'store_unavailable')
    return { kind: 'away', retryAfter: isAuthError(error) ? error.retryAfter : undefined }
  return { kind: 'answered' }
}
