import { apiKey } from '@latchkey/api-key'
import { defineConnector } from '@latchkey/core'

/** A key in a cookie, beside those that the caller sends. */
export default defineConnector({
  key: 'acme-cookie',
  name: 'Acme with a key in a cookie',
  auth: apiKey({ in: 'cookie', name: 'session' }),
  baseUrl: 'https://api.example.com/cookie',
  test: async ({ http }) => {
    const { id, name } = await http('me').json<{ id: string; name: string }>()
    return { id, label: name }
  },
})
