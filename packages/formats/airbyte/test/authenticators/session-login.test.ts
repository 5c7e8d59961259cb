import { describe, expect, test } from '@jest/globals'
import type { Sent } from '../../../../../tools/network.ts'
import { strategyOf } from '../../src/authenticators/index.ts'
import { answers, loginUrl, session, tokens, url } from './session-support.ts'
import { base64, connected, failure, whereOf, type Given } from './support.ts'

describe('the login', () => {
  async function sentLogin(login: object, given: Given = {}): Promise<Sent> {
    const { connection, sent } = connected(session({}, login), { answer: answers(), ...given })
    await connection.fetch(url)
    return sent[0] as Sent
  }
  const settings = { user: 'a&b "c" {d}', 'auth.word': '1e10' }
  const user = "{{ config['user'] }}"
  const word = "{{ config['auth']['word'] }}"

  test('has the URL of a base and a path, query and headers, all of them templates', async () => {
    const {
      method,
      url: sentTo,
      headers,
      body,
    } = await sentLogin(
      {
        url_base: 'https://{{ config.zone }}.login.example/',
        path: '/v1/session?x={y}',
        http_method: 'GET',
        request_parameters: { user, '{{ config.zone }}': true, list: ['a', 'b'], none: null },
        request_headers: { 'X-User': user, 'User-Agent': '*' },
      },
      {
        settings: { ...settings, zone: 'eu' },
        answer: (request) => new Response(request.url.includes('login') ? '{"data":{"id":"s"}}' : 'ok'),
      },
    )
    expect([method, sentTo, body]).toEqual([
      'GET',
      'https://eu.login.example/v1/session?x=%7By%7D&user=a%26b+%22c%22+%7Bd%7D&eu=True&list=a&list=b',
      '',
    ])
    expect([headers.get('x-user'), headers.get('user-agent')]).toEqual(['a&b "c" {d}', '*'])
  })

  test.each([
    [{ url: undefined, url_base: 'https://login.example/session', path: undefined }],
    [{ url: 'https://login.example/session', url_base: undefined, path: undefined }],
    [{ url_base: 'https://other.example', path: 'https://login.example/session' }],
    [{ url_base: "{{ config['user'] }}", path: 'session' }, { settings: { user: 'https://login.example/' } }],
    [
      { url_base: "{{ 'https://' + config['user'] + '/' }}", path: 'session' },
      { settings: { user: 'login.example' } },
    ],
  ] as [object, Given?][])('%j goes to the URL that it means', async (login, given = {}) => {
    expect((await sentLogin(login, given)).url).toBe(loginUrl)
  })

  test.each([
    [
      'request_body_json',
      { user, pass: word, n: 1, deep: [{ user }], empty: '' },
      'application/json',
      { user: settings.user, pass: '1e10', n: 1, deep: [{ user: settings.user }], empty: '' },
    ],
    [
      'request_body',
      { type: 'RequestBodyJsonObject', value: { user } },
      'application/json',
      { user: settings.user },
    ],
    [
      'request_body',
      { type: 'RequestBodyGraphQL', value: { query: '{ me { id } }' } },
      'application/json',
      { query: '{ me { id } }' },
    ],
    ['request_body_json', `{"user": "${user}"}`, 'application/json', { user: settings.user }],
    ['request_body_data', `{"user": "${user}"}`, 'application/json', { user: settings.user }],
    ['request_body_json', "{{ {'user': config['user']} }}", 'application/json', { user: settings.user }],
  ])('%s %j is JSON', async (name, value, type, expected) => {
    const { headers, body } = await sentLogin({ [name]: value }, { settings })
    expect([headers.get('content-type'), JSON.parse(body)]).toEqual([type, expected])
  })

  test.each([
    ['request_body_data', { user, pass: word, empty: '' }, 'user=a%26b+%22c%22+%7Bd%7D&pass=1e10&empty='],
    ['request_body', { type: 'RequestBodyUrlEncodedForm', value: { pass: word } }, 'pass=1e10'],
    ['request_body_data', `user=${user}&pass=${word}`, 'user=a%26b%20%22c%22%20%7Bd%7D&pass=1e10'],
    ['request_body_data', `user={{ config['user'] | urlencode }}`, 'user=a%26b%20%22c%22%20%7Bd%7D'],
    ['request_body', { type: 'RequestBodyPlainText', value: `pass=${word}` }, 'pass=1e10'],
  ])('%s %j is a form', async (name, value, expected) => {
    const { headers, body } = await sentLogin({ [name]: value }, { settings })
    expect([headers.get('content-type'), body]).toEqual(['application/x-www-form-urlencoded', expected])
  })

  test('another text is sent as it is, under the content type that the requester names', async () => {
    const login = {
      request_body_data: `<a>${word}</a>`,
      request_headers: { 'content-type': 'application/xml' },
    }
    const { headers, body } = await sentLogin(login, { settings })
    expect([headers.get('content-type'), body]).toEqual(['application/xml', '<a>1e10</a>'])
    const plain = await sentLogin({ request_body_data: word }, { settings })
    expect([plain.headers.get('content-type'), plain.body]).toEqual(['text/plain;charset=UTF-8', '1e10'])
  })

  test('is authenticated by its own authenticator, one of its own kind too', async () => {
    const basic = { type: 'BasicHttpAuthenticator', username: user, password: word }
    expect((await sentLogin({ authenticator: basic }, { settings })).headers.get('authorization')).toBe(
      `Basic ${base64('a&b "c" {d}:1e10')}`,
    )
    const key = {
      type: 'ApiKeyAuthenticator',
      api_token: word,
      inject_into: { type: 'RequestOption', inject_into: 'body_json', field_name: 'key' },
    }
    const login = { authenticator: key, request_body_json: { a: 1 } }
    expect(JSON.parse((await sentLogin(login, { settings })).body)).toEqual({ a: 1, key: '1e10' })
    const jwt = { type: 'JwtAuthenticator', algorithm: 'HS256', secret_key: word, header_prefix: 'Bearer' }
    expect((await sentLogin({ authenticator: jwt }, { settings })).headers.get('authorization')).toMatch(
      /^Bearer eyJ/,
    )
  })

  test('leaves out what the form does not demand, and fails for any other value that is missing', async () => {
    const login = { request_body_json: { user, pass: word } }
    const sent = await sentLogin(login, { settings: { user: 'u' }, fields: ['user', 'auth.word?'] })
    expect(JSON.parse(sent.body)).toEqual({ user: 'u' })
    const { code, field } = await failure(() => sentLogin(login, { settings: { user: 'u' } }))
    expect([code, field]).toEqual(['settings_invalid', 'auth.word'])
  })

  test('a grant of OAuth is a login like any other', async () => {
    const login = {
      authenticator: { type: 'BasicHttpAuthenticator', username: 'id', password: word },
      request_body_data: { grant_type: 'refresh_token', refresh_token: user },
    }
    const { connection, sent } = connected(
      session({ session_token_path: ['access_token'], expiration_duration: 'PT2H' }, login),
      { settings, answer: answers((access_token) => JSON.stringify({ access_token, expires_in: 1 })) },
    )
    await connection.fetch(url)
    expect([sent[0]?.body, sent[0]?.headers.get('authorization'), tokens(sent)]).toEqual([
      'grant_type=refresh_token&refresh_token=a%26b+%22c%22+%7Bd%7D',
      `Basic ${base64('id:1e10')}`,
      ['Bearer s1'],
    ])
  })
})

test.each([
  [session({ session_token_path: [] }), /^auth\.session_token_path: this must be a list of names/],
  [session({ session_token_path: ['a', '*'] }), /^auth\.session_token_path: /],
  [
    session({ expiration_duration: 'an hour' }),
    /^auth\.expiration_duration: this must be an ISO 8601 duration/,
  ],
  [session({ expiration_duration: 'PT0S' }), /^auth\.expiration_duration: /],
  [session({ request_authentication: undefined }), /^auth\.request_authentication: .*must be an object/],
  [
    session({ request_authentication: { type: 'Basic' } }),
    /^auth\.request_authentication\.type: this must be Bearer or ApiKey/,
  ],
  [session({ login_requester: undefined }), /^auth\.login_requester: a login_requester must be an object/],
  [session({}, { url_base: undefined }), /^auth\.login_requester: a requester has a url, or/],
  [
    session({}, { request_body_data: { a: 1 }, request_body_json: { a: 1 } }),
    /^auth\.login_requester\.request_body_json: a request has one body/,
  ],
  [
    session({}, { request_body: { type: 'Other' } }),
    /^auth\.login_requester\.request_body\.type: this must be one of/,
  ],
  [
    session({}, { request_headers: 'a=b' }),
    /^auth\.login_requester\.request_headers: this must be a mapping/,
  ],
  [session({}, { authenticator: { type: 'Nope' } }), /^auth\.login_requester\.authenticator\.type: /],
])('%j is refused when it is read', async (definition, message) => {
  const failed = await failure(() => strategyOf(definition, whereOf({})))
  expect(failed.code).toBe('definition_invalid')
  expect(failed.message).toMatch(message)
})

test('a decoder or requester that cannot be expressed is unsupported, by its path', async () => {
  const codes = await Promise.all([
    failure(() => strategyOf(session({ decoder: { type: 'CustomDecoder' } }), whereOf({}))),
    failure(() => strategyOf(session({}, { type: 'CustomRequester' }), whereOf({}))),
  ])
  expect(codes.map(({ code, message }) => [code, message.split(':')[0]])).toEqual([
    ['unsupported', 'auth.decoder.type'],
    ['unsupported', 'auth.login_requester.type'],
  ])
})
