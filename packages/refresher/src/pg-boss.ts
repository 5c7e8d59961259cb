import type { Job, Queue } from './queue.ts'

/** What is used of a started instance of pg-boss, from version 10 on. */
export interface Boss {
  createQueue(name: string, options: { name: string; policy: 'short'; retryLimit: number }): Promise<unknown>
  send(
    name: string,
    data: object,
    options: { singletonKey: string; expireInSeconds: number; retryLimit: number },
  ): Promise<unknown>
  fetch(name: string, options: { batchSize: number }): Promise<readonly { id: string; data: object }[] | null>
  deleteJob(name: string, id: string): Promise<unknown>
}

/** Longer than a renewal takes, waits included: what a process that died had taken is forgotten after that. */
const expireInSeconds = 300
const atOnce = 20

/**
 * A queue in PostgreSQL. The instance has been started and stays yours to stop, after the refresher. What is done is
 * deleted, so that the table stays small. A job whose process died is not given out again: the next sweep finds it.
 */
export function pgBossQueue({
  boss,
  prefix = 'latchkey-refresh',
}: {
  readonly boss: Boss
  /** What the names of the queues begin with; default `latchkey-refresh`. */
  readonly prefix?: string | undefined
}): Queue {
  const made = new Map<string, Promise<unknown>>()
  async function create(name: string): Promise<void> {
    for (let left = 5; ; left -= 1) {
      try {
        await boss.createQueue(name, { name, policy: 'short', retryLimit: 0 })
        return
      } catch (error) {
        // deadlock_detected: several processes make their queues at once, and each queue is a table.
        if (left === 0 || (error as { readonly code?: unknown }).code !== '40P01') throw error
      }
    }
  }
  async function queueOf(lane: string): Promise<string> {
    const name = `${prefix}-${lane}`
    // `short`: of one key at most one job waits.
    const making = made.get(name) ?? create(name)
    made.set(name, making)
    await making.catch((error: unknown) => {
      made.delete(name)
      throw error
    })
    return name
  }
  return {
    async add(lane, jobs) {
      const name = await queueOf(lane)
      for (let at = 0; at < jobs.length; at += atOnce) {
        await Promise.all(
          jobs
            .slice(at, at + atOnce)
            .map((job) => boss.send(name, job, { singletonKey: job.key, expireInSeconds, retryLimit: 0 })),
        )
      }
    },
    async take(lane, limit) {
      const name = await queueOf(lane)
      const jobs = (await boss.fetch(name, { batchSize: limit })) ?? []
      return jobs.map(({ id, data }) => ({
        job: data as Job,
        async done() {
          await boss.deleteJob(name, id)
        },
      }))
    },
  }
}
