import { apiKey } from '@latchkey/api-key'
import { defineConnector } from '@latchkey/core'

/** A key in a header of its own. */
export default defineConnector({
  key: 'acme-header',
  name: 'Acme with a key in a header',
  auth: apiKey({ in: 'header', name: 'x-api-key' }),
  baseUrl: 'https://api.example.com/header',
  test: async ({ http }) => {
    const { id, name } = await http('me').json<{ id: string; name: string }>()
    return { id, label: name }
  },
})
