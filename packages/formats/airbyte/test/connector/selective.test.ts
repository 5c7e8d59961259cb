import { expect, test } from '@jest/globals'
import { api, manifestOf, open, opened, pairs, rejection, secret } from '../oauth/support.ts'

const at = (name: string): string => `{{ config['credentials']['${name}'] }}`
const selective = {
  type: 'SelectiveAuthenticator',
  authenticator_selection_path: ['credentials', 'auth_type'],
  authenticators: {
    key: { type: 'ApiKeyAuthenticator', header: 'X-Key', api_token: at('api_key') },
    'OAuth 2.0': {
      type: 'OAuthAuthenticator',
      token_refresh_endpoint: 'https://as.example.com/token',
      client_id: at('client_id'),
      client_secret: at('client_secret'),
      refresh_token: at('refresh_token'),
      refresh_token_updater: {},
    },
  },
}
const option = (auth_type: string, title: string, properties: object): object => ({
  title,
  type: 'object',
  required: Object.keys(properties),
  properties: { auth_type: { type: 'string', const: auth_type }, ...properties },
})
const credentials = {
  title: 'Sign in with',
  type: 'object',
  oneOf: [
    option('OAuth 2.0', 'Consent', { client_id: open, client_secret: secret, refresh_token: secret }),
    option('key', 'A key', { api_key: secret }),
  ],
}
const manifest = manifestOf(selective, { credentials, site: { type: 'string', order: 0 } })

test('each alternative of the form is an option with its own fields, and what is common is asked once', () => {
  const { auth } = opened(manifest, { credentials: { auth_type: 'key', api_key: 'k' }, site: 's' }).imported
    .connector
  expect(auth.discriminator).toBe('credentials.auth_type')
  expect(Object.keys(auth.fields)).toEqual(['credentials.auth_type', 'site'])
  expect(auth.fields['credentials.auth_type']).toMatchObject({
    label: 'Sign in with',
    choices: [
      { value: 'key', label: 'A key' },
      { value: 'OAuth 2.0', label: 'Consent' },
    ],
  })
  expect(Object.keys(auth.choices?.['key']?.fields ?? {})).toEqual(['site', 'credentials.api_key'])
  expect(auth.choices?.['OAuth 2.0']?.scheme).toBe('oauth2')
})

test('only the chosen branch is evaluated', async () => {
  const world = opened(manifest, { credentials: { auth_type: 'key', api_key: 'the-key' }, site: 's' }, pairs)
  await world.connection.fetch(api)
  expect(world.asked).toEqual([])
  expect(world.sent[0]?.headers.get('x-key')).toBe('the-key')
  expect(world.sent[0]?.headers.get('authorization')).toBe(null)
})

test('the other branch earns its token, which shows up in the configuration with all that was filled in', async () => {
  const given = {
    credentials: { auth_type: 'OAuth 2.0', client_id: 'i', client_secret: 's', refresh_token: 'seed-token' },
    site: 's',
  }
  const world = opened(manifest, given, pairs)
  await world.connection.fetch(api)
  expect(world.sent[0]?.headers.get('authorization')).toBe('Bearer access-token-1')
  expect(await world.config()).toEqual({
    credentials: {
      ...given.credentials,
      refresh_token: 'rotated-token-1',
      access_token: 'access-token-1',
      token_expiry_date: '2025-06-15T13:00:00.000Z',
    },
    site: 's',
  })
})

test('a value that chooses nothing is refused, and names what there is', () => {
  expect(() => opened(manifest, { credentials: { auth_type: 'other' }, site: 's' })).toThrow(
    /credentials\.auth_type: Choose one of: OAuth 2\.0, key/,
  )
})

test('an alternative without an authenticator cannot be chosen, which is a warning', () => {
  const { authenticators, ...rest } = selective
  const { key } = authenticators
  const { imported } = opened(manifestOf({ ...rest, authenticators: { key } }, { credentials }), {
    credentials: { auth_type: 'key', api_key: 'k' },
  })
  expect(imported.warnings.map(({ message }) => message)).toEqual([
    'The form offers "OAuth 2.0", for which there is no authenticator, so it cannot be chosen.',
  ])
})

test('a choice without alternatives in the form works by its value', async () => {
  const flat = manifestOf(
    {
      type: 'SelectiveAuthenticator',
      authenticator_selection_path: ['method'],
      authenticators: {
        key: { type: 'ApiKeyAuthenticator', header: 'X-Key', api_token: "{{ config['token'] }}" },
        bearer: { type: 'BearerAuthenticator', api_token: "{{ config['token'] }}" },
      },
    },
    { method: { type: 'string', enum: ['key', 'bearer'] }, token: secret },
  )
  const world = opened(flat, { method: 'bearer', token: 'the-token' })
  await world.connection.fetch(api)
  expect(world.sent[0]?.headers.get('authorization')).toBe('Bearer the-token')
  expect(await world.config()).toEqual({ method: 'bearer', token: 'the-token' })
})

test('the consent is offered under the value that the predicate names, and under no other', async () => {
  const path = (name: string): object => ({ type: 'string', path_in_connector_config: ['credentials', name] })
  const advanced_auth = {
    auth_flow_type: 'oauth2.0',
    predicate_key: ['credentials', 'auth_type'],
    predicate_value: 'OAuth 2.0',
    oauth_config_specification: {
      oauth_connector_input_specification: {
        consent_url: 'https://as.example.com/consent?{{client_id_param}}&{{state_param}}',
        access_token_url: 'https://as.example.com/exchange?{{auth_code_param}}',
      },
      complete_oauth_output_specification: { properties: { refresh_token: path('refresh_token') } },
      complete_oauth_server_output_specification: {
        properties: { client_id: path('client_id'), client_secret: path('client_secret') },
      },
    },
  }
  const both = manifestOf(selective, { credentials }, { advanced_auth })
  const world = opened(
    both,
    { credentials: { auth_type: 'OAuth 2.0', client_id: 'i', client_secret: 's' } },
    pairs,
  )
  const { url } = await world.connection.authorize.begin({ redirectUri: 'https://host.example/cb' })
  expect(new URL(url).searchParams.get('client_id')).toBe('i')
  const key = opened(both, { credentials: { auth_type: 'key', api_key: 'k' } }, pairs)
  expect(await rejection(key.connection.authorize.begin())).toMatchObject({ code: 'unsupported' })
  // One authenticator for all alternatives: the predicate still says which of them has the consent.
  const one = manifestOf(
    {
      type: 'BearerAuthenticator',
      api_token: "{{ config['credentials']['api_key'] or config['credentials']['refresh_token'] }}",
    },
    { credentials },
    { advanced_auth },
  )
  const { choices } = opened(one, { credentials: { auth_type: 'key', api_key: 'k' } }).imported.connector.auth
  expect(Object.entries(choices ?? {}).map(([id, { authorize }]) => [id, authorize !== undefined])).toEqual([
    ['OAuth 2.0', true],
    ['key', false],
  ])
})
