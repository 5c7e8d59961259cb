import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { expect, test } from '@jest/globals'
import { generateKey } from '@latchkey/core'
import { storeKeys, type StoreKeyOptions } from '../../src/store/key.ts'
import { openStore } from '../../src/store/open.ts'
import { inFolder, meddled, osError, record } from './world.ts'

const storeKey = async (options: StoreKeyOptions) => (await storeKeys(options)).read()
const bytes = (key: string) => Uint8Array.from(Buffer.from(key, 'base64url'))

test('a key that is given wins, in base64url or in hex, and makes no file', () =>
  inFolder(async (folder) => {
    const key = generateKey()
    const path = join(folder, 'key')
    for (const given of [key, Buffer.from(bytes(key)).toString('hex')]) {
      const { current, keys } = await storeKey({ given, path })
      expect(keys).toEqual({ [current]: bytes(key) })
      expect(current).toMatch(/^[\da-f]{12}$/)
    }
    expect(await readdir(folder)).toEqual([])
  }))

test('a key that is none is refused with who must act and without its value', async () => {
  for (const given of ['', ' ', 'canary', generateKey().slice(1), `${generateKey()}A`, 'f'.repeat(63)]) {
    const error: unknown = await storeKey({ given, path: '/nowhere/key' }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      code: 'store_unavailable',
      message:
        'store key: LATCHKEY_KEY must be 32 bytes in base64url (43 characters) or hex (64); ' +
        'the user must set the right key. Nothing was changed.',
    })
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(given.trim() || 'canary')
  }
})

test('without one a key file of mode 0600 is made once, in a folder of mode 0700', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'latchkey', 'key')
    const first = await storeKey({ path })
    expect(await readFile(path, 'utf8')).toMatch(/^[\w-]{43}\n$/)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect((await stat(join(folder, 'latchkey'))).mode & 0o777).toBe(0o700)
    expect(await storeKey({ path })).toEqual(first)
    expect(await readdir(join(folder, 'latchkey'))).toEqual(['key'])
  }))

test('of many that make the key file at once all have the same key', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'key')
    const keyrings = await Promise.all(Array.from({ length: 20 }, () => storeKey({ path })))
    expect(new Set(keyrings.map(({ current }) => current)).size).toBe(1)
    expect(await readdir(folder)).toEqual(['key'])
  }))

for (const mode of [0o640, 0o604, 0o660, 0o777, 0o601]) {
  test(`a key file with mode 0${mode.toString(8)} is refused with the cure`, () =>
    inFolder(async (folder) => {
      const path = join(folder, 'key')
      await writeFile(path, `${generateKey()}\n`)
      await chmod(path, mode)
      await expect(storeKey({ path })).rejects.toMatchObject({
        code: 'store_unavailable',
        message:
          `store key: ${path} may be used by other users (mode 0${mode.toString(8)}); ` +
          `the user must run: chmod 600 ${path}. Nothing was changed.`,
      })
    }))
}

test('a broken key file is refused and left as it is', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'key')
    await writeFile(path, 'canary', { mode: 0o600 })
    await expect(storeKey({ path })).rejects.toThrow(`store key: ${path} must be 32 bytes in base64url`)
    expect(await readFile(path, 'utf8')).toBe('canary')
  }))

test('a key file that cannot be read or made is refused, at whichever call', () =>
  inFolder(async (folder) => {
    for (let at = 0, failed = true; failed; at++) {
      let calls = 0
      const path = join(folder, `key${at}`)
      const fs = meddled(async (name, call) => {
        const fails = calls++ === at
        if (fails && name === 'file.close') await call()
        if (fails) throw osError('EACCES')
        return call()
      })
      const outcome: unknown = await storeKey({ path, place: { fs } }).catch((error: unknown) => error)
      failed = calls > at
      if (outcome instanceof Error) expect(outcome).toMatchObject({ code: 'store_unavailable' })
      // Whatever went wrong, there is a whole key or none.
      expect(await storeKey({ path })).toEqual(await storeKey({ path }))
    }
  }))

test('the store of the command is sealed with that key, and opens with it alone', () =>
  inFolder(async (folder) => {
    const store = await openStore({ folder })
    await store.create('a', record)
    expect(await readFile(join(folder, 'connections.db-wal'), 'latin1')).not.toMatch(/canary|password/)
    expect((await (await openStore({ folder })).read('a'))?.settings).toEqual({ password: 'canary' })
    const { current } = await storeKey({ path: join(folder, 'key') })
    const other = await openStore({ folder, key: generateKey() })
    await expect(other.read('a')).rejects.toThrow(
      `is sealed with key "${current}", which the keyring does not list`,
    )
  }))
