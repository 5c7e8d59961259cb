import { spawnSync } from 'node:child_process'
import { chmod, chown, cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { generateKey } from '@latchkey/core'
import { canary, connect, withRig } from './single-use.ts'

const slow = 120_000
const owner = 'Try again; if that does not help, whoever owns the data folder must act.'
const works = { code: 0, out: 'acme works as Ada.\n', err: '' }

/** A refusal of the store: 12, one sentence of what, and one of who. */
const refused = (problem: RegExp) => ({
  code: 12,
  out: '',
  err: expect.stringMatching(new RegExp(`^latchkey: store.*${problem.source}[^]*${owner}`)),
})

const isRoot = process.getuid?.() === 0
const asNobody = isRoot ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : []
const give = async (...paths: string[]): Promise<void> => {
  if (isRoot) for (const path of paths) await chown(path, 65_534, 65_534)
}

/** A small disk of its own, where this user may mount one. */
const mounted = async (folder: string): Promise<boolean> => {
  await mkdir(folder, { recursive: true })
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=0700', 'none', folder]).status === 0
}

test(
  'a full disk refuses before the provider is asked, says who must make room, and loses nothing',
  () =>
    withRig(async ({ home, run, provider }) => {
      const disk = join(home, 'disk')
      const isMounted = await mounted(disk)
      // Where nothing can be mounted, no file may grow instead.
      const through = isMounted ? [] : ['prlimit', '--fsize=0']
      const how = { env: { LATCHKEY_HOME: disk } }
      try {
        expect((await run(connect, how)).code).toBe(0)
        if (isMounted) spawnSync('dd', ['if=/dev/zero', `of=${join(disk, 'filler')}`, 'bs=1k'])
        provider.seen.length = 0
        const problem = isMounted ? /the disk or the quota is full: the user must make room/ : /must/
        expect(await run(['refresh', 'acme'], { ...how, through })).toEqual(refused(problem))
        expect(provider.seen).toEqual([])
        expect(await run([...connect, '--as', 'b'], { ...how, through })).toEqual(refused(problem))
        await rm(join(disk, 'filler'), { force: true })
        expect(await run(['test', 'acme'], how)).toEqual(works)
        expect((await run(['refresh', 'acme'], how)).code).toBe(0)
        expect(JSON.parse((await run(['list', '--json'], how)).out)).toHaveLength(1)
      } finally {
        if (isMounted) spawnSync('umount', [disk])
      }
    }),
  slow,
)

test(
  'a folder that is read-only is refused with who must act, and nothing is lost',
  () =>
    withRig(async ({ data, run, provider }) => {
      expect((await run(connect)).code).toBe(0)
      const files = (await readdir(data)).map((name) => join(data, name))
      const connectors = (await readdir(join(data, 'connectors'))).map((name) =>
        join(data, 'connectors', name),
      )
      await give(data, ...files, ...connectors)
      for (const path of files) if (!path.endsWith('connectors')) await chmod(path, 0o400)
      await chmod(data, 0o500)
      provider.seen.length = 0
      const how = { through: asNobody }
      const problem = /must (give access|make file and folder writable)/
      for (const args of [
        ['refresh', 'acme'],
        ['test', 'acme'],
        [...connect, '--as', 'b'],
        ['keys', 'rotate'],
      ])
        expect(await run(args, how)).toEqual(refused(problem))
      expect(provider.seen).toEqual([])
      await chmod(data, 0o700)
      for (const path of files) if (!path.endsWith('connectors')) await chmod(path, 0o600)
      expect(await run(['test', 'acme'], how)).toEqual(works)
    }),
  slow,
)

test(
  'a corrupt file is refused and left as it is, and a copy that is put back works',
  () =>
    withRig(async ({ home, data, run }) => {
      const path = join(data, 'connections.db')
      expect((await run(connect)).code).toBe(0)
      await cp(data, join(home, 'copy'), { recursive: true })
      const whole = await readFile(path)
      for (const broken of [
        Buffer.from('canary, and no database'),
        Buffer.concat([whole.subarray(0, 100), Buffer.alloc(whole.length - 100, 0xff)]),
        whole.subarray(0, Math.floor(whole.length / 2)),
      ]) {
        for (const name of await readdir(data)) if (/-(wal|shm)$/.test(name)) await rm(join(data, name))
        await writeFile(path, broken)
        expect(await run(['test', 'acme'])).toEqual(
          refused(/(not a whole database|not a store of Latchkey); it was left as it is\. The user must/),
        )
        expect((await readFile(path)).equals(broken)).toBe(true)
      }
      await rm(data, { recursive: true })
      await rename(join(home, 'copy'), data)
      expect(await run(['test', 'acme'])).toEqual(works)
    }),
  slow,
)

test(
  'a wrong key, or none, opens nothing, changes nothing and is said to be it',
  () =>
    withRig(async ({ data, run, provider }) => {
      expect((await run(connect)).code).toBe(0)
      provider.seen.length = 0
      const wrong = { env: { LATCHKEY_KEY: generateKey() } }
      const lacks =
        /is sealed with key "[\da-f]{12}", which the keyring does not list.*nothing is lost; the operator must/
      for (const args of [
        ['test', 'acme'],
        ['refresh', 'acme'],
        ['set', 'acme', '--set', 'password=x'],
      ])
        expect(await run(args, wrong)).toEqual(refused(lacks))
      expect(await run(['test', 'acme'], { env: { LATCHKEY_KEY: 'short' } })).toEqual(
        refused(/LATCHKEY_KEY must be 32 bytes .*; the user must set the right key/),
      )
      // What needs no key is there all the same.
      expect(await run(['list'], wrong)).toMatchObject({ code: 0 })
      await rename(join(data, 'key'), join(data, 'away'))
      expect(await run(['test', 'acme'])).toEqual(refused(/key is gone.*the user must put it back/))
      await rename(join(data, 'away'), join(data, 'key'))
      expect(provider.seen).toEqual([])
      expect(await run(['test', 'acme'])).toEqual(works)
    }),
  slow,
)

test(
  'a copied folder without its id renews nothing until it is adopted',
  () =>
    withRig(async ({ home, data, run, provider }) => {
      expect((await run(connect)).code).toBe(0)
      expect((await run(['refresh', 'acme'])).code).toBe(0)
      const copy = join(home, 'copy')
      await cp(data, copy, { recursive: true })
      await rm(join(copy, 'deployment'))
      provider.seen.length = 0
      const how = { env: { LATCHKEY_HOME: copy } }
      expect(await run(['test', 'acme'], how)).toEqual(works)
      expect(await run(['refresh', 'acme'], how)).toMatchObject({
        code: 13,
        out: '',
        err: expect.stringMatching(/take it over \(latchkey deployment adopt\).*\n.* must act: /),
      })
      expect(provider.seen).toEqual(['/me'])
      expect((await run(['deployment', 'adopt'], how)).code).toBe(2)
      expect((await run(['deployment', 'adopt', '--yes'], how)).code).toBe(0)
      expect((await run(['refresh', 'acme'], how)).code).toBe(0)
      expect((await readFile(join(copy, 'connections.db'), 'latin1')).includes(canary)).toBe(false)
    }),
  slow,
)
