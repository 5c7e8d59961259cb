import { describe, expect, test } from '@jest/globals'
import type { Sent } from '../../../../../tools/network.ts'
import { custom, earning, heads, token, url } from './equivalents-support.ts'
import { base64 } from './support.ts'

describe('sessions', () => {
  test('Looker: the token after “token”, until its end as the answer says', async () => {
    const { connection, sent, clock } = custom(
      'source_looker.components.LookerAuthenticator',
      {},
      {
        settings: { domain: 'l.looker.com', client_id: 'i&', client_secret: 's' },
        answer: earning(token),
      },
    )
    await Promise.all(Array.from({ length: 3 }, () => connection.fetch(url)))
    clock.now += 3_601_000
    await connection.fetch(url)
    const [login, data] = sent as [Sent, Sent]
    expect([sent.length, login.url, login.body, ...heads(data, 'authorization')]).toEqual([
      6,
      'https://l.looker.com/api/4.0/login',
      'client_id=i%26&client_secret=s',
      'token at',
    ])
  })

  test('Facebook: the token of the page, in the query', async () => {
    const { connection, sent } = custom(
      'source_facebook_pages.components.AuthenticatorFacebookPageAccessToken',
      { page_id: "{{ config['page_id'] }}", access_token: "{{ config['access_token'] }}" },
      { settings: { page_id: '12/3', access_token: 'user' }, answer: earning({ access_token: 'page' }) },
    )
    await connection.fetch(`${url}?a=1`)
    await connection.fetch(url)
    expect(sent.map((each) => `${each.method} ${each.url}`)).toEqual([
      'GET https://graph.facebook.com/12%2F3?fields=access_token&access_token=user',
      `GET ${url}?a=1&access_token=page`,
      `GET ${url}?access_token=page`,
    ])
  })

  test('Railz: a login with GET and Basic, for as long as the manifest says', async () => {
    const { connection, sent, clock } = custom(
      'source_railz.components.ShortLivedTokenAuthenticator',
      {
        client_id: "{{ config['id'] }}",
        secret_key: "{{ config['secret'] }}",
        url: 'https://auth.railz.ai/getAccess',
        token_key: 'access_token',
        lifetime: 'PT3600S',
      },
      { settings: { id: 'i', secret: 's' }, answer: earning({ access_token: 'at' }) },
    )
    await connection.fetch(url)
    clock.now += 3_601_000
    await connection.fetch(url)
    const logins = sent.filter((each) => each.url !== url)
    expect([
      logins.map(({ method, url: sentTo }) => [method, sentTo]),
      ...heads(logins[0] as Sent, 'authorization'),
    ]).toEqual([Array(2).fill(['GET', 'https://auth.railz.ai/getAccess']), `Basic ${base64('i:s')}`])
    expect(heads(sent[1] as Sent, 'authorization')).toEqual(['Bearer at'])
  })

  test.each([
    [{ access_token: 'at', token_type: 'Token' }, false, 'younium-identity-server', 'Token at'],
    [{ access_token: 'at' }, true, 'younium-identity-server-sandbox', 'Bearer at'],
  ])('Younium: the token after its type: %j', async (body, playground, host, expected) => {
    const names = ['username', 'password', 'legal_entity', 'grant_type', 'client_id', 'scope']
    const { connection, sent } = custom(
      'source_younium.components.CustomYouniumAuthenticator',
      {
        ...Object.fromEntries(names.map((name) => [name, name])),
        username: "{{ config['user'] }}",
      },
      { settings: { user: 'u', playground }, answer: earning(body) },
    )
    await connection.fetch(url)
    const [login, data] = sent as [Sent, Sent]
    expect([login.url, login.body, ...heads(data, 'authorization')]).toEqual([
      `https://${host}.azurewebsites.net/connect/token`,
      'username=u&password=password&legal_entity=legal_entity&grant_type=grant_type&client_id=client_id&scope=scope',
      expected,
    ])
  })

  test('My Hours: a password for a token, and its headers', async () => {
    const { connection, sent } = custom(
      'source_declarative_manifest.components.CustomAuthenticator',
      { email: "{{ config['email'] }}", password: "{{ config['password'] }}" },
      {
        settings: { email: 'e', password: 'p' },
        answer: earning({ accessToken: 'at', refreshToken: 'r', expiresIn: 100 }),
      },
      'https://api2.myhours.com/api',
    )
    await connection.fetch(url)
    const [login, data] = sent as [Sent, Sent]
    expect([login.url, JSON.parse(login.body), ...heads(login, 'api-version')]).toEqual([
      'https://api2.myhours.com/api/tokens/login',
      { email: 'e', password: 'p', grantType: 'password', clientId: 'api' },
      '1.0',
    ])
    expect(heads(data, 'authorization', 'accept', 'api-version')).toEqual([
      'Bearer at',
      'application/json',
      '1.0',
    ])
  })

  test('Avni: the server names the client, Cognito takes the password', async () => {
    const { connection, sent } = custom(
      'source_avni.components.CustomAuthenticator',
      { username: "{{ config['username'] }}", password: "{{ config['password'] }}" },
      {
        settings: { username: 'u', password: 'p{x}' },
        answer: ({ url: sentTo }) =>
          sentTo.includes('idp-details')
            ? Response.json({ cognito: { clientId: 'cid' } })
            : sentTo.includes('cognito-idp')
              ? Response.json({ AuthenticationResult: { IdToken: 'it' } })
              : new Response('ok'),
      },
    )
    await Promise.all([connection.fetch(url), connection.fetch(url)])
    const [details, login, data] = sent as [Sent, Sent, Sent]
    expect([sent.length, details.url, login.url, JSON.parse(login.body)]).toEqual([
      4,
      'https://app.avniproject.org/idp-details',
      'https://cognito-idp.ap-south-1.amazonaws.com/',
      {
        AuthFlow: 'USER_PASSWORD_AUTH',
        ClientId: 'cid',
        AuthParameters: { USERNAME: 'u', PASSWORD: 'p{x}' },
      },
    ])
    expect([
      ...heads(login, 'x-amz-target', 'content-type'),
      ...heads(data, 'auth-token', 'authorization'),
    ]).toEqual(['AWSCognitoIdentityProviderService.InitiateAuth', 'application/x-amz-json-1.1', 'it', null])
  })
})
