import { createVerify, generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import type { Sent } from '../../../../../tools/network.ts'
import { client, custom, earning, heads, token, url } from './equivalents-support.ts'
import { base64 } from './support.ts'

describe('OAuth', () => {
  const settings = { id: 'my:id', secret: '1e5' }
  const basic = `Basic ${base64('my:id:1e5')}`

  test('PayPal: the client in Basic', async () => {
    const { connection, sent } = custom(
      'source_paypal_transaction.components.PayPalOauth2Authenticator',
      { ...client, grant_type: 'client_credentials' },
      { settings, answer: earning(token) },
    )
    await Promise.all([connection.fetch(url), connection.fetch(url)])
    const [login, data] = sent as [Sent, Sent]
    expect([sent.length, login.url, login.body, ...heads(login, 'authorization')]).toEqual([
      3,
      'https://login.example/token',
      'grant_type=client_credentials',
      basic,
    ])
    expect(heads(data, 'authorization')).toEqual(['Bearer at'])
  })

  test('Okta: the client in Basic, and the token after SSWS', async () => {
    const { connection, sent } = custom(
      'source_okta.components.CustomOauth2Authenticator',
      { ...client, refresh_token: "{{ config['refresh'] }}" },
      { settings: { ...settings, refresh: 'r1' }, answer: earning(token) },
    )
    await connection.fetch(url)
    const [login, data] = sent as [Sent, Sent]
    expect([login.body, ...heads(login, 'authorization'), ...heads(data, 'authorization')]).toEqual([
      'grant_type=refresh_token&refresh_token=r1',
      basic,
      'SSWS at',
    ])
  })

  test('Zoom: account credentials in the query, the client in Basic', async () => {
    const { connection, sent } = custom(
      'source_zoom.components.ServerToServerOauthAuthenticator',
      {
        account_id: "{{ config['account'] }}",
        client_id: client.client_id,
        client_secret: client.client_secret,
        authorization_endpoint: 'https://zoom.us/oauth/token',
      },
      { settings: { ...settings, account: 'a b' }, answer: earning(token) },
    )
    await connection.fetch(url)
    const [login, data] = sent as [Sent, Sent]
    expect([login.method, login.url, login.body, ...heads(login, 'authorization')]).toEqual([
      'POST',
      'https://zoom.us/oauth/token?grant_type=account_credentials&account_id=a+b',
      '',
      basic,
    ])
    expect(heads(data, 'authorization')).toEqual(['Bearer at'])
  })

  test('commercetools: the project in the scope, all in the query', async () => {
    const { connection, sent } = custom(
      'source_commercetools.components.CommerceToolsOauth2Authenticator',
      client,
      {
        settings: { client_id: 'i', client_secret: 's', region: 'eu', host: 'gcp', project_key: 'p' },
        answer: earning(token),
      },
    )
    await connection.fetch(url)
    const login = sent[0] as Sent
    expect([login.url, ...heads(login, 'authorization')]).toEqual([
      'https://auth.eu.gcp.commercetools.com/oauth/token?grant_type=client_credentials&scope=manage_project%3Ap',
      `Basic ${base64('i:s')}`,
    ])
  })

  test('Salesloft: refresh tokens that are used once', async () => {
    const { connection, sent } = custom(
      'source_salesloft.components.SingleUseOauth2Authenticator',
      {},
      {
        settings: {
          'credentials.client_id': 'i',
          'credentials.client_secret': 's',
          'credentials.refresh_token': 'r1',
        },
        answer: earning({ ...token, refresh_token: 'r2' }),
      },
    )
    await connection.fetch(url)
    const [login, data] = sent as [Sent, Sent]
    expect([login.url, login.body, ...heads(data, 'authorization')]).toEqual([
      'https://accounts.salesloft.com/oauth/token',
      'grant_type=refresh_token&refresh_token=r1&client_id=i&client_secret=s',
      'Bearer at',
    ])
  })

  test('Amazon’s selling partners: headers of their own, and a 403 that means that the token has ended', async () => {
    let logins = 0
    const { connection, sent } = custom(
      'source_amazon_seller_partner.components.AmazonSPOauthAuthenticator',
      { ...client, refresh_token: "{{ config['refresh'] }}", host: 'ignored' },
      {
        settings: { ...settings, refresh: 'r1' },
        answer: ({ url: sentTo, headers }) =>
          sentTo !== url
            ? Response.json({ access_token: `at${++logins}`, expires_in: 3600 })
            : headers.get('x-amz-access-token') === 'at1'
              ? Response.json(
                  { errors: [{ message: 'The access token you provided has expired.' }] },
                  { status: 403 },
                )
              : new Response('ok'),
      },
    )
    const response = await connection.fetch(url)
    const data = sent.filter((each) => each.url === url)
    expect([
      response.status,
      logins,
      ...data.map((each) => heads(each, 'x-amz-access-token', 'x-amz-date', 'authorization')),
    ]).toEqual([200, 2, ['at1', '20240101T000000Z', null], ['at2', '20240101T000000Z', null]])
  })

  test('Okta’s private key: a signed assertion proves the client', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const { connection, sent } = custom(
      'source_okta.components.CustomOauth2PrivateKeyAuthenticator',
      {},
      {
        settings: {
          domain: 'dev-1',
          'credentials.client_id': 'cid',
          'credentials.key_id': 'kid1',
          'credentials.scope': 'okta.users.read okta.logs.read',
          'credentials.private_key': (privateKey.export({ type: 'pkcs8', format: 'pem' }) as string).trim(),
        },
        answer: earning(token),
      },
    )
    await Promise.all([connection.fetch(url), connection.fetch(url)])
    const [login, data] = sent as [Sent, Sent]
    const { client_assertion: assertion = '', ...rest } = Object.fromEntries(new URLSearchParams(login.body))
    expect([sent.length, login.url, rest, ...heads(data, 'authorization')]).toEqual([
      3,
      'https://dev-1.okta.com/oauth2/v1/token',
      {
        grant_type: 'client_credentials',
        client_id: 'cid',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        scope: 'okta.users.read okta.logs.read',
      },
      'Bearer at',
    ])
    const [header, payload, signature = ''] = assertion.split('.')
    const read = (part = ''): unknown => JSON.parse(Buffer.from(part, 'base64url').toString())
    expect(read(header)).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'kid1' })
    expect(read(payload)).toMatchObject({
      iss: 'cid',
      sub: 'cid',
      aud: 'https://dev-1.okta.com/oauth2/v1/token',
    })
    const verifier = createVerify('RSA-SHA256').update(`${header}.${payload}`)
    expect(verifier.verify(publicKey, Buffer.from(signature, 'base64url'))).toBe(true)
  })
})
