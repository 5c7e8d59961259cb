import { isAuthError, memoryStore, type StoreDriver } from '@latchkey/core'
import { holds, same } from '../../check.ts'
import { canRenew, law, type Bench, type Law, type Opened } from '../bench.ts'

const day = 86_400_000

/** How credentials that have ended are renewed. */
export const renewalLaws: readonly Law[] = [
  law(
    'of 1,000 requests at once on credentials that have ended one renews them for all',
    async (bench) => {
      const sample = await bench.plainest()
      const opened = bench.open()
      await bench.drive(opened.succeed(sample))
      const renewedOnce = counting(bench, opened)
      await bench.expire(opened)
      const responses = await bench.drive(many(1_000, () => opened.send(sample)))
      same([...new Set(responses.map(({ status }) => status))], [200], 'the statuses of the answers')
      renewedOnce()
    },
    canRenew,
  ),

  law(
    'two connections on one store renew once between them',
    async (bench) => {
      const sample = await bench.plainest()
      const store = memoryStore({ now: bench.clock.now })
      const [one, two] = [bench.open({ store }), bench.open({ store })]
      await bench.drive(one.succeed(sample))
      await bench.drive(two.succeed(sample))
      const renewedOnce = counting(bench, one, two)
      await bench.expire(one)
      const both = [one, two].map((opened) => many(50, () => opened.send(sample)))
      const responses = (await bench.drive(Promise.all(both))).flat()
      same([...new Set(responses.map(({ status }) => status))], [200], 'the statuses of the answers')
      renewedOnce()
    },
    canRenew,
  ),

  law(
    'a caller that aborts during a renewal harms nobody, and is not kept waiting',
    async (bench) => {
      const sample = await bench.plainest()
      const opened = bench.open()
      await bench.drive(opened.succeed(sample))
      const renewedOnce = counting(bench, opened)
      await bench.expire(opened)
      const gate = doorway()
      bench.watch.gate = gate.opened
      const giving = new AbortController()
      const left = opened.send(sample, '/left', { signal: giving.signal }).then(
        () => 'answered',
        (error: unknown) => error,
      )
      const others = many(10, () => opened.send(sample))
      others.catch(() => undefined)
      await bench.clock.advance(0)
      const reason = new Error('the caller has left')
      giving.abort(reason)
      await bench.clock.advance(0)
      const first: unknown = await Promise.race([left, Promise.resolve('still waiting')])
      gate.open()
      same(first === reason, true, 'whether the caller that left got its own reason at once')
      const responses = await bench.drive(others)
      same([...new Set(responses.map(({ status }) => status))], [200], "the statuses of the others' answers")
      renewedOnce()
    },
    canRenew,
  ),

  law(
    'a clock that jumps past the end of the credentials renews them once, one that jumps back never',
    async (bench) => {
      const sample = await bench.plainest()
      const opened = bench.open()
      await bench.drive(opened.succeed(sample))
      const before = bench.renewals(opened)
      bench.clock.jump(-30 * day)
      await bench.drive(opened.succeed(sample))
      same(bench.renewals(opened) - before, 0, 'how often credentials were renewed after a jump back')
      bench.clock.jump(30 * day)
      const { expiresAt } = (await opened.record()) ?? {}
      const ended = expiresAt !== undefined
      bench.clock.jump((expiresAt ?? bench.clock.now()) - bench.clock.now() + day)
      await bench.drive(opened.succeed(sample))
      await bench.drive(opened.succeed(sample))
      same(
        bench.renewals(opened) - before,
        ended ? 1 : 0,
        'how often credentials were renewed after a jump forward',
      )
    },
    canRenew,
  ),

  law(
    'new credentials are stored before they are used, also by a store that fails at first',
    async (bench) => {
      const sample = await bench.plainest()
      const store = stumbling(memoryStore({ now: bench.clock.now }))
      const opened = bench.open({ store })
      await bench.drive(opened.succeed(sample))
      await bench.expire(opened)
      const { length } = opened.api
      store.fails(3)
      opened.answer = () => void store.story.push('used')
      same((await bench.drive(opened.send(sample))).status, 200, 'the status after the store has come back')
      same(store.story.slice(0, 5), ['away', 'away', 'away', 'stored', 'used'], 'what was done, in order')
      same(opened.api.length - length, 1 + inVain(bench), 'how many requests the API got')
    },
    canRenew,
  ),

  law(
    'new credentials that the store does not take are kept and stored later, and not asked for again',
    async (bench) => {
      const sample = await bench.plainest()
      const store = stumbling(memoryStore({ now: bench.clock.now }))
      const opened = bench.open({ store })
      await bench.drive(opened.succeed(sample))
      await bench.expire(opened)
      const renewedOnce = counting(bench, opened)
      const { length } = opened.api
      store.fails(Infinity)
      const error: unknown = await bench.drive(opened.send(sample)).then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
      same(
        isAuthError(error) ? error.code : String(error),
        'store_unavailable',
        'the error while the store takes nothing',
      )
      same(opened.api.length - length, inVain(bench), 'how many requests the API got meanwhile')
      store.fails(0)
      await bench.drive(opened.succeed(sample))
      renewedOnce()
    },
    canRenew,
  ),

  law(
    'what one renewal returns is enough for the next',
    async (bench) => {
      const sample = await bench.plainest()
      const opened = bench.open()
      await bench.drive(opened.succeed(sample))
      const calls = { ...bench.watch.calls }
      for (let round = 1; round <= 3; round++) {
        await bench.expire(opened)
        await bench.drive(opened.succeed(sample))
      }
      const { refresh, acquire } = bench.watch.calls
      // What could be refreshed at first can be refreshed ever after; otherwise each renewal signs in again.
      if (bench.leaf.refresh)
        same(refresh - calls.refresh, 3, 'how often refresh was called in three renewals')
      const again = acquire - calls.acquire
      holds(
        again === 0 || again === 3,
        `${again} of three renewals had to sign in again: refresh lost what it needs`,
      )
    },
    canRenew,
  ),
]

/** From here on; what it returns throws unless credentials were renewed once, and nobody was asked for them twice. */
const counting = (bench: Bench, ...all: readonly Opened[]): (() => void) => {
  const { acquire, refresh } = bench.watch.calls
  const before = bench.renewals(...all)
  return () => {
    same(bench.renewals(...all) - before, 1, 'how often credentials were renewed')
    const { calls } = bench.watch
    holds(calls.acquire - acquire <= 1, `acquire was called ${calls.acquire - acquire} times`)
    holds(calls.refresh - refresh <= 1, `refresh was called ${calls.refresh - refresh} times`)
  }
}

/** Credentials without an end of their own must be sent once to be found out. */
const inVain = ({ shared }: Bench): number => (shared.refused > 0 ? 1 : 0)

const many = <T>(count: number, run: () => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, run))

const doorway = (): { readonly opened: Promise<void>; readonly open: () => void } => {
  let open = (): void => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open: () => open() }
}

interface Stumbling extends StoreDriver {
  /** What became of each change, in order; a law may add what it sees. */
  readonly story: string[]
  /** From now on so many changes fail. */
  fails(times: number): void
}

const stumbling = (store: StoreDriver): Stumbling => {
  const story: string[] = []
  let left = 0
  return {
    ...store,
    story,
    fails(times) {
      left = times
      story.length = 0
    },
    async commit(key, change) {
      if (left > 0) {
        left -= 1
        story.push('away')
        throw new Error('the store is away')
      }
      const stored = await store.commit(key, change)
      if (stored) story.push('stored')
      return stored
    },
  }
}
