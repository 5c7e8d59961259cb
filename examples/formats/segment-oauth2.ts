import { fromSegment } from '@latchkey/format-segment'

/** A destination with OAuth and a refresh of its own. It drops rotated refresh tokens; they are kept all the same. */
const smartsheet = fromSegment(
  {
    name: 'Smartsheet, for Segment',
    slug: 'segment-smartsheet',
    authentication: {
      scheme: 'oauth2',
      fields: {
        subdomain: {
          type: 'string',
          label: 'Subdomain',
          description: 'api, or the one of your region.',
          required: true,
        },
      },
      testAuthentication: async (request) => {
        const { data } = await request<{ email: string }>('https://api.smartsheet.com/2.0/users/me', {
          method: 'GET',
        })
        return { name: data.email }
      },
      refreshAccessToken: async (request, { settings, auth }) => {
        const url = `https://${settings.subdomain}.smartsheet.com/2.0/token`
        const { data } = await request<{ access_token: string }>(url, {
          method: 'POST',
          body: new URLSearchParams({
            grant_type: 'refresh_token',
            refresh_token: auth.refreshToken,
            client_id: auth.clientId,
            client_secret: auth.clientSecret,
          }),
        })
        return { accessToken: data.access_token }
      },
    },
    extendRequest: ({ auth }) => ({ headers: { authorization: `Bearer ${auth.accessToken}` } }),
  },
  {
    origins: ['https://*.smartsheet.com'],
    // The consent, which is a service of Segment's own at home.
    oauth: {
      authorizationUrl: 'https://app.smartsheet.com/b/authorize',
      tokenUrl: 'https://api.smartsheet.com/2.0/token',
      scopes: ['READ_SHEETS'],
    },
  },
)
export default smartsheet.connector
export const { settingsOf, credentialsOf, configOf } = smartsheet
