import { connect, type Connection } from '@latchkey/core'
import { proxy, relay, ticketFor } from '@latchkey/proxy'

declare const other: Connection
const origins = ['https://api.example.com']

connect(proxy({ through: () => other }), { settings: {}, origins })
connect(proxy({ through: async () => other, widen: ['https://files.example.com'] }), {
  settings: {},
  origins,
})
// @ts-expect-error through opens a connection
proxy({ through: () => 'shared' })

const named = proxy({
  fields: { account: { type: 'string', label: 'Account', required: true } },
  through: ({ account }) => {
    const name: string = account
    // @ts-expect-error the account is text
    const wrong: number = account
    return name === '' ? other : Promise.resolve(other)
  },
})
connect(named, { settings: { account: 'a' }, origins })
// @ts-expect-error the account is required
connect(named, { settings: {}, origins })

connect(proxy({ relay: 'https://relay.example.com' }), { settings: { ticket: 't' }, origins })
// @ts-expect-error the ticket is required
connect(proxy({ relay: 'https://relay.example.com' }), { settings: {}, origins })
// @ts-expect-error either through or relay
proxy({})

const asked = proxy({
  relay: 'https://relay.example.com',
  fields: { job: { type: 'string', label: 'Job', required: true } },
  ticket: async ({ http, settings }) =>
    http.post('https://app.example.com/tickets', { json: settings.job }).text(),
})
const connection = connect(asked, { settings: { job: 'j' }, origins })
const ticket: Promise<{ readonly ticket: string; readonly expiresAt?: number | undefined }> =
  connection.credentials()
// @ts-expect-error the job is required
connect(asked, { settings: {}, origins })

const handler: (request: Request) => Promise<Response> = relay({ key: 'k', audience: 'a', open: () => other })
// @ts-expect-error a relay has a name
relay({ key: 'k', open: () => other })
const issued: Promise<string> = ticketFor({ key: 'k', audience: 'a', connection: 'c', methods: ['GET'] })
// @ts-expect-error a ticket is for a connection
void ticketFor({ key: 'k', audience: 'a' })
