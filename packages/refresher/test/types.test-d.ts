import { connections, defineConnector, memoryStore, none, type AuthEvent } from '@latchkey/core'
import { createRefresher, memoryQueue, usageMarks, type Queue, type Sweep } from '@latchkey/refresher'
import { bullMqQueue } from '@latchkey/refresher/bullmq'
import { pgBossQueue } from '@latchkey/refresher/pg-boss'
import PgBoss from 'pg-boss'

const connectors = {
  acme: defineConnector({ key: 'acme', name: 'Acme', auth: none(), baseUrl: 'https://acme.test' }),
}
const store = memoryStore()
const all = connections({ connectors, store })
const queue: Queue = memoryQueue()
const refresher = createRefresher({ connectors, connections: all, store, queue, used: 'all' })
const sweep: Promise<Sweep> = refresher.sweep()
createRefresher({ connectors, connections: all, store, queue, used: usageMarks(1).used, sweepMs: false })
createRefresher({
  connectors,
  connections: all,
  store,
  queue: pgBossQueue({ boss: new PgBoss('postgres://localhost') }),
  used: async ({ owner }) => owner === 'ada',
  providers: { acme: { perSecond: 2, concurrency: 1, idleMs: 1, breaker: { after: Infinity } } },
  onEvent: ({ type }: AuthEvent) => type,
})
void bullMqQueue({ connection: { host: 'localhost' } }).close()

// @ts-expect-error what is used must be said
createRefresher({ connectors, connections: all, store, queue })
// @ts-expect-error a connection string is no queue
createRefresher({ connectors, connections: all, store, queue: 'postgres://localhost', used: 'all' })
// @ts-expect-error pg-boss is given started, not as options
pgBossQueue({ connectionString: 'postgres://localhost' })
