import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { connections, encrypted, generateKey, type StoreDriver } from '@latchkey/core'
import { createRefresher, type Queue } from '@latchkey/refresher'
import { bullMqQueue } from '@latchkey/refresher/bullmq'
import { pgBossQueue } from '@latchkey/refresher/pg-boss'
import { postgresStore } from '@latchkey/store-postgres'
import { redisStore } from '@latchkey/store-redis'
import { createNodeRedisClient } from 'bullmq'
import { Pool } from 'pg'
import PgBoss from 'pg-boss'
import { createClient } from 'redis'
import { missing } from '../../../tools/needs.ts'
import { postgresMissing, startPostgres, type PostgresServer } from '../../../tools/servers/postgres.ts'
import { redisMissing, startRedis, type RedisServer } from '../../../tools/servers/redis.ts'
import { minute, provider, record, users } from './support.ts'

const keyring = { current: 'k', keys: { k: generateKey() } }
const names = users(150)

/** Three workers, each with clients of its own, renew each connection that is due exactly once. */
async function onceEach(open: () => Promise<{ store: StoreDriver; queue: Queue }>): Promise<void> {
  const { asked, connector } = provider(Date.now, () => new Promise((go) => setTimeout(go, 5)))
  const connectors = { acme: connector('acme'), beta: connector('beta') }
  const first = await open()
  for (const [n, name] of names.entries()) {
    const key = n % 3 === 0 ? 'beta' : 'acme'
    await encrypted(first.store, keyring).create(name, record(key, name, Date.now() + 5 * minute))
  }
  const errors: unknown[] = []
  const workers = await Promise.all(
    [first, open(), open()].map(async (opened) => {
      const { store: bare, queue } = await opened
      const store = encrypted(bare, keyring)
      const all = connections({ connectors, store })
      const onError = (error: unknown) => void errors.push(error)
      // Sweeps so often that what is under way is found again and again.
      const options = {
        connectors,
        connections: all,
        store,
        queue,
        used: 'all',
        sweepMs: 50,
        pollMs: 20,
        onError,
      }
      return { refresher: createRefresher({ ...options, used: 'all' }), all }
    }),
  )
  for (const { refresher } of workers) refresher.start()
  while (asked.length < names.length) await new Promise((go) => setTimeout(go, 20))
  for (const { refresher } of workers) await refresher.stop()
  for (const { all } of workers) await all.close()
  expect([...asked].sort()).toEqual([...names].sort())
  expect(errors).toEqual([])
  for (const name of names) expect((await first.store.read(name))?.version).toBe(2)
  expect((await first.store.due({ before: Date.now() + 10 * minute, limit: 1 })).records).toEqual([])
}

/** What any queue must do for the refresher. */
async function isQueue(queue: Queue, other: Queue): Promise<void> {
  const jobs = ['x', 'y', 'ключ: 1'].map((key) => ({ key, version: 1 }))
  expect(await queue.take('lane', 5)).toEqual([])
  await queue.add('lane', jobs)
  await other.add('lane', jobs)
  await queue.add('other', jobs.slice(0, 1))
  const [mine, theirs] = [await queue.take('lane', 2), await other.take('lane', 5)]
  expect([mine.length, theirs.length]).toEqual([2, 1])
  const keys = [...mine, ...theirs].map(({ job }) => job.key)
  expect(keys.sort()).toEqual(jobs.map(({ key }) => key))
  for (const { done } of [...mine, ...theirs]) await done()
  expect(await queue.take('lane', 5)).toEqual([])
  await other.add('lane', [{ key: 'x', version: 2 }])
  expect((await queue.take('lane', 5)).map(({ job }) => job)).toEqual([{ key: 'x', version: 2 }])
  expect((await other.take('other', 5)).length).toBe(1)
}

const postgres = (reason: string | undefined): void => {
  if (reason !== undefined) {
    missing('PostgreSQL', reason)
    return
  }
  let server: PostgresServer
  const ends: (() => Promise<unknown>)[] = []
  beforeAll(async () => {
    server = await startPostgres({ max_connections: '80' })
  }, 60_000)
  afterAll(async () => {
    await Promise.all(ends.map((end) => end()))
    await server.close()
  }, 60_000)
  const open = async () => {
    const pool = new Pool({ ...server.address, max: 5 })
    const store = postgresStore({ pool })
    await store.migrate()
    const boss = new PgBoss({ ...server.address, max: 5 })
    boss.on('error', () => undefined)
    await boss.start()
    ends.push(async () => {
      await boss.stop({ graceful: false })
      await pool.end()
    })
    return { store, queue: pgBossQueue({ boss }) }
  }
  test('pg-boss is a queue', async () => {
    const [one, two] = [await open(), await open()]
    await isQueue(one.queue, two.queue)
  }, 60_000)
  test(
    'on PostgreSQL and pg-boss three workers renew each connection exactly once',
    () => onceEach(open),
    60_000,
  )
}

const redis = (reason: string | undefined): void => {
  if (reason !== undefined) {
    missing('Redis', reason)
    return
  }
  let server: RedisServer
  const ends: (() => Promise<unknown>)[] = []
  beforeAll(async () => {
    server = await startRedis()
  }, 60_000)
  afterAll(async () => {
    for (const end of ends) await end()
    await server.close()
  }, 60_000)
  const open = async () => {
    const clientOf = () =>
      createClient({ socket: { path: server.path, tls: false } }).on('error', () => undefined)
    const client = await clientOf().connect()
    const store = redisStore({ client })
    await store.migrate()
    const own = await clientOf().connect()
    const queue = bullMqQueue({ connection: createNodeRedisClient(own) })
    ends.push(async () => {
      await queue.close()
      client.destroy()
      if (own.isOpen) own.destroy()
    })
    return { store, queue }
  }
  test('BullMQ is a queue', async () => {
    const [one, two] = [await open(), await open()]
    await isQueue(one.queue, two.queue)
  }, 60_000)
  test('on Redis and BullMQ three workers renew each connection exactly once', () => onceEach(open), 60_000)
}

postgres(postgresMissing())
redis(redisMissing())
