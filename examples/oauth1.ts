import { defineConnector } from '@latchkey/core'
import { oauth1 } from '@latchkey/oauth1'

/** Requests signed with a consumer's secret and a token's. RFC 5849. */
export default defineConnector({
  key: 'acme-oauth1',
  name: 'Acme with OAuth 1',
  auth: oauth1({ signatureMethod: 'HMAC-SHA256' }),
  baseUrl: 'https://api.example.com/oauth1',
  test: async ({ http }) => {
    const { id, name } = await http('me').json<{ id: string; name: string }>()
    return { id, label: name }
  },
})
