import { createHmac, createPublicKey, verify } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { jwtClaims } from '@latchkey/core/crypto'
import { oauth2 } from '@latchkey/oauth2'
import { asked, cc, pem, publicKey, token } from './asked.ts'
import { api, app, json, open, rejection, tokenUrl, world } from './support.ts'

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
  const { connection } = open(
    oauth2(raw),
    world(() => json(token)),
    { settings: odd },
  )
  expect(await rejection(connection.fetch(api))).toMatchObject({
    code: 'settings_invalid',
    field: 'clientId',
  })
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
  const options = {
    ...cc,
    issuer: 'https://as.example.com',
    clientAuth: 'private_key_jwt',
    clientKeyId: 'k1',
  } as const
  const { form: sent, provider } = await asked(options, {
    clientId: 'id',
    privateKey: pem.replaceAll('\n', '\\n'),
  })
  const jwt = sent.get('client_assertion') ?? ''
  const [head = '', payload = '', signature = ''] = jwt.split('.')
  expect([...sent.keys()]).toEqual(['grant_type', 'client_id', 'client_assertion_type', 'client_assertion'])
  expect(sent.get('client_assertion_type')).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
  expect(JSON.parse(Buffer.from(head, 'base64url').toString())).toEqual({
    alg: 'RS256',
    typ: 'JWT',
    kid: 'k1',
  })
  const now = Math.floor(provider.clock.now() / 1000)
  expect(jwtClaims(jwt)).toEqual({
    iss: 'id',
    sub: 'id',
    aud: 'https://as.example.com',
    iat: now,
    exp: now + 60,
    jti: expect.stringMatching(/^[\w-]{22}$/) as never,
  })
  expect(
    verify(
      'sha256',
      Buffer.from(`${head}.${payload}`),
      createPublicKey(publicKey.export({ type: 'spki', format: 'pem' })),
      Buffer.from(signature, 'base64url'),
    ),
  ).toBe(true)
})

test('client_secret_jwt signs with the secret, for the token endpoint where there is no issuer', async () => {
  const { form: sent } = await asked({ ...cc, clientAuth: 'client_secret_jwt' })
  const jwt = sent.get('client_assertion') ?? ''
  const [head = '', payload = '', signature] = jwt.split('.')
  expect(signature).toBe(
    createHmac('sha256', app.clientSecret).update(`${head}.${payload}`).digest('base64url'),
  )
  expect(jwtClaims(jwt)).toMatchObject({ aud: tokenUrl })
  expect(sent.has('client_secret')).toBe(false)
})

test('an Authorization header of the definition stands for the client: there is never a second proof', async () => {
  const headers = { authorization: 'Custom {clientId}' }
  for (const clientAuth of ['client_secret_post', 'client_secret_basic'] as const) {
    const sent = await asked({ ...cc, clientAuth, token: { headers } })
    expect([sent.headers.get('authorization'), sent.body]).toEqual([
      'Custom the-client-id',
      'grant_type=client_credentials',
    ])
  }
})

test('a token request may be JSON, with nested extras and numbers as they are', async () => {
  const { headers, body } = await asked({
    ...cc,
    token: { format: 'json', params: { account: { id: 7 }, on: true, tenant: '{clientId}' } },
  })
  expect(headers.get('content-type')).toBe('application/json')
  expect(body).toBe(
    '{"grant_type":"client_credentials","client_id":"the-client-id","client_secret":"the-client-secret","account":{"id":7},"on":true,"tenant":"the-client-id"}',
  )
})

test('a token request may be all query, or have a query besides', async () => {
  const { url, body, headers } = await asked({
    ...cc,
    tokenUrl: `${tokenUrl}?v=1`,
    token: { format: 'query' },
  })
  expect(url).toBe(
    `${tokenUrl}?v=1&grant_type=client_credentials&client_id=the-client-id&client_secret=the-client-secret`,
  )
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
