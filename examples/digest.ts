import { defineConnector } from '@latchkey/core'
import { digest } from '@latchkey/digest'

/** User name and password that never travel, as cameras and routers ask for them. RFC 7616. */
export default defineConnector({
  key: 'acme-digest',
  name: 'Acme with Digest',
  auth: digest({ algorithms: ['SHA-256'] }),
  baseUrl: 'https://api.example.com/digest',
  test: async ({ http }) => {
    const { id, name } = await http('me').json<{ id: string; name: string }>()
    return { id, label: name }
  },
})
