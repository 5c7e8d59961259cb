import { expect, test } from '@jest/globals'
import { jwtClaims } from '@latchkey/core/crypto'
import { oauth2 } from '@latchkey/oauth2'
import { asked, cc, pem, token } from './asked.ts'
import { api, app, json, open, rejection, tokenUrl, world } from './support.ts'

test('the password grant sends what the user typed', async () => {
  const { body } = await asked({ grant: 'password', tokenUrl }, { ...app, username: 'ü', password: 'p&w' })
  expect(body).toBe(
    'grant_type=password&username=%C3%BC&password=p%26w&client_id=the-client-id&client_secret=the-client-secret',
  )
})

test('any other grant is its type and its parameters', async () => {
  const { body } = await asked(
    {
      grant: { type: 'account_credentials' },
      tokenUrl,
      fields: { account: { type: 'string', label: 'Account', required: true } },
      token: { params: { account_id: '{account}' } },
    },
    { ...app, account: 'a1' },
  )
  expect(body).toBe(
    'grant_type=account_credentials&client_id=the-client-id&client_secret=the-client-secret&account_id=a1',
  )
})

test('a service account signs with its own key and name, for the token endpoint of the definition and no other', async () => {
  const account = {
    type: 'service_account',
    client_email: 'robot@example.com',
    private_key_id: 'kid1',
    private_key: pem,
    token_uri: 'https://evil.example/token',
  }
  const options = {
    grant: 'jwt_bearer',
    tokenUrl,
    scopes: ['a', 'b'],
    assertion: { scopeClaim: true, lifetime: 3600 },
  } as const
  const {
    url,
    form: sent,
    provider,
  } = await asked(options, { privateKey: JSON.stringify(account), subject: 'boss@example.com' })
  expect(url).toBe(tokenUrl)
  expect([...sent.keys()]).toEqual(['grant_type', 'assertion'])
  expect(sent.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer')
  const jwt = sent.get('assertion') ?? ''
  expect(JSON.parse(Buffer.from(jwt.split('.')[0] ?? '', 'base64url').toString())).toEqual({
    alg: 'RS256',
    typ: 'JWT',
    kid: 'kid1',
  })
  const iat = Math.floor(provider.clock.now() / 1000)
  expect(jwtClaims(jwt)).toEqual({
    iss: 'robot@example.com',
    sub: 'boss@example.com',
    aud: tokenUrl,
    iat,
    exp: iat + 3600,
    jti: expect.any(String) as never,
    scope: 'a b',
  })
})

test('a bare key needs to be told whose it is', async () => {
  const { connection } = open(
    oauth2({ grant: 'jwt_bearer', tokenUrl }),
    world(() => json(token)),
    { settings: { privateKey: pem } },
  )
  expect(await rejection(connection.fetch(api))).toMatchObject({ code: 'settings_invalid', field: 'issuer' })
})

test('a token exchange names the tokens and their types', async () => {
  const { body } = await asked(
    {
      grant: 'token_exchange',
      tokenUrl,
      clientId: 'id',
      exchange: { audience: 'aud', actorTokenType: 'urn:x', requestedTokenType: 'urn:y' },
    },
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
    ['authorizationUrl', 'tokenUrl', 'revocationUrl', 'clientId', 'clientSecret'].map((name) => [
      name,
      'app',
    ]),
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
    fields: {
      clientId: { label: 'App key', help: 'On the console' },
      site: { type: 'string', label: 'Site' },
    },
  })
  expect(Object.keys(auth.fields)).toEqual(['site', 'app_key', 'app_secret'])
  expect(auth.fields['app_key']).toMatchObject({
    label: 'App key',
    help: 'On the console',
    owner: 'app',
    required: true,
  })
  const provider = world(() => json(token))
  const { connection } = open(auth, provider, { settings: { app_key: 'k', app_secret: 's' } })
  await connection.fetch(api)
  expect(provider.asked[0]?.body).toBe('grant_type=client_credentials&client_id=k&client_secret=s')
})
