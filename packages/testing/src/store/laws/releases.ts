import { holds, same } from '../../check.ts'
import { type Bench, earned, full, type Law, law } from '../bench.ts'

/** How an attempt ends that has nothing to commit. */
export const releaseLaws: readonly Law[] = [
  law('a release by the owner ends lease and attempt', async (bench) => {
    const parent = await bench.put('a')
    await bench.take('a', parent, 'one')
    await bench.driver.release('a', { owner: 'one', keepIntent: false })
    await isFree(bench, 1)
  }),
  law('a release by the owner counts after the end of the lease as well', async (bench) => {
    const parent = await bench.put('a')
    await bench.take('a', parent, 'one')
    await bench.pass(11 * bench.unit)
    await bench.driver.release('a', { owner: 'one', keepIntent: false })
    await isFree(bench, 1)
  }),
  law('a release by anyone else does nothing', async (bench) => {
    const { driver } = bench
    const parent = await bench.put('a')
    const failure = { code: 'credentials_rejected', message: 'invalid_grant', at: 1 } as const
    const end = { keepIntent: false, waitMs: bench.unit, failure }
    await driver.release('a', { ...end, owner: 'one' })
    await driver.release('nobody', { ...end, owner: 'one' })
    await bench.take('a', parent, 'one')
    await bench.pass(10 * bench.unit)
    await bench.take('a', parent, 'two')
    const before = await driver.read('a')
    await driver.release('a', { ...end, owner: 'one' })
    same(await driver.read('a'), before, "the record after a release by a lease's former owner")
    same((await bench.get('a')).failure, undefined, 'the failure')
    same(await driver.read('nobody'), undefined, 'the record that was never created')
  }),
  law(
    'an attempt whose outcome is unknown stays on record, and the quiesce period counts from its release',
    async (bench) => {
      const parent = await bench.put('a')
      await bench.take('a', parent, 'one')
      const { intentAt } = await bench.get('a')
      await bench.pass(2 * bench.unit)
      await bench.driver.release('a', { owner: 'one', keepIntent: true })
      same((await bench.get('a')).intentAt, intentAt, 'the attempt on record')
      await bench.pass(5 * bench.unit - bench.edge)
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
  law('a late release does not lengthen the quiesce period', async (bench) => {
    const parent = await bench.put('a')
    await bench.take('a', parent, 'one')
    await bench.pass(14 * bench.unit)
    await bench.driver.release('a', { owner: 'one', keepIntent: true })
    await bench.pass(bench.unit)
    const taken = await bench.take('a', parent, 'two', { quiesce: 5 })
    holds(
      taken?.intentAt !== undefined,
      'acquire at the end of the quiesce period was refused, or told of no attempt',
    )
  }),
  law('nobody begins before the wait that a release asked for is over', async (bench) => {
    const { driver } = bench
    const parent = await bench.put('a')
    await bench.take('a', parent, 'one')
    await bench.pass(3 * bench.unit)
    await driver.release('a', { owner: 'one', keepIntent: false, waitMs: 5 * bench.unit })
    await bench.pass(5 * bench.unit - bench.edge)
    same(await bench.take('a', parent, 'two'), undefined, 'acquire inside the wait')
    await bench.pass(bench.edge)
    same(await bench.take('a', parent, 'two'), {}, 'acquire at the end of the wait')
    await driver.release('a', { owner: 'two', keepIntent: false })
    same((await bench.get('a')).nextAttemptAt, undefined, 'the wait after a release that asks for none')
  }),
  law(
    'a failure is written without a new version, so that a late success still wins and says what holds',
    async (bench) => {
      const { driver } = bench
      const parent = await bench.put('a', full)
      await bench.take('a', parent, 'one')
      const before = await bench.get('a')
      const failure = {
        code: 'credentials_rejected',
        message: 'The provider says invalid_grant.',
        at: 5,
      } as const
      await driver.release('a', { owner: 'one', keepIntent: false, failure })
      const { lease: _, intentAt: __, ...rest } = before
      same(await driver.read('a'), { ...rest, failure }, 'the record after the failure')
      await bench.take('a', parent, 'two')
      await driver.release('a', { owner: 'two', keepIntent: false })
      same((await bench.get('a')).failure, failure, 'the failure after a release that names none')
      same(
        await driver.commit('a', { parent, record: earned('late') }),
        true,
        'commit on the version that failed',
      )
      same((await bench.get('a')).failure, undefined, 'the failure after the success')
    },
  ),
]

/** No lease, attempt or wait is on record, and the next attempt begins at once. */
export const isFree = async (bench: Bench, version: number): Promise<void> => {
  const { grant, lease, intentAt, nextAttemptAt } = await bench.get('a')
  same({ lease, intentAt, nextAttemptAt }, {}, 'lease, attempt and wait')
  same(await bench.take('a', { grant, version }, 'next', { quiesce: 90 }), {}, 'the next acquire')
}
