import { fromSegment } from '@latchkey/format-segment'

/** A destination with a user name and a password, tested under the name that the documentation gives the test. */
export default fromSegment(
  {
    name: 'Acme, for Segment',
    slug: 'segment-acme-basic',
    authentication: {
      scheme: 'basic',
      fields: {
        username: { label: 'User name', description: 'You sign in with it', type: 'string', required: true },
        password: { label: 'Password', description: 'Of that user.', type: 'string', required: true },
      },
      testRequest: (request) => request('https://api.example.com/basic/me'),
    },
    extendRequest: ({ settings }) => ({ username: settings.username, password: settings.password }),
  },
  // Its URLs are whole, so where the password may go is stated.
  { origins: ['https://api.example.com'] },
).connector
