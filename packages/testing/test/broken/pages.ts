import { brokenStore, type BrokenStore, patch } from './break.ts'

export const brokenPages: readonly BrokenStore[] = [
  brokenStore(
    'lists in the order of creation',
    (good, rows) => ({
      async list({ after, limit }) {
        const keys = [...rows.keys()]
        const from = after === undefined ? 0 : keys.indexOf(after) + 1
        const some = await Promise.all(
          keys.slice(from, from + limit).map((key) => good.list({ prefix: key, limit: 1 })),
        )
        return { records: some.flatMap(({ records }) => records), more: keys.length > from + limit }
      },
    }),
    ['list gives every record once', 'list keeps to prefix'],
  ),
  brokenStore(
    'sorts keys as people do',
    (good) => ({
      async list({ after, limit, ...page }) {
        const { compare } = new Intl.Collator('en', { numeric: true })
        const { records } = await good.list({ ...page, limit: 99 })
        const sorted = records.filter(({ key }) => after === undefined || compare(key, after) > 0)
        sorted.sort((a, b) => compare(a.key, b.key))
        return { records: sorted.slice(0, limit), more: sorted.length > limit }
      },
    }),
    ['list gives every record once', 'list keeps to prefix'],
  ),
  brokenStore(
    'says that there is more where there is nothing',
    (good) => ({
      async list(page) {
        const { records } = await good.list(page)
        return { records, more: records.length === page.limit }
      },
    }),
    ['list gives every record once', 'list keeps to prefix', 'pages carry all of a record'],
  ),
  brokenStore(
    'matches the prefix as SQL does',
    (good) => ({
      async list({ prefix = '', after, limit, ...page }) {
        const like = new RegExp(`^${prefix.replace('%', '.*').replace('_', '.')}`)
        const { records } = await good.list({ ...page, ...(after !== undefined && { after }), limit: 99 })
        const found = records.filter(({ key }) => like.test(key))
        return { records: found.slice(0, limit), more: found.length > limit }
      },
    }),
    ['list keeps to prefix'],
  ),
  ...(['connector', 'owner', 'tenant'] as const).map((name) =>
    brokenStore(
      `lists whatever the ${name} is`,
      (good) => ({ list: (page) => good.list({ ...page, [name]: undefined }) }),
      ['list keeps to prefix'],
    ),
  ),
  brokenStore(
    'gives what is due by key',
    (good) => ({
      async due(page) {
        const { records, more } = await good.due(page)
        return { records: [...records].sort((a, b) => (a.key < b.key ? -1 : 1)), more }
      },
    }),
    ['due gives what ends before a moment'],
  ),
  brokenStore(
    'pages what is due by expiry alone',
    (good) => ({
      due: ({ after, ...page }) =>
        good.due({ ...page, ...(after && { after: { ...after, key: '\uffff' } }) }),
    }),
    ['due gives what ends before a moment'],
  ),
  brokenStore(
    'takes the end of due in',
    (good) => ({ due: (page) => good.due({ ...page, before: page.before + 1 }) }),
    ['due gives what ends before a moment'],
  ),
  brokenStore(
    'has what is paused among what is due',
    (good) => ({ create: (key, record) => good.create(key, { ...record, paused: false }) }),
    ['due leaves out what is paused'],
  ),
  brokenStore(
    'has what waits for a person among what is due',
    (good, rows) => ({
      async due(page) {
        const saved = [...rows.entries()]
        for (const [key] of saved) patch(rows, key, { failure: undefined })
        const found = await good.due(page)
        for (const [key, row] of saved) rows.set(key, row)
        const records = found.records.map((row) => ({ ...row, failure: rows.get(row.key)?.failure }))
        return { ...found, records }
      },
    }),
    ['due leaves out what waits for a person'],
  ),
  brokenStore(
    'leaves whatever failed out of what is due',
    (good) => ({
      async due(page) {
        const { records, more } = await good.due(page)
        return { records: records.filter(({ failure }) => !failure), more }
      },
    }),
    ['pages carry all of a record', 'due leaves out what waits for a person'],
  ),
  brokenStore(
    'takes what never expires for due',
    (good, rows) => ({
      async due(page) {
        const { records, more } = await good.due(page)
        const endless = [...rows.values()].filter(({ expiresAt }) => expiresAt === undefined)
        return { records: [...endless, ...records].slice(0, page.limit), more }
      },
    }),
    ['due leaves out what never expires'],
  ),
]
