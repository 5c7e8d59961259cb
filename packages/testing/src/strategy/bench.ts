import { isAuthError, memoryStore } from '@latchkey/core'
import type {
  AuthEvent,
  AuthStrategy,
  connect,
  Connection,
  Fields,
  StoreDriver,
  StoredRecord,
} from '@latchkey/core'
import { holds, same } from '../check.ts'
import { fakeClock, type FakeClock } from '../clock.ts'
import type { AnyCase, Settings } from './case.ts'
import { fetchOver, type Network, type Shared } from './network.ts'
import { samples, type Sample } from './samples.ts'
import { leafOf, secretFields, secretsIn, withDefaults } from './secrets.ts'
import { newWatch, observed, type Watch } from './watch.ts'

export type Connect = typeof connect

/** What is under test: a strategy, one case of it, and the core that runs it. */
export interface Subject {
  readonly strategy: AuthStrategy
  readonly kase: AnyCase
  readonly connect: Connect
}

/** One connection, and all that can be seen of it from outside. */
export interface Opened extends Network {
  readonly connection: Connection
  readonly store: StoreDriver
  readonly events: AuthEvent[]
  readonly settings: Settings
  /** The network without the connection. */
  readonly wire: typeof globalThis.fetch
  record(): Promise<StoredRecord | undefined>
  /** Sends a sample to the API, `path` from its root. */
  send(sample: Sample, path?: string, init?: RequestInit): Promise<Response>
  /** As `send`; throws unless the API accepted it at the end. */
  succeed(sample: Sample, path?: string): Promise<void>
  /** Every text that must not be shown: secret settings and what was earned so far. */
  secrets(): Promise<readonly string[]>
}

export interface OpenOptions {
  readonly settings?: Settings
  readonly store?: StoreDriver
  readonly key?: string
  readonly signal?: AbortSignal
}

/** What a law works on; fresh for each. */
export interface Bench {
  readonly subject: Subject
  readonly leaf: AuthStrategy
  readonly fields: Fields
  readonly clock: FakeClock
  readonly watch: Watch
  readonly shared: Shared
  readonly home: string
  /** Another origin that belongs to the API. */
  readonly second: string
  open(options?: OpenOptions): Opened
  /** Another bench with a clock, a watch and a network of its own. */
  again(): Bench
  /** The first sample that fits and that the strategy does not refuse. */
  sample(fits?: (sample: Sample) => boolean): Promise<Sample | undefined>
  /** The plainest request that the strategy can sign. */
  plainest(): Promise<Sample>
  /** Ends the credentials: by the clock where they say when they end, else the API refuses them. */
  expire(opened: Opened): Promise<void>
  /** How often credentials were earned by this connection. */
  renewals(...opened: readonly Opened[]): number
  /** Lets time pass until the promise has settled. */
  drive<T>(promise: Promise<T>): Promise<T>
}

/** One sentence of the contract, and the proof. */
export interface Law {
  readonly sentence: string
  /** Absent: the law holds for every strategy. */
  readonly concerns?: ((bench: Bench) => boolean) | undefined
  readonly prove: (bench: Bench) => Promise<void>
}

export const law = (sentence: string, prove: Law['prove'], concerns?: Law['concerns']): Law => ({
  sentence,
  prove,
  concerns,
})

export const canRenew = ({ leaf }: Bench): boolean => leaf.acquire !== undefined || leaf.refresh !== undefined

const key = 'connection-under-test'

/** The same bytes in every run, so that two runs can be compared. */
const counting = (): ((length: number) => Uint8Array<ArrayBuffer>) => {
  let next = 1
  return (length) => Uint8Array.from({ length }, () => (next = (next * 73 + 41) % 256))
}

export function benchOf(subject: Subject): Bench {
  const { strategy, kase } = subject
  const { leaf, fields } = leafOf(strategy, kase.settings)
  const clock = fakeClock()
  const watch = newWatch()
  const shared: Shared = { nth: 0, refused: 0 }
  const home = kase.origin ?? 'https://api.latchkey.test'
  const second = 'https://files.latchkey.test'
  const watched = observed(strategy, watch)

  const bench: Bench = {
    subject,
    leaf,
    fields,
    clock,
    watch,
    shared,
    home,
    second,
    again: () => benchOf(subject),

    open(options = {}) {
      const settings = options.settings ?? kase.settings
      const store = options.store ?? memoryStore({ now: clock.now })
      const network: Network = {
        api: [],
        own: [],
        away: [],
        answer: undefined,
        answerAway: undefined,
        answerOwn: undefined,
      }
      const events: AuthEvent[] = []
      const origins = [home, second]
      const parts = { kase, settings: withDefaults(fields, settings), origins, now: clock.now, store, shared }
      const wire = fetchOver(network, { ...parts, key: options.key ?? key })
      const connection = subject.connect(watched, {
        settings,
        credentials: kase.credentials?.(clock.now()),
        ...(leaf.baseUrl === undefined && { baseUrl: home }),
        origins,
        store,
        key: options.key ?? key,
        fetch: wire,
        now: clock.now,
        sleep: clock.sleep,
        random: counting(),
        onEvent: (event) => events.push(event),
        signal: options.signal,
      }) as Connection
      const opened: Opened = Object.assign(network, {
        connection,
        wire,
        store,
        events,
        settings,
        record: () => store.read(options.key ?? key),
        send: (sample: Sample, path = '/me', init: RequestInit = {}) =>
          connection.fetch(new URL(path, home).href, { ...sample.init(), ...init }),
        async succeed(sample: Sample, path?: string) {
          const response = await opened.send(sample, path)
          const last = network.api.at(-1)
          holds(last !== undefined, `${sample.name}: nothing was sent to the API`)
          holds(last?.accepted === true, `${sample.name}: the API did not accept the request that was sent`)
          same(response.status, 200, `${sample.name}: the status of the API's answer`)
        },
        async secrets() {
          const record = await opened.record()
          const texts = secretFields(fields, settings).map((name) => String(settings[name]))
          return [...texts, ...secretsIn(kase, record?.credentials)]
        },
      })
      return opened
    },

    async sample(fits = () => true) {
      for (const sample of samples.filter(fits)) {
        const aside = benchOf(subject)
        const taken = await aside.drive(aside.open().send(sample)).then(() => true, isRefusal)
        if (taken) return sample
      }
      return undefined
    },

    async plainest() {
      const sample = await bench.sample()
      if (sample === undefined) throw new Error('the strategy refuses to sign any request')
      return sample
    },

    async expire(opened) {
      const record = await opened.record()
      if (record?.expiresAt === undefined) shared.refused = record?.version ?? 0
      else clock.jump(record.expiresAt - clock.now() + 1)
    },

    renewals: (...all) =>
      all
        .flatMap(({ events }) => events)
        .filter(({ type }) => type === 'connection.acquired' || type === 'connection.refreshed').length,

    async drive(promise) {
      const state = { settled: false }
      const isSettled = (): boolean => state.settled
      const done = (): void => {
        state.settled = true
      }
      promise.then(done, done)
      // Only what sleeps moves the clock: a request that is under way arrives at the moment at which it was signed.
      for (let rounds = 0; !isSettled(); rounds++) {
        if (rounds > 3_000) throw new Error('nothing came of it, however long was waited')
        await clock.advance(0)
        const [first] = clock.waits()
        if (!isSettled() && first !== undefined) await clock.advance(first)
        // What the runtime does in threads of its own, hashing say, takes real time.
        if (rounds > 100) await new Promise((resolve) => setTimeout(resolve, 1))
      }
      return promise
    },
  }
  return bench
}

/** False for a request that the strategy says it cannot sign; any other failure counts as taken, and shows in the law. */
const isRefusal = (error: unknown): boolean => !isUnsupported(error)

export const isUnsupported = (error: unknown): boolean =>
  isAuthError(error) && (error.code === 'unsupported' || error.code === 'body_not_replayable')
