import { defineConnector } from '@latchkey/core'
import { oauth2 } from '@latchkey/oauth2'

/** A Google service account: the key of its JSON file signs what is exchanged for a token, and no person is needed. */
export default defineConnector({
  key: 'google-drive',
  name: 'Google Drive, as a service account',
  helpUrl: 'https://developers.google.com/identity/protocols/oauth2/service-account',
  auth: oauth2({
    grant: 'jwt_bearer',
    tokenUrl: 'https://oauth2.googleapis.com/token',
    scopes: ['https://www.googleapis.com/auth/drive.readonly'],
    assertion: { scopeClaim: true, lifetime: 3600 },
  }),
  baseUrl: 'https://www.googleapis.com/drive/v3',
  test: async ({ http }) => {
    const { user } = await http('about?fields=user').json<{
      user: { permissionId: string; emailAddress: string }
    }>()
    return { id: user.permissionId, label: user.emailAddress }
  },
})
