import { expect, test } from '@jest/globals'
import { oauth2 } from '@latchkey/oauth2'
import { base, token } from './begun.ts'
import { authorizationUrl, json, open, redirectUri, rejection, tokenUrl, world } from './support.ts'
import { base64urlEncode } from '@latchkey/core/http'

const withIssuer = { issuer: 'https://as.example.com' }
test('a server that says that it names itself must do so', async () => {
  const metadata = {
    issuer: 'https://as.example.com',
    authorization_endpoint: authorizationUrl,
    token_endpoint: tokenUrl,
    authorization_response_iss_parameter_supported: true,
  }
  const provider = world(({ url }) => (url.includes('.well-known') ? json(metadata) : json(token)))
  const { connection, credentials } = open(oauth2({ issuer: 'https://as.example.com' }), provider)
  const { pending } = await connection.authorize.begin({ redirectUri })
  const { state } = pending as { state: string }
  expect(await rejection(connection.authorize.complete(pending, `code=c&state=${state}`))).toMatchObject({
    code: 'authorization_mismatch',
  })
  await connection.authorize.complete(pending, `code=c&state=${state}&iss=https://as.example.com`)
  expect((await credentials())?.issuer).toBe('https://as.example.com')
  expect(provider.asked.map(({ url }) => url)).toEqual([
    'https://as.example.com/.well-known/oauth-authorization-server',
    tokenUrl,
  ])
})

const claims = {
  iss: 'https://as.example.com',
  sub: 'u1',
  aud: 'the-client-id',
  exp: 4_000_000_000,
  email: 'a@example.com',
}
const idToken = (more: object): string =>
  `e30.${base64urlEncode(JSON.stringify({ ...claims, ...more }))}.c2ln`

test.each<[string, object]>([
  ['another issuer', { iss: 'https://evil.example' }],
  ['another audience', { aud: ['x'] }],
  ['an end in the past', { exp: 1 }],
  ['another nonce', { nonce: 'x' }],
  ['no nonce', { nonce: undefined }],
])('an ID token with %s spoils the sign-in, and nothing is stored', async (_, more) => {
  const provider = world(({ form }) =>
    json({ ...token, id_token: idToken({ nonce: form.get('x'), ...more }) }),
  )
  const { connection, credentials } = open(oauth2({ ...base, ...withIssuer, scopes: ['openid'] }), provider)
  const { pending } = await connection.authorize.begin({ redirectUri })
  const { state } = pending as { state: string }
  expect(await rejection(connection.authorize.complete(pending, `code=c&state=${state}`))).toMatchObject({
    code: 'authorization_mismatch',
  })
  expect(await credentials()).toBe(undefined)
})

test('an ID token names the account', async () => {
  let nonce = ''
  const provider = world(() => json({ ...token, id_token: idToken({ nonce }) }))
  const { connection, credentials } = open(
    oauth2({ ...base, ...withIssuer, scopes: ['openid'], proof: 'id_token' }),
    provider,
  )
  const { pending, url } = await connection.authorize.begin({ redirectUri })
  nonce = new URL(url).searchParams.get('nonce') ?? ''
  await connection.authorize.complete(pending, `code=c&state=${(pending as { state: string }).state}`)
  expect((await credentials())?.claims).toEqual({ iss: claims.iss, sub: 'u1', email: 'a@example.com' })
  expect(await connection.test()).toEqual({ id: 'u1', label: 'a@example.com' })
})
