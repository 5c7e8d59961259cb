import { createHmac, createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { jwtClaims } from '@latchkey/core/crypto'
import { oauth2, type OAuth2Options } from '@latchkey/oauth2'
import { api, app, json, open, rejection, tokenUrl, world, type Seen, type World } from './support.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const token = { access_token: 'first-access-token', expires_in: 3600 }
const cc = { grant: 'client_credentials', tokenUrl } as const satisfies OAuth2Options

/** The one request for a token that these options lead to. */
async function asked(options: OAuth2Options, settings: object = app): Promise<Seen & { readonly provider: World }> {
  const provider = world(() => json(token))
  const { connection } = open(oauth2(options), provider, { settings })
  await connection.fetch(api)
  expect(provider.asked).toHaveLength(1)
  return { ...(provider.asked[0] as Seen), provider }
}

const form = 'application/x-www-form-urlencoded'
const odd = { clientId: 'id:with space', clientSecret: 'sécret+/=&%' }

test('client_secret_post is the default, and nothing stands in a header', async () => {
  const { headers, body, method } = await asked(cc)
  expect(method).toBe('POST')
  expect(body).toBe('grant_type=client_credentials&client_id=the-client-id&client_secret=the-client-secret')
  expect(Object.fromEntries(headers)).toMatchObject({ accept: 'application/json', 'content-type': form })
  expect(headers.has('authorization')).toBe(false)
})

test('client_secret_basic form-encodes both parts first, and nothing stands in the body', async () => {
  const { headers, body } = await asked({ ...cc, clientAuth: 'client_secret_basic' }, odd)
  const expected = 'id%3Awith+space:s%C3%A9cret%2B%2F%3D%26%25'
  expect(headers.get('authorization')).toBe(`Basic ${Buffer.from(expected).toString('base64')}`)
  expect(body).toBe('grant_type=client_credentials')
})

test('client_secret_basic_raw does not encode, and so cannot have a colon in the id', async () => {
  const raw = { ...cc, clientAuth: 'client_secret_basic_raw' } as const
  const { headers, body } = await asked(raw, { ...odd, clientId: 'id' })
  expect(headers.get('authorization')).toBe(`Basic ${Buffer.from('id:sécret+/=&%').toString('base64')}`)
  expect(body).toBe('grant_type=client_credentials')
  const { connection } = open(oauth2(raw), world(() => json(token)), { settings: odd })
  expect(await rejection(connection.fetch(api))).toMatchObject({ code: 'settings_invalid', field: 'clientId' })
})

test('a public client sends its id alone', async () => {
  const { body, headers } = await asked({ ...cc, clientId: 'public-id' }, {})
  expect(body).toBe('grant_type=client_credentials&client_id=public-id')
  expect(headers.has('authorization')).toBe(false)
})

test('with mutual TLS the id is in the body, and the certificate is the business of the injected fetch', async () => {
  const { body } = await asked({ ...cc, clientAuth: 'tls_client_auth' }, { clientId: 'id' })
  expect(body).toBe('grant_type=client_credentials&client_id=id')
})

test('private_key_jwt signs for the issuer alone, once for each request', async () => {
  const options = { ...cc, issuer: 'https://as.example.com', clientAuth: 'private_key_jwt', clientKeyId: 'k1' } as const
  const { form: sent, provider } = await asked(options, { clientId: 'id', privateKey: pem.replaceAll('\n', '\\n') })
  const jwt = sent.get('client_assertion') ?? ''
  const [head = '', payload = '', signature = ''] = jwt.split('.')
  expect([...sent.keys()]).toEqual(['grant_type', 'client_id', 'client_assertion_type', 'client_assertion'])
  expect(sent.get('client_assertion_type')).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
  expect(JSON.parse(Buffer.from(head, 'base64url').toString())).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'k1' })
  const now = Math.floor(provider.clock.now() / 1000)
  expect(jwtClaims(jwt)).toEqual({ iss: 'id', sub: 'id', aud: 'https://as.example.com', iat: now, exp: now + 60, jti: expect.stringMatching(/^[\w-]{22}$/) as string })
  expect(verify('sha256', Buffer.from(`${head}.${payload}`), createPublicKey(publicKey.export({ type: 'spki', format: 'pem' })), Buffer.from(signature, 'base64url'))).toBe(true)
})

test('client_secret_jwt signs with the secret, for the token endpoint where there is no issuer', async () => {
  const { form: sent } = await asked({ ...cc, clientAuth: 'client_secret_jwt' })
  const jwt = sent.get('client_assertion') ?? ''
  const [head = '', payload = '', signature] = jwt.split('.')
  expect(signature).toBe(createHmac('sha256', app.clientSecret).update(`${head}.${payload}`).digest('base64url'))
  expect(jwtClaims(jwt)).toMatchObject({ aud: tokenUrl })
  expect(sent.has('client_secret')).toBe(false)
})

test('an Authorization header of the definition stands for the client: there is never a second proof', async () => {
  const headers = { authorization: 'Custom {clientId}' }
  for (const clientAuth of ['client_secret_post', 'client_secret_basic'] as const) {
    const sent = await asked({ ...cc, clientAuth, token: { headers } })
    expect([sent.headers.get('authorization'), sent.body]).toEqual(['Custom the-client-id', 'grant_type=client_credentials'])
  }
})

test('a token request may be JSON, with nested extras and numbers as they are', async () => {
  const { headers, body } = await asked({ ...cc, token: { format: 'json', params: { account: { id: 7 }, on: true, tenant: '{clientId}' } } })
  expect(headers.get('content-type')).toBe('application/json')
  expect(body).toBe('{"grant_type":"client_credentials","client_id":"the-client-id","client_secret":"the-client-secret","account":{"id":7},"on":true,"tenant":"the-client-id"}')
})

test('a token request may be all query, or have a query besides', async () => {
  const { url, body, headers } = await asked({ ...cc, tokenUrl: `${tokenUrl}?v=1`, token: { format: 'query' } })
  expect(url).toBe(`${tokenUrl}?v=1&grant_type=client_credentials&client_id=the-client-id&client_secret=the-client-secret`)
  expect([body, headers.has('content-type')]).toEqual(['', false])
  const besides = await asked({ ...cc, token: { query: { api: '2' }, method: 'POST' } })
  expect(besides.url).toBe(`${tokenUrl}?api=2`)
})

test('scopes, resources and extra parameters are sent under the names that the provider wants', async () => {
  const { body } = await asked({
    ...cc,
    scopes: ['a', 'b'],
    resource: ['https://one.example', 'https://two.example'],
    names: { scope: 'scopes', grant_type: 'grantType' },
    token: { params: ({ settings }) => ({ who: settings['clientId'] as string, none: undefined }) },
  })
  expect(body).toBe(
    'grantType=client_credentials&scopes=a+b&resource=https%3A%2F%2Fone.example&resource=https%3A%2F%2Ftwo.example&client_id=the-client-id&client_secret=the-client-secret&who=the-client-id',
  )
})

test('the password grant sends what the user typed', async () => {
  const { body } = await asked({ grant: 'password', tokenUrl }, { ...app, username: 'ü', password: 'p&w' })
  expect(body).toBe('grant_type=password&username=%C3%BC&password=p%26w&client_id=the-client-id&client_secret=the-client-secret')
})

test('any other grant is its type and its parameters', async () => {
  const { body } = await asked({
    grant: { type: 'account_credentials' },
    tokenUrl,
    fields: { account: { type: 'string', label: 'Account', required: true } },
    token: { params: { account_id: '{account}' } },
  }, { ...app, account: 'a1' })
  expect(body).toBe('grant_type=account_credentials&client_id=the-client-id&client_secret=the-client-secret&account_id=a1')
})

test('a service account signs with its own key and name, for the token endpoint of the definition and no other', async () => {
  const account = { type: 'service_account', client_email: 'robot@example.com', private_key_id: 'kid1', private_key: pem, token_uri: 'https://evil.example/token' }
  const options = { grant: 'jwt_bearer', tokenUrl, scopes: ['a', 'b'], assertion: { scopeClaim: true, lifetime: 3600 } } as const
  const { url, form: sent, provider } = await asked(options, { privateKey: JSON.stringify(account), subject: 'boss@example.com' })
  expect(url).toBe(tokenUrl)
  expect([...sent.keys()]).toEqual(['grant_type', 'assertion'])
  expect(sent.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer')
  const jwt = sent.get('assertion') ?? ''
  expect(JSON.parse(Buffer.from(jwt.split('.')[0] ?? '', 'base64url').toString())).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'kid1' })
  const iat = Math.floor(provider.clock.now() / 1000)
  expect(jwtClaims(jwt)).toEqual({
    iss: 'robot@example.com', sub: 'boss@example.com', aud: tokenUrl, iat, exp: iat + 3600, jti: expect.any(String) as string, scope: 'a b',
  })
})

test('a bare key needs to be told whose it is', async () => {
  const { connection } = open(oauth2({ grant: 'jwt_bearer', tokenUrl }), world(() => json(token)), { settings: { privateKey: pem } })
  expect(await rejection(connection.fetch(api))).toMatchObject({ code: 'settings_invalid', field: 'issuer' })
})

test('a token exchange names the tokens and their types', async () => {
  const { body } = await asked(
    { grant: 'token_exchange', tokenUrl, clientId: 'id', exchange: { audience: 'aud', actorTokenType: 'urn:x', requestedTokenType: 'urn:y' } },
    { subjectToken: 's1', actorToken: 'a1' },
  )
  expect(body).toBe(
    'grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange&audience=aud&requested_token_type=urn%3Ay&subject_token=s1&subject_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Aaccess_token&actor_token=a1&actor_token_type=urn%3Ax&client_id=id',
  )
})

test('the operator fills in the endpoints of a managed connector', async () => {
  const auth = oauth2({ managed: true })
  expect(auth.scheme).toBe('oauth-managed')
  expect(Object.entries(auth.fields).map(([name, { owner }]) => [name, owner])).toEqual(
    ['authorizationUrl', 'tokenUrl', 'revocationUrl', 'clientId', 'clientSecret'].map((name) => [name, 'app']),
  )
  const provider = world(() => json(token))
  const settings = { ...app, authorizationUrl: 'https://as.example.com/a', tokenUrl }
  const { connection } = open(auth, provider, { settings })
  const { url, pending } = await connection.authorize.begin({ redirectUri: 'https://h.example/cb' })
  expect(url.startsWith('https://as.example.com/a?response_type=code')).toBe(true)
  await connection.authorize.complete(pending, `code=c&state=${(pending as { state: string }).state}`)
  expect(provider.asked[0]?.url).toBe(tokenUrl)
})

test('standard fields can be called otherwise and say something else', async () => {
  const auth = oauth2({
    ...cc,
    fieldNames: { clientId: 'app_key', clientSecret: 'app_secret' },
    fields: { clientId: { label: 'App key', help: 'On the console' }, site: { type: 'string', label: 'Site' } },
  })
  expect(Object.keys(auth.fields)).toEqual(['site', 'app_key', 'app_secret'])
  expect(auth.fields['app_key']).toMatchObject({ label: 'App key', help: 'On the console', owner: 'app', required: true })
  const provider = world(() => json(token))
  const { connection } = open(auth, provider, { settings: { app_key: 'k', app_secret: 's' } })
  await connection.fetch(api)
  expect(provider.asked[0]?.body).toBe('grant_type=client_credentials&client_id=k&client_secret=s')
})

const refreshToken = { access_token: 'second-access-token', expires_in: 3600 }
const held = { accessToken: 'old-access-token', refreshToken: 'old-refresh-token', expiresAt: 1, scopes: ['a', 'b'] }

test('a refresh is its own request: its URL, format, parameters and scope', async () => {
  const provider = world(() => json(refreshToken))
  const auth = oauth2({
    tokenUrl,
    refreshUrl: 'https://as.example.com/refresh',
    token: { params: { grant_type: 'authorization_code', only: 'token' }, headers: { 'x-version': '1' } },
    refresh: { format: 'json', scope: true, names: { refresh_token: 'rt' } },
  })
  const { connection } = open(auth, provider, { credentials: held })
  await connection.fetch(api)
  expect(provider.asked.map(({ url, body, headers }) => [url, body, headers.get('x-version')])).toEqual([
    ['https://as.example.com/refresh', '{"grant_type":"refresh_token","rt":"old-refresh-token","scope":"a b","client_id":"the-client-id","client_secret":"the-client-secret"}', '1'],
  ])
})

test('a dead refresh token of a grant without a person leads to a new grant, once', async () => {
  const provider = world(({ form: sent }) => (sent.get('grant_type') === 'refresh_token' ? json({ error: 'invalid_grant' }, { status: 400 }) : json(refreshToken)))
  const { connection, credentials } = open(oauth2({ grant: 'password', tokenUrl }), provider, { settings: { ...app, username: 'u', password: 'p' }, credentials: held })
  await connection.fetch(api)
  expect(provider.asked.map(({ form: sent }) => sent.get('grant_type'))).toEqual(['refresh_token', 'password'])
  expect((await credentials())?.accessToken).toBe('second-access-token')
})

test('an access token alone is static: it is used until the API says that it is dead', async () => {
  const provider = world(() => json({}))
  const { connection } = open(oauth2({ tokenUrl }), provider, { credentials: { accessToken: 'only-access-token' } })
  await connection.fetch(api)
  await provider.clock.advance(10 * 86_400_000)
  await connection.fetch(api)
  expect([provider.asked.length, provider.sent.map(({ headers }) => headers.get('authorization'))]).toEqual([0, ['Bearer only-access-token', 'Bearer only-access-token']])
})

test.each<[NonNullable<OAuth2Options['place']>, string, Record<string, string>]>([
  [{ prefix: 'SSWS' }, `${api}/`, { authorization: 'SSWS t0' }],
  [{ header: 'x-token', prefix: '' }, `${api}/`, { 'x-token': 't0' }],
  [{ query: 'auth' }, `${api}/?auth=t0`, {}],
  [[{}, { header: 'client-id', value: '{clientId}' }], `${api}/`, { authorization: 'Bearer t0', 'client-id': 'the-client-id' }],
  [{ token: 'bot' }, `${api}/`, { authorization: 'Bearer b0' }],
  [{ value: 'Zoho-oauthtoken {site}' }, `${api}/`, { authorization: 'Zoho-oauthtoken s0' }],
])('a token goes where place says: %j', async (place, url, headers) => {
  const provider = world(() => json({}))
  const credentials = { accessToken: 't0', tokenType: 'bEaReR', tokens: { bot: { accessToken: 'b0' } }, metadata: { site: 's0' } }
  const { connection } = open(oauth2({ tokenUrl, place }), provider, { credentials })
  await connection.fetch(api)
  expect(provider.sent[0]?.url).toBe(url)
  const sent = provider.sent[0]?.headers ?? new Headers()
  for (const [name, value] of Object.entries(headers)) expect(sent.get(name)).toBe(value)
  if (!('authorization' in headers)) expect(sent.has('authorization')).toBe(false)
})

test('several tokens in one answer are kept by name', async () => {
  const answer = { ok: true, access_token: 'xoxb-1', token_type: 'bot', authed_user: { access_token: 'xoxp-1', refresh_token: 'xoxe-1', expires_in: 43_200, scope: 'a,b' } }
  const provider = world(() => json(answer))
  const auth = oauth2({ ...cc, response: { tokens: { user: { access_token: 'authed_user.access_token', refresh_token: 'authed_user.refresh_token', expires_in: 'authed_user.expires_in', scope: 'authed_user.scope', token_type: 'authed_user.token_type' } } } })
  const { connection, credentials } = open(auth, provider)
  await connection.fetch(api)
  expect(await credentials()).toEqual({
    accessToken: 'xoxb-1',
    tokenType: 'bot',
    tokens: { user: { accessToken: 'xoxp-1', refreshToken: 'xoxe-1', expiresAt: provider.clock.now() + 43_200_000, scopes: ['a', 'b'] } },
  })
})

test('revoking sends the refresh token, or what the definition says, with the client', async () => {
  const provider = world(() => new Response(''))
  const revocationUrl = 'https://as.example.com/revoke'
  const one = open(oauth2({ tokenUrl, revocationUrl }), provider, { credentials: held })
  await one.connection.revoke()
  const two = open(oauth2({ tokenUrl, revocationUrl, revoke: { tokens: ['access_token', 'refresh_token'], format: 'query' } }), provider, { credentials: held })
  await two.connection.revoke()
  expect(provider.asked.map(({ url, body }) => [url.slice(revocationUrl.length), body])).toEqual([
    ['', 'token=old-refresh-token&token_type_hint=refresh_token&client_id=the-client-id&client_secret=the-client-secret'],
    ['?token=old-access-token&token_type_hint=access_token&client_id=the-client-id&client_secret=the-client-secret', ''],
    ['?token=old-refresh-token&token_type_hint=refresh_token&client_id=the-client-id&client_secret=the-client-secret', ''],
  ])
  expect(await one.credentials()).toBe(undefined)
})

test.each<[number, object, string | undefined]>([
  [200, {}, undefined],
  [400, { error: 'unsupported_token_type' }, undefined],
  [401, { error: 'invalid_client' }, 'client_rejected'],
  [503, {}, 'provider_unavailable'],
])('a revocation that is answered with %d %j ends as %s, and the tokens are gone here', async (status, body, code) => {
  const provider = world(() => json(body, { status }))
  const opened = open(oauth2({ tokenUrl, revocationUrl: 'https://as.example.com/revoke' }), provider, { credentials: held })
  const outcome: unknown = await opened.connection.revoke().catch((error: unknown) => error)
  expect((outcome as { code?: string } | undefined)?.code).toBe(code)
  expect(await opened.credentials()).toBe(undefined)
})

test('userinfo proves a connection with its token, and introspection with the client; neither goes to the API', async () => {
  const provider = world(({ url }) => json(url.endsWith('/userinfo') ? { sub: 'u1', email: 'a@example.com' } : { active: true, sub: 'u2', username: 'ann' }))
  const alive = { ...held, expiresAt: undefined }
  const userinfo = open(oauth2({ tokenUrl, userinfoUrl: 'https://as.example.com/userinfo' }), provider, { credentials: alive })
  expect(await userinfo.connection.test()).toEqual({ id: 'u1', label: 'a@example.com' })
  const introspection = open(oauth2({ tokenUrl, introspectionUrl: 'https://as.example.com/introspect' }), provider, { credentials: alive })
  expect(await introspection.connection.test()).toEqual({ id: 'u2', label: 'ann' })
  expect(provider.asked.map(({ headers, body }) => [headers.get('authorization'), body])).toEqual([
    ['Bearer old-access-token', ''],
    [null, 'token=old-access-token&token_type_hint=access_token&client_id=the-client-id&client_secret=the-client-secret'],
  ])
  expect(provider.sent).toHaveLength(0)
})

test('a token that is not active does not pass for a connection', async () => {
  const provider = world(() => json({ active: false }))
  const { connection } = open(oauth2({ tokenUrl, introspectionUrl: 'https://as.example.com/i' }), provider, { credentials: { accessToken: 'x' } })
  expect(await rejection(connection.test())).toMatchObject({ code: 'credentials_rejected' })
})

test.each<[OAuth2Options, string]>([
  [{ grant: 'client_credentials' }, 'give tokenUrl'],
  [{ grant: 'device_code', tokenUrl }, 'deviceUrl'],
  [{ authorizationUrl: tokenUrl, tokenUrl, authorize: { pushed: true } }, 'pushedUrl'],
  [{ tokenUrl, authorize: { state: { length: 4 } } }, 'length'],
  [{ tokenUrl, authorize: { state: { alphabet: 'abc' } } }, 'alphabet'],
  [{ tokenUrl: 'https://{x}.com/token' }, 'choose the domain'],
  [{ tokenUrl: '/token' }, 'absolute'],
  [{ tokenUrl, place: { header: 'host' } }, 'host'],
  [{ tokenUrl, endpointOrigins: ['https://*.com'] }, 'endpointOrigins'],
])('%j is refused where it is written', (options, words) => {
  expect(() => oauth2(options)).toThrow(words)
})
