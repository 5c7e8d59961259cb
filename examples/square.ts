import { defineConnector } from '@latchkey/core'
import { oauth2 } from '@latchkey/oauth2'

const square = 'https://connect.squareup.com'

/** Square: tokens are asked for in JSON, and the answer states the date at which they end. */
export default defineConnector({
  key: 'square',
  name: 'Square',
  helpUrl: 'https://developer.squareup.com/docs/oauth-api/overview',
  auth: oauth2({
    authorizationUrl: `${square}/oauth2/authorize`,
    tokenUrl: `${square}/oauth2/token`,
    revocationUrl: `${square}/oauth2/revoke`,
    scopes: ['MERCHANT_PROFILE_READ', 'ITEMS_READ'],
    authorize: { params: { session: 'false' } },
    // A code verifier would make this Square's other flow, which has no secret and refresh tokens for single use.
    pkce: false,
    token: { format: 'json' },
    response: { expires_in: 'expires_at' },
    // 401 and "service.not_authorized" is said of a wrong client and of a dead token; only the message tells.
    errors: ({ body }) =>
      /(?:code|token) not found|revoked|expired/i.test(JSON.stringify(body)) ? 'rejected' : undefined,
    revoke: {
      format: 'json',
      headers: { authorization: 'Client {clientSecret}' },
      params: { client_id: '{clientId}' },
      names: { token: 'access_token' },
      omit: ['token_type_hint'],
      tokens: ['access_token'],
    },
  }),
  baseUrl: `${square}/v2`,
  rotation: 'none',
  test: async ({ http }) => {
    const { merchant } = await http('merchants/me').json<{
      merchant: { id: string; business_name: string }
    }>()
    return { id: merchant.id, label: merchant.business_name }
  },
})
