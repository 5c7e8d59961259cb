import { apiKey } from '@latchkey/api-key'
import { defineConnector } from '@latchkey/core'

/** A key inside a JSON body: `{ "auth": { "key": … } }`. */
export default defineConnector({
  key: 'acme-json',
  name: 'Acme with a key in JSON',
  auth: apiKey({ in: 'json', name: ['auth', 'key'] }),
  baseUrl: 'https://api.example.com/json',
  test: async ({ http }) => {
    const { id, name } = await http.post('me').json<{ id: string; name: string }>()
    return { id, label: name }
  },
})
