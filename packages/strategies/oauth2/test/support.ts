import { connect, memoryStore, type AuthStrategy, type Connection, type StoreDriver } from '@latchkey/core'
import { fakeClock, type FakeClock } from '@latchkey/testing'
import type { OAuth2Credentials } from '@latchkey/oauth2'

/** A request as a provider or an API sees it. */
export interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: Headers
  readonly body: string
  /** The body as a form. */
  readonly form: URLSearchParams
}

export type Answer = (request: Seen, nth: number) => Response | Promise<Response>

/** A network in memory: whatever goes to the origin of the API is answered with 200, all else by `provider`. */
export function world(provider: Answer): World {
  const asked: Seen[] = []
  const sent: Seen[] = []
  return {
    asked,
    sent,
    clock: fakeClock(),
    async fetch(input, init) {
      const request = new Request(input, init)
      const body = await request.text()
      const seen: Seen = {
        method: request.method,
        url: request.url,
        headers: request.headers,
        body,
        form: new URLSearchParams(body),
      }
      if (request.url.startsWith(api)) {
        sent.push(seen)
        return new Response('{}', { headers: { 'content-type': 'application/json' } })
      }
      asked.push(seen)
      return await provider(seen, asked.length)
    },
  }
}

export interface World {
  /** What the authorization server was asked. */
  readonly asked: readonly Seen[]
  /** What the API was sent. */
  readonly sent: readonly Seen[]
  readonly clock: FakeClock
  readonly fetch: typeof fetch
}

export const api = 'https://api.example.com'
export const tokenUrl = 'https://as.example.com/token'
export const authorizationUrl = 'https://as.example.com/authorize'
export const redirectUri = 'https://host.example/callback/demo'
export const app = { clientId: 'the-client-id', clientSecret: 'the-client-secret' }

export interface Opened {
  readonly connection: Connection<OAuth2Credentials>
  readonly store: StoreDriver
  /** What the store holds. */
  credentials(): Promise<OAuth2Credentials | undefined>
}

export function open(
  auth: AuthStrategy,
  { clock, fetch }: World,
  given: {
    readonly settings?: object
    readonly credentials?: OAuth2Credentials
    readonly key?: string
    readonly store?: StoreDriver
  } = {},
): Opened {
  const { settings = app, credentials, key = 'c1', store = memoryStore({ now: clock.now }) } = given
  const connection = connect(auth, {
    settings: settings as never,
    origins: [api],
    fetch,
    now: clock.now,
    sleep: clock.sleep,
    store,
    key,
    ...(credentials !== undefined && { credentials }),
  }) as unknown as Connection<OAuth2Credentials>
  return {
    connection,
    store,
    credentials: async () => (await store.read(key))?.credentials as OAuth2Credentials | undefined,
  }
}

export const json = (
  body: unknown,
  init: { readonly status?: number; readonly headers?: Readonly<Record<string, string>> } = {},
): Response =>
  new Response(JSON.stringify(body), {
    ...init,
    headers: { 'content-type': 'application/json', ...init.headers },
  })

/** What a promise was rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}
