import { AuthError } from '@latchkey/core'
import { readAnswer, reshaped } from './answer.ts'
import { problems } from './problems.ts'
import { clientOf } from './client-auth.ts'
import type { OAuth2Credentials, RegisteredClient } from './credentials.ts'
import type { DpopKey } from './dpop.ts'
import { serverOf } from './endpoints.ts'
import { checkIdToken, type IdTokenCheck } from './id-token.ts'
import type { Context, Given, RequestShape } from './options.ts'
import { withParameters, type Plan } from './plan.ts'
import { refusal } from './refusal.ts'
import { send, type Params } from './token-request.ts'
import { defined, readTokens } from './token-response.ts'

/** One request for tokens. */
export interface Exchange {
  readonly request: 'token' | 'refresh'
  readonly shape: RequestShape
  readonly params: Params
  readonly given: Given
  readonly url?: string | undefined
  readonly requestedScopes: readonly string[]
  readonly client?: RegisteredClient | undefined
  readonly dpopKey?: DpopKey | undefined
  /** Of an ID token, where one must come. */
  readonly idToken?: Omit<IdTokenCheck, 'clientId' | 'issuer' | 'now'> | undefined
}

/** How long a connection waits that has got a refresh token and no access token. */
const spoiltMs = 30_000

/**
 * Asks for tokens once, in one style.
 * @throws {AuthError} credentials_rejected, client_rejected, provider_unavailable, response_invalid
 */
export async function exchange(plan: Plan, c: Context, wanted: Exchange): Promise<OAuth2Credentials> {
  const { dpopKey, requestedScopes } = wanted
  const given = withParameters(wanted.given, wanted.params)
  const server = serverOf(plan, c, given)
  const url = wanted.url ?? (await server.need('tokenUrl'))
  const client = clientOf(plan, c, wanted.client)
  const issuer = await server.issuer()
  const audience = plan.options.clientAudience ?? issuer ?? url
  const { response, ready } = await send(plan, c, { ...wanted, given, url, client, audience })
  const shape = plan.options.response ?? {}
  const now = c.now()
  const raw = readAnswer(response.status, await response.text(), shape.format)
  const answer = shape.body === undefined ? raw : reshaped(raw, shape.body, wanted.request)
  const read = response.ok ? readTokens(answer, { shape, now, dpop: plan.options.dpop === true }) : undefined
  const before = given.credentials
  const common = {
    requestedScopes: requestedScopes.length > 0 ? requestedScopes : before?.requestedScopes,
    callback: Object.keys(given.callback).length > 0 ? given.callback : undefined,
    issuer,
    client: wanted.client,
    dpopKey,
  }
  if (read?.kind === 'token') {
    const { credentials, idToken } = read
    const claims =
      idToken === undefined
        ? undefined
        : checkIdToken(idToken, { ...wanted.idToken, clientId: client.id, issuer, now })
    return defined({
      ...common,
      // RFC 6749 section 5.1: no scope in the answer means those that were asked for.
      scopes: before?.scopes ?? common.requestedScopes,
      claims: claims ?? before?.claims,
      // RFC 6749 section 6: a refresh token that is not replaced stays.
      refreshToken: before?.refreshToken,
      refreshExpiresAt: before?.refreshExpiresAt,
      ...credentials,
      metadata: merged(before?.metadata, credentials.metadata),
      tokens: merged(before?.tokens, credentials.tokens),
    })
  }
  if (read?.kind === 'spoilt' && read.refreshToken !== undefined) {
    // The old refresh token may be dead by now: the new one is kept whatever else is wrong with the answer.
    const living = before?.accessToken !== undefined && (before.expiresAt ?? 0) > now
    const rest = living ? {} : { accessToken: undefined, expiresAt: now + spoiltMs, problem: read.problem }
    return defined({ ...before, ...defined(common), ...rest, refreshToken: read.refreshToken })
  }
  if (read?.kind === 'spoilt') {
    throw new AuthError(
      'response_invalid',
      `The answer of ${new URL(url).origin} ${problems[read.problem]}`,
      {
        scheme: plan.scheme,
        ambiguous: true,
      },
    )
  }
  throw refusal(plan, {
    answer,
    headers: response.headers,
    request: wanted.request,
    origin: new URL(url).origin,
    now,
    secrets: ready.secrets,
  })
}

function merged<T extends object>(before: T | undefined, after: T | undefined): T | undefined {
  return before === undefined || after === undefined ? (after ?? before) : { ...before, ...after }
}
