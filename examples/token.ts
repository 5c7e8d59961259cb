import { bearer } from '@latchkey/bearer'
import { defineConnector } from '@latchkey/core'

/** A token behind a word of the API's own, as Okta has it: `Authorization: SSWS …`. */
export default defineConnector({
  key: 'acme-token',
  name: 'Acme with a token',
  auth: bearer({ prefix: 'SSWS' }),
  baseUrl: 'https://api.example.com/token',
  test: async ({ http }) => {
    const { id, name } = await http('me').json<{ id: string; name: string }>()
    return { id, label: name }
  },
})
