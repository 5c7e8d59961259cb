import { defineConnector } from '@latchkey/core'
import { custom } from '@latchkey/custom'

/** A scheme that nobody else has, in Segment's words: whatever is returned is merged into each request. */
export default defineConnector({
  key: 'acme-custom',
  name: 'Acme with a scheme of its own',
  auth: custom({
    fields: {
      team: { type: 'string', label: 'Team', required: true, public: true },
      secret: { type: 'password', label: 'Team secret', required: true },
    },
    extendRequest: ({ settings }) => ({
      headers: { 'x-team': settings.team, 'x-team-secret': settings.secret },
    }),
  }),
  baseUrl: 'https://api.example.com/custom',
  test: async ({ http }) => {
    const { id, name } = await http('me').json<{ id: string; name: string }>()
    return { id, label: name }
  },
})
