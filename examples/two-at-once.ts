import { apiKey } from '@latchkey/api-key'
import { bearer } from '@latchkey/bearer'
import { allOf, defineConnector } from '@latchkey/core'

/** Every request needs two credentials: the application's key and the user's token. */
export default defineConnector({
  key: 'acme-both',
  name: 'Acme for partners',
  auth: allOf(
    apiKey({
      in: 'header',
      name: 'x-app-key',
      fields: { appKey: { type: 'password', label: 'Application key', required: true } },
    }),
    bearer(),
  ),
  baseUrl: 'https://api.example.com/both',
  test: async ({ http }) => {
    const { id, name } = await http('me').json<{ id: string; name: string }>()
    return { id, label: name }
  },
})
