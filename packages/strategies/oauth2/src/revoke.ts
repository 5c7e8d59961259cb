import type { CredentialContext } from '@latchkey/core'
import { readAnswer } from './answer.ts'
import { clientOf } from './client-auth.ts'
import type { OAuth2Credentials } from './credentials.ts'
import { serverOf } from './endpoints.ts'
import { givenOf, type Plan } from './plan.ts'
import { errorIn, refusal } from './refusal.ts'
import { send } from './token-request.ts'

/**
 * Ends the tokens at the provider, where it has an endpoint for that. RFC 7009 section 2.
 * @throws {AuthError} client_rejected, provider_unavailable, response_invalid
 */
export async function revokeTokens(
  plan: Plan,
  c: CredentialContext<Readonly<Record<string, unknown>>, OAuth2Credentials>,
): Promise<void> {
  const { credentials } = c
  const { revoke = {}, token: { headers } = {} } = plan.options
  const given = givenOf(c, credentials)
  const server = serverOf(plan, c, given)
  const url = await server.find('revocationUrl')
  if (url === undefined) return
  const audience = plan.options.clientAudience ?? (await server.issuer()) ?? url
  const client = clientOf(plan, c, credentials.client)
  const held = { refresh_token: credentials.refreshToken, access_token: credentials.accessToken }
  const standard = [held.refresh_token === undefined ? ('access_token' as const) : ('refresh_token' as const)]
  for (const hint of revoke.tokens ?? standard) {
    const token = held[hint]
    if (token === undefined) continue
    const draft = {
      url,
      shape: { headers, ...revoke },
      params: { token, token_type_hint: hint },
      client,
      audience,
      given,
    }
    const { response, ready } = await send(plan, c, draft)
    const answer = readAnswer(response.status, await response.text())
    // Section 2.2: 200 for a token that was unknown too. Section 2.2.1: some kinds of token cannot be revoked.
    if (response.ok || errorIn(plan, answer) === 'unsupported_token_type') continue
    const origin = new URL(url).origin
    throw refusal(plan, {
      answer,
      headers: response.headers,
      request: 'token',
      origin,
      now: c.now(),
      secrets: ready.secrets,
    })
  }
}
