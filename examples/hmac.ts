import { defineConnector } from '@latchkey/core'
import { hmac } from '@latchkey/hmac'

/** Time, method, target and body are signed with a shared secret, as most exchanges ask for it. */
export default defineConnector({
  key: 'acme-hmac',
  name: 'Acme with signed requests',
  auth: hmac({
    message: '{timestamp}{method}{target}{body}',
    headers: { 'x-acme-key': '{keyId}', 'x-acme-time': '{timestamp}', 'x-acme-signature': '{signature}' },
  }),
  baseUrl: 'https://api.example.com/hmac',
  test: async ({ http }) => {
    const { id, name } = await http('me').json<{ id: string; name: string }>()
    return { id, label: name }
  },
})
