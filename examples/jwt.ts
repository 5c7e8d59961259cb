import { defineConnector } from '@latchkey/core'
import { jwt } from '@latchkey/jwt'

/** A token that we sign ourselves with a shared secret, good for five minutes. */
export default defineConnector({
  key: 'acme-jwt',
  name: 'Acme with signed tokens',
  auth: jwt({
    algorithm: 'HS256',
    fields: { account: { type: 'string', label: 'Account', required: true, public: true }, secret: {} },
    iss: '{account}',
    aud: 'https://api.example.com',
    lifetimeMs: 300_000,
  }),
  baseUrl: 'https://api.example.com/jwt',
  test: async ({ http }) => {
    const { id, name } = await http('me').json<{ id: string; name: string }>()
    return { id, label: name }
  },
})
