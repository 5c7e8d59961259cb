import { holds, same } from '../../check.ts'
import { earned, full, type Law, law } from '../bench.ts'
import { isFree } from './releases.ts'
import { wins, within } from './records.ts'

/** Who may talk to the provider, and when. */
export const attemptLaws: readonly Law[] = [
  law('an attempt takes the lease, is recorded with its moment, and changes nothing else', async (bench) => {
    const parent = await bench.put('a', full)
    const before = await bench.get('a')
    const from = await bench.time()
    same(await bench.take('a', parent, 'one'), {}, 'acquire on a record without an earlier attempt')
    const to = await bench.time()
    const { lease, intentAt, ...rest } = await bench.get('a')
    same(rest, before, 'the rest of the record')
    same(lease?.owner, 'one', "the lease's owner")
    within(intentAt, from, to, 'intentAt')
    within(lease?.until, from + 10 * bench.unit, to + 10 * bench.unit, "the lease's end")
  }),
  law('no attempt begins on another version or without a record', async (bench) => {
    const parent = await bench.put('a')
    same(await bench.take('nobody', parent, 'one'), undefined, 'acquire on an absent key')
    same(await bench.take('a', { ...parent, version: 2 }, 'one'), undefined, 'acquire on a version to come')
    await bench.driver.commit('a', { parent, record: earned('second') })
    same(await bench.take('a', parent, 'one'), undefined, 'acquire on an old version')
  }),
  law('of many attempts at once one takes the lease', async (bench) => {
    const parent = await bench.put('a')
    const take = async (i: number) => (await bench.take('a', parent, `holder-${i}`)) !== undefined
    same(await wins(100, take), 1, 'how many of 100 attempts took the lease')
  }),
  law('while a lease is live nobody else takes it, its owner neither', async (bench) => {
    const parent = await bench.put('a')
    await bench.take('a', parent, 'one')
    await bench.pass(10 * bench.unit - bench.edge)
    same(await bench.take('a', parent, 'two'), undefined, 'acquire before the end of the lease')
    same(await bench.take('a', parent, 'one'), undefined, 'acquire by its own owner')
    same((await bench.get('a')).lease?.owner, 'one', "the lease's owner")
  }),
  law(
    'a lease that has ended is taken over, and the attempt that never reported back is told of',
    async (bench) => {
      const parent = await bench.put('a')
      await bench.take('a', parent, 'one')
      const { intentAt } = await bench.get('a')
      await bench.pass(10 * bench.unit)
      same(await bench.take('a', parent, 'two'), { intentAt }, 'acquire at the end of the lease')
      same((await bench.get('a')).lease?.owner, 'two', "the lease's owner")
    },
  ),
  law(
    'after an attempt that never reported back the quiesce period passes first, counted from the end of its lease',
    async (bench) => {
      const parent = await bench.put('a')
      await bench.take('a', parent, 'one')
      const { intentAt } = await bench.get('a')
      await bench.pass(15 * bench.unit - bench.edge)
      same(
        await bench.take('a', parent, 'two', { quiesce: 5 }),
        undefined,
        'acquire inside the quiesce period',
      )
      await bench.pass(bench.edge)
      same(
        await bench.take('a', parent, 'two', { quiesce: 5 }),
        { intentAt },
        'acquire at the end of the quiesce period',
      )
    },
  ),
  law('a late commit wins although its lease has ended', async (bench) => {
    const parent = await bench.put('a')
    await bench.take('a', parent, 'one')
    await bench.pass(20 * bench.unit)
    same(
      await bench.driver.commit('a', { parent, record: earned('late') }),
      true,
      'commit after the end of the lease',
    )
    same((await bench.get('a')).credentials, { accessToken: 'late' }, 'the credentials')
  }),
  law('a late commit wins although another holds the lease, and ends that lease', async (bench) => {
    const { driver } = bench
    const parent = await bench.put('a')
    await bench.take('a', parent, 'one')
    await bench.pass(10 * bench.unit)
    await bench.take('a', parent, 'two')
    same(await driver.commit('a', { parent, record: earned('late') }), true, "commit under another's lease")
    same((await bench.get('a')).credentials, { accessToken: 'late' }, 'the credentials')
    same(await driver.commit('a', { parent, record: earned('later') }), false, 'commit of the lease holder')
    await isFree(bench, 2)
  }),
  law('a commit ends lease, attempt and wait', async (bench) => {
    const parent = await bench.put('a')
    await bench.take('a', parent, 'one')
    await bench.driver.release('a', { owner: 'one', keepIntent: true, waitMs: 90 * bench.unit })
    await bench.driver.commit('a', { parent, record: earned('second') })
    await isFree(bench, 2)
  }),
  law('a commit that keeps the lease keeps attempt and wait too', async (bench) => {
    const { driver } = bench
    const parent = await bench.put('a')
    await bench.take('a', parent, 'one')
    await driver.release('a', { owner: 'one', keepIntent: true, waitMs: bench.unit })
    await bench.pass(bench.unit)
    holds((await bench.take('a', parent, 'two')) !== undefined, 'acquire at the end of the wait was refused')
    const before = await bench.get('a')
    same(await driver.commit('a', { parent, record: full, keepLease: true }), true, 'commit')
    const { lease, intentAt, nextAttemptAt, version, account } = await bench.get('a')
    const kept = { lease: before.lease, intentAt: before.intentAt, nextAttemptAt: before.nextAttemptAt }
    same({ lease, intentAt, nextAttemptAt }, kept, 'lease, attempt and wait')
    same({ version, account }, { version: 2, account: full.account }, 'the change')
    same(await bench.take('a', { ...parent, version: 2 }, 'three'), undefined, 'acquire under the kept lease')
  }),
]
