import { fromSegment } from '@latchkey/format-segment'

/** A destination whose OAuth the operator sets up: client, consent page and token URL are settings. */
export default fromSegment(
  {
    name: 'Smartsheet, managed',
    slug: 'segment-smartsheet-managed',
    authentication: { scheme: 'oauth-managed' },
  },
  { baseUrl: 'https://api.smartsheet.com/2.0' },
).connector
