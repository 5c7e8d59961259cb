import type { AuthStrategy, CredentialContext, SettingsInput } from '@latchkey/core'
import { parseChallenges, testWith, type TestRequest } from '@latchkey/core/http'
import { prove } from './account.ts'
import { byCode } from './authorize.ts'
import { checkPlan } from './check.ts'
import type { OAuth2Credentials } from './credentials.ts'
import { byDevice } from './device.ts'
import { dpopProof, keepNonce, wantsNonce } from './dpop.ts'
import { fieldsFor } from './fields.ts'
import { byGrant } from './grants.ts'
import type {
  AnyOptions,
  GivenFields,
  OAuth2Options,
  OAuth2Settings,
  OwnFields,
  StandardField,
} from './options.ts'
import { place, placesOf, tokenFor } from './place.ts'
import { planOf, type Plan } from './plan.ts'
import { refreshTokens } from './refresh.ts'
import { revokeTokens } from './revoke.ts'
import { authOf, extended, visible } from './segment.ts'

type Settings = Readonly<Record<string, unknown>>
type Own = AuthStrategy<Settings, OAuth2Credentials>
type Held = CredentialContext<Settings, OAuth2Credentials>

/** What `connect` takes as settings. */
export type OAuth2Input<F extends GivenFields> = SettingsInput<OwnFields<F>> & {
  readonly [K in Exclude<StandardField, keyof OwnFields<F>>]?: string | undefined
}

/** A strategy with the fields F besides the standard ones. */
export type OAuth2Strategy<F extends GivenFields> = AuthStrategy<OAuth2Settings<F>, OAuth2Credentials> & {
  readonly '~input'?: OAuth2Input<F>
}

/**
 * OAuth 2: any grant, consent and refresh, with what real providers need as options. RFC 6749 and its relatives.
 * @throws {TypeError} that names an option that cannot work
 */
export function oauth2<const F extends GivenFields>(options: OAuth2Options<F>): OAuth2Strategy<F> {
  const plan = planOf(options)
  checkPlan(plan)
  const { title, description, helpUrl, schema, baseUrl, origins } = options
  const strategy: Own = {
    ...Object.fromEntries(
      Object.entries({ title, description, helpUrl, schema, baseUrl, origins }).filter(
        ([, value]) => value !== undefined,
      ),
    ),
    ...verbsOf(plan),
    scheme: plan.scheme,
    fields: fieldsFor(plan),
    apply: applier(plan),
    inspect: (response, c) => inspect(plan, response, c),
  }
  return strategy as unknown as OAuth2Strategy<F>
}

/** Only what this way of signing in can do: the core asks whether a verb is there. */
function verbsOf(plan: Plan): Partial<Own> {
  const { options, grant, acquires } = plan
  const {
    issuer,
    protectedResource,
    managed,
    refreshAccessToken,
    tokenUrl,
    authorizationUrl,
    revocationUrl,
  } = options
  const found = issuer !== undefined || protectedResource !== undefined || managed === true
  const renews = grant !== 'client_credentials' && grant !== 'jwt_bearer' && (found || tokenUrl !== undefined)
  const { test, testAuthentication } = options
  return {
    ...(acquires && { acquire: (c) => byGrant(plan, c) }),
    ...((renews || refreshAccessToken !== undefined) && { refresh: (c: Held) => refreshTokens(plan, c) }),
    ...(grant === 'device_code' && { authorize: byDevice(plan) }),
    ...((grant === 'authorization_code' || grant === 'refresh_token') &&
      (found || authorizationUrl !== undefined) && { authorize: byCode(plan) }),
    ...((found || revocationUrl !== undefined) && { revoke: (c: Held) => revokeTokens(plan, c) }),
    ...(proves(plan) && { test: (c) => prove(plan, c) }),
    ...(testAuthentication !== undefined && { test: segmentTest(plan, testAuthentication) }),
    ...(test !== undefined && { test }),
  }
}

/** Without an endpoint that says so, nothing proves that a token works. */
function proves({ options }: Plan): boolean {
  const { proof, userinfoUrl, introspectionUrl, issuer, scopes } = options
  const openid = issuer !== undefined && typeof scopes === 'object' && scopes.includes('openid')
  return proof !== undefined || userinfoUrl !== undefined || introspectionUrl !== undefined || openid
}

function segmentTest(
  plan: Plan,
  testAuthentication: NonNullable<AnyOptions['testAuthentication']>,
): NonNullable<Own['test']> {
  const narrowed: TestRequest<Settings, OAuth2Credentials> = (request, { settings, auth }) =>
    testAuthentication(request, { settings: visible(plan, settings), auth: authOf(auth) })
  return testWith<Settings, OAuth2Credentials>(narrowed).test as NonNullable<Own['test']>
}

function applier(plan: Plan): Own['apply'] {
  const { extendRequest, place: given, dpop } = plan.options
  const { scheme } = plan
  if (extendRequest !== undefined) {
    return (request, { credentials, settings }) => {
      tokenFor({ credentials, scheme })
      return extended(plan, extendRequest, request, credentials, settings)
    }
  }
  const places = placesOf(given)
  return (request, c) => {
    const { credentials, settings } = c
    const key = dpop ? credentials.dpopKey : undefined
    place(request, { credentials, settings, scheme, dpop: key !== undefined }, places)
    if (key === undefined) return
    return dpopProof(c, key, request.method, request.url.href, tokenFor({ credentials, scheme })).then(
      (proof) => {
        request.headers.set('dpop', proof)
      },
    )
  }
}

/** RFC 6750 section 3.1: 401 says that the token has ended; a token that nothing can renew is dead only where that is said. */
function inspect(
  plan: Plan,
  response: Response,
  c: Parameters<NonNullable<Own['inspect']>>[1],
): 'retry' | 'renew' | 'reconnect' | undefined {
  if (plan.options.dpop) {
    if (wantsNonce(response, c.request, c)) return 'retry'
    keepNonce(c, c.request.url.href, response.headers)
  }
  if (response.status !== 401) return undefined
  const { refreshToken } = c.credentials
  if (plan.acquires || refreshToken !== undefined || plan.options.refreshAccessToken !== undefined)
    return 'renew'
  const challenges = parseChallenges(response.headers.get('www-authenticate'))
  return challenges.some(({ params }) => params['error'] === 'invalid_token') ? 'reconnect' : undefined
}
