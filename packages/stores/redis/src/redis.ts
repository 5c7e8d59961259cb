import type { StoreDriver } from '@latchkey/core'
import { inUtf8 } from '@latchkey/core/store'
import { type RedisClient, replicate, type Run, runOn, type Wait, weaknesses } from './client.ts'
import { driverOn } from './driver.ts'
import { refusal } from './failure.ts'
import { scriptsOn, serverClock } from './scripts.ts'

export interface RedisStoreOptions {
  /** A connected client of `redis`: `createClient`, `createClientPool` or `createCluster`. Stays yours to close. */
  readonly client: RedisClient
  /** What all names begin with; default `latchkey`. */
  readonly prefix?: string | undefined
  /**
   * Over how many slots of a cluster the records are spread, from 1 to 1,024; default 1. Fixed when the store is made.
   * A page reads each of them once.
   */
  readonly partitions?: number | undefined
  /** How many replicas must have a change before it counts, for a single connection; then `appendfsync` may be everysec. */
  readonly wait?: Wait | undefined
  /** Is told what `migrate()` would otherwise refuse: a server that may lose what it has acknowledged. */
  readonly warn?: ((sentence: string) => void) | undefined
}

/** A store in Redis. */
export interface RedisStore extends StoreDriver {
  /**
   * Makes the store or checks it, and checks how durable the server is: call it once when a process starts. Throws
   * store_unavailable for settings under which an acknowledged commit may be lost, unless there is `warn`.
   */
  migrate(): Promise<void>
}

/**
 * Keeps connections in Redis 6.2 or later, or Valkey, for any number of processes on any number of machines. The clock is
 * that of the server. It keeps what it is given: wrap it with `encrypted()`.
 *
 * Its methods throw store_unavailable with who must act, when the server cannot be reached or refuses.
 * @throws {TypeError} an option that cannot work
 */
export function redisStore(options: RedisStoreOptions): RedisStore {
  return storeOn(options, serverClock)
}

/** The store on another clock, for tests. */
export function storeOn(options: RedisStoreOptions, clock: string): RedisStore {
  const { client, prefix = 'latchkey', partitions = 1, wait, warn } = options
  if (/[{}]/.test(prefix)) throw new TypeError('redisStore: prefix may have no braces, which choose the slot')
  if (!Number.isInteger(partitions) || partitions < 1 || partitions > 1_024)
    throw new TypeError('redisStore: partitions must be a whole number from 1 to 1,024')
  if (wait && (client.masters || !client.wait))
    throw new TypeError('redisStore: wait needs a client with one connection (createClient)')

  const scripts = scriptsOn(clock)
  const run = runOn(client)
  const write: Run = async (script, ...given) => {
    const answer = await run(script, ...given)
    if (wait) await replicate(client, wait)
    return answer
  }

  return {
    ...inUtf8(driverOn(run, write, scripts, { prefix, partitions })),
    async migrate() {
      for (const weakness of await weaknesses(client, wait !== undefined)) {
        const sentence = `is no safe place for tokens: ${weakness}. The operator must change that, or accept it with "warn"`
        if (!warn) throw refusal(sentence)
        warn(`store: Redis ${sentence}.`)
      }
      const head = (await write(scripts.head, `${prefix}:head`, version, String(partitions))) as string[]
      if (head[0] !== version)
        throw refusal(
          `holds a store of version ${head[0]} under "${prefix}", and this package knows ${version}: the operator must update @latchkey/store-redis`,
        )
      if (head[1] !== String(partitions))
        throw refusal(
          `holds a store of ${head[1]} partitions under "${prefix}": the operator must say so in "partitions"`,
        )
    },
  }
}

const version = '1'
