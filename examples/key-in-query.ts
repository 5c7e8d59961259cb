import { apiKey } from '@latchkey/api-key'
import { defineConnector } from '@latchkey/core'

/** A key in the query: `?api_key=…`. */
export default defineConnector({
  key: 'acme-query',
  name: 'Acme with a key in the query',
  auth: apiKey({ in: 'query', name: 'api_key' }),
  baseUrl: 'https://api.example.com/query',
  test: async ({ http }) => {
    const { id, name } = await http('me').json<{ id: string; name: string }>()
    return { id, label: name }
  },
})
