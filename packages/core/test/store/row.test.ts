import { expect, test } from '@jest/globals'
import { memoryStore, type NewRecord, type StoredRecord } from '@latchkey/core'
import { endOfPrefix, fromRow, inUtf8, pageOf, toRow } from '@latchkey/core/store'
import fc from 'fast-check'

const record: NewRecord = {
  grant: 'g',
  connector: 'acme',
  scheme: 'basic',
  owner: 'u',
  account: { label: 'Ada' },
  settings: { password: 'canary' },
  credentials: { token: 'canary' },
  expiresAt: 9,
  failure: { code: 'credentials_rejected', message: 'm', at: 1 },
}
const state = {
  key: 'a',
  version: '3',
  created_at: '1',
  updated_at: 2,
  lease_owner: null,
  lease_until: null,
  intent_at: null,
  next_attempt_at: null,
}

test('a row gives back the record, with numbers in whatever form a database gives them', () => {
  const whole = { ...record, key: 'a', version: 3, createdAt: 1, updatedAt: 2 }
  expect(fromRow({ ...toRow(record), ...state })).toEqual(whole)
  const held = { lease_owner: 'one', lease_until: '5', intent_at: 4, next_attempt_at: '6.5' }
  const { settings: _, credentials: __, ...listed } = whole
  expect(pageOf([{ ...toRow(record), ...state, ...held }], 1)).toEqual({
    records: [{ ...listed, lease: { owner: 'one', until: 5 }, intentAt: 4, nextAttemptAt: 6.5 }],
    more: false,
  })
})

test('the readable part of a row has nothing of settings and credentials', () => {
  const { settings, credentials, ...readable } = toRow(record)
  expect([settings, credentials].join()).toContain('canary')
  expect(JSON.stringify(readable)).not.toContain('canary')
  expect(readable).toMatchObject({
    grant_id: 'g',
    owner: 'u',
    tenant: null,
    paused: false,
    waits: true,
    expires_at: 9,
  })
})

test('what the store itself knows of a record is not taken from the caller', () => {
  const given = {
    ...record,
    key: 'x',
    version: 9,
    createdAt: 9,
    updatedAt: 9,
    lease: { owner: 'o', until: 9 },
  }
  expect(toRow({ ...given, intentAt: 9, nextAttemptAt: 9 } as StoredRecord)).toEqual(toRow(record))
})

test('credentials that are null are told apart from none', () => {
  const { credentials: _, ...without } = record
  expect(toRow({ ...record, credentials: null }).credentials).toBe('null')
  expect(toRow(without).credentials).toBe(null)
})

test('the end of a prefix parts what begins with it from what comes after', () => {
  const utf8 = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))
  const text = fc.string({ unit: 'binary', maxLength: 4 })
  fc.assert(
    fc.property(text, text, (prefix, other) => {
      const end = endOfPrefix(prefix)
      expect(end === undefined || utf8(`${prefix}${other}`, end) < 0).toBe(true)
      const between = utf8(other, prefix) >= 0 && (end === undefined || utf8(other, end) < 0)
      expect(between).toBe(other.startsWith(prefix))
    }),
  )
  expect([endOfPrefix(''), endOfPrefix('a\u{10ffff}'), endOfPrefix('\ud7ff')]).toEqual([
    undefined,
    'b',
    '\ue000',
  ])
})

for (const bad of ['a\0b', 'a\ud800', '\udc00']) {
  test(`a text such as ${JSON.stringify(bad)} is in no record, and no record is written with it`, async () => {
    const store = inUtf8(memoryStore())
    const parent = { grant: 'g', version: 1 }
    for (const [name, value] of [
      ['key', () => store.create(bad, record)],
      ['owner', () => store.create('a', { ...record, owner: bad })],
      ['tenant', () => store.commit('a', { parent, record: { ...record, tenant: bad } })],
    ] as const) {
      await expect(value()).rejects.toThrow(
        new RegExp(`^store: ${name} has U\\+0000 or half of a surrogate pair`),
      )
    }
    const claim = { ...parent, owner: 'o', leaseMs: 1, quiesceMs: 0 }
    expect([
      await store.read(bad),
      await store.acquire(bad, claim),
      await store.commit(bad, { parent, record }),
      await store.delete(bad),
    ]).toEqual([undefined, undefined, false, false])
    await store.release(bad, { owner: 'o', keepIntent: false })
    const nothing = { records: [], more: false }
    expect(await store.list({ prefix: bad, limit: 1 })).toEqual(nothing)
    expect(await store.due({ before: 9, after: { expiresAt: 1, key: bad }, limit: 1 })).toEqual(nothing)
  })
}
