import { beforeAll, expect, jest, test } from '@jest/globals'
import type { StoreDriver } from '@latchkey/core'
import { explore } from './explore.ts'
import type { Setting } from './model.ts'
import { workers } from './workers.ts'

// The time limits of requests that are never answered would keep this process alive.
beforeAll(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'Date', 'performance'] })
})

// The protocol of reference/security.md section 4.3, run as it is published: two processes, every interleaving of their
// steps, with each fault at every point. The laws I1 to I10 hold in each state; see workers.ts.
const graceMs = 120_000
const settings: readonly (readonly [string, number, Setting])[] = [
  ['without faults', 190, {}],
  ['with a death', 900, { faults: { crashes: 1 } }],
  ['with two deaths', 1_000, { faults: { crashes: 2 } }],
  ['with a death, under a provider with grace', 900, { faults: { crashes: 1 }, graceMs }],
  ['with a lost answer', 600, { faults: { lost: 1 } }],
  ['with two lost answers, under a provider with grace', 600, { faults: { lost: 2 }, graceMs }],
  ['with a death and a lost answer', 2_000, { faults: { crashes: 1, lost: 1 } }],
  ['with a stall', 1_000, { faults: { stalls: [20_000] } }],
  ['with a stall that outlasts lease and wait', 1_000, { faults: { stalls: [60_000] } }],
  ['with two stalls', 2_000, { faults: { stalls: [20_000, 60_000] } }],
  ['with a death and a stall', 5_000, { faults: { crashes: 1, stalls: [20_000] } }],
  ['with a death and a long stall', 5_000, { faults: { crashes: 1, stalls: [60_000] } }],
  ['while a person signs in anew', 600, { faults: { interference: 'reconnect' } }],
  ['while the connection is removed', 900, { faults: { interference: 'delete' } }],
  [
    'while a person signs in anew and a process dies',
    2_000,
    { faults: { interference: 'reconnect', crashes: 1 } },
  ],
  [
    'while the connection is removed and an answer is lost',
    2_000,
    { faults: { interference: 'delete', lost: 1 } },
  ],
]

test.each(settings)(
  'all interleavings of two processes, %s, keep the laws',
  async (_, states, setting) => {
    expect((await explore(() => workers(setting))).states).toBeGreaterThanOrEqual(states)
  },
  120_000,
)

const flaws: readonly (readonly [string, RegExp, Setting])[] = [
  ['gives everyone the lease', /I[12]:/, { flaw: () => ({ acquire: () => Promise.resolve({}) }) }],
  [
    'does not wait after a death',
    /I1:/,
    { faults: { crashes: 1 }, flaw: (store) => ({ acquire: unhurried(store) }) },
  ],
  [
    'forgets that an outcome is unknown',
    /I1:/,
    {
      faults: { lost: 1 },
      flaw: (store) => ({ release: (key, end) => store.release(key, { ...end, keepIntent: false }) }),
    },
  ],
  [
    'writes without looking at the grant',
    /I10:/,
    { faults: { interference: 'reconnect' }, flaw: (store) => ({ commit: unguarded(store) }) },
  ],
]

test.each(flaws)('the check bites: a store that %s breaks a law', async (_, law, setting) => {
  await expect(explore(() => workers(setting))).rejects.toThrow(law)
})

const unhurried =
  (store: StoreDriver): StoreDriver['acquire'] =>
  (key, claim) =>
    store.acquire(key, { ...claim, leaseMs: 1_000, quiesceMs: 0 })

const unguarded =
  (store: StoreDriver): StoreDriver['commit'] =>
  async (key, change) => {
    const parent = await store.read(key)
    return parent === undefined ? false : await store.commit(key, { ...change, parent })
  }
