import { defineConnector } from '@latchkey/core'
import { oauth2 } from '@latchkey/oauth2'

/** Spotify for an application without a user: its id and secret are all that signs in. */
export default defineConnector({
  key: 'spotify',
  name: 'Spotify',
  helpUrl: 'https://developer.spotify.com/documentation/web-api/tutorials/client-credentials-flow',
  auth: oauth2({
    grant: 'client_credentials',
    tokenUrl: 'https://accounts.spotify.com/api/token',
    clientAuth: 'client_secret_basic',
  }),
  baseUrl: 'https://api.spotify.com/v1',
  test: async ({ http }) => {
    await http('search?q=engine&type=track&limit=1')
  },
})
