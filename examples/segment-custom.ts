import { defineConnector } from '@latchkey/core'
import { custom } from '@latchkey/custom'

/** The custom definition of Segment's documentation: the same fields, the same test, the same extension. */
export default defineConnector({
  key: 'segment-custom',
  name: 'Custom, as at Segment',
  auth: custom({
    // what a computed base URL must match
    origins: ['https://*.example.com'],
    // a function that can test the user's credentials
    testRequest: (request) => request(`/accounts/me.json`),
    // fields that are specific to authentication
    fields: {
      subdomain: {
        type: 'string',
        label: 'Subdomain',
        description: 'The subdomain for your account, found in your user settings.',
        required: true,
      },
      apiKey: {
        type: 'string',
        label: 'API Key',
        description: 'Found on your settings page.',
        required: true,
      },
    },
    extendRequest: ({ settings }) => ({
      prefixUrl: `https://${settings.subdomain}.example.com/api`,
      headers: { Authorization: `Bearer ${settings.apiKey}` },
      responseType: 'json',
    }),
  }),
})
