import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { build } from 'esbuild'
import { fileStore } from '../../src/store/file.ts'
import { inFolder, record } from './world.ts'

type Child = ChildProcessByStdio<Writable, Readable, null>

/** The child as one file that plain node runs. */
const bundled = async (folder: string): Promise<string> => {
  const outfile = join(folder, 'child.cjs')
  await build({
    entryPoints: [fileURLToPath(new URL('child.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    conditions: ['@latchkey/source'],
    logLevel: 'error',
  })
  return outfile
}

const start = (script: string, ...given: string[]): Child =>
  spawn(process.execPath, [script, ...given], { stdio: ['pipe', 'pipe', 'inherit'] })

const kills = 30

test(
  `two writers that are killed ${kills} times each lose no commit that they acknowledged`,
  () =>
    inFolder(async (folder) => {
      const script = await bundled(folder)
      const path = join(folder, 'data', 'c.json')
      const store = fileStore(path)
      const acknowledged = new Map<string, number>()
      for (const key of ['one', 'two', 'shared']) await store.create(key, record)
      const twice: string[] = []

      const writer = async (name: string) => {
        for (let kill = 0; kill < kills; kill++) {
          const child = start(script, 'write', path, name)
          const gone = once(child, 'exit')
          let left = 1 + (kill % 7)
          for await (const line of createInterface({ input: child.stdout })) {
            const [key = '', version = ''] = line.split(' ')
            if (Number(version) <= (acknowledged.get(key) ?? 0) && key === name) twice.push(line)
            acknowledged.set(key, Math.max(acknowledged.get(key) ?? 0, Number(version)))
            // Lines that were already under way when it was killed are counted too.
            if (--left === 0) child.kill('SIGKILL')
          }
          expect(await gone).toEqual([null, 'SIGKILL'])
          // At any moment the file is whole and holds at least what was acknowledged before.
          const before = new Map(acknowledged)
          for (const [key, version] of before) {
            const seen = await store.read(key)
            expect(seen?.version).toBeGreaterThanOrEqual(version)
            expect(JSON.stringify(seen?.credentials)).toContain(`${key} ${seen?.version} `)
          }
        }
      }
      await Promise.all([writer('one'), writer('two')])

      expect(twice).toEqual([])
      for (const key of ['one', 'two', 'shared']) expect(acknowledged.get(key)).toBeGreaterThan(kills / 2)
      // What the dead left is cleared away without a wait, and the store goes on.
      expect(await store.create('after', record)).toBe(true)
      expect(await readdir(join(folder, 'data'))).toEqual(['c.json'])
    }),
  120_000,
)

test(
  'of four processes that take one lease at once exactly one has it',
  () =>
    inFolder(async (folder) => {
      const script = await bundled(folder)
      const path = join(folder, 'c.json')
      const store = fileStore(path)
      const keys = Array.from({ length: 12 }, (_, i) => `k${i}`)
      for (const key of keys) await store.create(key, record)
      const children = Array.from({ length: 4 }, () => start(script, 'race', path))
      const lines = children.map((child) => createInterface({ input: child.stdout })[Symbol.asyncIterator]())
      const next = () => Promise.all(lines.map(async (line) => String((await line.next()).value)))
      expect(await next()).toEqual(['ready', 'ready', 'ready', 'ready'])
      for (const key of keys) {
        for (const child of children) child.stdin.write(`${key}\n`)
        const outcomes = await next()
        expect([...outcomes].sort()).toEqual(['lost', 'lost', 'lost', 'won'])
        expect((await store.read(key))?.lease?.owner).toBe(String(children[outcomes.indexOf('won')]?.pid))
      }
      for (const child of children) {
        const gone = once(child, 'exit')
        child.stdin.end()
        expect(await gone).toEqual([0, null])
      }
    }),
  60_000,
)
