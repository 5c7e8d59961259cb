import { apiKey } from '@latchkey/api-key'
import { defineConnector } from '@latchkey/core'

/** A key among the fields of a form, which only requests with a body have. */
export default defineConnector({
  key: 'acme-form',
  name: 'Acme with a key in a form',
  auth: apiKey({ in: 'form', name: 'api_key' }),
  baseUrl: 'https://api.example.com/form',
  test: async ({ http }) => {
    const { id, name } = await http.post('me').json<{ id: string; name: string }>()
    return { id, label: name }
  },
})
