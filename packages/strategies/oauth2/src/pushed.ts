import { AuthError, type Json } from '@latchkey/core'
import { readAnswer } from './answer.ts'
import type { Client } from './client-auth.ts'
import type { DpopKey } from './dpop.ts'
import type { Server } from './endpoints.ts'
import type { Context, Given } from './options.ts'
import { textAt } from './path.ts'
import type { Plan } from './plan.ts'
import { refusal } from './refusal.ts'
import { send } from './token-request.ts'

interface Push {
  readonly given: Given
  readonly server: Server
  readonly client: Client
  readonly parameters: Readonly<Record<string, Json>>
  readonly dpopKey: DpopKey | undefined
}

/**
 * Pushes the parameters of a consent, and says what is left for the URL. RFC 9126 section 2.
 * @throws {AuthError} client_rejected, response_invalid, provider_unavailable
 */
export async function pushed(plan: Plan, c: Context, push: Push): Promise<Record<string, Json>> {
  const { given, server, client, parameters, dpopKey } = push
  const url = await server.need('pushedUrl')
  // RFC 9126 section 2: with the issuer as the audience of assertions.
  const audience = plan.options.clientAudience ?? (await server.issuer()) ?? url
  const shape = { names: plan.options.authorize?.names, headers: plan.options.token?.headers }
  const { response, ready } = await send(plan, c, {
    url,
    shape,
    params: parameters,
    client,
    audience,
    given,
    dpopKey,
  })
  const answer = readAnswer(response.status, await response.text())
  const uri = response.ok ? textAt(answer.body, 'request_uri') : undefined
  if (uri !== undefined) {
    const name =
      plan.options.authorize?.names?.['client_id'] ?? plan.options.names?.['client_id'] ?? 'client_id'
    return { [name]: client.id ?? '', request_uri: uri }
  }
  const failure = refusal(plan, {
    answer,
    headers: response.headers,
    request: 'token',
    origin: new URL(url).origin,
    now: c.now(),
    secrets: ready.secrets,
  })
  // Nothing of a grant is at stake before anybody has consented.
  if (failure.code !== 'credentials_rejected') throw failure
  throw new AuthError('client_rejected', failure.message, { scheme: plan.scheme })
}
