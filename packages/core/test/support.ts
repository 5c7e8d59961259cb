import { fakeClock, type FakeClock } from '@latchkey/testing'
import {
  memoryStore,
  type AuthEvent,
  type Connection,
  type ConnectOptions,
  type Credentials,
  type StoreDriver,
} from '@latchkey/core'
import { connect, defineStrategy, type AuthStrategy } from '@latchkey/core'

/** A request as it went out. */
export interface Sent {
  readonly method: string
  readonly url: string
  readonly headers: Headers
  readonly body: string
  readonly init: RequestInit
}

export type Answer = (request: Sent, count: number) => Response | Promise<Response>

/** A network in memory: remembers what was sent and answers as it is told. */
export function network(answer: Answer = () => new Response('ok')): {
  readonly fetch: typeof fetch
  readonly sent: Sent[]
} {
  const sent: Sent[] = []
  return {
    sent,
    fetch: async (input, init = {}) => {
      const request = new Request(input, init)
      const headers = new Headers(request.headers)
      const entry = {
        method: request.method,
        url: input instanceof Request ? input.url : input.toString(),
        headers,
        body: await request.text(),
        init,
      }
      sent.push(entry)
      return await answer(entry, sent.length)
    },
  }
}

export interface Token extends Credentials {
  readonly token: string
  readonly refresh?: string
}

/** What the token strategy below asks of its provider. */
export interface Provider {
  acquire?: (count: number) => Promise<Token | undefined>
  refresh?: (old: Token, count: number) => Promise<Token | undefined>
  revoke?: (old: Token) => Promise<void>
}

/** A strategy with tokens, whose provider is a pair of functions. */
export function tokenStrategy(
  provider: Provider,
  extra: Partial<AuthStrategy> = {},
): AuthStrategy<{ user: string; secret: string }, Token> {
  let acquired = 0
  let refreshed = 0
  const { acquire, refresh, revoke } = provider
  return defineStrategy<Token>()({
    scheme: 'token',
    fields: {
      user: { type: 'string', label: 'User', required: true, public: true },
      secret: { type: 'password', label: 'Secret', required: true },
    },
    apply(request, c) {
      request.headers.set('authorization', `Bearer ${c.credentials.token}`)
    },
    ...(acquire && { acquire: () => acquire(++acquired) }),
    ...(refresh && { refresh: (c: { credentials: Token }) => refresh(c.credentials, ++refreshed) }),
    ...(revoke && { revoke: (c: { credentials: Token }) => revoke(c.credentials) }),
    ...extra,
  })
}

export const settings = { user: 'ada', secret: 'CANARY-secret' }
export const api = 'https://api.example.com'

export interface Rig {
  readonly clock: FakeClock
  readonly store: StoreDriver
  readonly events: AuthEvent[]
  readonly sent: Sent[]
  open(strategy: AuthStrategy, options?: Partial<ConnectOptions<AuthStrategy>>): Connection<Token>
}

/** A clock, a store and a network, and connections over them. */
export function rig(answer?: Answer): Rig {
  const clock = fakeClock()
  const store = memoryStore({ now: clock.now })
  const events: AuthEvent[] = []
  const { fetch, sent } = network(answer)
  return {
    clock,
    store,
    events,
    sent,
    open: (strategy, options) =>
      connect(strategy, {
        settings,
        origins: [api],
        store,
        fetch,
        now: clock.now,
        sleep: clock.sleep,
        onEvent: (event) => events.push(event),
        ...options,
      }) as Connection as Connection<Token>,
  }
}

/** Turns of the event loop in which everything that does not wait for the clock runs. */
export async function turns(count = 5): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

/** A promise that a test settles when it likes. */
export function gate<T = void>(): {
  readonly promise: Promise<T>
  open(value: T): void
  fail(error: unknown): void
} {
  let open: (value: T) => void = () => undefined
  let fail: (error: unknown) => void = () => undefined
  const promise = new Promise<T>((resolve, reject) => {
    open = resolve
    fail = reject
  })
  return { promise, open: (value) => open(value), fail: (error) => fail(error) }
}

export const hour = 3_600_000

/** A token that the provider would have issued now. */
export const token = (world: Rig, name: string, lifeMs = hour): Token => ({
  token: name,
  refresh: `r-${name}`,
  expiresAt: world.clock.now() + lifeMs,
})

/** A connection whose token has ended, over a store with some of its methods replaced. */
export function expired(
  world: Rig,
  provider: Provider,
  store: Partial<StoreDriver> = {},
  options = {},
): Connection<Token> {
  return world.open(tokenStrategy(provider), {
    credentials: token(world, 'old', -1),
    store: { ...world.store, ...store },
    ...options,
  })
}
