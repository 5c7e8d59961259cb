import { connections, defineConnector } from '@latchkey/core'
import { oauth2 } from '@latchkey/oauth2'

/** The time limit of a token request, and how long the provider may be at it. */
export const timeoutMs = 4000
export const processingMs = 4000

/** The simulated API, as a process sees it; the provider knows the process by its client id. */
export const connectorFor = ({ origin, graceMs, client }) =>
  defineConnector({
    key: 'simulated',
    name: 'Simulated',
    baseUrl: origin,
    rotation: graceMs === undefined ? 'strict' : 'grace',
    graceMs,
    processingMs,
    auth: oauth2({
      authorizationUrl: `${origin}/authorize`,
      tokenUrl: `${origin}/token`,
      clientId: client,
      clientAuth: 'none',
    }),
  })

/** The connections of one process over a store. */
export const connectionsOf = ({ origin, graceMs, client, store, ...rest }) =>
  connections({
    connectors: { simulated: connectorFor({ origin, graceMs, client }) },
    store,
    network: { allow: 'loopback', timeoutMs },
    ...rest,
  })
