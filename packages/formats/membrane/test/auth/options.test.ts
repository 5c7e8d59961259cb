import { expect, test } from '@jest/globals'
import { memoryStore, type AuthStrategy } from '@latchkey/core'
import { fromMembrane, type MembraneImport, type MembraneOptions } from '@latchkey/format-membrane'
import { open, schemaOf } from './support.ts'

const mapping = (value: unknown) => ({ type: 'mapping', mapping: value })
const redirectUri = 'https://app.test/cb'

const spec = {
  key: 'acme',
  name: 'Acme CRM',
  type: 'client-credentials',
  inputSchema: {
    type: 'object',
    properties: { region: { type: 'string', enum: ['eu', 'us'], title: 'Region' } },
  },
  parametersSchema: schemaOf('clientId', 'clientSecret'),
  makeApiClient: mapping({
    baseUri: { $concat: ['https://', { $var: 'connectionInput.region' }, '.acme.test/v1'] },
    headers: {
      Authorization: {
        $concat: [
          'Bearer ',
          { $firstNotEmpty: [{ $var: 'credentials.access_token' }, { $var: 'credentials.apiKey' }] },
        ],
      },
    },
  }),
  test: () => ({ id: 'u-1' }),
  options: {
    'api-key': {
      type: 'client-credentials',
      title: 'API key',
      description: 'Paste **your** key.',
      inputSchema: { ...schemaOf('apiKey'), required: ['apiKey'] },
      ui: { helpUri: 'https://docs.acme.test/keys' },
    },
    oauth: {
      type: 'oauth2',
      title: 'Sign in',
      enabled: { $eval: { $var: 'connectorParameters.clientId' }, isNotEmpty: true },
      getOAuthConfig: mapping({
        clientId: { $var: 'connectorParameters.clientId' },
        clientSecret: { $var: 'connectorParameters.clientSecret' },
        authorizeUri: 'https://auth.acme.test/authorize',
        tokenUri: 'https://auth.acme.test/token',
      }),
    },
  },
}
const read = (more: MembraneOptions = {}, change: object = {}): MembraneImport =>
  fromMembrane({ ...spec, ...change }, more)
const choicesOf = ({ connector }: MembraneImport): Readonly<Record<string, AuthStrategy>> =>
  connector.auth.choices ?? {}

test('options are chosen by authOptionKey, with what is common asked once and titles, texts and help of their own', () => {
  const { connector, warnings } = read()
  expect([connector.key, connector.name]).toEqual(['acme', 'Acme CRM'])
  expect(connector.auth.discriminator).toBe('authOptionKey')
  expect(Object.keys(connector.auth.fields)).toEqual(['authOptionKey', 'region', 'clientId', 'clientSecret'])
  const choices = choicesOf(read())
  expect(Object.keys(choices)).toEqual(['api-key', 'oauth'])
  const { title, description, helpUrl, fields } = choices['api-key'] as AuthStrategy
  expect([title, description, helpUrl]).toEqual([
    'API key',
    'Paste **your** key.',
    'https://docs.acme.test/keys',
  ])
  expect(fields['apiKey']).toMatchObject({ type: 'password', label: 'apiKey', required: true })
  expect(fields['clientSecret']?.owner).toBe('app')
  expect(warnings.map(({ path }) => path)).toEqual(['options.oauth.enabled'])
})

test('each option signs in its own way with what it inherits', async () => {
  const key = open(read(), { authOptionKey: 'api-key', region: 'eu', apiKey: 'k-123456' })
  await key.connection.http('me').text()
  expect([key.sent[0]?.url, key.sent[0]?.headers.get('authorization')]).toEqual([
    'https://eu.acme.test/v1/me',
    'Bearer k-123456',
  ])
  expect(await key.connection.test()).toEqual({ id: 'u-1', label: undefined })
  const settings = { authOptionKey: 'oauth', region: 'us', clientId: 'c-1', clientSecret: 's-123456' }
  const oauth = open(read(), settings, () => Response.json({ access_token: 'at-123456' }))
  const { url, pending } = await oauth.connection.authorize.begin({ redirectUri })
  const state = new URL(url).searchParams.get('state') ?? ''
  await oauth.connection.authorize.complete(pending, `${redirectUri}?code=c&state=${state}`)
  await oauth.connection.http('me').text()
  expect([oauth.sent[1]?.url, oauth.sent[1]?.headers.get('authorization')]).toEqual([
    'https://us.acme.test/v1/me',
    'Bearer at-123456',
  ])
})

test('what one option has earned never goes to another', async () => {
  const store = memoryStore()
  const login = {
    ...spec,
    options: {
      ...spec.options,
      login: {
        type: 'client-credentials',
        getCredentialsFromConnectionParameters: () => ({ access_token: 'of-login' }),
      },
    },
  }
  const imported = fromMembrane(login)
  const first = open(imported, { authOptionKey: 'login', region: 'eu' }, undefined, { store })
  await first.connection.http('me').text()
  expect(first.sent[0]?.headers.get('authorization')).toBe('Bearer of-login')
  const second = open(imported, { authOptionKey: 'api-key', region: 'eu', apiKey: 'k-123456' }, undefined, {
    store,
  })
  await second.connection.http('me').text()
  expect(second.sent[0]?.headers.get('authorization')).toBe('Bearer k-123456')
})

test('no option is taken where none is named, unless there is but one', async () => {
  expect(() => open(read(), { region: 'eu' })).toThrow(/authOptionKey/)
  const one = read({ optionsConfig: { oauth: { disabled: true } } })
  const { connection, sent } = open(one, { region: 'eu', apiKey: 'k-123456' })
  await connection.http('me').text()
  expect(sent[0]?.headers.get('authorization')).toBe('Bearer k-123456')
})

test('an option is offered as enabled says, once its parameters are known', () => {
  const keys = (more: MembraneOptions): readonly string[] => Object.keys(choicesOf(read(more)))
  expect(keys({ connectorParameters: {} })).toEqual(['api-key'])
  expect(keys({ connectorParameters: { clientId: 'c-1' } })).toEqual(['api-key', 'oauth'])
  expect(keys({ optionsConfig: { oauth: { parameters: { clientId: 'c-1' } } } })).toEqual([
    'api-key',
    'oauth',
  ])
  expect(keys({ optionsConfig: { oauth: { disabled: true } } })).toEqual(['api-key'])
  expect(() => read({ optionsConfig: { oauth: { disabled: true }, 'api-key': { disabled: true } } })).toThrow(
    'options: none is left',
  )
})

test('parameters of an option are used where the settings bring none, and no secret of them is shown', async () => {
  const parameters = { clientId: 'c-1', clientSecret: 'secret-of-code' }
  const imported = read({ optionsConfig: { oauth: { parameters } } })
  const seen: string[] = []
  const settings = { authOptionKey: 'oauth', region: 'us' }
  const { connection, sent } = open(imported, settings, () => Response.json({ access_token: 'at-123456' }))
  const { url, pending } = await connection.authorize.begin({ redirectUri })
  const state = new URL(url).searchParams.get('state') ?? ''
  await connection.authorize.complete(pending, `${redirectUri}?code=c&state=${state}`)
  expect(sent[0]?.headers.get('authorization')).toBe(
    `Basic ${Buffer.from('c-1:secret-of-code').toString('base64')}`,
  )
  await connection.http('me').text()
  seen.push(connection.redact('secret-of-code at-123456'), JSON.stringify(imported.configOf(settings)))
  expect(seen).toEqual([
    '••• •••',
    '{"authOptionKey":"oauth","input":{"region":"us"},"connectorParameters":{}}',
  ])
})

test('an inherited function that was written for another type is a warning', () => {
  const { warnings } = read({ connectorParameters: { clientId: 'c-1' } }, { refreshCredentials: () => ({}) })
  expect(warnings.map(({ path }) => path)).toEqual(['options.oauth.refreshCredentials'])
})

test('the shape that Membrane keeps leads to settings and back, with what was earned since', async () => {
  const imported = read()
  const config = {
    authOptionKey: 'api-key',
    input: { region: 'eu', apiKey: 'k-123456' },
    connectorParameters: { clientId: 'c-1', clientSecret: 's-123456' },
    credentials: {
      region: 'eu',
      apiKey: 'k-123456',
      access_token: 'at-123456',
      expires_at: 1_900_000_000_000,
    },
  }
  const settings = imported.settingsOf(config)
  expect(settings).toEqual({
    authOptionKey: 'api-key',
    region: 'eu',
    apiKey: 'k-123456',
    clientId: 'c-1',
    clientSecret: 's-123456',
  })
  const credentials = imported.credentialsOf(config)
  expect(credentials).toEqual({
    values: { access_token: 'at-123456', expires_at: 1_900_000_000_000 },
    expiresAt: 1_900_000_000_000,
  })
  expect(imported.configOf(settings, credentials)).toEqual(config)
  expect(imported.settingsOf({ ...config, input: undefined, connectionParameters: config.input })).toEqual(
    settings,
  )
  expect(() => imported.settingsOf({ authOptionKey: 'other' })).toThrow(
    /authOptionKey: Choose one of: api-key, oauth/,
  )
})

test('refreshed tokens are in the shape that Membrane keeps', async () => {
  const imported = read()
  const config = {
    authOptionKey: 'oauth',
    input: { region: 'eu' },
    connectorParameters: { clientId: 'c-1', clientSecret: 's-123456' },
    credentials: { access_token: 'at-1-long', refresh_token: 'rt-1-long', scope: 'a b' },
  }
  const { connection } = open(
    imported,
    imported.settingsOf(config),
    () => Response.json({ access_token: 'at-2-long', refresh_token: 'rt-2-long' }),
    { credentials: imported.credentialsOf(config) },
  )
  await connection.refresh()
  expect(imported.configOf(imported.settingsOf(config), await connection.credentials())).toEqual({
    ...config,
    credentials: { access_token: 'at-2-long', refresh_token: 'rt-2-long', scope: 'a b' },
  })
})
