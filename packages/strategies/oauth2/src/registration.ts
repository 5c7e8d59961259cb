import { AuthError, type Json } from '@latchkey/core'
import { readAnswer } from './answer.ts'
import type { OAuth2Credentials, RegisteredClient } from './credentials.ts'
import type { Server } from './endpoints.ts'
import type { Context } from './options.ts'
import { at, textAt } from './path.ts'
import { scopesOf, scopeText, settingOf, givenOf, type Plan } from './plan.ts'
import { defined } from './token-response.ts'

/**
 * The client of a consent where nobody has registered one by hand: the metadata document's URL where the server takes
 * that, else the one that this connection has already, else a new one. Undefined: the operator's own.
 * @throws {AuthError} client_rejected, response_invalid
 */
export async function clientFor(
  plan: Plan,
  c: Context,
  server: Server,
  redirectUri: string,
  credentials: OAuth2Credentials | undefined,
): Promise<RegisteredClient | undefined> {
  const { clientId, clientMetadataUrl, registration } = plan.options
  if (clientId !== undefined || settingOf(plan, c.settings, 'clientId') !== undefined) return undefined
  if (clientMetadataUrl !== undefined) {
    const takes = (await server.metadata())?.['client_id_metadata_document_supported'] === true
    if (takes || registration === undefined) return { clientId: clientMetadataUrl, clientAuth: 'none' }
  }
  if (registration === undefined) return undefined
  const known = credentials?.client
  const living =
    known !== undefined && known.redirectUri === redirectUri && (known.expiresAt ?? Infinity) > c.now()
  if (living && credentials?.issuer === (await server.issuer())) return known
  return await register(plan, c, await server.need('registrationUrl'), redirectUri)
}

/** RFC 7591 section 3. */
async function register(plan: Plan, c: Context, url: string, redirectUri: string): Promise<RegisteredClient> {
  const { registration = {}, clientAuth } = plan.options
  const metadata: Record<string, Json | undefined> = {
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: clientAuth ?? 'none',
    scope: scopeText(plan, scopesOf(plan, givenOf(c))),
    ...registration,
  }
  const response = await c.fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(metadata),
    redirect: 'manual',
  })
  const { body } = readAnswer(response.status, await response.text())
  const clientId = response.ok ? textAt(body, 'client_id') : undefined
  if (clientId === undefined) {
    const down = response.status === 429 || response.status >= 500
    const words = `${new URL(url).origin} did not register a client (status ${response.status})`
    throw new AuthError(down ? 'provider_unavailable' : 'client_rejected', words, { scheme: plan.scheme })
  }
  const ends = at(body, 'client_secret_expires_at')
  const wire =
    textAt(body, 'token_endpoint_auth_method') ?? (metadata['token_endpoint_auth_method'] as string)
  return defined({
    clientId,
    clientSecret: textAt(body, 'client_secret'),
    clientAuth: wire,
    // RFC 7591 section 3.2.1: 0 is never.
    expiresAt: typeof ends === 'number' && ends > 0 ? ends * 1000 : undefined,
    redirectUri,
  })
}
