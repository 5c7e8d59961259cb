import { connect, connections, defineConnector, defineStrategy, memoryStore } from '@latchkey/core'
import type { AuthEvent, AuthStrategy, Connection, Credentials } from '@latchkey/core'
import { relay, ticketFor, type RelayOptions, type TicketOptions } from '@latchkey/proxy'
import { fakeClock } from '@latchkey/testing'
import { network, type Sent } from '../../../../tools/network.ts'

export const api = 'https://api.example.com'
export const key = 'a key of at least thirty-two bytes'
export const audience = 'relay.test'
export const secret = 'CANARY-api-secret'

interface Token extends Credentials {
  readonly token: string
}

/** Tokens that are numbered as they are earned, from a secret setting. */
export const tokens = (before: () => Promise<void> = async () => undefined) => {
  let earned = 0
  return defineStrategy<Token>()({
    scheme: 'token',
    fields: { secret: { type: 'password', label: 'Secret', required: true } },
    async acquire() {
      earned += 1
      const token = `CANARY-token-${earned}`
      await before()
      return { token }
    },
    apply({ headers }, { credentials }) {
      headers.set('authorization', `Bearer ${credentials.token}`)
    },
  })
}

/** Accounts of a connector "base" in one store, and what was sent. */
export function accounts(
  auth: AuthStrategy,
  others: Readonly<Record<string, AuthStrategy>> = {},
  answer?: (request: Sent, count: number) => Response,
) {
  const clock = fakeClock()
  const store = memoryStore({ now: clock.now })
  const events: AuthEvent[] = []
  const { fetch, sent } = network(answer)
  const all = { base: auth, ...others }
  const connectors = Object.fromEntries(
    Object.entries(all).map(([name, one]) => [
      name,
      defineConnector({ key: name, name, baseUrl: api, auth: one }),
    ]),
  )
  const known = connections({
    connectors,
    store,
    fetch,
    now: clock.now,
    sleep: clock.sleep,
    onEvent: (event) => events.push(event),
  })
  return { known, clock, store, events, sent, fetch }
}

/** A relay in front of one connection, whose API answers as it is told. */
export function relayTo(
  auth: AuthStrategy,
  answer?: (request: Sent, count: number) => Response,
  options: Partial<RelayOptions> = {},
) {
  const clock = fakeClock()
  const { fetch, sent } = network(answer)
  const opened: string[] = []
  const connection: Connection = connect(auth, {
    settings: { secret },
    origins: [api],
    fetch,
    now: clock.now,
    sleep: clock.sleep,
  })
  const handler = relay({
    key,
    audience,
    now: clock.now,
    open: (name) => {
      opened.push(name)
      return connection
    },
    ...options,
  })
  const ticket = (more: Partial<TicketOptions> = {}): Promise<string> =>
    ticketFor({ key, audience, connection: 'crm', now: clock.now, ...more })
  const ask = (bearer: string | undefined, target = `${api}/me`, init: RequestInit = {}): Promise<Response> =>
    handler(
      new Request('https://relay.test/latchkey', {
        ...init,
        headers: {
          ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
          'latchkey-target': target,
          ...(init.headers as Readonly<Record<string, string>> | undefined),
        },
      }),
    )
  return { handler, clock, sent, opened, connection, ticket, ask }
}

/** A key in a header of its own. */
export const keyed = defineStrategy({
  scheme: 'keyed',
  fields: { secret: { type: 'password', label: 'Secret', required: true } },
  apply({ headers }, { settings }) {
    headers.set('x-api-key', settings.secret)
  },
})
