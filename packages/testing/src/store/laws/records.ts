import type { StoredRecord } from '@latchkey/core'
import { holds, same } from '../../check.ts'
import { bare, earned, full, type Law, law } from '../bench.ts'

/** What is kept, and what may change it. */
export const recordLaws: readonly Law[] = [
  law('a key that nobody created reads as undefined', async ({ driver }) => {
    same(await driver.read('nobody'), undefined, 'read of an absent key')
  }),
  law('a new record reads back whole, at version 1, with the moment of its creation', async (bench) => {
    const from = await bench.time()
    await bench.put('a', full)
    const record = await bench.get('a')
    const { createdAt } = record
    same(
      record,
      { ...full, key: 'a', version: 1, createdAt, updatedAt: createdAt },
      'the record that was created',
    )
    within(createdAt, from, await bench.time(), 'createdAt')
  }),
  law('a key is taken by one create alone', async (bench) => {
    const { driver } = bench
    await bench.put('a', full)
    const first = await driver.read('a')
    same(await driver.create('a', bare), false, 'create on a taken key')
    same(await driver.read('a'), first, 'the record after a refused create')
    same(await wins(100, (i) => driver.create('b', earned(`t${i}`))), 1, 'how many of 100 creates won')
  }),
  law('keys are told apart character by character', async (bench) => {
    for (const [i, key] of odd.entries()) await bench.put(key, earned(`t${i}`))
    for (const [i, key] of odd.entries()) {
      const record = await bench.get(key)
      same(
        [record.key, record.credentials],
        [key, { accessToken: `t${i}` }],
        `the record of ${JSON.stringify(key)}`,
      )
    }
  }),
  law('what a caller changes later does not change the store', async (bench) => {
    const { driver } = bench
    const given = structuredClone(full)
    const parent = await bench.put('a', given)
    const created = await bench.get('a')
    spoil(given)
    spoil(await bench.get('a'))
    same(await driver.read('a'), created, 'the record after its giver and its reader changed their copies')

    const next = structuredClone(full)
    same(await driver.commit('a', { parent, record: next }), true, 'commit')
    const committed = await bench.get('a')
    spoil(next)
    same(await driver.read('a'), committed, 'the record after its committer changed his copy')
  }),
  law(
    'a commit replaces the whole record, raises the version by one and keeps the moment of creation',
    async (bench) => {
      const { driver } = bench
      const parent = await bench.put('a', full)
      const { createdAt } = await bench.get('a')
      await bench.pass(bench.unit)
      const from = await bench.time()
      same(await driver.commit('a', { parent, record: bare }), true, 'commit on the parent')
      const record = await bench.get('a')
      const { updatedAt } = record
      same(record, { ...bare, key: 'a', version: 2, createdAt, updatedAt }, 'the record after the commit')
      within(updatedAt, from, await bench.time(), 'updatedAt')
    },
  ),
  law('a commit on another version than the present one is refused', async (bench) => {
    const { driver } = bench
    const parent = await bench.put('a')
    await driver.commit('a', { parent, record: earned('second') })
    const before = await driver.read('a')
    for (const version of [1, 3]) {
      const change = { parent: { ...parent, version }, record: earned('late') }
      same(await driver.commit('a', change), false, `commit on version ${version} of a record at version 2`)
    }
    same(await driver.read('a'), before, 'the record after the refused commits')
  }),
  law('nothing from an old grant overwrites a new one', async (bench) => {
    const { driver } = bench
    const old = await bench.put('a')
    await driver.delete('a')
    await bench.put('a', { grant: 'grant-2' })
    const before = await driver.read('a')
    same(await driver.commit('a', { parent: old, record: earned('old') }), false, 'commit on the old grant')
    same(await bench.take('a', old, 'old'), undefined, 'acquire on the old grant')
    same(await driver.read('a'), before, 'the record of the new grant')
  }),
  law('of many commits on one parent one wins', async (bench) => {
    const parent = await bench.put('a')
    const commit = (i: number) => bench.driver.commit('a', { parent, record: earned(`t${i}`) })
    same(await wins(100, commit), 1, 'how many of 100 commits won')
    same((await bench.get('a')).version, 2, 'the version')
  }),
  law('what was deleted is gone: no commit, acquire or release brings it back', async (bench) => {
    const { driver } = bench
    const parent = await bench.put('a')
    await bench.take('a', parent, 'one')
    same([await driver.delete('a'), await driver.delete('a')], [true, false], 'delete, and delete again')
    same(await driver.commit('a', { parent, record: bare }), false, 'commit on a deleted record')
    same(await bench.take('a', parent, 'two'), undefined, 'acquire on a deleted record')
    await driver.release('a', { owner: 'one', keepIntent: true })
    same(await driver.read('a'), undefined, 'the deleted record')
    await bench.put('a')
    const { version, lease, intentAt } = await bench.get('a')
    same({ version, lease, intentAt }, { version: 1 }, 'the record that was created anew')
  }),
  law(
    'a record that was read and is given back brings no lease, attempt, wait or version with it',
    async (bench) => {
      const { driver } = bench
      const parent = await bench.put('a')
      await bench.take('a', parent, 'one')
      const old = { ...(await bench.get('a')), nextAttemptAt: 9_000_000_000_000, version: 7, createdAt: 1 }
      await driver.delete('a')
      same(await driver.create('a', old), true, 'create')
      same(alone(await bench.get('a')), { version: 1 }, 'the created record')
      same(await driver.commit('a', { parent, record: old }), true, 'commit')
      same(alone(await bench.get('a')), { version: 2 }, 'the committed record')
      holds((await bench.get('a')).createdAt !== 1, 'the moment of creation was taken from the caller')
    },
  ),
]

const odd = [
  'a',
  'A',
  'a%',
  'a_',
  'ab',
  'a/b',
  'a:b',
  "a'b",
  'a b',
  'é',
  'e\u0301',
  '__proto__',
  'constructor',
  '🔑',
]

const alone = ({ version, lease, intentAt, nextAttemptAt }: StoredRecord): Partial<StoredRecord> => ({
  version,
  lease,
  intentAt,
  nextAttemptAt,
})

export const wins = async (many: number, step: (i: number) => Promise<boolean>): Promise<number> =>
  (await Promise.all(Array.from({ length: many }, (_, i) => step(i)))).filter(Boolean).length

export const within = (moment: number | undefined, from: number, to: number, what: string): void =>
  holds(
    moment !== undefined && from <= moment && moment <= to,
    `${what} is ${moment}, not within ${from} and ${to}`,
  )

// The one place that changes a record in place: it plays the careless caller.
const spoil = (record: object): void => {
  for (const value of Object.values(record))
    if (typeof value === 'object' && value !== null) spoil(value as object)
  for (const name of Object.keys(record)) Reflect.set(record, name, 'spoiled')
}
