import { expect, test } from '@jest/globals'
import {
  adoptStore,
  connections,
  defineConnector,
  memoryStore,
  ownedBy,
  ownershipOf,
  type StoredRecord,
} from '@latchkey/core'
import { testStore } from '@latchkey/testing'
import { api, network, tokenStrategy } from '../support.ts'

testStore('ownedBy(memoryStore())', async ({ clock }) => ({ driver: ownedBy(memoryStore(clock), 'a') }), {
  test,
})

function rig() {
  let renewals = 0
  const auth = tokenStrategy({
    acquire: () => Promise.resolve({ token: 'first', refresh: 'r1' }),
    refresh: () => Promise.resolve({ token: `renewed ${++renewals}`, refresh: 'r2' }),
  })
  const connector = defineConnector({ key: 'acme', name: 'Acme', auth, baseUrl: api })
  const { fetch, sent } = network()
  const open = (records: Map<string, StoredRecord>, deployment: string) =>
    connections({ connectors: { connector }, store: ownedBy(memoryStore({ records }), deployment), fetch })
  return { open, sent, renewals: () => renewals }
}

const settings = { user: 'ada', secret: 's' }

test('a copy of the store under another deployment renews nothing, reads all, and still signs requests', async () => {
  const { open, sent, renewals } = rig()
  const records = new Map<string, StoredRecord>()
  await (await open(records, 'production').create('connector', { key: 'k', settings })).credentials()
  const copy = open(new Map(records), 'staging')
  const c = await copy.get('k')
  await expect(c.refresh()).rejects.toMatchObject({ code: 'connection_paused', remedy: 'operator' })
  expect(renewals()).toBe(0)
  await c.http.get('x')
  expect(sent.at(-1)?.headers.get('authorization')).toBe('Bearer first')
})

test('the one that takes the store over renews, and the one before it no longer does', async () => {
  const { open } = rig()
  const records = new Map<string, StoredRecord>()
  const before = await open(records, 'old').create('connector', { key: 'k', settings })
  await before.credentials()
  const raw = memoryStore({ records })
  expect(await ownershipOf(raw, 'new')).toBe('other')
  await adoptStore(raw, 'new')
  expect([await ownershipOf(raw, 'new'), await ownershipOf(raw, 'old')]).toEqual(['own', 'other'])
  await (await open(records, 'new').get('k')).refresh()
  await expect(before.refresh()).rejects.toMatchObject({ code: 'connection_paused' })
})

test('a store that nobody has asked for a lease belongs to nobody, and is taken over without one too', async () => {
  const raw = memoryStore()
  expect(await ownershipOf(raw, 'a')).toBe('none')
  await adoptStore(raw, 'a')
  expect(await ownershipOf(raw, 'a')).toBe('own')
})

test('of two deployments that begin at once with an empty store one owns it', async () => {
  const raw = memoryStore()
  const record = { grant: 'g', connector: 'c', scheme: 's', settings: {} }
  const claim = { grant: 'g', version: 1, leaseMs: 1000, quiesceMs: 0 }
  for (const key of ['x', 'y']) await raw.create(key, record)
  const outcomes = await Promise.allSettled([
    ownedBy(raw, 'a').acquire('x', { ...claim, owner: 'a' }),
    ownedBy(raw, 'b').acquire('y', { ...claim, owner: 'b' }),
  ])
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
})

test('the id is not in the store, and no page shows that it is owned', async () => {
  const records = new Map<string, StoredRecord>()
  const store = ownedBy(memoryStore({ records }), 'canary-deployment')
  for (const key of ['a', 'z'])
    await store.create(key, { grant: 'g', connector: 'c', scheme: 's', settings: {} })
  await store.acquire('a', { grant: 'g', version: 1, owner: 'o', leaseMs: 1000, quiesceMs: 0 })
  expect(records.size).toBe(3)
  expect(JSON.stringify([...records])).not.toContain('canary')
  const first = await store.list({ limit: 1 })
  const second = await store.list({ limit: 1, after: 'a' })
  expect([first, second].map(({ records: page }) => page.map(({ key }) => key))).toEqual([['a'], ['z']])
})
