import type { StoredRecord } from '@latchkey/core'
import { brokenStore, type BrokenStore, patch, turn } from './break.ts'

export const brokenRecords: readonly BrokenStore[] = [
  brokenStore(
    'reads an empty record where there is none',
    (good) => ({ read: async (key) => (await good.read(key)) ?? ({} as StoredRecord) }),
    ['a key that nobody created', 'what was deleted is gone', 'a release by anyone else'],
  ),
  brokenStore(
    'loses a member of the record',
    (good) => ({ create: (key, { tenant: _, ...record }) => good.create(key, record) }),
    ['a new record reads back whole', 'list keeps to prefix'],
  ),
  brokenStore(
    'overwrites on create',
    (good, rows) => ({
      async create(key, record) {
        rows.delete(key)
        return good.create(key, record)
      },
    }),
    ['a key is taken by one create alone'],
  ),
  brokenStore(
    'folds the case of keys',
    (good) => ({
      create: (key, record) => good.create(key.toLowerCase(), record),
      read: (key) => good.read(key.toLowerCase()),
    }),
    ['keys are told apart', 'list gives every record once', 'list keeps to prefix'],
  ),
  brokenStore(
    'shares what it keeps with its readers',
    (_, rows) => ({ read: async (key) => rows.get(key) }),
    ['what a caller changes later'],
  ),
  brokenStore(
    'shares what it keeps with its committers',
    (good, rows) => ({
      async commit(key, change) {
        const done = await good.commit(key, change)
        const { credentials } = change.record
        if (done && credentials) patch(rows, key, { credentials })
        return done
      },
    }),
    ['what a caller changes later'],
  ),
  brokenStore(
    'keeps members of the old record on commit',
    (good, rows) => ({
      commit: async (key, change) =>
        good.commit(key, { ...change, record: { ...rows.get(key), ...change.record } }),
    }),
    ['a commit replaces the whole record', 'a failure is written without a new version'],
  ),
  brokenStore(
    'sets the moment of creation anew on commit',
    (good, rows, now) => ({
      async commit(key, change) {
        const done = await good.commit(key, change)
        if (done) patch(rows, key, { createdAt: now() })
        return done
      },
    }),
    ['a commit replaces the whole record'],
  ),
  brokenStore(
    'commits whatever the version of the parent is',
    (good, rows) => ({
      async commit(key, change) {
        const version = rows.get(key)?.version ?? 0
        return good.commit(key, { ...change, parent: { ...change.parent, version } })
      },
    }),
    ['a commit on another version', 'of many commits on one parent', 'a late commit wins although another'],
  ),
  brokenStore(
    'commits whatever the grant is',
    (good, rows) => ({
      async commit(key, change) {
        const grant = rows.get(key)?.grant ?? ''
        return good.commit(key, { ...change, parent: { ...change.parent, grant } })
      },
    }),
    ['nothing from an old grant'],
  ),
  brokenStore(
    'acquires whatever the grant is',
    (good, rows) => ({
      acquire: async (key, claim) => good.acquire(key, { ...claim, grant: rows.get(key)?.grant ?? '' }),
    }),
    ['nothing from an old grant'],
  ),
  brokenStore(
    'looks before it commits, not while it commits',
    (good, rows) => ({
      async commit(key, change) {
        const row = rows.get(key)
        if (row?.version !== change.parent.version || row.grant !== change.parent.grant) return false
        await turn()
        const parent = { ...change.parent, version: rows.get(key)?.version ?? 0 }
        return good.commit(key, { ...change, parent })
      },
    }),
    ['of many commits on one parent'],
  ),
  brokenStore(
    'brings a deleted record back on commit',
    (good, rows) => ({
      commit: async (key, change) =>
        rows.has(key) ? good.commit(key, change) : good.create(key, change.record),
    }),
    ['what was deleted is gone'],
  ),
  brokenStore(
    'says that it deleted what was not there',
    (good) => ({
      async delete(key) {
        await good.delete(key)
        return true
      },
    }),
    ['what was deleted is gone'],
  ),
  brokenStore(
    'writes the lease that a caller gives with the record',
    (good, rows) => ({
      async commit(key, change) {
        const done = await good.commit(key, change)
        const { lease } = change.record as StoredRecord
        if (done && lease) patch(rows, key, { lease })
        return done
      },
    }),
    ['a record that was read and is given back'],
  ),
]
