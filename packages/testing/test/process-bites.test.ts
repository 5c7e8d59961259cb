import { expect, test } from '@jest/globals'
import { memoryStore, type StoreDriver, type StoredRecord } from '@latchkey/core'
import { testStore, type StoreFactory, type StoreProcess } from '@latchkey/testing'
import { patch, turn } from './broken/break.ts'

type Rows = Map<string, StoredRecord>

/** A process that is none: it stands still and ends as one does. */
const playedBy = (driver: StoreDriver, died: () => void = () => undefined): StoreProcess => {
  let [isDead, go] = [false, (): void => undefined]
  let gate = Promise.resolve()
  const ask =
    <A extends unknown[], T>(method: (...given: A) => Promise<T>) =>
    async (...given: A): Promise<T> => {
      await gate
      await turn()
      if (isDead) throw new Error('The process ended before it answered.')
      return method(...given)
    }
  const { read, create, acquire, commit, release, list, due } = driver
  return {
    driver: {
      read: ask(read),
      create: ask(create),
      acquire: ask(acquire),
      commit: ask(commit),
      release: ask(release),
      delete: ask((key: string) => driver.delete(key)),
      list: ask(list),
      due: ask(due),
    },
    async signal(name) {
      if (name === 'SIGSTOP') gate = new Promise((resolve) => (go = resolve))
      else go()
      if (name !== 'SIGKILL') return
      isDead = true
      died()
    },
  }
}

/** How a store is broken: what all of its processes have open, and what one more has. */
type Play = (rows: Rows, now: () => number) => { driver: StoreDriver; spawn: () => StoreProcess }

const over =
  (change: (good: StoreDriver, rows: Rows, now: () => number) => Partial<StoreDriver>): Play =>
  (rows, now) => {
    const good = memoryStore({ now, records: rows })
    const driver = { ...good, ...change(good, rows, now) }
    return { driver, spawn: () => playedBy(driver) }
  }

/** The sentences of all laws of processes, and of those that fail. */
const judged = async (play: Play): Promise<{ all: string[]; failed: string[] }> => {
  const factory: StoreFactory = async ({ clock }) => {
    const { driver, spawn } = play(new Map(), clock.now)
    return { driver, spawn: async () => spawn() }
  }
  const runs: (readonly [string, () => Promise<void>])[] = []
  testStore('x', factory, { test: (name, run) => runs.push([name.slice(3), run]) }, { processes: true })
  const some = runs.filter(([sentence]) => /process/.test(sentence))
  const failed: string[] = []
  for (const [sentence, run] of some) await run().catch(() => failed.push(sentence))
  return { all: some.map(([sentence]) => sentence), failed }
}

const race = 'of many processes that take one lease'
const killed = 'a process that is killed during its attempt'
const writes = 'a process that stood still until its lease was taken over writes'
const changes = 'a process that stood still until its lease was taken over changes nothing'
const loses = 'a process that is killed while it writes'

const broken: readonly (readonly [string, Play, readonly string[]])[] = [
  [
    'gives each process records of its own',
    (_, now) => ({ driver: memoryStore({ now }), spawn: () => playedBy(memoryStore({ now })) }),
    [race, killed, writes, changes, loses],
  ],
  [
    'looks before it takes the lease, not while it takes it',
    over((good, rows, now) => ({
      async acquire(key, claim) {
        if ((rows.get(key)?.lease?.until ?? 0) > now()) return undefined
        await turn()
        patch(rows, key, { lease: undefined })
        return good.acquire(key, claim)
      },
    })),
    [race, killed],
  ],
  [
    'ends the lease with the process that holds it',
    (rows, now) => {
      const driver = memoryStore({ now, records: rows })
      const died = () => patch(rows, 'a', { lease: undefined, intentAt: undefined })
      return { driver, spawn: () => playedBy(driver, died) }
    },
    [killed],
  ],
  [
    'guards a commit by the lease',
    over((good, rows, now) => ({
      async commit(key, change) {
        const { lease, intentAt } = rows.get(key) ?? {}
        const isOthers = lease?.owner === 'next' && intentAt === now()
        return isOthers &&
          change.record.credentials !== undefined &&
          'late' === tokenOf(change.record.credentials)
          ? false
          : good.commit(key, change)
      },
    })),
    [writes],
  ],
  [
    'commits whatever the version of the parent is',
    over((good, rows) => ({
      commit: (key, change) =>
        good.commit(key, { ...change, parent: { ...change.parent, version: rows.get(key)?.version ?? 0 } }),
    })),
    [writes, changes],
  ],
  [
    'acknowledges what a process has not written yet',
    (rows, now) => {
      const driver = memoryStore({ now, records: rows })
      const spawn = () => {
        const waiting: (() => Promise<unknown>)[] = []
        const late: StoreDriver = {
          ...driver,
          async commit(key, change) {
            const { version } = change.parent
            if (version % 4 !== 3 || rows.get(key)?.version !== version) return driver.commit(key, change)
            waiting.push(() => driver.commit(key, change))
            return true
          },
        }
        return playedBy(late, () => waiting.splice(0))
      }
      return { driver, spawn }
    },
    [loses],
  ],
]

const tokenOf = (credentials: unknown): unknown =>
  (credentials as { readonly accessToken?: unknown }).accessToken

test('no law of processes catches a good store', async () => {
  expect((await judged(over(() => ({})))).failed).toEqual([])
})

for (const [what, play, caughtBy] of broken) {
  test(`a store that ${what} is caught`, async () => {
    const { failed } = await judged(play)
    expect(
      failed.map((sentence) => caughtBy.find((start) => sentence.startsWith(start)) ?? sentence),
    ).toEqual(caughtBy)
  })
}

test('every law of processes has a broken store that it catches', async () => {
  const { all } = await judged(over(() => ({})))
  const caught = broken.flatMap(([, , caughtBy]) => caughtBy)
  expect(all.length).toBe(5)
  expect(all.filter((sentence) => !caught.some((start) => sentence.startsWith(start)))).toEqual([])
})
