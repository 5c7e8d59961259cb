import { describe, expect, test } from '@jest/globals'
import { strategyOf } from '../../src/authenticators/index.ts'
import type { Sent } from '../../../../../tools/network.ts'
import { custom, heads, url } from './equivalents-support.ts'
import { base64, failure, whereOf } from './support.ts'

describe('tokens and passwords', () => {
  test('Okta’s own tokens stand after SSWS', async () => {
    const { connection, sent } = custom(
      'source_okta.components.CustomBearerAuthenticator',
      {},
      {
        settings: { 'credentials.api_token': '00x' },
      },
    )
    await connection.fetch(url)
    expect(heads(sent[0] as Sent, 'authorization')).toEqual(['SSWS 00x'])
  })

  test.each([
    ['source_fastbill.components.CustomAuthenticator', 'https://api.example'],
    ['source_declarative_manifest.components.CustomAuthenticator', 'https://api.qualaroo.com/api/v1/'],
  ])('%s at %s: Basic in ISO-8859-1, and numbers stay texts', async (name, api) => {
    const { connection, sent } = custom(
      name,
      { username: "{{config['key']}}", password: "{{config['token']}}" },
      { settings: { key: '0123', token: 'pässword' } },
      api,
    )
    await connection.fetch(url)
    const bytes = Buffer.from('0123:pässword', 'latin1').toString('base64')
    expect(heads(sent[0] as Sent, 'authorization')).toEqual([`Basic ${bytes}`])
  })
})

describe('choices by what the configuration has', () => {
  const bearer = (path: string): object => ({
    type: 'BearerAuthenticator',
    api_token: `{{ config.${path} }}`,
  })
  const basic = (user: string, word: string): object => ({
    type: 'BasicHttpAuthenticator',
    username: `{{ config.${user} }}/token`,
    password: `{{ config.${word} }}`,
  })
  const zendesk = {
    legacy_basic_auth: basic('email', 'access_token'),
    basic_auth: basic('credentials.email', 'credentials.api_token'),
    oauth: bearer('credentials.access_token'),
  }
  const optional = [
    'email',
    'access_token',
    'credentials.auth_type',
    'credentials.email',
    'credentials.api_token',
    'credentials.access_token',
  ]

  test.each([
    [{ email: 'e', access_token: 't' }, `Basic ${base64('e/token:t')}`],
    [
      { 'credentials.auth_type': 'api_token', 'credentials.email': 'e', 'credentials.api_token': 't' },
      `Basic ${base64('e/token:t')}`,
    ],
    [{ 'credentials.auth_type': 'oauth2.0', 'credentials.access_token': 't' }, 'Bearer t'],
  ] as [Record<string, string>, string][])('Zendesk Talk: %j', async (settings, expected) => {
    const { connection, sent } = custom(
      'source_declarative_manifest.components.ZendeskTalkAuthenticator',
      zendesk,
      {
        settings,
        fields: optional.map((name) => `${name}?`),
      },
    )
    await connection.fetch(url)
    expect(heads(sent[0] as Sent, 'authorization')).toEqual([expected])
  })

  test('Zendesk Talk: a type that there is none of is an error', async () => {
    const { code, field } = await failure(() =>
      custom('x.ZendeskTalkAuthenticator', zendesk, {
        settings: {},
        fields: optional.map((name) => `${name}?`),
      }),
    )
    expect([code, field]).toEqual(['settings_invalid', 'credentials.auth_type'])
  })

  test.each([
    ['x.AuthenticatorRetently', 'api_auth', 'oauth', { 'credentials.api_key': 'k' }, {}],
    [
      'x.TypeformAuthenticator',
      'token_auth',
      'oauth2',
      { 'credentials.auth_type': 'access_token' },
      { 'credentials.auth_type': 'oauth2.0' },
    ],
  ] as [string, string, string, Record<string, string>, Record<string, string>][])(
    '%s',
    async (name, first, second, one, other) => {
      for (const [settings, expected] of [
        [one, 'Bearer one'],
        [other, 'Bearer two'],
      ] as const) {
        const { connection, sent } = custom(
          name,
          {
            [first]: { type: 'BearerAuthenticator', api_token: 'one' },
            [second]: { type: 'BearerAuthenticator', api_token: 'two' },
          },
          { settings, fields: ['credentials.api_key?', 'credentials.auth_type?'] },
        )
        await connection.fetch(url)
        expect(heads(sent[0] as Sent, 'authorization')).toEqual([expected])
      }
    },
  )
})

describe('a class that is not known', () => {
  const other = { type: 'CustomAuthenticator', class_name: 'source_x.components.XAuthenticator', key: 'k' }

  test('is unsupported, by its name and its place', async () => {
    const { code, message } = await failure(() => strategyOf(other, whereOf({})))
    expect([code, message]).toEqual([
      'unsupported',
      'auth.class_name: the class source_x.components.XAuthenticator is code of the connector, which is not run here, and no scheme for it is built in. Write the authenticator with a built-in type, or give the connector a strategy of its own.',
    ])
  })

  test.each([
    ['source_declarative_manifest.components.CustomAuthenticator', { username: 'u', password: 'p' }],
    ['source_qualaroo.components.CustomAuthenticator', { username: 'u' }],
    [
      'source_x.components.ShortLivedTokenAuthenticator',
      { client_id: 'i', secret_key: 's', url: 'https://x.example' },
    ],
  ])('%s with %j is not taken for another one', async (class_name, members) => {
    const { code } = await failure(() => strategyOf({ ...other, class_name, ...members }, whereOf({})))
    expect(code).toBe('unsupported')
  })

  test('and one that is known says in a warning that it is not run, and what is left to the caller', () => {
    const { warnings } = custom(
      'a.CustomAuthenticator',
      { aws_key_id: 'a', aws_secret_key: 'b', aws_region_name: 'us-east-1' },
      {},
      'https://cloudtrail.us-east-1.amazonaws.com',
    )
    expect(warnings).toEqual([
      {
        path: 'auth.class_name',
        message:
          'The class a.CustomAuthenticator is not run: a scheme of ours does what it does. Its changes to the body (whole numbers in StartTime and EndTime, LookupAttributes) are the caller’s to make.',
      },
    ])
  })
})
