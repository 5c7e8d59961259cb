import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from '@jest/globals'
import { encrypted, generateKey, type StoreDriver } from '@latchkey/core'
import { testStore, type StoreFactory } from '@latchkey/testing'
import { storeProcess } from '@latchkey/testing/process'
import { bundled } from '../../../../tools/bundle.ts'
import { answersAsMemoryDoes } from '../../../../tools/store-model.ts'
import { clockedStore } from './clocked.ts'

const script = bundled(new URL('child.ts', import.meta.url))

/** A store in a folder of its own, on the clock of the test. */
const fresh =
  (sealed: (driver: StoreDriver) => StoreDriver): StoreFactory =>
  async ({ clock }) => {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-sqlite-'))
    const path = join(folder, 'data', 'connections.db')
    const { driver, set } = await clockedStore(path)
    await set(clock.now())
    return {
      driver: sealed(driver),
      async advance(ms) {
        await clock.advance(ms)
        await set(clock.now())
      },
      reopen: async () => sealed((await clockedStore(path)).driver),
      spawn: async () => storeProcess(await script, [path]),
      dump: async () => ['', '-wal'].map((end) => readFileSync(`${path}${end}`, 'latin1')).join(''),
      async close() {
        await driver.close?.()
        rmSync(folder, { recursive: true })
      },
    }
  }

testStore(
  'sqlite',
  fresh((driver) => driver),
  { test },
  { shared: true, processes: true },
)

const keyring = { current: 'k1', keys: { k1: generateKey() } }
testStore(
  'encrypted sqlite',
  fresh((driver) => encrypted(driver, keyring)),
  { test },
  { shared: true, sealed: true },
)

test(
  'sqlite answers whatever is asked of it, in whatever order, as memory does',
  () =>
    answersAsMemoryDoes(
      fresh((driver) => driver),
      150,
    ),
  60_000,
)
