// The program for workerd.
import { visit } from './client.mjs'

export default {
  fetch: async (_, { ORIGIN, NAME }) => Response.json(await visit(ORIGIN, NAME)),
}
