import { brokenStore, type BrokenStore, patch } from './break.ts'

export const brokenReleases: readonly BrokenStore[] = [
  brokenStore(
    'lets anyone release',
    (good, rows) => ({
      release: (key, end) => good.release(key, { ...end, owner: rows.get(key)?.lease?.owner ?? end.owner }),
    }),
    ['a release by anyone else'],
  ),
  brokenStore(
    'refuses a release after the end of the lease',
    (good, rows, now) => ({
      async release(key, end) {
        if ((rows.get(key)?.lease?.until ?? 0) > now()) await good.release(key, end)
      },
    }),
    ['a release by the owner counts'],
  ),
  brokenStore(
    'forgets an attempt whose outcome is unknown',
    (good) => ({ release: (key, end) => good.release(key, { ...end, keepIntent: false }) }),
    ['an attempt whose outcome is unknown', 'a late release does not lengthen'],
  ),
  brokenStore(
    'keeps the attempt on every release',
    (good) => ({ release: (key, end) => good.release(key, { ...end, keepIntent: true }) }),
    [
      'a release by the owner ends',
      'a release by the owner counts',
      'nobody begins before the wait',
      'a failure is written without a new version',
    ],
  ),
  brokenStore(
    'counts the quiesce period from a late release',
    (good, rows, now) => ({
      async release(key, end) {
        const { lease } = rows.get(key) ?? {}
        await good.release(key, end)
        if (lease?.owner === end.owner && end.keepIntent)
          patch(rows, key, { lease: { ...lease, until: now() } })
      },
    }),
    ['a late release does not lengthen'],
  ),
  brokenStore(
    'leaves a live lease as long as it was where the outcome is unknown',
    (good, rows) => ({
      async release(key, end) {
        const { lease } = rows.get(key) ?? {}
        await good.release(key, end)
        if (lease?.owner === end.owner && end.keepIntent) patch(rows, key, { lease })
      },
    }),
    ['a commit that keeps the lease', 'an attempt whose outcome is unknown'],
  ),
  brokenStore(
    'ignores the wait that a release asks for',
    (good) => ({ release: (key, { waitMs: _, ...end }) => good.release(key, end) }),
    ['nobody begins before the wait'],
  ),
  brokenStore(
    'counts the wait from the end of the lease',
    (good, rows, now) => ({
      release: (key, { waitMs, ...end }) => {
        const later = (rows.get(key)?.lease?.until ?? now()) - now()
        return good.release(key, waitMs === undefined ? end : { ...end, waitMs: waitMs + later })
      },
    }),
    ['a commit that keeps the lease', 'nobody begins before the wait'],
  ),
  brokenStore(
    'raises the version with a failure',
    (good, rows) => ({
      async release(key, end) {
        await good.release(key, end)
        const row = rows.get(key)
        if (row?.failure && end.failure) patch(rows, key, { version: row.version + 1 })
      },
    }),
    ['a failure is written without a new version'],
  ),
  brokenStore(
    'forgets the failure on a release that names none',
    (good, rows) => ({
      async release(key, end) {
        await good.release(key, end)
        if (!end.failure) patch(rows, key, { failure: undefined })
      },
    }),
    ['a failure is written without a new version'],
  ),
]
