import { defineStrategy, type AuthStrategy, type Connection } from '@latchkey/core'

/** Authenticates through another connection, whose credentials, origins and lock stay its own. */
export const delegate = (other: () => Promise<Connection>): AuthStrategy =>
  defineStrategy({
    scheme: 'delegate',
    fields: {},
    async apply(request) {
      await (await other()).apply(request)
    },
    async inspect(response, { request }) {
      return (await (await other()).inspect(response, request)) ? 'retry' : undefined
    },
  })
