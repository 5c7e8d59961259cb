import { basic } from '@latchkey/basic'
import { defineConnector } from '@latchkey/core'

/** User name and password, as RFC 7617 sends them. */
export default defineConnector({
  key: 'acme-basic',
  name: 'Acme with a password',
  auth: basic(),
  baseUrl: 'https://api.example.com/basic',
  test: async ({ http }) => {
    const { id, name } = await http('me').json<{ id: string; name: string }>()
    return { id, label: name }
  },
})
