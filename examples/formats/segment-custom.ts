import { fromSegment } from '@latchkey/format-segment'

/** A destination with a key and a host of one's own: that the host stays under example.com is seen in the prefix. */
export default fromSegment({
  name: 'Acme with a key, for Segment',
  slug: 'segment-acme-custom',
  authentication: {
    scheme: 'custom',
    testRequest: async (request) => (await request(`/me`)).data,
    fields: {
      subdomain: {
        type: 'string',
        label: 'Subdomain',
        description: 'The first part of the address of your account.',
        required: true,
      },
      apiKey: { type: 'string', label: 'API key', description: 'On your settings page.', required: true },
    },
  },
  extendRequest: ({ settings }) => ({
    prefixUrl: `https://${settings.subdomain}.example.com/three`,
    headers: { Authorization: `Bearer ${settings.apiKey}` },
    responseType: 'json',
  }),
}).connector
