import { defineConnector } from '@latchkey/core'
import { proxy } from '@latchkey/proxy'

/** An API whose secret stays with a relay: all that is held here is a ticket for it. */
export default defineConnector({
  key: 'acme-relay',
  name: 'Acme through a relay',
  auth: proxy({ relay: 'https://relay.example.com/latchkey' }),
  baseUrl: 'https://api.example.com/relay',
  test: async ({ http }) => {
    const { id, name } = await http('me').json<{ id: string; name: string }>()
    return { id, label: name }
  },
})
