import { base64urlEncode, utf8 } from '@latchkey/core/http'
import { Queue as BullQueue, Worker, type ConnectionOptions, type Job as BullJob } from 'bullmq'
import type { Job, Queue, Taken } from './queue.ts'

/** A queue whose connections are its own. */
export interface BullMqQueue extends Queue {
  /** After the refresher has stopped. */
  close(): Promise<void>
}

/** Longer than a renewal takes, waits included: what a process that died had taken is given out again after that. */
const lockDuration = 300_000

/**
 * A queue in Redis, of BullMQ from version 5 on. Each connector is a queue of its own, with connections of its own in
 * each process: for some hundred connectors take pg-boss. What is done is removed.
 */
export function bullMqQueue({
  connection,
  prefix = 'latchkey-refresh',
  onError = () => undefined,
}: {
  /** As BullMQ takes it. */
  readonly connection: ConnectionOptions
  /** What the names of the queues begin with; default `latchkey-refresh`. */
  readonly prefix?: string | undefined
  /** Is told what BullMQ says of its connections; it connects again by itself. */
  readonly onError?: ((error: Error) => void) | undefined
}): BullMqQueue {
  const lanes = new Map<string, { readonly queue: BullQueue<Job>; readonly worker: Worker<Job> }>()
  const laneOf = (lane: string): { readonly queue: BullQueue<Job>; readonly worker: Worker<Job> } => {
    const known = lanes.get(lane)
    if (known !== undefined) return known
    const queue = new BullQueue<Job>(lane, { connection, prefix })
    const worker = new Worker<Job>(lane, null, { connection, prefix, autorun: false, lockDuration })
    queue.on('error', onError)
    worker.on('error', onError)
    void worker.startStalledCheckTimer().catch(onError)
    const made = { queue, worker }
    lanes.set(lane, made)
    return made
  }
  return {
    async add(lane, jobs) {
      await laneOf(lane).queue.addBulk(
        jobs.map((data) => ({
          name: 'refresh',
          data,
          // BullMQ allows no colon in an id.
          opts: { jobId: `k${base64urlEncode(utf8(data.key))}`, removeOnComplete: true, removeOnFail: true },
        })),
      )
    },
    async take(lane, limit) {
      const { worker } = laneOf(lane)
      const token = worker.id
      const taken: Taken[] = []
      while (taken.length < limit) {
        // Its declaration leaves out that there may be none.
        const job = (await worker.getNextJob(token, { block: false })) as BullJob<Job> | undefined
        if (job === undefined) break
        taken.push({
          job: job.data,
          async done() {
            await job.moveToCompleted(undefined, token, false)
          },
        })
      }
      return taken
    },
    async close() {
      await Promise.all([...lanes.values()].flatMap(({ queue, worker }) => [worker.close(), queue.close()]))
      lanes.clear()
    },
  }
}
