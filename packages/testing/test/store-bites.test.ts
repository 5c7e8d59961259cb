import { expect, test } from '@jest/globals'
import { memoryStore, type StoreDriver } from '@latchkey/core'
import { testStore, type StoreFactory, type StoreKind } from '@latchkey/testing'
import { brokenAttempts } from './broken/attempts.ts'
import { broken } from './broken/break.ts'
import { brokenPages } from './broken/pages.ts'
import { brokenRecords } from './broken/records.ts'
import { brokenReleases } from './broken/releases.ts'

const brokenStores = [...brokenRecords, ...brokenAttempts, ...brokenReleases, ...brokenPages]

/** Runs all laws over a store, and gives the sentences of those that failed. */
const failures = async (factory: StoreFactory, kind?: StoreKind): Promise<string[]> => {
  const laws: (readonly [string, () => Promise<void>])[] = []
  testStore('x', factory, { test: (name, run) => laws.push([name.replace('x: ', ''), run]) }, kind)
  const failed: string[] = []
  for (const [sentence, run] of laws) await run().catch(() => failed.push(sentence))
  return failed
}

test('no law catches a good store', async () => {
  expect(await failures(async ({ clock }) => ({ driver: memoryStore(clock) }))).toEqual([])
})

for (const { what, how, caughtBy } of brokenStores) {
  test(`a store that ${what} is caught`, async () => {
    const failed = await failures(async ({ clock }) => ({ driver: broken(how, clock) }))
    expect(
      failed.map((sentence) => caughtBy.find((start) => sentence.startsWith(start)) ?? sentence),
    ).toEqual(caughtBy)
  })
}

test('every law has a broken store that it catches', async () => {
  const laws: string[] = []
  testStore('x', async ({ clock }) => ({ driver: memoryStore(clock) }), {
    test: (name) => laws.push(name.slice(3)),
  })
  const caught = brokenStores.flatMap(({ caughtBy }) => caughtBy)
  expect(laws.filter((law) => !caught.some((start) => law.startsWith(start)))).toEqual([])
})

test('a store that gives each process records of its own is caught', async () => {
  const factory: StoreFactory = async ({ clock }) => ({
    driver: memoryStore(clock),
    reopen: async (): Promise<StoreDriver> => memoryStore(clock),
  })
  expect(await failures(factory, { shared: true })).toEqual([
    'another process sees what was written, and one of the two takes the lease',
  ])
})

for (const [form, write] of [
  ['in the clear', (value: unknown) => JSON.stringify(value)],
  ['in base64', (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64')],
  ['in hex', (value: unknown) => Buffer.from(JSON.stringify(value)).toString('hex')],
] as const) {
  test(`a store that keeps secrets ${form} is caught`, async () => {
    const factory: StoreFactory = async ({ clock }) => {
      const driver = memoryStore(clock)
      const key = 'key-in-the-clear'
      return { driver, dump: async () => `${key} ${write((await driver.read(key))?.settings)}` }
    }
    expect(await failures(factory, { sealed: true })).toEqual([
      'a sealed store keeps no setting and no credential in the clear',
    ])
  })
}

test('a law that fails says what was expected and what was there', async () => {
  const laws = new Map<string, () => Promise<void>>()
  const driver = memoryStore()
  const deaf: StoreDriver = { ...driver, delete: async () => false }
  testStore('x', async () => ({ driver: deaf }), { test: (name, run) => laws.set(name, run) })
  const law = laws.get('x: what was deleted is gone: no commit, acquire or release brings it back')
  await expect(law?.()).rejects.toThrow(
    'delete, and delete again\n  expected: [true,false]\n  but was:  [false,false]',
  )
})

test('the store of a law is closed, also after the law failed', async () => {
  let open = 0
  await failures(async ({ clock }) => {
    open++
    return {
      driver: { ...memoryStore(clock), read: async () => undefined },
      close: async () => {
        open--
      },
    }
  })
  expect(open).toBe(0)
})
