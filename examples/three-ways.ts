import { apiKey } from '@latchkey/api-key'
import { basic } from '@latchkey/basic'
import { bearer } from '@latchkey/bearer'
import { defineConnector, options } from '@latchkey/core'

/** An API that takes any of three credentials: whoever connects chooses. */
export default defineConnector({
  key: 'acme',
  name: 'Acme',
  helpUrl: 'https://example.com/help/api',
  auth: options(
    {
      key: {
        strategy: apiKey({ in: 'header', name: 'x-api-key' }),
        title: 'API key',
        description: 'For servers',
      },
      token: { strategy: bearer(), title: 'Access token', description: 'For scripts, ends after a year' },
      login: { strategy: basic(), title: 'User name and password' },
    },
    { default: 'key' },
  ),
  baseUrl: 'https://api.example.com/three',
  test: async ({ http }) => {
    const { id, name } = await http('me').json<{ id: string; name: string }>()
    return { id, label: name }
  },
})
