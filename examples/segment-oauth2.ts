import { defineConnector } from '@latchkey/core'
import { oauth2 } from '@latchkey/oauth2'

interface UserInfoResponse {
  readonly name: string
}

interface RefreshTokenResponse {
  readonly access_token: string
}

/** The OAuth definition of Segment's documentation: the same fields, test, refresh and extension. */
export default defineConnector({
  key: 'segment-oauth2',
  name: 'OAuth, as at Segment',
  origins: ['https://www.example.com', 'https://*.example.com'],
  auth: oauth2({
    endpointOrigins: ['https://*.example.com'],
    fields: {
      subdomain: {
        type: 'string',
        label: 'Subdomain',
        description: 'The subdomain for your account, found in your user settings.',
        required: true,
      },
    },
    testAuthentication: async (request) => {
      const res = await request<UserInfoResponse>('https://www.example.com/oauth2/v3/userinfo', {
        method: 'GET',
      })
      return { name: res.data.name }
    },
    refreshAccessToken: async (request, { settings, auth }) => {
      const res = await request<RefreshTokenResponse>(
        `https://${settings.subdomain}.example.com/api/oauth2/token`,
        {
          method: 'POST',
          body: new URLSearchParams({
            refresh_token: auth.refreshToken,
            client_id: auth.clientId,
            client_secret: auth.clientSecret,
            grant_type: 'refresh_token',
          }),
        },
      )
      return { accessToken: res.data.access_token }
    },
    extendRequest: ({ auth }) => ({
      headers: { authorization: `Bearer ${auth.accessToken}` },
    }),
  }),
})
