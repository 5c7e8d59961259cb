import type { Json } from '@latchkey/core'
import { calculatePKCECodeChallenge } from 'oauth4webapi'
import type { Client } from './client-auth.ts'
import type { RegisteredClient } from './credentials.ts'
import { dpopThumbprint, type DpopKey } from './dpop.ts'
import type { Server } from './endpoints.ts'
import type { Context, Given } from './options.ts'
import { asText, scopeText, valuesOf, type Plan } from './plan.ts'
import { pushed } from './pushed.ts'
import { resourceOf } from './resource.ts'

/** What is kept between the two halves of a consent: at the host, never in a URL. */
export type Pending = {
  readonly kind: 'oauth2'
  readonly state: string
  readonly verifier?: string | undefined
  readonly nonce?: string | undefined
  readonly redirectUri: string
  readonly scopes: readonly string[]
  readonly issuer?: string | undefined
  readonly issuerIsSent: boolean
  /** Whose consent this is: a code goes to no other client and no other token endpoint. */
  readonly clientId: string
  readonly tokenUrl: string
  readonly client?: RegisteredClient | undefined
  readonly dpopKey?: DpopKey | undefined
  /** Epoch milliseconds. */
  readonly expiresAt: number
}

/** The parameters of a consent by their standard names. RFC 6749 section 4.1.1. */
export async function standardOf(
  plan: Plan,
  given: Given,
  client: Client,
  pending: Pending,
): Promise<Readonly<Record<string, Json | undefined>>> {
  const { state, verifier, nonce, redirectUri, scopes, dpopKey } = pending
  return {
    response_type: 'code',
    client_id: client.id,
    redirect_uri: redirectUri,
    scope: scopeText(plan, scopes),
    state,
    // RFC 7636 section 4.2: never `plain`, which shows the verifier.
    code_challenge: verifier === undefined ? undefined : await calculatePKCECodeChallenge(verifier),
    code_challenge_method: verifier === undefined ? undefined : 'S256',
    nonce,
    resource: await resourceOf(plan, given),
    dpop_jkt: dpopKey === undefined ? undefined : await dpopThumbprint(dpopKey),
  }
}

/** The same under the provider's names, with what the definition adds. */
export function parametersOf(
  { options }: Plan,
  given: Given,
  standard: Readonly<Record<string, Json | undefined>>,
): Record<string, Json> {
  const names = { ...options.names, ...options.authorize?.names }
  const sent = Object.entries(standard).filter(
    ([name, value]) => value !== undefined && options.authorize?.omit?.includes(name) !== true,
  )
  const renamed = sent.map(([name, value]) => [names[name] ?? name, value] as const)
  const more = valuesOf(options.authorize?.params, given)
  return { ...Object.fromEntries(renamed), ...more } as Record<string, Json>
}

/** Where the person is sent: with all parameters, or with the name of those that were pushed. */
export async function consentUrl(
  plan: Plan,
  c: Context,
  given: Given,
  server: Server,
  client: Client,
  parameters: Record<string, Json>,
  { dpopKey }: Pending,
  demanded: boolean,
): Promise<string> {
  const url = new URL(await server.need('authorizationUrl'))
  const push = plan.options.authorize?.pushed ?? demanded
  const short = push ? await pushed(plan, c, { given, server, client, parameters, dpopKey }) : undefined
  for (const [name, value] of Object.entries(short ?? parameters)) {
    url.searchParams.delete(name)
    for (const item of Array.isArray(value) ? (value as readonly Json[]) : [value])
      url.searchParams.append(name, asText(item))
  }
  return url.href
}
