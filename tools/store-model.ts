import { expect } from '@jest/globals'
import { memoryStore, type NewRecord, type StoreDriver } from '@latchkey/core'
import { fakeClock, type StoreFactory } from '@latchkey/testing'
import fc from 'fast-check'

/** One call of a store. Parents are given relative to the record, so that some match and some do not. */
type Step =
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'read' | 'delete'; readonly key: string }
  | { readonly do: 'create'; readonly key: string; readonly record: NewRecord }
  | {
      readonly do: 'acquire'
      readonly key: string
      readonly claim: Parameters<StoreDriver['acquire']>[1]
    }
  | { readonly do: 'commit'; readonly key: string; readonly change: Parameters<StoreDriver['commit']>[1] }
  | { readonly do: 'release'; readonly key: string; readonly end: Parameters<StoreDriver['release']>[1] }
  | { readonly do: 'list'; readonly page: Parameters<StoreDriver['list']>[0] }
  | { readonly do: 'due'; readonly page: Parameters<StoreDriver['due']>[0] }

const keys = fc.constantFrom('a', 'a:1', 'b', '_%', 'B')
const grants = fc.constantFrom('g1', 'g2')
const owners = fc.constantFrom('one', 'two')
const moments = fc.constantFrom(0, 1, 5, 5.5, 1_800_000_000_123)
const spans = fc.constantFrom(0, 1, 10, 10.25)
const names = fc.constantFrom('x', "y'", 'é')
const failures = fc.record({
  code: fc.constantFrom('credentials_rejected', 'provider_unavailable'),
  message: fc.string({ unit: 'binary', maxLength: 5 }),
  at: fc.integer(),
})
const records = fc.record(
  {
    grant: grants,
    connector: fc.constantFrom('acme', 'other'),
    scheme: fc.constant('oauth2'),
    settings: fc.jsonValue({ depthSize: 'small' }),
    owner: names,
    tenant: names,
    paused: fc.boolean(),
    account: fc.record({ id: fc.string(), label: fc.string() }),
    credentials: fc.jsonValue({ depthSize: 'small' }),
    expiresAt: moments,
    issuedAt: moments,
    failure: failures,
  },
  { requiredKeys: ['grant', 'connector', 'scheme', 'settings'] },
) as fc.Arbitrary<NewRecord>
const parents = { grant: grants, version: fc.integer({ min: 1, max: 4 }) }

const steps = fc.oneof(
  fc.record({ do: fc.constant('pass'), ms: fc.constantFrom(1, 5, 10, 100) }),
  fc.record({ do: fc.constantFrom('read', 'delete'), key: keys }),
  fc.record({ do: fc.constant('create'), key: keys, record: records }),
  fc.record({
    do: fc.constant('acquire'),
    key: keys,
    claim: fc.record({ ...parents, owner: owners, leaseMs: spans, quiesceMs: spans }),
  }),
  fc.record({
    do: fc.constant('commit'),
    key: keys,
    change: fc.record(
      { parent: fc.record(parents), record: records, keepLease: fc.boolean() },
      { requiredKeys: ['parent', 'record'] },
    ),
  }),
  fc.record({
    do: fc.constant('release'),
    key: keys,
    end: fc.record(
      { owner: owners, keepIntent: fc.boolean(), waitMs: spans, failure: failures },
      { requiredKeys: ['owner', 'keepIntent'] },
    ),
  }),
  fc.record({
    do: fc.constant('list'),
    page: fc.record(
      {
        prefix: fc.constantFrom('', 'a', '_', 'a:'),
        connector: fc.constant('acme'),
        owner: names,
        tenant: names,
        after: keys,
        limit: fc.integer({ min: 1, max: 4 }),
      },
      { requiredKeys: ['limit'] },
    ),
  }),
  fc.record({
    do: fc.constant('due'),
    page: fc.record(
      {
        before: moments,
        after: fc.record({ expiresAt: moments, key: keys }),
        limit: fc.integer({ min: 1, max: 4 }),
      },
      { requiredKeys: ['before', 'limit'] },
    ),
  }),
) as fc.Arbitrary<Step>

const take = (store: StoreDriver, step: Exclude<Step, { do: 'pass' }>): Promise<unknown> => {
  switch (step.do) {
    case 'create':
      return store.create(step.key, step.record)
    case 'acquire':
      return store.acquire(step.key, step.claim)
    case 'commit':
      return store.commit(step.key, step.change)
    case 'release':
      return store.release(step.key, step.end)
    case 'list':
      return store.list(step.page)
    case 'due':
      return store.due(step.page)
    default:
      return store[step.do](step.key)
  }
}

/**
 * Whatever is done to the store and to a memory store, in whatever order, the answers are the same, and so is what each
 * holds in the end. The store's clock stands still but for `advance`.
 */
export const answersAsMemoryDoes = (open: StoreFactory, runs: number): Promise<void> =>
  fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 5, maxLength: 40 }), async (sequence) => {
      const clock = fakeClock()
      const memory = memoryStore(clock)
      const { driver, advance, close } = await open({ clock })
      try {
        for (const step of sequence) {
          if (step.do === 'pass') await (advance ?? clock.advance)(step.ms)
          else expect(await take(driver, step)).toEqual(await take(memory, step))
        }
        for (const key of ['a', 'a:1', 'b', '_%', 'B']) {
          expect(await driver.read(key)).toEqual(await memory.read(key))
        }
      } finally {
        await close?.()
      }
    }),
    { numRuns: runs },
  )
