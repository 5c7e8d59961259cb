import { defineConnector } from '@latchkey/core'
import { oauth2 } from '@latchkey/oauth2'

/** Smartsheet: a refresh token may be used once, and the answer brings the next. */
export default defineConnector({
  key: 'smartsheet',
  name: 'Smartsheet',
  helpUrl: 'https://developers.smartsheet.com/api/smartsheet/guides/advanced-topics/oauth-flow',
  auth: oauth2({
    authorizationUrl: 'https://app.smartsheet.com/b/authorize',
    tokenUrl: 'https://api.smartsheet.com/2.0/token',
    scopes: ['READ_SHEETS', 'READ_USERS'],
  }),
  baseUrl: 'https://api.smartsheet.com/2.0',
  rotation: 'strict',
  test: async ({ http }) => {
    const { id, email } = await http('users/me').json<{ id: number; email: string }>()
    return { id: String(id), label: email }
  },
})
