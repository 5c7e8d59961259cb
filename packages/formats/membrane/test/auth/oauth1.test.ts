import { createHmac } from 'node:crypto'
import { expect, test } from '@jest/globals'
import type { Connection } from '@latchkey/core'
import type { Sent } from '../../../../../tools/network.ts'
import { base, define, open } from './support.ts'

const redirectUri = 'https://app.test/cb'
const settings = { consumerKey: 'ck-1', consumerSecret: 'consumer-secret' }
const getOAuthConfig = {
  consumerKey: { $var: 'connectorParameters.consumerKey' },
  consumerSecret: { $var: 'connectorParameters.consumerSecret' },
  requestTokenUri: 'https://auth.acme.test/request_token',
  authorizeUri: 'https://auth.acme.test/authorize',
  tokenUri: 'https://auth.acme.test/access_token',
}
const trello = (more: object = {}, client: object = {}) =>
  define(
    { type: 'oauth1' },
    { getOAuthConfig: { ...getOAuthConfig, ...more }, makeApiClient: { baseUri: base, ...client } },
  )

const provider = ({ url }: Sent): Response =>
  url.endsWith('/request_token')
    ? new Response('oauth_token=rt-1&oauth_token_secret=rs-1&oauth_callback_confirmed=true')
    : url.endsWith('/access_token')
      ? new Response('oauth_token=at-123456&oauth_token_secret=as-123456&user_id=u-1')
      : new Response('{}')

const signIn = async (connection: Connection): Promise<URL> => {
  const { url, pending } = await connection.authorize.begin({ redirectUri })
  await connection.authorize.complete(pending, `${redirectUri}?oauth_token=rt-1&oauth_verifier=v-1`)
  return new URL(url)
}

const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)

/** Whether a request is signed with these secrets. RFC 5849 section 3.4. */
const isSigned = ({ method, url, headers }: Sent, key: string): boolean => {
  const parts = Object.fromEntries(
    Array.from((headers.get('authorization') ?? '').matchAll(/(\w+)="([^"]*)"/g), ([, name, value]) => [
      name,
      decodeURIComponent(value ?? ''),
    ]),
  ) as Record<string, string>
  const { oauth_signature: signature, ...own } = parts
  const { origin, pathname, searchParams } = new URL(url)
  const pairs = [...Object.entries(own), ...searchParams].map((pair) => pair.map(encoded).join('='))
  const text = [method, `${origin}${pathname}`, pairs.sort().join('&')].map(encoded).join('&')
  return createHmac('sha1', key).update(text).digest('base64') === signature
}

test('three legs, and each request is signed over what the client puts in its query', async () => {
  const imported = trello({ extra: { name: 'Demo {x}' }, scopes: ['read', 'write'] }, { query: { v: 2 } })
  const { connection, sent } = open(imported, settings, provider)
  const page = await signIn(connection)
  expect(Object.fromEntries(page.searchParams)).toEqual({
    oauth_token: 'rt-1',
    name: 'Demo {x}',
    scope: 'read,write',
  })
  expect(await connection.credentials()).toEqual({
    values: { oauth_token: 'at-123456', oauth_token_secret: 'as-123456', user_id: 'u-1' },
  })
  await connection.fetch(`${base}/boards?b=1%202`)
  expect(sent.map(({ url }) => url)).toEqual([
    'https://auth.acme.test/request_token',
    'https://auth.acme.test/access_token',
    `${base}/boards?b=1%202&v=2`,
  ])
  const [requested, exchanged, call] = sent as [Sent, Sent, Sent]
  expect(isSigned(requested, 'consumer-secret&')).toBe(true)
  expect(isSigned(exchanged, 'consumer-secret&rs-1')).toBe(true)
  expect(isSigned(call, 'consumer-secret&as-123456')).toBe(true)
})

test('extra cannot replace a parameter of the protocol, and a redirect of another sign-in is refused', async () => {
  const { connection } = open(trello({ extra: { oauth_token: 'x' } }), settings, provider)
  await expect(signIn(connection)).rejects.toMatchObject({ code: 'definition_invalid' })
  const other = open(trello(), settings, provider)
  const { pending } = await other.connection.authorize.begin({ redirectUri })
  await expect(
    other.connection.authorize.complete(pending, `${redirectUri}?oauth_token=other&oauth_verifier=v-1`),
  ).rejects.toMatchObject({ code: 'authorization_mismatch' })
  expect(other.sent.length).toBe(1)
})

test('refreshCredentials gets a client that signs', async () => {
  const imported = define(
    { type: 'oauth1' },
    {
      getOAuthConfig,
      makeApiClient: { baseUri: base },
      refreshCredentials: ({ apiClient }: { apiClient: { post(path: string): unknown } }) =>
        apiClient.post('/renew'),
    },
  )
  const { connection, sent } = open(imported, settings, (request) =>
    request.url.endsWith('/renew')
      ? Response.json({ oauth_token: 'at-2', oauth_token_secret: 'as-2' })
      : provider(request),
  )
  await signIn(connection)
  await connection.refresh()
  expect(isSigned(sent[2] as Sent, 'consumer-secret&as-123456')).toBe(true)
  await connection.fetch(`${base}/boards`)
  expect(isSigned(sent[3] as Sent, 'consumer-secret&as-2')).toBe(true)
})
