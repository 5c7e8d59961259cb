import { defineStrategy } from '@latchkey/core'
import { headerValue } from '@latchkey/core/http'

/** A login whose token is used until it is rejected, as a third party would write it. */
export const minimalSession = defineStrategy({
  scheme: 'minimal-session',
  fields: {
    username: { type: 'string', label: 'User name', required: true, public: true },
    password: { type: 'password', label: 'Password', required: true },
  },
  acquire: ({ http, settings }) =>
    http.post('https://login.example.com/sessions', { json: settings }).json<{ token: string }>(),
  apply({ headers }, { credentials }) {
    headers.set('authorization', `Bearer ${headerValue(credentials.token, 'token')}`)
  },
})
