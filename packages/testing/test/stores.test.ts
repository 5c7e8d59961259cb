import { inspect } from 'node:util'
import { expect, test } from '@jest/globals'
import { encrypted, generateKey, memoryStore, type StoredRecord } from '@latchkey/core'
import { testStore } from '@latchkey/testing'

testStore('memory', async ({ clock }) => ({ driver: memoryStore(clock) }), { test })

testStore(
  'encrypted memory',
  async ({ clock }) => {
    const records = new Map<string, StoredRecord>()
    const keyring = { current: 'k1', keys: { k1: generateKey() } }
    return {
      driver: encrypted(memoryStore({ now: clock.now, records }), keyring),
      dump: async () => JSON.stringify([...records.values()]),
    }
  },
  { test },
  { sealed: true },
)

test('a memory store shows nothing of what it keeps when it is printed', async () => {
  const store = memoryStore()
  await store.create('a', {
    grant: 'g',
    connector: 'acme',
    scheme: 'basic',
    settings: { password: 'canary' },
  })
  expect(inspect(store, { depth: 9, showHidden: true })).not.toContain('canary')
})

test('without a clock of its own a memory store runs on the clock of the system', async () => {
  const store = memoryStore()
  const before = Date.now()
  const now = (await store.now?.()) ?? 0
  expect(before <= now && now <= Date.now()).toBe(true)
})
