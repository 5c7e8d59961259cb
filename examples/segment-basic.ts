import { basic } from '@latchkey/basic'
import { defineConnector } from '@latchkey/core'

/** The basic definition of Segment's documentation: the same fields, the same test. */
export default defineConnector({
  key: 'segment-basic',
  name: 'Basic, as at Segment',
  origins: ['https://example.com'],
  auth: basic({
    fields: {
      username: {
        label: 'Username',
        description: 'Your username',
        type: 'string',
        required: true,
      },
      password: {
        label: 'password',
        description: 'Your password.',
        type: 'string',
        required: true,
      },
    },
    // a function that can test the user's credentials
    testRequest: (request) => {
      return request('https://example.com/api/accounts/me.json')
    },
  }),
})
