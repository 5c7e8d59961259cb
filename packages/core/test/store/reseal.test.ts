import { expect, test } from '@jest/globals'
import {
  connections,
  defineConnector,
  encrypted,
  generateKey,
  keyUse,
  memoryStore,
  reseal,
  type Keyring,
  type ResealProgress,
  type StoredRecord,
  type StoreDriver,
} from '@latchkey/core'
import { api, network, tokenStrategy, type Token } from '../support.ts'

const [one, two] = [generateKey(), generateKey()]
const before: Keyring = { current: 'one', keys: { one } }
const both: Keyring = { current: 'two', keys: { one, two } }
const after: Keyring = { current: 'two', keys: { two } }

const record = (n: number) => ({
  grant: `g${n}`,
  connector: 'acme',
  scheme: 'token',
  settings: { n },
  credentials: { token: `t${n}` },
})

async function filled(count: number): Promise<{ raw: StoreDriver; records: Map<string, StoredRecord> }> {
  const records = new Map<string, StoredRecord>()
  const raw = memoryStore({ records })
  const store = encrypted(raw, before)
  for (let n = 0; n < count; n++) await store.create(`c${String(n).padStart(4, '0')}`, record(n))
  return { raw, records }
}

test('every record is sealed anew with the current key, after which the old key is no longer needed', async () => {
  const { raw } = await filled(250)
  const told: ResealProgress[] = []
  expect(await reseal(raw, both, { onProgress: (progress) => told.push(progress) })).toEqual({
    seen: 250,
    resealed: 250,
  })
  expect(told.map(({ seen }) => seen)).toEqual([100, 200, 250])
  const store = encrypted(raw, after)
  for (let n = 0; n < 250; n++) {
    const row = await store.read(`c${String(n).padStart(4, '0')}`)
    expect([row?.settings, row?.credentials]).toEqual([{ n }, { token: `t${n}` }])
  }
})

test('how many records need a key is counted without opening any', async () => {
  const { raw } = await filled(250)
  const store = encrypted(raw, both)
  expect([...(await keyUse(raw))]).toEqual([['one', 250]])
  await store.create('new', { ...record(1), credentials: undefined })
  await raw.create('open', record(1))
  expect([...(await keyUse(raw))].sort()).toEqual([
    ['one', 250],
    ['two', 1],
  ])
  await raw.delete('open')
  await reseal(raw, both)
  expect([...(await keyUse(raw))]).toEqual([['two', 251]])
})

test('a record that the current key has sealed is not written again', async () => {
  const { raw, records } = await filled(3)
  await reseal(raw, both)
  const versions = [...records.values()].map(({ version }) => version)
  expect(await reseal(raw, both)).toEqual({ seen: 3, resealed: 0 })
  expect([...records.values()].map(({ version }) => version)).toEqual(versions)
})

test('a lease, an attempt and a wait stay as they are', async () => {
  const { raw, records } = await filled(1)
  const claim = { grant: 'g0', version: 1, owner: 'me', leaseMs: 60_000, quiesceMs: 0 }
  await raw.acquire('c0000', claim)
  const { lease, intentAt } = records.get('c0000')!
  await reseal(raw, both)
  expect(records.get('c0000')).toMatchObject({ version: 2, lease, intentAt })
})

test('a renewal under way is written although its record was sealed anew meanwhile', async () => {
  const { raw } = await filled(0)
  let answer: (token: Token) => void = () => undefined
  const auth = tokenStrategy({
    acquire: () => Promise.resolve({ token: 'first', refresh: 'r1' }),
    refresh: () => new Promise((resolve) => (answer = resolve)),
  })
  const connector = defineConnector({ key: 'acme', name: 'Acme', auth, baseUrl: api })
  const { fetch } = network()
  const all = connections({ connectors: { connector }, store: encrypted(raw, both), fetch })
  const old = connections({ connectors: { connector }, store: encrypted(raw, before), fetch })
  const c = await old.create('connector', { key: 'k', settings: { user: 'ada', secret: 's' } })
  await c.credentials()
  const live = await all.get('k')
  const renewing = live.refresh()
  while ((await raw.read('k'))?.lease === undefined) await new Promise(setImmediate)
  await new Promise(setImmediate)
  expect(await reseal(raw, both)).toEqual({ seen: 1, resealed: 1 })
  answer({ token: 'second', refresh: 'r2' })
  await renewing
  expect((await encrypted(raw, after).read('k'))?.credentials).toEqual({ token: 'second', refresh: 'r2' })
})

test('a record that no listed key opens is named, and what came before it is done', async () => {
  const { raw, records } = await filled(3)
  records.set('c0001', { ...records.get('c0001')!, settings: 'v1.lost.AAAAAAAAAAAAAAAA.AAAA' })
  await expect(reseal(raw, both)).rejects.toMatchObject({
    code: 'store_unavailable',
    message: expect.stringContaining('"c0001"') as unknown,
  })
  expect(records.get('c0000')?.settings).toMatch(/^v1\.two\./)
  expect(records.get('c0002')?.settings).toMatch(/^v1\.one\./)
})

test('a signal ends the work between two records', async () => {
  const { raw, records } = await filled(2)
  await expect(reseal(raw, both, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
    'enough',
  )
  expect([...records.values()].every(({ version }) => version === 1)).toBe(true)
})
