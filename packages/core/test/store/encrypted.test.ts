import { inspect } from 'node:util'
import { expect, test } from '@jest/globals'
import type { NewRecord, StoreDriver, StoredRecord } from '../../src/store/contract.ts'
import { encrypted } from '../../src/store/encrypted.ts'
import { generateKey, type Keyring } from '../../src/store/keyring.ts'
import { memoryStore } from '../../src/store/memory.ts'

const key = generateKey()
const record: NewRecord = {
  grant: 'g1',
  connector: 'acme',
  scheme: 'oauth2',
  owner: 'user:1',
  tenant: 't1',
  settings: { clientSecret: 'canary-s' },
  credentials: { accessToken: 'canary-c' },
}
const envelope = /^v1\.k1\.[\w-]{16}\.[\w-]+$/

const setup = (keyring: Keyring = { current: 'k1', keys: { k1: key } }) => {
  const records = new Map<string, StoredRecord>()
  const raw = memoryStore({ records })
  const change = (name: string, how: (row: StoredRecord) => Partial<StoredRecord>) => {
    const row = records.get(name)!
    records.set(name, { ...row, ...how(row) })
  }
  return { records, raw, store: encrypted(raw, keyring), change }
}

const parts = (sealed: unknown) => String(sealed).split('.') as [string, string, string, string]
const refused = async (store: StoreDriver, name = 'a') => {
  const error = (await store.read(name).catch((thrown: unknown) => thrown)) as Error & { code?: string }
  expect(error.code).toBe('store_unavailable')
  expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/canary/)
  return error.message
}

test('a sealed value is v1, the id of the key, an IV of 12 bytes and the ciphertext with a tag of 16', async () => {
  const { records, store } = setup()
  await store.create('a', record)
  const row = records.get('a')!
  expect(row.settings).toMatch(envelope)
  expect(row.credentials).toMatch(envelope)
  const [, , iv, text] = parts(row.settings)
  expect(Buffer.from(iv, 'base64url').length).toBe(12)
  expect(Buffer.from(text, 'base64url').length).toBe(JSON.stringify(record.settings).length + 16)
})

test('the sealed form is the one that any other AES-256-GCM opens', async () => {
  const { records, store } = setup()
  await store.create('a', record)
  const [, , iv, text] = parts(records.get('a')?.credentials)
  const aad = ['latchkey', 'v1', 'k1', 'a', 'g1', 1, 'acme', 'oauth2', 'user:1', 't1', 'credentials']
  const { createDecipheriv } = await import('node:crypto')
  const bytes = Buffer.from(text, 'base64url')
  const cipher = createDecipheriv(
    'aes-256-gcm',
    Buffer.from(key, 'base64url'),
    Buffer.from(iv, 'base64url'),
    {
      authTagLength: 16,
    },
  )
  cipher.setAAD(Buffer.from(JSON.stringify(aad))).setAuthTag(bytes.subarray(-16))
  const plain = Buffer.concat([cipher.update(bytes.subarray(0, -16)), cipher.final()]).toString()
  expect(plain).toBe('{"accessToken":"canary-c"}')
})

test('no IV is used twice', async () => {
  const { records, store } = setup()
  const ivs = new Set<string>()
  for (let i = 0; i < 200; i++) {
    await store.create(`a${i}`, record)
    const row = records.get(`a${i}`)
    for (const sealed of [row?.settings, row?.credentials]) ivs.add(parts(sealed)[2])
  }
  expect(ivs.size).toBe(400)
})

test('a value in the clear is refused', async () => {
  const { store, change } = setup()
  await store.create('a', record)
  change('a', () => ({ settings: { clientSecret: 'canary-s' } }))
  expect(await refused(store)).toMatch(/^store: settings of "a" is not sealed/)
  for (const settings of ['canary', null, '', 'v1.k1.x', 'v2.k1.AAAA.AAAA', ['canary']]) {
    change('a', () => ({ settings }))
    expect(await refused(store)).toMatch(/^store: settings of "a" is not sealed/)
  }
})

const swaps: [string, (row: StoredRecord, other: StoredRecord) => Partial<StoredRecord>][] = [
  ['a column swapped with another', (row) => ({ settings: row.credentials!, credentials: row.settings })],
  ['a value moved from another row', (_, other) => ({ credentials: other.credentials })],
  [
    'all sealed values moved from another row',
    (_, other) => ({ settings: other.settings, credentials: other.credentials }),
  ],
  ['another connector', () => ({ connector: 'evil' })],
  ['another scheme', () => ({ scheme: 'basic' })],
  ['another owner', () => ({ owner: 'user:2' })],
  ['no owner', () => ({ owner: undefined })],
  ['another tenant', () => ({ tenant: 't2' })],
  ['another grant', () => ({ grant: 'g2' })],
  ['another version', (row) => ({ version: row.version + 1 })],
  [
    'the other key of the keyring named',
    (row) => ({ settings: (row.settings as string).replace('v1.k1.', 'v1.k2.') }),
  ],
]
for (const [what, how] of swaps) {
  test(`a row is refused that has ${what}`, async () => {
    const { records, store, change } = setup({ current: 'k1', keys: { k1: key, k2: key } })
    await store.create('a', record)
    await store.create('b', { ...record, settings: { clientSecret: 'canary-o' } })
    change('a', (row) => how(row, records.get('b')!))
    const before = structuredClone(records)
    expect(await refused(store)).toMatch(/does not open with key "k[12]": .* the operator must put back/)
    expect(records).toEqual(before)
  })
}

test('a sealed value put back from an older version of its row is refused', async () => {
  const { records, store, change } = setup()
  await store.create('a', record)
  const old = records.get('a')!
  await store.commit('a', { parent: { grant: 'g1', version: 1 }, record })
  expect((await store.read('a'))?.version).toBe(2)
  change('a', () => ({ credentials: old.credentials }))
  expect(await refused(store)).toMatch(/^store: credentials of "a" does not open/)
})

test('a value is refused with any character changed, cut or added, and with any part of its tag cut', async () => {
  const { records, store, change } = setup()
  await store.create('a', { ...record, credentials: undefined })
  const sealed = records.get('a')?.settings as string
  const head = 'v1.k1.'.length
  const broken = [sealed + 'A', sealed + '=', sealed + '.', ' ' + sealed, sealed.replace('v1', 'v01')]
  for (let i = head; i < sealed.length; i++) {
    const other = sealed[i] === 'A' ? 'B' : 'A'
    broken.push(sealed.slice(0, i) + other + sealed.slice(i + 1), sealed.slice(0, i) + sealed.slice(i + 1))
  }
  const [, , iv, text] = parts(sealed)
  const bytes = Buffer.from(text, 'base64url')
  for (const cut of [1, 4, 8, 12, 16])
    broken.push(`v1.k1.${iv}.${bytes.subarray(0, -cut).toString('base64url')}`)
  const short = Buffer.from(iv, 'base64url').subarray(0, 8).toString('base64url')
  broken.push(`v1.k1.${short}.${text}`)
  for (const settings of broken) {
    change('a', () => ({ settings }))
    expect(await refused(store)).toMatch(/^store: settings of "a" (is not sealed|does not open)/)
  }
})

test('a new current key seals, and the old ones still open', async () => {
  const { raw, records, store } = setup()
  await store.create('a', record)
  const next = encrypted(raw, { current: 'k2', keys: { k1: key, k2: generateKey() } })
  expect((await next.read('a'))?.credentials).toEqual({ accessToken: 'canary-c' })
  expect(await next.commit('a', { parent: { grant: 'g1', version: 1 }, record })).toBe(true)
  expect(parts(records.get('a')?.settings)[1]).toBe('k2')
  expect((await next.read('a'))?.settings).toEqual({ clientSecret: 'canary-s' })
})

test('a key that the keyring does not list is named, and who must act, and nothing is lost', async () => {
  const { raw, records, store } = setup()
  await store.create('a', record)
  const before = structuredClone(records)
  expect(await refused(encrypted(raw, { current: 'k9', keys: { k9: generateKey() } }))).toBe(
    'store: settings of "a" is sealed with key "k1", which the keyring does not list. ' +
      'The row is as it was, nothing is lost; the operator must put back the key or the row.',
  )
  expect(records).toEqual(before)
})

test('one record that cannot be opened hides no other in a list', async () => {
  const { store, change } = setup()
  await store.create('a', { ...record, expiresAt: 1 })
  await store.create('b', { ...record, expiresAt: 1 })
  change('a', () => ({ settings: 'spoiled' }))
  expect((await store.list({ limit: 9 })).records.map((row) => row.key)).toEqual(['a', 'b'])
  expect((await store.due({ before: 2, limit: 9 })).records.map((row) => row.key)).toEqual(['a', 'b'])
})

test('a key may be bytes, base64url, hex or a function, which is asked once', async () => {
  const bytes = Buffer.from(key, 'base64url')
  let asked = 0
  const forms = [
    Uint8Array.from(bytes),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    () => Uint8Array.from(bytes),
  ]
  const { raw, store } = setup()
  await store.create('a', record)
  for (const form of [...forms, async () => (asked++, key)]) {
    const other = encrypted(raw, { current: 'k1', keys: { k1: form } })
    await Promise.all([other.read('a'), other.read('a')])
    expect((await other.read('a'))?.settings).toEqual({ clientSecret: 'canary-s' })
  }
  expect(asked).toBe(1)
})

test('a key that could not be had is asked for again', async () => {
  let asked = 0
  const k1 = async () => {
    if (asked++ === 0) throw new Error('KMS is down')
    return key
  }
  const { records, store } = setup({ current: 'k1', keys: { k1 } })
  await expect(store.create('a', record)).rejects.toMatchObject({
    code: 'store_unavailable',
    remedy: 'retry',
  })
  expect(records.size).toBe(0)
  expect(await store.create('a', record)).toBe(true)
  expect(asked).toBe(2)
})

test('a faulty keyring is a TypeError that names the key and shows nothing of it', () => {
  const driver = memoryStore()
  const make = (keyring: Keyring) => () => encrypted(driver, keyring)
  expect(make({ current: 'k2', keys: { k1: key } })).toThrow(
    new TypeError('keyring.current: no key "k2" in keyring.keys'),
  )
  expect(make({ current: 'a.b', keys: { 'a.b': key } })).toThrow(/keyring.keys: the id "a\.b" may have only/)
  for (const k1 of ['canary', key + 'A', key.slice(1), '', new Uint8Array(16), generateKey() + '=']) {
    expect(make({ current: 'k1', keys: { k1 } })).toThrow(
      new TypeError('keyring.keys.k1: must be 32 bytes, as bytes, in base64url (43 characters) or in hex'),
    )
  }
})

test('an encrypted store shows nothing of its keys when it is printed', () => {
  expect(inspect(setup().store, { depth: 9, showHidden: true })).not.toContain(key)
})

test('a generated key is 32 random bytes in base64url', () => {
  const keys = Array.from({ length: 50 }, generateKey)
  expect(new Set(keys).size).toBe(50)
  for (const one of keys) expect(Buffer.from(one, 'base64url').length).toBe(32)
})
