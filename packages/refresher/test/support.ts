import {
  AuthError,
  connections,
  defineConnector,
  defineStrategy,
  memoryStore,
  type AuthEvent,
  type Connector,
  type Credentials,
  type NewRecord,
  type StoreDriver,
} from '@latchkey/core'
import { createRefresher, memoryQueue, type Queue, type RefresherOptions } from '@latchkey/refresher'
import { fakeClock, type FakeClock } from '@latchkey/testing'

export interface Token extends Credentials {
  readonly token: string
}
export const minute = 60_000
export const hour = 60 * minute

/** A provider that hands out tokens of one hour, and what it was asked: `key of the user`. */
export function provider(
  now: () => number,
  answer: (user: string) => Promise<void> | void = () => undefined,
) {
  const asked: string[] = []
  const strategy = defineStrategy<Token>()({
    scheme: 'token',
    fields: { user: { type: 'string', label: 'User', required: true, public: true } },
    async refresh(c) {
      asked.push(c.settings.user)
      await answer(c.settings.user)
      return { token: `t${asked.length}`, expiresAt: now() + hour }
    },
    apply: (request, c) => request.headers.set('authorization', c.credentials.token),
  })
  const connector = (key: string, more: Partial<Connector> = {}): Connector =>
    defineConnector({ key, name: key, auth: strategy, baseUrl: 'https://api.example.com', ...more })
  return { asked, connector }
}

/** A record whose credentials end so many milliseconds from now and were earned an hour before that. */
export const record = (connector: string, user: string, expiresAt: number): NewRecord => ({
  grant: `g-${user}`,
  connector,
  scheme: 'token',
  settings: { user },
  credentials: { token: 't0', expiresAt },
  expiresAt,
  issuedAt: expiresAt - hour,
})

export const rejectedClient = (): never => {
  throw new AuthError('client_rejected', 'no such client')
}
export const away = (retryAfter?: number): never => {
  throw new AuthError('provider_unavailable', 'come back later', { retryAfter })
}

export interface Bench {
  readonly clock: FakeClock
  readonly store: StoreDriver
  readonly queue: Queue
  readonly events: readonly AuthEvent[]
  /** Fills the store with connections of users that end then. */
  readonly fill: (connector: string, users: readonly string[], expiresAt: number) => Promise<void>
  /** Another process on the same store and queue. */
  readonly open: (
    connectors: readonly Connector[],
    options?: Partial<RefresherOptions>,
  ) => ReturnType<typeof createRefresher>
}

export function bench(clock: FakeClock = fakeClock()): Bench {
  const store = memoryStore({ now: clock.now })
  const queue = memoryQueue()
  const events: AuthEvent[] = []
  return {
    clock,
    store,
    queue,
    events,
    async fill(connector, users, expiresAt) {
      for (const user of users) await store.create(user, record(connector, user, expiresAt))
    },
    open(list, options = {}) {
      const connectors = Object.fromEntries(list.map((connector) => [connector.key, connector]))
      const onEvent = (event: AuthEvent) => void events.push(event)
      const world = { now: clock.now, sleep: clock.sleep, random: (n: number) => new Uint8Array(n).fill(128) }
      const all = connections({ connectors, store, onEvent, ...world })
      return createRefresher({
        connectors,
        connections: all,
        store,
        queue,
        used: 'all',
        onEvent,
        ...world,
        ...options,
      })
    },
  }
}

export const users = (count: number, name = 'u'): string[] =>
  Array.from({ length: count }, (_, n) => `${name}${n}`)
