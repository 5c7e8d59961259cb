import { expect, test } from '@jest/globals'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { sqliteStore } from '@latchkey/store-sqlite'
import { connect, killed, module, withRig, type Rig } from './single-use.ts'

const slow = 120_000

const names = async ({ run }: Rig): Promise<string[]> =>
  (JSON.parse((await run(['list', '--json'])).out) as { name: string }[]).map(({ name }) => name)

/** As if this time had passed since a process died: its lease ends, and the wait after it. */
async function later(data: string, ms: number): Promise<void> {
  const store = sqliteStore({ path: join(data, 'connections.db') })
  const record = await store.read('acme')
  const { lease, intentAt } = record ?? {}
  if (record === undefined || lease === undefined || intentAt === undefined) throw new Error('nobody died')
  await store.delete('acme')
  const moved = { ...record, lease: { ...lease, until: lease.until - ms }, intentAt: intentAt - ms }
  await store.takeOver('later', [moved])
  await store.close?.()
}

test(
  'two terminals at once: one refresh between them, and each is served',
  () =>
    withRig(async ({ run, provider }) => {
      expect((await run(connect)).code).toBe(0)
      provider.expire()
      provider.seen.length = 0
      const works = { code: 0, out: 'acme works as Ada.\n', err: '' }
      expect(await Promise.all([run(['test', 'acme']), run(['test', 'acme'])])).toEqual([works, works])
      expect(provider.seen.filter((path) => path === '/token')).toEqual(['/token'])
      const sets = await Promise.all([
        run(['refresh', 'acme']),
        run(['refresh', 'acme']),
        run(['test', 'acme']),
      ])
      expect(sets.map(({ code, err }) => ({ code, err }))).toEqual(sets.map(() => ({ code: 0, err: '' })))
    }),
  slow,
)

for (const [path, where] of [
  ['/login', 'before'],
  ['/login', 'after'],
  ['/me', 'before'],
] as const) {
  test(
    `kill -9 in the middle of a connect, ${where} ${path}, keeps nothing, and what was there stays`,
    () =>
      withRig(async (rig) => {
        const { run, start, provider } = rig
        expect((await run([...connect, '--as', 'other'])).code).toBe(0)
        for (const more of [
          ['--as', 'new'],
          ['--as', 'other', '--replace'],
        ]) {
          const held = provider.hold(path, where)
          const child = start([...connect, ...more])
          await held
          await killed(child)
          provider.release()
          expect(await names(rig)).toEqual(['other'])
          expect((await run(['test', 'other'])).code).toBe(0)
        }
        expect((await run([...connect, '--as', 'new'])).code).toBe(0)
        expect(await names(rig)).toEqual(['new', 'other'])
      }),
    slow,
  )
}

test(
  'kill -9 while a connection takes the place of another leaves one of the two, whole',
  () =>
    withRig(async (rig) => {
      const { run, start, provider } = rig
      expect((await run(connect)).code).toBe(0)
      for (const ms of [0, 2, 5, 10, 20, 40]) {
        const held = provider.hold('/me', 'after')
        const child = start([...connect, '--replace'])
        await held
        provider.release()
        await setTimeout(ms)
        await killed(child)
        expect(await run(['test', 'acme'])).toEqual({ code: 0, out: 'acme works as Ada.\n', err: '' })
      }
    }),
  slow,
)

for (const where of ['before', 'after'] as const) {
  test(
    `kill -9 in the middle of a refresh, ${where} the provider has acted, loses nothing`,
    () =>
      withRig(async ({ run, start, provider, data }) => {
        expect((await run(connect)).code).toBe(0)
        const held = provider.hold('/token', where)
        const child = start(['refresh', 'acme'])
        await held
        await killed(child)
        provider.release()
        // What is still good is used, and nobody waits for the dead.
        expect(await run(['test', 'acme'])).toEqual({ code: 0, out: 'acme works as Ada.\n', err: '' })
        await later(data, 120_000)
        provider.expire()
        expect(await run(['refresh', 'acme', '--connector', module])).toMatchObject({ code: 0, err: '' })
      }),
    slow,
  )
}
