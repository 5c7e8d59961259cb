import type { StoreDriver } from '@latchkey/core'
import type { StoreFactory, StoreProcess } from '@latchkey/testing'
import type { RedisClient } from '../src/client.ts'
import { baseOf } from '../src/driver.ts'
import { storeOn } from '../src/redis.ts'

/** Lua for a clock that stands still at what the test says. */
export const testClock = "return tonumber(redis.call('GET', base .. 'clock'))"

export interface Keys {
  set(key: string, value: string): Promise<unknown>
  del(key: string): Promise<unknown>
}

export interface Kind {
  readonly partitions?: number
  readonly sealed?: (driver: StoreDriver) => StoreDriver
  readonly spawn?: (prefix: string) => Promise<StoreProcess>
}

/** For each store a prefix of its own in the one server, on the clock of the test. */
export const prefixes = (open: () => RedisClient & Keys, name: string) => {
  let last = 0
  return ({ partitions = 1, sealed = (driver) => driver, spawn }: Kind = {}): StoreFactory =>
    async ({ clock }) => {
      const client = open()
      const prefix = `${name} ${++last}`
      const bases = Array.from({ length: partitions }, (_, partition) => baseOf(prefix, partition))
      const set = async () => {
        for (const base of bases) await client.set(`${base}clock`, String(clock.now()))
      }
      const store = () => storeOn({ client, prefix, partitions }, testClock)
      await store().migrate()
      await set()
      return {
        driver: sealed(store()),
        unitMs: 1_000,
        async advance(ms) {
          await clock.advance(ms)
          await set()
        },
        reopen: async () => sealed(store()),
        spawn: spawn && (() => spawn(prefix)),
      }
    }
}
