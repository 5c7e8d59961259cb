import type { StoreDriver } from '@latchkey/core'
import { holds, same } from '../../check.ts'
import { bare, type Bench, earned, type Law, law } from '../bench.ts'
import type { StoreProcess } from '../process.ts'

/** Laws of stores that processes share: what is left when one is killed, and what one may do that stood still. */
export const processLaws: readonly Law[] = [
  law('of many processes that take one lease at once exactly one has it', async (bench) => {
    const children = await Promise.all(Array.from({ length: 4 }, () => spawn(bench)))
    for (const key of ['a', 'b', 'c', 'd', 'e']) {
      const parent = await bench.put(key)
      const claim = { ...parent, leaseMs: 10 * bench.unit, quiesceMs: 0 }
      const taken = await Promise.all(
        children.flatMap(({ driver }, i) =>
          [1, 2, 3].map((j) => driver.acquire(key, { ...claim, owner: `${i} ${j}` })),
        ),
      )
      same(taken.filter((won) => won).length, 1, 'how many of 12 attempts in 4 processes took the lease')
    }
    for (const child of children) await child.signal('SIGKILL')
  }),
  law(
    'a process that is killed during its attempt leaves it on record, and the next one begins when lease and quiesce period have ended',
    async (bench) => {
      const child = await spawn(bench)
      const parent = await bench.put('a')
      const claim = { ...parent, owner: 'dead', leaseMs: 10 * bench.unit, quiesceMs: 0 }
      same(await child.driver.acquire('a', claim), {}, 'acquire in the other process')
      await child.signal('SIGKILL')
      const { lease, intentAt } = await bench.get('a')
      holds(lease?.owner === 'dead' && intentAt !== undefined, 'lease and attempt died with the process')
      await bench.pass(15 * bench.unit - bench.edge)
      const early = await bench.take('a', parent, 'next', { quiesce: 5 })
      same(early, undefined, 'acquire inside the quiesce period')
      await bench.pass(bench.edge)
      const late = await bench.take('a', parent, 'next', { quiesce: 5 })
      same(late, { intentAt }, 'acquire at the end of the quiesce period')
    },
  ),
  law(
    'a process that stood still until its lease was taken over writes what it earned, if nobody else has written',
    async (bench) => {
      const { child, commit } = await stalled(bench)
      await child.signal('SIGCONT')
      same(await commit, true, 'commit of the process that stood still')
      const record = earned('of the next')
      const parent = { grant: bare.grant, version: 1 }
      same(await bench.driver.commit('a', { parent, record }), false, 'commit of the next holder')
      same((await bench.get('a')).credentials, { accessToken: 'late' }, 'the credentials')
      await child.signal('SIGKILL')
    },
  ),
  law(
    'a process that stood still until its lease was taken over changes nothing, if the next holder has written',
    async (bench) => {
      const { child, commit } = await stalled(bench)
      const record = earned('of the next')
      const parent = { grant: bare.grant, version: 1 }
      same(await bench.driver.commit('a', { parent, record }), true, 'commit of the next holder')
      const before = await bench.get('a')
      await child.signal('SIGCONT')
      same(await commit, false, 'commit of the process that stood still')
      await child.driver.release('a', { owner: 'stalled', keepIntent: false })
      same(await bench.driver.read('a'), before, 'the record in the end')
      await child.signal('SIGKILL')
    },
  ),
  law('a process that is killed while it writes loses nothing that it acknowledged', async (bench) => {
    await bench.put('a', earned('version 1'))
    for (let kill = 0; kill < 5; kill++) {
      const { driver, signal } = await spawn(bench)
      for (let commit = 0; commit < 3; commit++) await commitNext(bench.driver, driver)
      const before = await bench.get('a')
      // Nobody knows whether this one is written: it may be, as a whole, or not.
      const last = commitNext(bench.driver, driver).catch(() => undefined)
      await signal('SIGKILL')
      await last
      const { version, credentials } = await bench.get('a')
      holds(version === before.version || version === before.version + 1, `version ${version} after a kill`)
      same(credentials, { accessToken: `version ${version}` }, 'the credentials after a kill')
    }
    holds((await bench.get('a')).version >= 16, 'commits that were acknowledged are gone')
  }),
]

const spawn = (bench: Bench): Promise<StoreProcess> => {
  if (!bench.spawn) throw new Error('spawn is missing')
  return bench.spawn()
}

/** A process that holds a lease and stands still, was asked to commit, and whose lease another has taken over. */
const stalled = async (bench: Bench): Promise<{ child: StoreProcess; commit: Promise<boolean> }> => {
  const child = await spawn(bench)
  const parent = await bench.put('a')
  const claim = { ...parent, owner: 'stalled', leaseMs: 10 * bench.unit, quiesceMs: 0 }
  same(await child.driver.acquire('a', claim), {}, 'acquire in the other process')
  await child.signal('SIGSTOP')
  const commit = child.driver.commit('a', { parent, record: earned('late') })
  await bench.pass(10 * bench.unit)
  holds((await bench.take('a', parent, 'next')) !== undefined, 'acquire at the end of the lease was refused')
  return { child, commit }
}

/** Reads here and writes there, so that what is read is what the store keeps. */
const commitNext = async (reader: StoreDriver, writer: StoreDriver): Promise<void> => {
  // Refused where the last commit of a killed process was still on its way, which ends soon.
  for (let left = 100; left > 0; left--) {
    const record = await reader.read('a')
    if (!record) throw new Error('the record of "a" is gone')
    const { grant, version } = record
    const next = earned(`version ${version + 1}`)
    if (await writer.commit('a', { parent: { grant, version }, record: next })) return
  }
  throw new Error('a commit of another process on the present version is refused again and again')
}
