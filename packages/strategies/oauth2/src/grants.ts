import { AuthError } from '@latchkey/core'
import { signingKey, signJwt } from '@latchkey/core/crypto'
import { base64urlEncode } from '@latchkey/core/http'
import type { OAuth2Credentials } from './credentials.ts'
import { clientOf } from './client-auth.ts'
import { newDpopKey, type DpopKey } from './dpop.ts'
import { serverOf } from './endpoints.ts'
import { exchange } from './exchange.ts'
import type { Context, Given } from './options.ts'
import { givenOf, grantType, scopesOf, scopeText, settingOf, textOf, valuesOf, type Plan } from './plan.ts'
import { refreshTokens } from './refresh.ts'
import { resourceOf } from './resource.ts'
import type { Params } from './token-request.ts'

/** Earns tokens from settings alone; undefined where a refresh token would be needed and none was given. */
export async function byGrant(plan: Plan, c: Context): Promise<OAuth2Credentials | undefined> {
  const { options, grant } = plan
  if (grant === 'refresh_token') {
    const credentials = { refreshToken: settingOf(plan, c.settings, 'refreshToken') }
    // Not a copy: what a context inherits must stay.
    return await refreshTokens(plan, Object.assign(Object.create(c) as Context, { credentials }))
  }
  const given = givenOf(c)
  const scopes = scopesOf(plan, given)
  const claimed = grant === 'jwt_bearer' && options.assertion?.scopeClaim === true
  return await exchange(plan, c, {
    request: 'token',
    shape: options.token ?? {},
    params: {
      grant_type: grantType(grant),
      ...(await paramsOf(plan, c, given, scopes)),
      scope: claimed ? undefined : scopeText(plan, scopes),
      resource: await resourceOf(plan, given),
    },
    given,
    requestedScopes: scopes,
    dpopKey: options.dpop ? await keyFor(c) : undefined,
  })
}

/** One key for all tokens that a connection earns in one process. */
async function keyFor(c: Context): Promise<DpopKey> {
  const known = c.memory.get('dpop own key') as DpopKey | undefined
  const key = known ?? (await newDpopKey())
  c.memory.set('dpop own key', key)
  return key
}

async function paramsOf(plan: Plan, c: Context, given: Given, scopes: readonly string[]): Promise<Params> {
  const setting = (name: Parameters<typeof settingOf>[2]): string | undefined =>
    settingOf(plan, c.settings, name)
  const { exchange: shape = {} } = plan.options
  switch (plan.grant) {
    case 'password':
      return { username: setting('username'), password: setting('password') }
    case 'jwt_bearer':
      return { assertion: await assertionOf(plan, c, given, scopes) }
    case 'token_exchange':
      return {
        audience: shape.audience,
        requested_token_type: shape.requestedTokenType,
        subject_token: setting('subjectToken'),
        subject_token_type: shape.subjectTokenType ?? 'urn:ietf:params:oauth:token-type:access_token',
        actor_token: shape.actorTokenType === undefined ? undefined : setting('actorToken'),
        actor_token_type: shape.actorTokenType,
      }
    default:
      return {}
  }
}

/** The parts of a service account's JSON file that are used; its URLs are not, for a form must not choose where a key is shown. */
interface ServiceAccount {
  readonly private_key?: unknown
  readonly private_key_id?: unknown
  readonly client_email?: unknown
}

/** RFC 7523 section 2.1 and 3. */
async function assertionOf(plan: Plan, c: Context, given: Given, scopes: readonly string[]): Promise<string> {
  const { assertion = {}, fieldNames } = plan.options
  const field = fieldNames?.privateKey ?? 'privateKey'
  const text = settingOf(plan, c.settings, 'privateKey') ?? ''
  const account = accountIn(text)
  const key = await signingKey(typeof account?.private_key === 'string' ? account.private_key : text, {
    field,
    alg: assertion.algorithm,
  })
  const issuer =
    (assertion.issuer === undefined ? undefined : textOf(assertion.issuer, given)) ??
    settingOf(plan, c.settings, 'issuer') ??
    (typeof account?.client_email === 'string' ? account.client_email : undefined) ??
    clientOf(plan, c).id
  if (issuer === undefined) {
    const name = fieldNames?.issuer ?? 'issuer'
    throw new AuthError('settings_invalid', `${name} is missing: the key does not say whose it is.`, {
      field: name,
    })
  }
  const subject =
    assertion.subject === undefined
      ? settingOf(plan, c.settings, 'subject')
      : textOf(assertion.subject, given)
  const audience =
    (assertion.audience === undefined ? undefined : textOf(assertion.audience, given)) ??
    (await serverOf(plan, c, given).need('tokenUrl'))
  const iat = Math.floor(c.now() / 1000)
  const kid = typeof account?.private_key_id === 'string' ? { kid: account.private_key_id } : {}
  const payload = {
    iss: issuer,
    sub: subject,
    aud: audience,
    iat,
    exp: iat + (assertion.lifetime ?? 300),
    jti: base64urlEncode(c.random(16)),
    scope: assertion.scopeClaim ? scopeText(plan, scopes) : undefined,
    ...valuesOf(assertion.claims, given),
  }
  return await signJwt({ typ: 'JWT', ...kid, ...assertion.header }, payload, key)
}

function accountIn(text: string): ServiceAccount | undefined {
  if (!text.trimStart().startsWith('{')) return undefined
  try {
    const read = JSON.parse(text) as ServiceAccount
    return typeof read.private_key === 'string' ? read : undefined
  } catch {
    return undefined
  }
}
