import { describe, expect, test } from '@jest/globals'
import { base64, connected, failure, form, whereOf } from './support.ts'
import { strategyOf } from '../../src/authenticators/index.ts'

const url = 'https://api.example/items'

describe('NoAuth', () => {
  test.each([undefined, null, { type: 'NoAuth' }])('%j leaves every request as it is', async (definition) => {
    const { connection, sent } = connected(definition)
    await connection.fetch(`${url}?a=1`)
    expect([sent[0]?.url, [...(sent[0]?.headers ?? [])]]).toEqual([`${url}?a=1`, []])
  })
})

describe('BearerAuthenticator', () => {
  test('static, from the configuration, and from parameters: the same header however often it is asked for', async () => {
    const tokens = [
      ['token', {}],
      ["{{ config['apikey'] }}", {}],
      ["{{ parameters['apikey'] }}", { parameters: { apikey: 'token' } }],
    ] as const
    for (const [api_token, where] of tokens) {
      const { connection, sent } = connected(
        { type: 'BearerAuthenticator', api_token },
        { settings: { apikey: 'token' }, where },
      )
      await connection.fetch(url)
      await connection.fetch(url)
      expect(sent.map(({ headers }) => headers.get('authorization'))).toEqual([
        'Bearer token',
        'Bearer token',
      ])
    }
  })

  test.each([
    '1e10',
    '1_000',
    '0x1F',
    '00',
    '1.50',
    'True',
    'None',
    '"quoted"',
    "['a']",
    '(1)',
    '{"a":1}',
    "b'x'",
  ])('a token %s stays what it is', async (key) => {
    const { connection, sent } = connected(
      { type: 'BearerAuthenticator', api_token: "{{ config['key'] }}" },
      { settings: { key } },
    )
    await connection.fetch(url)
    expect(sent[0]?.headers.get('authorization')).toBe(`Bearer ${key}`)
  })

  test('a missing or empty token is an error that names its place, and nothing is sent', async () => {
    for (const settings of [{}, { 'credentials.token': '' }]) {
      const { connection, sent } = connected(
        { type: 'BearerAuthenticator', api_token: "{{ config['credentials']['token'] }}" },
        { settings, fields: ['credentials.token?'] },
      )
      const { code, field } = await failure(() => connection.fetch(url))
      expect([code, field, sent.length]).toEqual(['settings_invalid', 'credentials.token', 0])
    }
  })

  test('a token that cannot stand in a header is refused by the name of its field, without its value', async () => {
    const { connection } = connected(
      { type: 'BearerAuthenticator', api_token: "{{ config['credentials']['key'] }}" },
      { settings: { 'credentials.key': 'sécret-value' } },
    )
    const { code, field, message } = await failure(() => connection.fetch(url))
    expect([code, field]).toEqual(['settings_invalid', 'credentials.key'])
    expect(message).toMatch(/^auth: Field "credentials\.key" cannot be sent\./)
    expect(message).not.toContain('cret-value')
  })

  test('a key that means nothing is a warning that names the nearest one', () => {
    const { warnings } = connected({
      type: 'BearerAuthenticator',
      api_token: 'x',
      apitoken: 'y',
      header: 'z',
    })
    expect(warnings).toEqual([
      {
        path: 'auth.apitoken',
        message: '"apitoken" means nothing here and is passed over. Did you mean "api_token"?',
      },
      { path: 'auth.header', message: '"header" means nothing here and is passed over.' },
    ])
  })
})

describe('BasicHttpAuthenticator', () => {
  const basic = (username: string, password?: string): object => ({
    type: 'BasicHttpAuthenticator',
    username,
    ...(password !== undefined && { password }),
  })
  const user = "{{ config['user'] }}"
  const word = "{{ config['word'] }}"

  test.each([
    [basic(user, word), { user: 'user', word: 'passwd' }, 'user:passwd'],
    [basic(user), { user: 'user', word: 'passwd' }, 'user:'],
    [basic(user, ''), { user: 'user', word: 'x' }, 'user:'],
    [basic(`${user}/token`, word), { user: 'a@b.c', word: 'x' }, 'a@b.c/token:x'],
    [basic('api', word), { user: 'u', word: '1e10' }, 'api:1e10'],
    [basic('', word), { user: 'u', word: 'x' }, ':x'],
    [basic(user, word), { user: 'ü', word: 'ß{user}' }, 'ü:ß{user}'],
  ])('%j', async (definition, settings, expected) => {
    const { connection, sent } = connected(definition, { settings })
    await connection.fetch(url)
    expect(sent[0]?.headers.get('authorization')).toBe(`Basic ${base64(expected)}`)
  })

  test('a password that the form does not demand may be missing; a user name may not', async () => {
    const given = { settings: { user: 'u' }, fields: ['user', 'word?'] }
    const { connection, sent } = connected(basic(user, word), given)
    await connection.fetch(url)
    expect(sent[0]?.headers.get('authorization')).toBe(`Basic ${base64('u:')}`)
    const other = connected(basic(word, user), given)
    const { code, field } = await failure(() => other.connection.fetch(url))
    expect([code, field]).toEqual(['settings_invalid', 'word'])
  })

  test('a colon in the user name is refused, because the server would read another', async () => {
    const { connection } = connected(basic(user, word), { settings: { user: 'a:b', word: 'c' } })
    const { code, field } = await failure(() => connection.fetch(url))
    expect([code, field]).toEqual(['settings_invalid', 'user'])
  })
})

describe('ApiKeyAuthenticator', () => {
  const key = (inject_into: string, more: object = { field_name: 'api_key' }): object => ({
    type: 'ApiKeyAuthenticator',
    api_token: "{{ config['key'] }}",
    inject_into: { type: 'RequestOption', inject_into, ...more },
  })
  const given = { settings: { key: 'a+b&c', name: 'x-{key}' } }

  test('in a header, under a name that is a template too', async () => {
    const { connection, sent } = connected(key('header', { field_name: "{{ config['name'] }}-1" }), {
      settings: { key: 'a+b', name: 'X-Key' },
    })
    await connection.fetch(url)
    expect([...(sent[0]?.headers ?? [])]).toEqual([['x-key-1', 'a+b']])
  })

  test('by the deprecated member header', async () => {
    const { connection, sent } = connected(
      { type: 'ApiKeyAuthenticator', header: 'Authorization', api_token: "Token {{ config['key'] }}" },
      given,
    )
    await connection.fetch(url)
    expect(sent[0]?.headers.get('authorization')).toBe('Token a+b&c')
  })

  test('in the query, beside what is there', async () => {
    const { connection, sent } = connected(key('request_parameter'), given)
    await connection.fetch(`${url}?page=2&api_key=old`)
    expect(sent[0]?.url).toBe(`${url}?page=2&api_key=a%2Bb%26c`)
  })

  test('in a form', async () => {
    const { connection, sent } = connected(key('body_data'), given)
    await connection.fetch(url, { method: 'POST', body: new URLSearchParams({ limit: '10' }) })
    expect(sent[0]?.body).toBe('limit=10&api_key=a%2Bb%26c')
  })

  test('in a JSON body, by name and by path, whose segments are templates', async () => {
    const flat = connected(key('body_json', { field_name: 'a.b' }), given)
    await flat.connection.fetch(url, { method: 'POST', body: '{"limit":10}' })
    const deep = connected(key('body_json', { field_path: ['auth', "{{ config['name'] }}"] }), given)
    await deep.connection.fetch(url, { method: 'POST', body: '{"auth":{"v":1}}' })
    expect([JSON.parse(flat.sent[0]?.body ?? ''), JSON.parse(deep.sent[0]?.body ?? '')]).toEqual([
      { limit: 10, 'a.b': 'a+b&c' },
      { auth: { v: 1, 'x-{key}': 'a+b&c' } },
    ])
  })

  test('a list of path segments that is empty is as good as none', async () => {
    const { connection, sent } = connected(key('header', { field_name: 'X-Key', field_path: [] }), given)
    await connection.fetch(url)
    expect(sent[0]?.headers.get('x-key')).toBe('a+b&c')
  })

  test('the encoded key of the documentation’s Basic prefix', async () => {
    const { connection, sent } = connected(
      {
        type: 'ApiKeyAuthenticator',
        header: 'Authorization',
        api_token: "Basic {{ config['key'] | base64encode }}",
      },
      given,
    )
    await connection.fetch(url)
    expect(sent[0]?.headers.get('authorization')).toBe(`Basic ${base64('a+b&c')}`)
  })

  test('a name that comes to nothing is an error instead of no key at all', async () => {
    const { connection, sent } = connected(key('header', { field_name: "{{ config['name'] }}" }), {
      settings: { key: 'k', name: '' },
      fields: ['key', 'name?'],
    })
    const { code, field } = await failure(() => connection.fetch(url))
    expect([code, field, sent.length]).toEqual(['settings_invalid', 'name', 0])
  })

  test.each([
    [{ type: 'ApiKeyAuthenticator', api_token: 'x' }, /^auth: .*either inject_into or header/],
    [{ ...key('header'), header: 'X' }, /^auth: .*not both/],
    [{ type: 'ApiKeyAuthenticator', header: 'X' }, /^auth: api_token is missing/],
    [key('cookie'), /^auth\.inject_into\.inject_into: this must be one of header, request_parameter/],
    [key('header', { field_path: ['a'] }), /^auth\.inject_into\.field_path: only a JSON body/],
    [key('body_json', { field_path: ['a'], field_name: 'b' }), /not both/],
    [key('header', {}), /^auth\.inject_into: field_name is missing/],
    [{ type: 'ApiKeyAuthenticator', header: 'X', api_token: '{{ config[' }, /^auth\.api_token: /],
    [{ type: 'ApiKeyAuthenticator', header: 'X', api_token: ['a'] }, /^auth\.api_token: this must be a text/],
    [{ type: 'ApiKeyAuthentcator' }, /^auth\.type: this must be one of NoAuth/],
    ['ApiKey', /^auth: an authenticator must be an object/],
  ])('%j is refused when it is read', async (definition, message) => {
    const failed = await failure(() => strategyOf(definition, whereOf({})))
    expect(failed.code).toBe('definition_invalid')
    expect(failed.message).toMatch(message)
  })

  test('a header that cannot carry a credential is refused', async () => {
    const { connection } = connected(key('header', { field_name: 'Host' }), given)
    const { code, message } = await failure(() => connection.fetch(url))
    expect([code, message]).toEqual([
      'definition_invalid',
      'auth.inject_into.field_name: The header Host cannot carry a credential.',
    ])
  })
})

test('a template that speaks of the time is rendered for every request, any other once', async () => {
  const { connection, sent, clock } = connected({
    type: 'ApiKeyAuthenticator',
    header: 'X-Time',
    api_token: "{{ now_utc().strftime('%H:%M') }}",
  })
  await connection.fetch(url)
  clock.now += 60_000
  await connection.fetch(url)
  expect(sent.map(({ headers }) => headers.get('x-time'))).toEqual(['00:00', '00:01'])

  let count = 0
  const fields = form(['key'])
  const still = connected(
    { type: 'ApiKeyAuthenticator', header: 'X-Key', api_token: "{{ config['key'] }}" },
    { settings: { key: 'k' }, where: { fields, configOf: (settings) => (count++, settings as never) } },
  )
  await still.connection.fetch(url)
  await still.connection.fetch(url)
  expect(count).toBe(1)
})
