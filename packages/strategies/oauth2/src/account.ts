import { AuthError, type Account, type TestContext } from '@latchkey/core'
import { httpFailure } from '@latchkey/core/http'
import { readAnswer } from './answer.ts'
import { clientOf } from './client-auth.ts'
import type { OAuth2Credentials } from './credentials.ts'
import { dpopProof } from './dpop.ts'
import { serverOf } from './endpoints.ts'
import { accountOf } from './id-token.ts'
import type { Context } from './options.ts'
import { at } from './path.ts'
import { givenOf, type Plan } from './plan.ts'
import { tokenFor } from './place.ts'
import { send } from './token-request.ts'

type Settings = Readonly<Record<string, unknown>>

/** Proves a connection at the authorization server, and names the account. */
export async function prove(plan: Plan, c: TestContext<Settings>): Promise<Account | undefined> {
  const credentials = (c.credentials ?? {}) as OAuth2Credentials
  const { proof, userinfoUrl, introspectionUrl } = plan.options
  const own = { ...c, fetch: c.unsigned ?? c.fetch } as Context
  const server = serverOf(plan, own, givenOf(own, credentials))
  const asked =
    proof ?? (introspectionUrl === undefined || userinfoUrl !== undefined ? 'userinfo' : 'introspection')
  const userinfo = asked === 'userinfo' ? await server.find('userinfoUrl') : undefined
  if (userinfo !== undefined) return await byUserinfo(plan, own, credentials, userinfo)
  if (asked === 'introspection') {
    const url = await server.need('introspectionUrl')
    const audience = plan.options.clientAudience ?? (await server.issuer()) ?? url
    return await byIntrospection(plan, own, credentials, url, audience)
  }
  return credentials.claims === undefined ? undefined : accountOf(credentials.claims)
}

/** OpenID Connect Core section 5.3. */
async function byUserinfo(
  plan: Plan,
  c: Context,
  credentials: OAuth2Credentials,
  url: string,
): Promise<Account> {
  const token = tokenFor({ credentials, scheme: plan.scheme })
  const key = credentials.dpopKey
  const headers = new Headers({
    accept: 'application/json',
    authorization: `${key ? 'DPoP' : 'Bearer'} ${token}`,
  })
  if (key !== undefined) headers.set('dpop', await dpopProof(c, key, 'GET', url, token))
  const response = await c.fetch(url, { headers, redirect: 'manual' })
  if (!response.ok) throw httpFailure(response, { scheme: plan.scheme, now: c.now() })
  const { body } = readAnswer(response.status, await response.text())
  const subject = at(body, 'sub')
  // OpenID Connect Core section 5.3.2: an answer about somebody else must not be used.
  if (credentials.claims?.['sub'] !== undefined && subject !== credentials.claims['sub'])
    throw new AuthError('response_invalid', 'The userinfo endpoint speaks of another account', {
      scheme: plan.scheme,
    })
  return accountOf(body as Settings)
}

/** RFC 7662 section 2. */
async function byIntrospection(
  plan: Plan,
  c: Context,
  credentials: OAuth2Credentials,
  url: string,
  audience: string,
): Promise<Account> {
  const { response } = await send(plan, c, {
    url,
    shape: { headers: plan.options.token?.headers },
    params: { token: tokenFor({ credentials, scheme: plan.scheme }), token_type_hint: 'access_token' },
    client: clientOf(plan, c, credentials.client),
    audience,
    given: givenOf(c, credentials),
  })
  if (response.status === 401)
    throw new AuthError('client_rejected', 'The introspection endpoint does not accept the client', {
      scheme: plan.scheme,
    })
  if (!response.ok) throw httpFailure(response, { scheme: plan.scheme, now: c.now() })
  const { body } = readAnswer(response.status, await response.text())
  if (at(body, 'active') === true) return accountOf(body as Settings)
  throw new AuthError('credentials_rejected', 'The provider says that the access token is not active', {
    scheme: plan.scheme,
  })
}
