import {
  connections,
  defineConnector,
  defineStrategy,
  memoryStore,
  options,
  type AuthEvent,
  type StoreDriver,
} from '@latchkey/core'
import { fakeClock } from '@latchkey/testing'
import { api, network, tokenStrategy, type Token } from './support.ts'

export const key = defineStrategy({
  scheme: 'key',
  fields: {
    apiKey: { type: 'password', label: 'Key', required: true },
    region: { type: 'string', label: 'Region', default: 'eu', public: true },
  },
  apply: (request, c) => request.headers.set('x-key', `${c.settings.apiKey} ${c.settings.region}`),
})
export const app = defineStrategy<Token>()({
  scheme: 'app',
  fields: {
    clientId: { type: 'string', label: 'Client', owner: 'app', required: true, public: true },
    user: { type: 'string', label: 'User', required: true, public: true },
  },
  acquire: (c) => Promise.resolve({ token: `${c.settings.clientId}:${c.settings.user}` }),
  apply: (request, c) => request.headers.set('x-token', c.credentials.token),
})

export function rig(store?: StoreDriver, provider: Parameters<typeof tokenStrategy>[0] = {}) {
  const clock = fakeClock()
  const events: AuthEvent[] = []
  const { fetch, sent } = network()
  const driver = store ?? memoryStore({ now: clock.now })
  const connectors = {
    keyed: defineConnector({ key: 'keyed', name: 'Keyed', auth: key, baseUrl: api }),
    app: defineConnector({ key: 'app', name: 'App', auth: app, baseUrl: api }),
    token: defineConnector({ key: 'token', name: 'Token', auth: tokenStrategy(provider), baseUrl: api }),
    either: defineConnector({
      key: 'either',
      name: 'Either',
      auth: options({ key, token: tokenStrategy(provider) }),
      baseUrl: api,
    }),
  }
  const open = () =>
    connections({
      connectors,
      store: driver,
      app: (connector) => (connector.key === 'app' ? { clientId: 'operator' } : undefined),
      fetch,
      now: clock.now,
      sleep: clock.sleep,
      onEvent: (event) => events.push(event),
    })
  return { clock, events, sent, store: driver, open, all: open() }
}
