import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { encrypted, generateKey, type NewRecord } from '@latchkey/core'
import { redisStore } from '@latchkey/store-redis'
import { testStore } from '@latchkey/testing'
import { storeProcess } from '@latchkey/testing/process'
import { createClient, createCluster } from 'redis'
import { bundled } from '../../../../tools/bundle.ts'
import { missing } from '../../../../tools/needs.ts'
import { runReadme } from '../../../../tools/readme.ts'
import {
  durable,
  redisMissing,
  type RedisServer,
  startRedis,
  startRedisCluster,
} from '../../../../tools/servers/redis.ts'
import { answersAsMemoryDoes } from '../../../../tools/store-model.ts'
import { baseOf } from '../src/driver.ts'
import { prefixes } from './bench.ts'

const keyring = { current: 'k1', keys: { k1: generateKey() } }
const record: NewRecord = { grant: 'g', connector: 'acme', scheme: 'basic', settings: { password: 'canary' } }
const script = bundled(new URL('child.ts', import.meta.url))
const clientOf = (path: string) =>
  createClient({ socket: { path, tls: false }, disableOfflineQueue: true }).on('error', () => undefined)

const laws = (reason: string | undefined): void => {
  if (reason !== undefined) {
    missing('Redis', reason)
    return
  }
  let server: RedisServer
  let client: ReturnType<typeof clientOf>

  beforeAll(async () => {
    server = await startRedis()
    client = await clientOf(server.path).connect()
  }, 60_000)
  afterAll(async () => {
    client.destroy()
    await server.close()
  }, 60_000)

  test('the example of the README prints what the README says', async () => {
    const { printed, promised } = await runReadme(new URL('../README.md', import.meta.url), async (name) =>
      name === 'redis' ? { createClient: () => clientOf(server.path) } : ((await import(name)) as object),
    )
    expect(printed).toBe(promised)
  })

  const fresh = prefixes(() => client, 'redis')
  const spawn = async (prefix: string) => storeProcess(await script, [server.path, prefix])
  testStore('Redis', fresh({ spawn }), { test }, { shared: true, processes: true })
  testStore('Redis in 5 partitions', fresh({ partitions: 5 }), { test }, { shared: true })
  const sealed = fresh({ sealed: (driver) => encrypted(driver, keyring) })
  testStore(
    'encrypted Redis',
    async (world) => {
      const store = await sealed(world)
      return { ...store, dump: async () => `key-in-the-clear ${JSON.stringify(await everything())}` }
    },
    { test },
    { shared: true, sealed: true },
  )

  const everything = async (): Promise<unknown[]> => {
    const found: unknown[] = []
    for await (const keys of client.scanIterator({ MATCH: '*record:key-in-the-clear' }))
      for (const key of keys) found.push(await client.hGetAll(key))
    if (found.length === 0) throw new Error('there is no such record')
    return found
  }

  for (const partitions of [1, 3]) {
    test(
      `Redis in ${partitions} partitions answers whatever is asked of it, in whatever order, as memory does`,
      () => answersAsMemoryDoes(fresh({ partitions }), 150),
      120_000,
    )
  }

  test('what was deleted leaves nothing behind, whatever was done to it before', async () => {
    const { driver, close } = await prefixes(() => client, 'clean')()({
      clock: { now: () => 1, advance: async () => undefined },
    })
    const parent = { grant: 'g', version: 1 }
    await driver.create('a', { ...record, owner: 'u', tenant: 't', expiresAt: 5 })
    await driver.acquire('a', { ...parent, owner: 'o', leaseMs: 1, quiesceMs: 0 })
    const failure = { code: 'credentials_rejected', message: 'm', at: 1 } as const
    await driver.release('a', { owner: 'o', keepIntent: true, failure })
    await driver.commit('a', { parent, record: { ...record, owner: 'v', connector: 'other', expiresAt: 6 } })
    await driver.delete('a')
    expect((await client.keys('clean*')).sort()).toEqual(['clean 1:head', `${baseOf('clean 1', 0)}clock`])
    await close?.()
  })

  test('the clock is that of the server', async () => {
    const store = redisStore({ client, prefix: 'clock' })
    const before = Date.now()
    const now = (await store.now?.()) ?? 0
    expect(before - 1 <= now && now <= Date.now() + 1).toBe(true)
    await store.create('a', record)
    expect((await store.read('a'))?.createdAt).toBeGreaterThanOrEqual(now)
  })

  test('a page among many thousand records looks at no more of them than it must', async () => {
    const { driver } = await prefixes(() => client, 'many')()({
      clock: { now: () => 1, advance: async () => undefined },
    })
    for (let i = 0; i < 3_000; i += 500) {
      await Promise.all(
        Array.from({ length: 500 }, (_, j) =>
          driver.create(`key-${String(i + j).padStart(5, '0')}`, {
            ...record,
            owner: `u${(i + j) % 100}`,
            tenant: `t${(i + j) % 1_500}`,
            expiresAt: (i + j) % 50,
          }),
        ),
      )
    }
    const calls = async (step: () => Promise<unknown>): Promise<number> => {
      const count = async () =>
        Number(/cmdstat_hmget:calls=(\d+)/.exec(await client.info('commandstats'))?.[1] ?? 0)
      const before = await count()
      await step()
      return (await count()) - before
    }
    expect(
      await calls(() => driver.due({ before: 40, after: { expiresAt: 30, key: 'key-01' }, limit: 20 })),
    ).toBe(21)
    expect(await calls(() => driver.list({ after: 'key-02', limit: 20 }))).toBe(21)
    expect(await calls(() => driver.list({ owner: 'u7', limit: 20 }))).toBe(21)
    // Two conditions: the narrower one's index, 30 records long, of which two fit.
    expect(await calls(() => driver.list({ owner: 'u7', tenant: 't7', limit: 20 }))).toBe(2)
    const many = await driver.list({ prefix: 'key-0', limit: 2_900 })
    expect([many.records.length, many.records.at(-1)?.key, many.more]).toEqual([2_900, 'key-02899', true])
  }, 60_000)

  test('a server that is killed is said to be away, and when it is back nothing that was acknowledged is lost', async () => {
    const store = redisStore({ client, prefix: 'outage' })
    await store.migrate()
    await store.create('a', record)
    for (let version = 1; version <= 3; version++) {
      expect(await store.commit('a', { parent: { grant: 'g', version }, record })).toBe(true)
      await server.stop('SIGKILL')
      for (const step of [() => store.read('a'), () => store.delete('a'), () => store.migrate()]) {
        await expect(step()).rejects.toMatchObject({
          code: 'store_unavailable',
          remedy: 'retry',
          message: expect.stringMatching(
            /cannot be reached; it is tried again\. The operator must see that it runs/,
          ),
        })
      }
      await server.start()
      while (!client.isReady) await new Promise((resolve) => setImmediate(resolve))
      expect((await store.read('a'))?.version).toBe(version + 1)
    }
  }, 60_000)

  test('a change counts when the replica has it, and does not while the replica is away', async () => {
    const primary = await startRedis({ ...durable, appendfsync: 'everysec', port: 'free' })
    const follower = await startRedis({ ...durable, replicaof: `127.0.0.1 ${primary.port}` })
    const own = await clientOf(primary.path).connect()
    const store = redisStore({ client: own, wait: { replicas: 1, ms: 200 } })
    while (!/master_link_status:up/.test(await infoOf(follower.path)))
      await new Promise((go) => setImmediate(go))
    await store.migrate()
    expect(await store.create('a', record)).toBe(true)
    await follower.stop('SIGKILL')
    await expect(store.create('b', record)).rejects.toThrow(/0 of 1 replicas had it after 200 ms/)
    own.destroy()
    await follower.close()
    await primary.close()
  }, 60_000)

  const infoOf = async (path: string): Promise<string> => {
    const own = await clientOf(path).connect()
    const text = await own.info('replication')
    own.destroy()
    return text
  }

  let cluster: Awaited<ReturnType<typeof startRedisCluster>>
  let spread: ReturnType<typeof clusterOf>
  const clusterOf = () =>
    createCluster({ rootNodes: cluster.ports.map((port) => ({ socket: { host: '127.0.0.1', port } })) }).on(
      'error',
      () => undefined,
    )
  beforeAll(async () => {
    cluster = await startRedisCluster(3)
    spread = clusterOf()
    await spread.connect()
  }, 60_000)
  afterAll(async () => {
    spread.destroy()
    await cluster.close()
  }, 60_000)
  testStore('a cluster', prefixes(() => spread, 'cluster')({ partitions: 7 }), { test }, { shared: true })

  test('a cluster spreads the partitions over its nodes', async () => {
    const store = redisStore({ client: spread, prefix: 'spread', partitions: 32 })
    await store.migrate()
    for (let i = 0; i < 100; i++) await store.create(`k${i}`, record)
    const counts = await Promise.all(
      spread.masters.map(async (node) => (await spread.nodeClient(node)).dbSize()),
    )
    expect(counts.every((count) => count > 10)).toBe(true)
    expect((await store.list({ limit: 200 })).records.length).toBe(100)
  })
}

laws(redisMissing())
