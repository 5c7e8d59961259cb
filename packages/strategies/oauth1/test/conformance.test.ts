import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { netsuite, oauth1 } from '@latchkey/oauth1'
import { testStrategy, type SeenRequest } from '@latchkey/testing'
import { headerParams, verifies } from './verify.ts'

const runner = { test, expect }
const settings = {
  consumerKey: 'key-canary-1',
  consumerSecret: 'secret-canary-2',
  token: 'token-canary-3',
  tokenSecret: 'token-secret-canary-4',
}

testStrategy(
  oauth1({ realm: 'Photos', test: ({ http }) => http('me').then(() => undefined) }),
  {
    settings,
    accepts: (request, side) =>
      verifies(request, side.settings) &&
      headerParams(request.headers)['oauth_consumer_key'] === side.settings.consumerKey,
    invalid: [
      { settings: { ...settings, token: 'a b' }, field: 'token' },
      { settings: { ...settings, consumerKey: 'kéy' }, field: 'consumerKey' },
      { settings: { ...settings, consumerSecret: 'x'.repeat(2_049) }, field: 'consumerSecret' },
    ],
  },
  runner,
)

testStrategy(
  oauth1({ placement: 'query', signatureMethod: 'HMAC-SHA256' }),
  { name: 'in the query', settings, accepts: (request, side) => verifies(request, side.settings) },
  runner,
)

testStrategy(
  oauth1({ placement: 'form', signatureMethod: 'HMAC-SHA512' }),
  { name: 'in the form', settings, accepts: (request, side) => verifies(request, side.settings) },
  runner,
)

testStrategy(
  oauth1({ signatureMethod: 'PLAINTEXT', flow: 'one-legged', bodyHash: true }),
  {
    name: 'plain text with one leg',
    settings: { consumerKey: settings.consumerKey, consumerSecret: settings.consumerSecret },
    accepts: (request, side) => verifies(request, side.settings),
  },
  runner,
)

const [mine, another] = [0, 1].map(() =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  }),
) as [Keys, Keys]

interface Keys {
  readonly publicKey: string
  readonly privateKey: string
}

testStrategy(
  oauth1({ signatureMethod: 'RSA-SHA256', bodyHash: true }),
  {
    name: 'RSA',
    settings: { consumerKey: 'key-canary-1', token: 'token-canary-3', privateKey: mine.privateKey },
    other: { consumerKey: 'key-canary-5', token: 'token-canary-6', privateKey: another.privateKey },
    accepts: (request, side) =>
      verifies(request, {
        publicKey: (side.settings.privateKey === mine.privateKey ? mine : another).publicKey,
      }),
    invalid: [{ settings: { consumerKey: 'k', token: 't' }, field: 'privateKey' }],
  },
  runner,
)

testStrategy(
  netsuite(),
  {
    name: 'NetSuite',
    settings: { ...settings, accountId: '1234567_sb1' },
    origin: 'https://1234567-sb1.suitetalk.api.netsuite.com',
    accepts: (request, side) =>
      verifies(request, side.settings) && headerParams(request.headers)['realm'] === '1234567_SB1',
    invalid: [{ settings: { ...settings, accountId: 'evil.com/' }, field: 'accountId' }],
  },
  runner,
)

const token = (nth: number): string =>
  new URLSearchParams({
    oauth_token: `access-canary-${nth}`,
    oauth_token_secret: `access-secret-canary-${nth}`,
    oauth_expires_in: '1800',
    oauth_session_handle: `handle-canary-${nth}`,
  }).toString()

interface Earned {
  readonly token: string
  readonly tokenSecret: string
}

const app = { consumerKey: settings.consumerKey, consumerSecret: settings.consumerSecret }

const acceptsEarned = (request: SeenRequest, consumerSecret: string, earned: Earned | undefined): boolean =>
  headerParams(request.headers)['oauth_token'] === earned?.token &&
  verifies(request, { consumerSecret, tokenSecret: earned?.tokenSecret })

testStrategy(
  oauth1({
    flow: 'two-legged',
    requestToken: 'https://auth.latchkey.test/request',
    accessToken: 'https://auth.latchkey.test/access',
  }),
  {
    name: 'two legs',
    settings: app,
    provider(request, { settings: { consumerSecret }, nth }) {
      if (request.url.hostname !== 'auth.latchkey.test') return undefined
      const temporary = { oauth_token: 'temporary', oauth_token_secret: 'temporary-secret' }
      const isFirst = request.url.pathname === '/request'
      const tokenSecret = isFirst ? '' : temporary.oauth_token_secret
      if (!verifies(request, { consumerSecret, tokenSecret })) return new Response('', { status: 401 })
      return new Response(isFirst ? new URLSearchParams(temporary).toString() : token(nth))
    },
    accepts: (request, { settings: { consumerSecret }, credentials }) =>
      acceptsEarned(request, consumerSecret, credentials),
  },
  runner,
)

testStrategy(
  oauth1({
    flow: 'three-legged',
    requestToken: 'https://auth.latchkey.test/request',
    authorize: 'https://auth.latchkey.test/authorize',
    accessToken: 'https://auth.latchkey.test/access',
    refresh: true,
  }),
  {
    name: 'three legs and a session handle',
    settings: app,
    credentials: (now) => ({
      token: 'access-canary-0',
      tokenSecret: 'access-secret-canary-0',
      sessionHandle: 'handle-canary-0',
      expiresAt: now + 1_800_000,
    }),
    provider(request, { settings: { consumerSecret }, credentials, nth }) {
      if (request.url.pathname !== '/access') return undefined
      const held = headerParams(request.headers)['oauth_session_handle'] === credentials?.sessionHandle
      return held && verifies(request, { consumerSecret, tokenSecret: credentials?.tokenSecret })
        ? new Response(token(nth))
        : new Response('oauth_problem=token_rejected', { status: 401 })
    },
    accepts: (request, { settings: { consumerSecret }, credentials }) =>
      acceptsEarned(request, consumerSecret, credentials),
  },
  runner,
)
