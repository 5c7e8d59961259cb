import { apiKey } from '@latchkey/api-key'
import { connect } from '@latchkey/core'
import { relay, ticketFor } from '@latchkey/proxy'

const audience = 'relay.example.com'

/**
 * A relay that holds the key of an account at the demo API, and a ticket for it. `send` is how its requests get there.
 */
export async function demoRelay(
  key: string,
  settings: { readonly apiKey: string },
  send: typeof fetch,
): Promise<{ readonly handle: (request: Request) => Promise<Response>; readonly ticket: string }> {
  const account = connect(apiKey({ in: 'header', name: 'x-api-key' }), {
    settings,
    origins: ['https://api.example.com'],
    fetch: send,
  })
  return {
    handle: relay({ key, audience, open: () => account }),
    ticket: await ticketFor({ key, audience, connection: 'shared', methods: ['GET'], paths: ['/relay/*'] }),
  }
}
