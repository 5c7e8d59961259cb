import { encrypted } from '@latchkey/core'
import { redisStore } from '@latchkey/store-redis'
import { createClient, createClientPool, createCluster } from 'redis'

const store = redisStore({ client: createClient(), prefix: 'app', wait: { replicas: 1, ms: 100 } })
redisStore({ client: createClientPool() })
redisStore({ client: createCluster({ rootNodes: [] }), partitions: 64, warn: console.warn })
encrypted(store, { current: 'k', keys: { k: '' } })
const ready: Promise<void> = store.migrate()

// @ts-expect-error the client is required
redisStore({ prefix: 'app' })
// @ts-expect-error an address is no client
redisStore({ client: 'redis://localhost' })
// @ts-expect-error there is no such option
redisStore({ client: createClient(), ttl: 5 })
