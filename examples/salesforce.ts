import { defineConnector } from '@latchkey/core'
import { oauth2 } from '@latchkey/oauth2'

const login = 'https://login.salesforce.com/services/oauth2'

/** Salesforce: the answer names the base URL of the API, and no time at which the token ends. */
export default defineConnector({
  key: 'salesforce',
  name: 'Salesforce',
  helpUrl: 'https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_web_server_flow.htm',
  auth: oauth2({
    authorizationUrl: `${login}/authorize`,
    tokenUrl: `${login}/token`,
    revocationUrl: `${login}/revoke`,
    scopes: ['api', 'openid', 'refresh_token'],
    response: { keep: ['instance_url'] },
  }),
  baseUrl: ({ credentials }) =>
    (credentials?.['metadata'] as { instance_url?: string } | undefined)?.instance_url,
  // Whatever an answer says, the token goes nowhere else.
  originPatterns: ['https://*.my.salesforce.com', 'https://*.sandbox.my.salesforce.com'],
  test: async ({ http }) => {
    const { user_id, name } = await http('services/oauth2/userinfo').json<{ user_id: string; name: string }>()
    return { id: user_id, label: name }
  },
})
