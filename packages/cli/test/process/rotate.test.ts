import { expect, test } from '@jest/globals'
import { setTimeout } from 'node:timers/promises'
import { keyUse } from '@latchkey/core'
import { openUpkeep } from '../../src/store/open.ts'
import { record } from '../store/world.ts'
import { connect, killed, withRig } from './single-use.ts'

const slow = 120_000
const named = (n: number) => `c${String(n).padStart(4, '0')}`

const filled = async (folder: string, count: number): Promise<void> => {
  const { store } = await openUpkeep({ folder })
  for (let n = 0; n < count; n++) await store.create(named(n), record)
  await store.close?.()
}

test(
  'keys change while other processes refresh and request: nobody fails, and the old key can go',
  () =>
    withRig(async ({ data, run, provider }) => {
      expect((await run(connect)).code).toBe(0)
      await filled(data, 1_000)
      const { keys } = await openUpkeep({ folder: data })
      const { current: old } = await keys.read()
      const [rotated, ...others] = await Promise.all([
        run(['keys', 'rotate', '--json']),
        ...[0, 1].map(async () => [await run(['refresh', 'acme']), await run(['test', 'acme'])]),
      ])
      expect(rotated).toMatchObject({ code: 0, err: '' })
      expect(others.flat().map(({ code, err }) => ({ code, err }))).toEqual(
        others.flat().map(() => ({ code: 0, err: '' })),
      )
      expect((await run(['keys', 'rotate', '--resume'])).code).toBe(0)
      expect((await run(['keys', 'remove', old])).code).toBe(0)
      provider.expire()
      expect(await run(['test', 'acme'])).toMatchObject({ code: 0, err: '' })
    }),
  slow,
)

test(
  'kill -9 in the middle of a change of keys leaves every record readable, and --resume ends it',
  () =>
    withRig(async ({ data, run, start }) => {
      await filled(data, 1_000)
      const { keys, store, beneath } = await openUpkeep({ folder: data })
      const { current: old } = await keys.read()
      const child = start(['keys', 'rotate'])
      for (let moved = 0; moved < 100;) {
        await setTimeout(10)
        const { current } = await keys.read()
        const use = current === old ? undefined : await keyUse(beneath)
        moved = use?.get(current) ?? 0
      }
      await killed(child)
      const use = await keyUse(beneath)
      expect([...use.values()].reduce((a, b) => a + b)).toBe(1_000)
      for (let n = 0; n < 1_000; n += 37)
        expect((await store.read(named(n)))?.settings).toEqual(record.settings)
      expect((await run(['keys', 'rotate', '--resume'])).code).toBe(0)
      expect([...(await keyUse(beneath))]).toEqual([[(await keys.read()).current, 1_000]])
      expect((await run(['keys', 'remove', old])).code).toBe(0)
    }),
  slow,
)
