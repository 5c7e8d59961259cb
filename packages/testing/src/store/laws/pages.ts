import type { DuePage, ListPage, StoreDriver } from '@latchkey/core'
import { holds, same } from '../../check.ts'
import { earned, full, type Law, law } from '../bench.ts'

/** What is listed, in which order, and what a store shows outside. */
export const pageLaws: readonly Law[] = [
  law('list gives every record once, by key in the order of its bytes, page by page', async (bench) => {
    same(await bench.driver.list({ limit: 5 }), { records: [], more: false }, 'the list of an empty store')
    for (const key of ['b', '9', 'B', '10', 'a:2', 'a', 'A']) await bench.put(key)
    const sorted = ['10', '9', 'A', 'B', 'a', 'a:2', 'b']
    for (const limit of [1, 2, 3, 7, 50])
      same(await listed(bench.driver, { limit }), sorted, `pages of ${limit}`)
    await bench.driver.delete('B')
    same(await listed(bench.driver, { after: 'B', limit: 9 }), sorted.slice(4), 'what follows a deleted key')
  }),
  law('list keeps to prefix, connector, owner and tenant, each taken literally', async (bench) => {
    await bench.put('a%b', { owner: 'u', tenant: 't' })
    await bench.put('a_b', { owner: 'u', tenant: 'other' })
    await bench.put('aXb', { connector: 'other', owner: 'u', tenant: 't' })
    await bench.put('A_b', { tenant: 't', paused: true, failure: rejected })
    const of = (page: Omit<ListPage, 'limit'>) => listed(bench.driver, { ...page, limit: 1 })
    same(await of({ prefix: 'a' }), ['a%b', 'aXb', 'a_b'], 'prefix a')
    same(await of({ prefix: 'a%' }), ['a%b'], 'prefix a%')
    same(await of({ prefix: 'a_' }), ['a_b'], 'prefix a_')
    same(await of({ connector: 'acme' }), ['A_b', 'a%b', 'a_b'], 'connector acme')
    same(await of({ owner: 'u' }), ['a%b', 'aXb', 'a_b'], 'owner u')
    same(await of({ tenant: 't' }), ['A_b', 'a%b', 'aXb'], 'tenant t')
    same(await of({ prefix: 'a', connector: 'acme', owner: 'u', tenant: 't' }), ['a%b'], 'all four')
    same(await of({ owner: 'nobody' }), [], 'an owner of nothing')
  }),
  law('pages carry all of a record but its settings and credentials', async (bench) => {
    await bench.put('a', full)
    const { settings: _, credentials: __, ...record } = await bench.get('a')
    const page = { records: [record], more: false }
    same(await bench.driver.list({ limit: 1 }), page, 'list')
    same(await bench.driver.due({ before: 9e12, limit: 1 }), page, 'due')
  }),
  law('due gives what ends before a moment, soonest first and then by key, page by page', async (bench) => {
    const ends = { d: 100, b: 200, a: 300, c: 200, e: 300, f: 301 }
    for (const [key, expiresAt] of Object.entries(ends)) await bench.put(key, { expiresAt })
    const { driver } = bench
    for (const limit of [1, 2, 3, 5, 50]) {
      same(await dues(driver, { before: 301, limit }), ['d', 'b', 'c', 'a', 'e'], `pages of ${limit}`)
    }
    same(await dues(driver, { before: 300, limit: 1 }), ['d', 'b', 'c'], 'what ends before 300')
    await driver.delete('b')
    const after = { expiresAt: 200, key: 'b' }
    same(await dues(driver, { before: 300, after, limit: 1 }), ['c'], 'what follows a deleted record')
  }),
  law('due leaves out what is paused', async (bench) => {
    await bench.put('a', { expiresAt: 1, paused: true })
    await bench.put('b', { expiresAt: 1, paused: false })
    same(await dues(bench.driver, { before: 9, limit: 9 }), ['b'], 'due')
  }),
  law('due leaves out what never expires', async (bench) => {
    await bench.put('a')
    await bench.put('b', { expiresAt: 0 })
    same(await dues(bench.driver, { before: 9, limit: 9 }), ['b'], 'due')
  }),
  law('due leaves out what waits for a person, and keeps what failed otherwise', async (bench) => {
    const parent = await bench.put('a', { expiresAt: 1 })
    await bench.put('b', { expiresAt: 1, failure: { ...rejected, code: 'provider_unavailable' } })
    await bench.put('c', { expiresAt: 1, failure: { ...rejected, code: 'credentials_expired' } })
    await bench.take('a', parent, 'one')
    same(await dues(bench.driver, { before: 9, limit: 9 }), ['a', 'b'], 'due before the rejection')
    await bench.driver.release('a', { owner: 'one', keepIntent: false, failure: rejected })
    same(await dues(bench.driver, { before: 9, limit: 9 }), ['b'], 'due after the rejection')
  }),
]

/** Laws of stores that other processes open too. */
export const sharedLaws: readonly Law[] = [
  law('another process sees what was written, and one of the two takes the lease', async (bench) => {
    if (!bench.reopen) throw new Error('reopen is missing')
    const other = await bench.reopen()
    const parent = await bench.put('a', full)
    same(await other.read('a'), await bench.get('a'), 'the record as the other sees it')
    const claim = { ...parent, leaseMs: bench.unit, quiesceMs: 0 }
    const taken = await Promise.all([
      bench.driver.acquire('a', { ...claim, owner: 'one' }),
      other.acquire('a', { ...claim, owner: 'two' }),
    ])
    same(taken.filter((won) => won).length, 1, 'how many of the two took the lease')
    same(await other.commit('a', { parent, record: earned('second') }), true, 'commit by the other')
    same(
      await bench.driver.commit('a', { parent, record: earned('third') }),
      false,
      'commit on the same parent',
    )
    same(await bench.driver.read('a'), await other.read('a'), 'the record in the end')
    await other.close?.()
  }),
]

/** Laws of stores that seal. */
export const sealedLaws: readonly Law[] = [
  law('a sealed store keeps no setting and no credential in the clear', async (bench) => {
    if (!bench.dump) throw new Error('dump is missing')
    const secret = { settings: { apiKey: 'canary-setting' }, credentials: { token: 'canary-credential' } }
    const parent = await bench.put('key-in-the-clear', secret)
    const commit = { parent, record: { ...full, ...secret }, keepLease: true }
    for (const step of ['create', 'commit']) {
      if (step === 'commit') same(await bench.driver.commit('key-in-the-clear', commit), true, 'commit')
      const dump = await bench.dump()
      holds(dump.includes('key-in-the-clear'), `the dump after ${step} does not show the record`)
      for (const word of ['canary', 'apiKey', 'token']) {
        holds(!formsOf(word).some((form) => dump.includes(form)), `the dump after ${step} shows "${word}"`)
      }
    }
  }),
]

const rejected = { code: 'credentials_rejected', message: 'invalid_grant', at: 1 } as const

/** A word as it is, in hex, and in base64 at each of the three places where it can begin. */
const formsOf = (word: string): readonly string[] => {
  const inBase64 = [0, 1, 2].map((offset) => {
    const [from, to] = [Math.ceil((offset * 4) / 3), Math.floor(((offset + word.length) * 4) / 3)]
    return Buffer.from(' '.repeat(offset) + word)
      .toString('base64')
      .slice(from, to)
  })
  return [word, Buffer.from(word).toString('hex'), ...inBase64]
}

/** All keys, following the pages to their end; a page that promises more than there is ends the walk with an error. */
const listed = async (driver: StoreDriver, page: ListPage): Promise<readonly string[]> => {
  const { records, more } = await driver.list(page)
  const keys = keysOf(records, more, page.limit)
  return more ? [...keys, ...promised(await listed(driver, { ...page, after: keys.at(-1) }))] : keys
}

const dues = async (driver: StoreDriver, page: DuePage): Promise<readonly string[]> => {
  const { records, more } = await driver.due(page)
  const keys = keysOf(records, more, page.limit)
  const last = records.at(-1)
  if (!more || last?.expiresAt === undefined) return keys
  const after = { expiresAt: last.expiresAt, key: last.key }
  return [...keys, ...promised(await dues(driver, { ...page, after }))]
}

const promised = (keys: readonly string[]): readonly string[] => {
  holds(keys.length > 0, 'a page says that there is more where there is nothing')
  return keys
}

const keysOf = (records: readonly { key: string }[], more: boolean, limit: number): readonly string[] => {
  holds(records.length <= limit, `a page of ${records.length} where ${limit} were asked for`)
  holds(
    !more || records.length === limit,
    `a page of ${records.length} of ${limit} that says that there is more`,
  )
  return records.map(({ key }) => key)
}
