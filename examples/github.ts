import { defineConnector } from '@latchkey/core'
import { oauth2 } from '@latchkey/oauth2'

/** GitHub: refusals come with the status 200, answers form-encoded to whoever does not ask for JSON. */
export default defineConnector({
  key: 'github',
  name: 'GitHub',
  helpUrl: 'https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps',
  auth: oauth2({
    authorizationUrl: 'https://github.com/login/oauth/authorize',
    tokenUrl: 'https://github.com/login/oauth/access_token',
    scopes: ['read:user', 'repo'],
    response: { refresh_expires_in: 'refresh_token_expires_in' },
  }),
  baseUrl: 'https://api.github.com',
  // Of a GitHub App with expiring tokens, a refresh ends both old tokens.
  oldAccessTokenDies: true,
  test: async ({ http }) => {
    const { id, login } = await http('user').json<{ id: number; login: string }>()
    return { id: String(id), label: login }
  },
})
