/** One connection to be renewed. */
export interface Job {
  /** The connection's key in its store. */
  readonly key: string
  /** The version of its record that was due: another is no longer due. */
  readonly version: number
}

/** A job that this process has, and nobody else. */
export interface Taken {
  readonly job: Job
  /** Takes it off the queue, however it went: what is still due is found again by the next sweep. */
  readonly done: () => Promise<void>
}

/**
 * What the refresher needs of a queue. Jobs stand in lanes, one for each connector, so that one that has much to do does
 * not stand before the others. A queue that loses or doubles a job does no harm: the store decides who renews.
 */
export interface Queue {
  /** Puts jobs at the end of a lane, without those whose key is waiting there already. */
  add(lane: string, jobs: readonly Job[]): Promise<void>
  /** Takes at most so many from the front, without waiting. Those of a process that died are given out again, or forgotten. */
  take(lane: string, limit: number): Promise<readonly Taken[]>
}

/** A queue inside one process: for tests, and where only one process refreshes. */
export function memoryQueue(): Queue {
  const lanes = new Map<string, Map<string, Job>>()
  const laneOf = (lane: string): Map<string, Job> => {
    const known = lanes.get(lane) ?? new Map<string, Job>()
    lanes.set(lane, known)
    return known
  }
  return {
    async add(lane, jobs) {
      const waiting = laneOf(lane)
      for (const job of jobs) if (!waiting.has(job.key)) waiting.set(job.key, job)
    },
    async take(lane, limit) {
      const waiting = laneOf(lane)
      const taken: Taken[] = []
      for (const job of waiting.values()) {
        if (taken.length >= limit) break
        waiting.delete(job.key)
        taken.push({ job, done: async () => undefined })
      }
      return taken
    },
  }
}
