import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { jwtClaims } from '@latchkey/core/crypto'
import { redirectUri, type GrantContext, type Oidc } from './oidc.ts'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
export const pem = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const jwk = { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'k1', alg: 'RS256', use: 'sig' }
export const secret = { clientId: 'conf', clientSecret: 's3cret with space' }
const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange'
const bearerGrant = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'

/** A client for each way of proving who it is. */
export function configuration(): object {
  const code = {
    redirect_uris: [redirectUri],
    response_types: ['code'],
    grant_types: ['authorization_code', 'refresh_token'],
  }
  const machine = { redirect_uris: [], response_types: [] }
  return {
    clients: [
      {
        client_id: 'conf',
        client_secret: secret.clientSecret,
        ...code,
        grant_types: [...code.grant_types, deviceGrant, exchangeGrant],
      },
      {
        client_id: 'machine',
        client_secret: 'm4chine',
        ...machine,
        grant_types: ['client_credentials'],
        token_endpoint_auth_method: 'client_secret_post',
      },
      {
        client_id: 'hmac',
        client_secret: 'a-secret-that-is-long-enough-for-hs256',
        ...machine,
        grant_types: ['client_credentials'],
        token_endpoint_auth_method: 'client_secret_jwt',
      },
      {
        client_id: 'pk',
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys: [jwk] },
        ...machine,
        grant_types: ['client_credentials'],
      },
      { client_id: 'pub', token_endpoint_auth_method: 'none', ...code, application_type: 'native' },
      {
        client_id: 'par',
        token_endpoint_auth_method: 'none',
        ...code,
        application_type: 'native',
        require_pushed_authorization_requests: true,
      },
      {
        client_id: 'bound',
        token_endpoint_auth_method: 'none',
        ...code,
        application_type: 'native',
        dpop_bound_access_tokens: true,
      },
      { client_id: 'robot', token_endpoint_auth_method: 'none', ...machine, grant_types: [bearerGrant] },
    ].map((client) => ({ application_type: 'native', ...client })),
    scopes: ['openid', 'offline_access', 'email', 'read'],
    claims: { openid: ['sub'], email: ['email'] },
    findAccount: (_: unknown, id: string) => ({
      accountId: id,
      claims: () => ({ sub: id, email: `${id}@example.com` }),
    }),
    features: {
      devInteractions: { enabled: true },
      clientCredentials: { enabled: true },
      deviceFlow: { enabled: true },
      pushedAuthorizationRequests: { enabled: true },
      dPoP: { enabled: true, nonceSecret: Buffer.alloc(32, 7), requireNonce: () => true },
      introspection: { enabled: true },
      revocation: { enabled: true },
      registration: { enabled: true },
      userinfo: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: (_: unknown, __: unknown, one?: string) => one,
        getResourceServerInfo: () => ({ scope: 'read', accessTokenFormat: 'opaque', accessTokenTTL: 60 }),
        useGrantedResource: () => true,
      },
    },
    clientAuthMethods: [
      'client_secret_basic',
      'client_secret_post',
      'client_secret_jwt',
      'private_key_jwt',
      'none',
    ],
    pkce: { required: () => true },
    rotateRefreshToken: true,
    issueRefreshToken: () => true,
    conformIdTokenClaims: false,
    cookies: { keys: ['x'] },
    ttl: {
      AccessToken: 60,
      ClientCredentials: 60,
      RefreshToken: 600,
      IdToken: 60,
      Session: 60,
      Grant: 600,
      Interaction: 60,
      DeviceCode: 60,
    },
  }
}

/** Grants that the provider leaves to its operator; both verify what they are given. */
export function prepareGrants(provider: Oidc['provider'], issuer: string): void {
  const answer = (ctx: GrantContext, body: object): void => {
    ctx.body = { token_type: 'Bearer', expires_in: 60, ...body }
  }
  const refuse = (ctx: GrantContext): void => {
    ctx.status = 400
    ctx.body = { error: 'invalid_grant' }
  }
  const exchange = async (ctx: GrantContext): Promise<void> => {
    const given = ctx.oidc.params ?? {}
    const subject = await provider.AccessToken.find(given['subject_token'] ?? '')
    const known =
      given['subject_token_type'] === 'urn:ietf:params:oauth:token-type:access_token' &&
      given['audience'] === 'urn:other'
    if (subject === undefined || !known) refuse(ctx)
    else
      answer(ctx, {
        access_token: `exchanged-for-${subject.accountId ?? ''}`,
        issued_token_type: given['subject_token_type'],
      })
  }
  const bearer = (ctx: GrantContext): void => {
    const { assertion = '' } = ctx.oidc.params ?? {}
    const [head = '', payload = '', signature = ''] = assertion.split('.')
    const { iss, sub, aud, exp, jti } = jwtClaims(assertion) ?? {}
    const signed = verify(
      'sha256',
      Buffer.from(`${head}.${payload}`),
      createPublicKey({ key: jwk as never, format: 'jwk' }),
      Buffer.from(signature, 'base64url'),
    )
    const right =
      iss === 'robot@example.com' &&
      aud === `${issuer}/token` &&
      Number(exp) > Date.now() / 1000 &&
      typeof jti === 'string'
    if (signed && right) answer(ctx, { access_token: `token-of-${JSON.stringify(sub)}` })
    else refuse(ctx)
  }
  provider.registerGrantType(exchangeGrant, exchange, ['subject_token', 'subject_token_type', 'audience'])
  provider.registerGrantType(bearerGrant, bearer, ['assertion'])
}
