import { brokenStore, type BrokenStore, patch, turn } from './break.ts'

export const brokenAttempts: readonly BrokenStore[] = [
  brokenStore(
    'acquires whatever the version is',
    (good, rows) => ({
      acquire: async (key, claim) => good.acquire(key, { ...claim, version: rows.get(key)?.version ?? 0 }),
    }),
    ['no attempt begins on another version'],
  ),
  brokenStore(
    'acquires over a live lease',
    (good, rows) => ({
      async acquire(key, claim) {
        const { lease, intentAt } = rows.get(key) ?? {}
        if (lease && intentAt !== undefined)
          patch(rows, key, { lease: { ...lease, until: Math.min(lease.until, intentAt) } })
        return good.acquire(key, claim)
      },
    }),
    [
      'of many attempts at once',
      'while a lease is live',
      'after an attempt that never reported back',
      'a commit that keeps the lease',
      'an attempt whose outcome is unknown',
    ],
  ),
  brokenStore(
    'lets the owner of a live lease take it again',
    (good, rows) => ({
      async acquire(key, claim) {
        const { lease } = rows.get(key) ?? {}
        if (lease?.owner === claim.owner) patch(rows, key, { lease: { ...lease, until: 0 } })
        return good.acquire(key, claim)
      },
    }),
    ['while a lease is live'],
  ),
  brokenStore(
    'looks before it takes the lease, not while it takes it',
    (good, rows, now) => ({
      async acquire(key, claim) {
        if ((rows.get(key)?.lease?.until ?? 0) > now()) return undefined
        await turn()
        patch(rows, key, { lease: undefined })
        return good.acquire(key, claim)
      },
    }),
    ['of many attempts at once', 'after an attempt that never', 'an attempt whose outcome is unknown'],
  ),
  brokenStore(
    'knows no quiesce period',
    (good) => ({ acquire: (key, claim) => good.acquire(key, { ...claim, quiesceMs: 0 }) }),
    ['after an attempt that never', 'an attempt whose outcome is unknown'],
  ),
  brokenStore(
    'counts the quiesce period from the beginning of the attempt',
    (good, rows, now) => ({
      async acquire(key, claim) {
        const { lease, intentAt } = rows.get(key) ?? {}
        if (lease && intentAt !== undefined && lease.until <= now()) {
          patch(rows, key, { lease: { ...lease, until: intentAt } })
        }
        return good.acquire(key, claim)
      },
    }),
    ['after an attempt that never', 'an attempt whose outcome is unknown'],
  ),
  brokenStore(
    'does not tell of an earlier attempt',
    (good) => ({ acquire: async (key, claim) => (await good.acquire(key, claim)) && {} }),
    [
      'a lease that has ended is taken over',
      'after an attempt that never',
      'an attempt whose outcome is unknown',
      'a late release does not lengthen',
    ],
  ),
  brokenStore(
    'does not record the attempt',
    (good, rows) => ({
      async acquire(key, claim) {
        const taken = await good.acquire(key, claim)
        if (taken) patch(rows, key, { intentAt: undefined })
        return taken
      },
    }),
    [
      'an attempt takes the lease, is recorded',
      'after an attempt that never',
      'an attempt whose outcome is unknown',
      'a late release does not lengthen',
    ],
  ),
  brokenStore(
    'raises the version with an attempt',
    (good, rows) => ({
      async acquire(key, claim) {
        const taken = await good.acquire(key, claim)
        if (taken) patch(rows, key, { version: claim.version + 1 })
        return taken
      },
    }),
    [
      'an attempt takes the lease, is recorded',
      'a lease that has ended is taken over',
      'after an attempt that never',
      'a late commit wins although its lease',
      'a late commit wins although another',
      'a commit ends lease, attempt and wait',
      'a commit that keeps the lease',
      'a release by the owner ends',
      'a release by the owner counts',
      'a release by anyone else',
      'an attempt whose outcome is unknown',
      'a late release does not lengthen',
      'nobody begins before the wait',
      'a failure is written without a new version',
    ],
  ),
  brokenStore(
    'guards a commit by the lease',
    (good, rows, now) => ({
      commit: async (key, change) => {
        const { lease } = rows.get(key) ?? {}
        return lease && lease.until <= now() ? false : good.commit(key, change)
      },
    }),
    ['a late commit wins although its lease', 'a commit ends lease, attempt and wait'],
  ),
  brokenStore(
    'guards a commit by the owner of the lease',
    (good, rows) => ({
      commit: async (key, change) => {
        const { lease } = rows.get(key) ?? {}
        return lease?.owner === 'two' ? false : good.commit(key, change)
      },
    }),
    ['a late commit wins although another', 'a commit that keeps the lease'],
  ),
  brokenStore(
    'keeps the lease on every commit',
    (good) => ({ commit: (key, change) => good.commit(key, { ...change, keepLease: true }) }),
    ['a late commit wins although another', 'a commit ends lease, attempt and wait'],
  ),
  brokenStore(
    'ends the lease on a commit that keeps it',
    (good) => ({ commit: (key, change) => good.commit(key, { ...change, keepLease: false }) }),
    ['a commit that keeps the lease'],
  ),
  brokenStore(
    'keeps the wait on a commit',
    (good, rows) => ({
      async commit(key, change) {
        const { nextAttemptAt } = rows.get(key) ?? {}
        const done = await good.commit(key, change)
        if (done) patch(rows, key, { nextAttemptAt })
        return done
      },
    }),
    ['a commit ends lease, attempt and wait'],
  ),
]
