import { defineConnector } from '@latchkey/core'
import { session } from '@latchkey/session'

/** A login whose token serves until it ends: `Authorization: Token …`. */
export default defineConnector({
  key: 'acme-session',
  name: 'Acme with a login',
  auth: session({
    fields: { username: { type: 'string', label: 'User name', required: true, public: true }, password: {} },
    login: {
      url: 'https://api.example.com/session/login',
      json: { user: '{username}', password: '{password}' },
      take: { token: { json: ['session', 'token'] } },
    },
    expires: 'PT1H',
    use: { in: 'header', name: 'Authorization', value: 'Token {token}' },
  }),
  baseUrl: 'https://api.example.com/session',
  test: async ({ http }) => {
    const { id, name } = await http('me').json<{ id: string; name: string }>()
    return { id, label: name }
  },
})
