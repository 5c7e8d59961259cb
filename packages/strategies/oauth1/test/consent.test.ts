import { describe, expect, test } from '@jest/globals'
import { type AuthErrorCode, type Json } from '@latchkey/core'
import { type Sent } from '../../../../tools/network.ts'
import { access, answer, api, auth, consent, open, redirectUri, standard, temporary } from './provider.ts'
import { allParams, headerParams, seen, verifies } from './verify.ts'

test('three legs: a temporary token, a consent, an access token, and requests signed with it', async () => {
  const { connection, sent } = open()
  const prompt = await connection.authorize.begin({ redirectUri })
  expect(prompt).toMatchObject({
    url: `${auth}/authorize?lang=en&name=My+App&oauth_token=rt`,
    pending: { token: 'rt', tokenSecret: 'rts-secret', byHand: false },
  })
  expect(
    await connection.authorize.complete(
      prompt.pending,
      `${redirectUri}&oauth_token=rt&oauth_verifier=ver%20ifier`,
      { redirectUri },
    ),
  ).toBe(true)
  await connection.fetch(`${api}/me`)
  expect(sent.map(({ method, url }) => [method, url])).toEqual([
    ['POST', `${auth}/request`],
    ['POST', `${auth}/access`],
    ['GET', `${api}/me`],
  ])
  const [first, second, third] = sent.map(({ headers }) => headerParams(headers))
  expect(first).toMatchObject({ oauth_callback: redirectUri, oauth_consumer_key: 'ck' })
  expect(first).not.toHaveProperty('oauth_token')
  expect(second).toMatchObject({ oauth_token: 'rt', oauth_verifier: 'ver ifier' })
  expect(third).toMatchObject({ oauth_token: 'at' })
  const secrets = ['', 'rts-secret', 'ats-secret']
  for (const [index, tokenSecret] of secrets.entries())
    expect(verifies(seen(sent[index]!), { consumerSecret: 'cs-secret', tokenSecret })).toBe(true)
})

test('without a redirect the code is typed in: the callback is oob, and the token need not come back', async () => {
  const { connection, sent } = open()
  const { pending } = await connection.authorize.begin()
  expect(await connection.authorize.complete(pending, 'oauth_verifier=123456')).toBe(true)
  expect(headerParams(sent[0]!.headers)['oauth_callback']).toBe('oob')
  expect(headerParams(sent[1]!.headers)['oauth_verifier']).toBe('123456')
})

describe('what comes back is held against what was kept', () => {
  const cases: [string, string, AuthErrorCode][] = [
    ['another token', 'oauth_token=other&oauth_verifier=v', 'authorization_mismatch'],
    ['no token', 'oauth_verifier=v', 'authorization_mismatch'],
    ['no verifier', 'oauth_token=rt', 'authorization_mismatch'],
    ['an empty verifier', 'oauth_token=rt&oauth_verifier=', 'authorization_mismatch'],
    ['two verifiers', 'oauth_token=rt&oauth_verifier=a&oauth_verifier=b', 'authorization_mismatch'],
    ['two tokens', 'oauth_token=rt&oauth_token=rt&oauth_verifier=a', 'authorization_mismatch'],
    ["Twitter's refusal", 'denied=rt', 'authorization_denied'],
    ["somebody else's refusal", 'denied=other', 'authorization_mismatch'],
    ["Xero's refusal", 'oauth_token=rt&oauth_problem=user_refused', 'authorization_denied'],
  ]
  test.each(cases)('%s', async (_, callback, code) => {
    const { connection, sent } = open()
    await expect(consent(connection, callback)).rejects.toMatchObject({ code, scheme: 'oauth1' })
    expect(sent).toHaveLength(1)
  })

  test('a refusal in odd words is not repeated', async () => {
    const { connection } = open()
    await expect(consent(connection, 'oauth_token=rt&oauth_problem=<b>x</b>')).rejects.toThrow(
      /^Consent was not given$/,
    )
  })

  test('what was kept must be ours', async () => {
    const { connection } = open()
    for (const pending of [null, 'x', {}, { token: 'rt' }] as Json[])
      await expect(
        connection.authorize.complete(pending, 'oauth_token=rt&oauth_verifier=v'),
      ).rejects.toMatchObject({
        code: 'authorization_mismatch',
      })
  })
})

test('a callback that the provider does not confirm is an error, unless the option says that it never does', async () => {
  const { oauth_callback_confirmed: _, ...unconfirmed } = temporary
  const reply = (request: Sent, path: string): Response =>
    path === '/request' ? answer(unconfirmed) : standard(request, path)
  await expect(open(reply).connection.authorize.begin()).rejects.toMatchObject({ code: 'response_invalid' })
  expect(await consent(open(reply, { confirmsCallback: false }).connection)).toBe(true)
})

test('parameters of an endpoint are signed: in the form of a POST, in the query of a GET', async () => {
  const params = { scope: 'read write', key: '{consumerKey}' }
  for (const method of ['POST', 'GET'] as const) {
    const { connection, sent } = open(standard, {
      requestToken: { url: `${auth}/request?a=1`, method, params },
    })
    await connection.authorize.begin({ redirectUri })
    const [request] = sent
    expect([request?.method, request?.url, request?.body]).toEqual(
      method === 'POST'
        ? ['POST', `${auth}/request?a=1`, 'scope=read+write&key=ck']
        : ['GET', `${auth}/request?a=1&scope=read+write&key=ck`, ''],
    )
    expect(allParams(seen(request!))).toContainEqual(['scope', 'read write'])
    expect(verifies(seen(request!), { consumerSecret: 'cs-secret' })).toBe(true)
  }
})

test('what else comes with the token is kept, and what the option names of the redirect', async () => {
  const reply = (request: Sent, path: string): Response =>
    path === '/access' ? answer({ ...access, user_id: '7', screen_name: 'ada' }) : standard(request, path)
  const { connection } = open(reply, { callbackValues: ['realmId', 'absent'] })
  await consent(connection, 'oauth_token=rt&oauth_verifier=v&realmId=99')
  expect(await connection.credentials()).toEqual({
    token: 'at',
    tokenSecret: 'ats-secret',
    values: { realmId: '99', user_id: '7', screen_name: 'ada' },
  })
})

describe('refusals of a token endpoint', () => {
  const cases: [string, () => Response, AuthErrorCode, RegExp][] = [
    [
      'a 401',
      () => new Response('cs-secret', { status: 401 }),
      'client_rejected',
      /^auth\.example\.com refused to give a token$/,
    ],
    [
      'a problem that is known',
      () => new Response('oauth_problem=consumer_key_unknown', { status: 400 }),
      'client_rejected',
      /\(consumer_key_unknown\)$/,
    ],
    [
      'a problem in the header',
      () =>
        new Response('', {
          status: 401,
          headers: { 'www-authenticate': 'OAuth realm="r", oauth_problem="timestamp_refused"' },
        }),
      'client_rejected',
      /\(timestamp_refused\)$/,
    ],
    [
      'a problem that nobody knows',
      () => new Response('oauth_problem=cs-secret', { status: 403 }),
      'client_rejected',
      /token$/,
    ],
    [
      'a nonce that was used',
      () => new Response('oauth_problem=nonce_used', { status: 401 }),
      'credentials_rejected',
      /\(nonce_used\)$/,
    ],
    ['an outage', () => new Response('', { status: 503 }), 'provider_unavailable', /503/],
    [
      'an answer without a token',
      () => new Response('<html>cs-secret</html>'),
      'response_invalid',
      /answered without a token$/,
    ],
    [
      'a redirect',
      () => new Response('', { status: 302, headers: { location: 'https://evil.example/' } }),
      'response_invalid',
      /302/,
    ],
  ]
  test.each(cases)('%s', async (_, reply, code, message) => {
    const { connection, sent } = open(reply)
    const error: unknown = await connection.authorize
      .begin({ redirectUri })
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code })
    expect((error as Error).message).toMatch(message)
    expect((error as Error).message).not.toContain('cs-secret')
    expect(sent).toHaveLength(1)
  })

  test("of a verifier concern the person's sign-in, not the application", async () => {
    const { connection } = open((request, path) =>
      path === '/access' ? new Response('', { status: 401 }) : standard(request, path),
    )
    await expect(consent(connection)).rejects.toMatchObject({
      code: 'credentials_rejected',
      remedy: 'reconnect',
    })
  })
})
