import { connections, defineConnector, defineStrategy } from '@latchkey/core'

let issued = 0

const connector = defineConnector({
  key: 'bench',
  name: 'Bench',
  baseUrl: 'https://api.example.com',
  auth: defineStrategy()({
    scheme: 's',
    fields: {},
    apply: (request, c) => request.headers.set('authorization', `Bearer ${c.credentials.accessToken}`),
    // A provider that takes no time: what is measured is everything else.
    refresh: async () => renewing.live(),
  }),
})

/** Connections whose provider answers at once. */
export const renewing = (store) =>
  connections({ connectors: { bench: connector }, store, fetch: async () => new Response('ok') })

/** Credentials that live for a day. */
renewing.live = () => ({
  accessToken: `a${++issued}`,
  refreshToken: `r${issued}`,
  expiresAt: Date.now() + 86_400_000,
})
