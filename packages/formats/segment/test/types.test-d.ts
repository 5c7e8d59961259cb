import { connect } from '@latchkey/core'
import { fromSegment } from '@latchkey/format-segment'

const { connector, settingsOf, configOf, credentialsOf } = fromSegment(
  {
    name: 'Acme',
    authentication: {
      scheme: 'oauth2',
      fields: {
        subdomain: { label: 'Subdomain', description: 'd', type: 'string', required: true },
        size: { label: 'Size', description: 'd', type: 'number' },
        ids: { label: 'Ids', description: 'd', type: 'string', multiple: true, required: true },
      },
      testAuthentication: async (request, { settings }) => {
        const text: string = settings.subdomain
        const size: number | undefined = settings.size
        const ids: readonly string[] = settings.ids
        // @ts-expect-error there is no such field
        void settings.domain
        const { data } = await request<{ name: string }>(`https://api.example.com/${text}`, {
          searchParams: { size },
        })
        return { name: data.name + ids.join() }
      },
      refreshAccessToken: async (request, { auth }) => {
        const { clientSecret, refreshToken, refreshTokenUrl } = auth
        const url: string | undefined = refreshTokenUrl
        await request(url ?? 'https://api.example.com', {
          json: { clientSecret, refreshToken },
          skipResponseCloning: true,
        })
        return { accessToken: 'a' }
      },
    },
    extendRequest: ({ auth }) => {
      // @ts-expect-error the client is for the refresh alone
      void auth.clientSecret
      return { headers: { authorization: `Bearer ${auth.accessToken}` } }
    },
  },
  { origins: ['https://api.example.com'] },
)
connect(connector, { settings: settingsOf({ subdomain: 'acme' }), credentials: credentialsOf?.({}) })
configOf({}, {})

// A definition of another package has its own types, and is checked when it is read.
declare const foreign: {
  name: string
  extendRequest: (data: { settings: never; payload: Date }) => { agent: symbol }
}
fromSegment(foreign, { baseUrl: 'https://api.example.com' })

// @ts-expect-error a definition is imported, not a path
fromSegment('./destination.js')
// @ts-expect-error there is no such option
fromSegment(foreign, { host: 'api.example.com' })
// @ts-expect-error the refresh is the definition's
fromSegment(foreign, { oauth: { refreshAccessToken: async () => ({ accessToken: 'a' }) } })
