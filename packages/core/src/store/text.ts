import type { NewRecord, StoreDriver } from './contract.ts'

/**
 * A driver over a database that keeps text as UTF-8, where U+0000 is refused and half of a surrogate pair becomes another
 * character: such a key is in no record, and a record with such a key, grant, connector, owner or tenant is a TypeError
 * before anything is written.
 */
export function inUtf8<T extends StoreDriver>(driver: T): T {
  const check = (record: NewRecord, key = ''): void => {
    const { grant, connector, owner = '', tenant = '' } = record
    for (const [name, value] of Object.entries({ key, grant, connector, owner, tenant })) {
      if (kept(value)) continue
      throw new TypeError(`store: ${name} has U+0000 or half of a surrogate pair in it, which no store keeps`)
    }
  }
  const checked: StoreDriver = {
    read: async (key) => (kept(key) ? driver.read(key) : undefined),
    async create(key, record) {
      check(record, key)
      return driver.create(key, record)
    },
    acquire: async (key, claim) =>
      kept(key, claim.grant, claim.owner) ? driver.acquire(key, claim) : undefined,
    async commit(key, change) {
      check(change.record)
      return kept(key, change.parent.grant) ? driver.commit(key, change) : false
    },
    release: async (key, end) => (kept(key, end.owner) ? driver.release(key, end) : undefined),
    delete: async (key) => kept(key) && driver.delete(key),
    list: async (page) => {
      const { prefix = '', connector = '', owner = '', tenant = '', after = '' } = page
      return kept(prefix, connector, owner, tenant, after) ? driver.list(page) : { records: [], more: false }
    },
    due: async (page) => (kept(page.after?.key ?? '') ? driver.due(page) : { records: [], more: false }),
  }
  return { ...driver, ...checked }
}

/** The first text after all that begin with this one, in the order of UTF-8; undefined: there is none. */
export function endOfPrefix(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0)
  while (points.at(-1) === 0x10ffff) points.pop()
  const last = points.pop()
  if (last === undefined) return undefined
  // Between U+D7FF and U+E000 are the surrogates, which are no characters.
  return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1)
}

const kept = (...texts: readonly string[]): boolean => texts.every((text) => !/[\0\p{Surrogate}]/u.test(text))
