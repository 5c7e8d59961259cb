import { connect, memoryStore, type Connection } from '@latchkey/core'
import type { Imported, JsonObject } from '@latchkey/core/definition'
import { fakeClock, type FakeClock } from '@latchkey/testing'
import { fromAirbyte, type AirbyteOptions } from '@latchkey/format-airbyte'

export const api = 'https://api.example.com/v1/things'
export const redirectUri = 'https://host.example/callback/demo'

/** A request as it was seen. */
export interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: Headers
  readonly body: string
}

/** A string property of a schema, secret unless it says otherwise. */
export const secret = { type: 'string', airbyte_secret: true }
export const open = { type: 'string' }

/** An `OAuthAuthenticator` of the refresh token grant. */
export const oauth = {
  type: 'OAuthAuthenticator',
  token_refresh_endpoint: 'https://as.example.com/token',
  client_id: "{{ config['client_id'] }}",
  client_secret: "{{ config['client_secret'] }}",
  refresh_token: "{{ config['refresh_token'] }}",
}
export const config = { client_id: 'the-id', client_secret: 'the-secret', refresh_token: 'seed-token' }

/** A manifest with one stream, or one for each authenticator. */
export function manifestOf(
  authenticators: unknown,
  properties: object = { client_id: open, client_secret: secret, refresh_token: secret },
  spec: object = {},
): JsonObject {
  const list = Array.isArray(authenticators) ? (authenticators as unknown[]) : [authenticators]
  return {
    version: '6.0.0',
    type: 'DeclarativeSource',
    check: { type: 'CheckStream', stream_names: ['things'] },
    streams: list.map((authenticator, at) => ({
      type: 'DeclarativeStream',
      name: at === 0 ? 'things' : `things ${at + 1}`,
      retriever: {
        type: 'SimpleRetriever',
        requester: {
          type: 'HttpRequester',
          url_base: 'https://api.example.com/v1',
          path: at === 0 ? '/things' : `/things/${at + 1}`,
          authenticator,
        },
      },
    })),
    spec: {
      type: 'Spec',
      connection_specification: {
        type: 'object',
        title: 'Demo Spec',
        required: Object.keys(properties),
        properties,
      },
      ...spec,
    },
  } as unknown as JsonObject
}

export interface World {
  readonly imported: Imported
  readonly connection: Connection
  /** What the authorization server was asked, and what the API was sent. */
  readonly asked: readonly Seen[]
  readonly sent: readonly Seen[]
  readonly clock: FakeClock
  /** What is stored. */
  credentials(): Promise<unknown>
  settings(): Promise<unknown>
  /** The source system's configuration as it is now. */
  config(): Promise<JsonObject>
}

/** A connection of a manifest under a configuration; whatever is not the API's is answered by `provider`. */
export function opened(
  manifest: JsonObject,
  given: JsonObject = config,
  provider: (request: Seen, nth: number) => Response = () => json({}),
  options: AirbyteOptions = {},
  answer: (request: Seen, nth: number) => Response = () => json({}),
): World {
  const imported = fromAirbyte(manifest, options)
  const asked: Seen[] = []
  const sent: Seen[] = []
  const clock = fakeClock()
  const store = memoryStore({ now: clock.now })
  const settings = imported.settingsOf(given)
  const connection = connect(imported.connector, {
    settings,
    store,
    key: 'c1',
    now: clock.now,
    sleep: clock.sleep,
    async fetch(input, init) {
      const request = new Request(input, init)
      const { method, url, headers } = request
      const seen: Seen = { method, url, headers, body: await request.text() }
      const isApi = new URL(url).host === 'api.example.com'
      const list = isApi ? sent : asked
      list.push(seen)
      return (isApi ? answer : provider)(seen, list.length)
    },
  })
  const read = async (): Promise<{ credentials?: unknown; settings?: unknown } | undefined> =>
    await store.read('c1')
  return {
    imported,
    connection,
    asked,
    sent,
    clock,
    credentials: async () => (await read())?.credentials,
    settings: async () => (await read())?.settings,
    config: async () => imported.configOf(settings, (await read())?.credentials),
  }
}

export const json = (
  body: unknown,
  init: { readonly status?: number; readonly headers?: Record<string, string> } = {},
): Response =>
  new Response(JSON.stringify(body), {
    ...init,
    headers: { 'content-type': 'application/json', ...init.headers },
  })

/** A token endpoint that hands out a new pair each time. */
export const pairs = (_: Seen, nth: number): Response =>
  json({ access_token: `access-token-${nth}`, refresh_token: `rotated-token-${nth}`, expires_in: 3600 })

/** What a promise was rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

/** What a form or a query says, in a fixed order. */
export const sorted = (body: string): string[] =>
  [...new URLSearchParams(body)].map(([a, b]) => `${a}=${b}`).sort()
