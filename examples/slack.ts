import { AuthError, defineConnector } from '@latchkey/core'
import { oauth2 } from '@latchkey/oauth2'

interface Answer {
  readonly ok: boolean
  readonly error?: string
}

/** Slack: a bot's and a user's token in one answer, and failures that come with the status 200. */
export default defineConnector({
  key: 'slack',
  name: 'Slack',
  helpUrl: 'https://docs.slack.dev/authentication/installing-with-oauth',
  auth: oauth2({
    authorizationUrl: 'https://slack.com/oauth/v2/authorize',
    tokenUrl: 'https://slack.com/api/oauth.v2.access',
    scopes: ['channels:read', 'chat:write'],
    scopeSeparator: ',',
    authorize: { params: { user_scope: 'users:read' } },
    response: {
      // The access token is the bot's. The user's is used with place: { token: 'user' }, or taken from credentials().
      tokens: { user: { access_token: 'authed_user.access_token', scope: 'authed_user.scope' } },
      keep: { team: 'team.name' },
    },
  }),
  baseUrl: 'https://slack.com/api',
  // Where token rotation is on: 200 and {"ok":false,"error":"token_expired"}.
  renewWhen: { body: (body) => (body as Answer | null)?.error === 'token_expired' },
  test: async ({ http }) => {
    const said = await http.post('auth.test').json<Answer & { user_id: string; user: string }>()
    if (!said.ok) throw new AuthError('credentials_rejected', `Slack says ${said.error ?? 'no'}`)
    return { id: said.user_id, label: said.user }
  },
})
