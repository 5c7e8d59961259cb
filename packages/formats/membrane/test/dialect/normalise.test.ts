import { expect, test } from '@jest/globals'
import { normalise } from '../../src/dialect/index.ts'

const client = { baseUri: 'https://api.example.com', headers: { 'x-key': { $var: 'credentials.apiKey' } } }
const run = (): boolean => true

const classic = {
  name: 'Acme',
  key: 'acme',
  auth: {
    type: 'client-credentials',
    ui: { schema: { type: 'object' }, helpUri: 'https://help.example.com', description: 'A key' },
    makeApiClient: { implementationType: 'mapping' },
    test: { implementationType: 'javascript' },
  },
}

test('the three dialects give one definition', () => {
  const inline = {
    name: 'Acme',
    key: 'acme',
    type: 'client-credentials',
    inputSchema: { type: 'object' },
    helpUri: 'https://help.example.com',
    makeApiClient: { type: 'mapping', mapping: client },
    test: { type: 'javascript', code: run },
  }
  const legacy = { ...classic, auth: { type: 'client-credentials', ui: classic.auth.ui } }
  const read = [
    normalise(classic, { 'auth/make-api-client.map.yml': client, 'auth/test.js': { default: run } }),
    normalise(inline),
    normalise(legacy, { 'src/auth/make-api-client.ts': { makeApiClient: run }, './src/auth/test.ts': run }),
  ]
  expect(read.flatMap(({ warnings }) => warnings)).toEqual([])
  expect(
    read.map(({ definition: { key, name, type, ui, inputSchema } }) => [
      key,
      name,
      type,
      ui?.helpUri,
      inputSchema,
    ]),
  ).toEqual(
    read.map(() => ['acme', 'Acme', 'client-credentials', 'https://help.example.com', { type: 'object' }]),
  )
  expect(read.map(({ definition: { makeApiClient, test: tested } }) => [makeApiClient, tested])).toEqual([
    [
      { kind: 'mapping', mapping: client, at: 'auth/make-api-client.map.yml' },
      { kind: 'javascript', run, at: 'auth/test.js' },
    ],
    [
      { kind: 'mapping', mapping: client, at: 'makeApiClient.mapping' },
      { kind: 'javascript', run, at: 'test.code' },
    ],
    [
      { kind: 'javascript', run, at: 'src/auth/make-api-client.ts' },
      { kind: 'javascript', run, at: './src/auth/test.ts' },
    ],
  ])
})

test('old names are read as new ones, and where both stand the new one counts', () => {
  const spec = {
    type: 'oauth2',
    oAuthConfig: { type: 'mapping', mapping: { clientId: 'old' } },
    getCredentialsFromTokenResponse: run,
  }
  expect(normalise(spec).definition).toMatchObject({
    getOAuthConfig: { mapping: { clientId: 'old' } },
    getCredentialsFromAccessTokenResponse: { run },
  })
  const both = normalise({ ...spec, getOAuthConfig: { type: 'mapping', mapping: { clientId: 'new' } } })
  expect(both.definition.getOAuthConfig).toMatchObject({ mapping: { clientId: 'new' } })
  expect(both.warnings).toEqual([
    { path: 'oAuthConfig', message: 'getOAuthConfig is there as well, and counts.' },
  ])
})

test.each([
  ['auth/get-oauth-config.map.yml'],
  ['auth/oauth-config.map.yaml'],
  ['src/auth/oauth-config.yml'],
  ['./auth/get-oauth-config.map.json'],
  ['oauth-config.map.yml'],
])('the configuration of OAuth is found in %s', (path) => {
  const spec = { auth: { type: 'oauth2', getOAuthConfig: { implementationType: 'mapping' } } }
  expect(normalise(spec, { [path]: { clientId: 'c' } }).definition.getOAuthConfig).toEqual({
    kind: 'mapping',
    mapping: { clientId: 'c' },
    at: path,
  })
})

test('each ending says how a method is implemented', () => {
  const of = (path: string, content: unknown): unknown =>
    normalise({ auth: { type: 'oauth1' } }, { [path]: content }).definition.test?.kind
  const request = { path: '/me', method: 'get' }
  expect([
    of('auth/test.rest.yml', request),
    of('auth/test.api.yml', request),
    of('auth/test.graphql.yml', {
      path: '/',
      requestMapping: [{ field: 'me', subFields: [{ field: 'id' }] }],
    }),
    of('auth/test.op.yml', { operationKey: 'me' }),
    of('auth/test.mjs', run),
    of('auth/test.map.yml', { a: 1 }),
    of('auth/test.map.yml', request),
  ]).toEqual([
    'rest-api-mapping',
    'rest-api-mapping',
    'graphql-api-mapping',
    'operation-mapping',
    'javascript',
    'mapping',
    'rest-api-mapping',
  ])
})

test("an option's files stand beside it, and else those of the connector serve", () => {
  const option = (type: string): object => ({ type, makeApiClient: { implementationType: 'mapping' } })
  const { definition } = normalise(
    { auth: { options: { a: option('oauth2'), b: option('client-credentials') } } },
    {
      'auth/options/a/make-api-client.map.yml': { baseUri: 'a' },
      'auth/make-api-client.map.yml': { baseUri: 'base' },
    },
  )
  expect(Object.values(definition.options ?? {}).map(({ at, makeApiClient }) => [at, makeApiClient])).toEqual(
    [
      [
        'auth.options.a',
        { kind: 'mapping', mapping: { baseUri: 'a' }, at: 'auth/options/a/make-api-client.map.yml' },
      ],
      [
        'auth.options.b',
        { kind: 'mapping', mapping: { baseUri: 'base' }, at: 'auth/make-api-client.map.yml' },
      ],
    ],
  )
})

test('what is unknown or unused is a warning that names what it resembles', () => {
  const { warnings } = normalise(
    {
      nam: 'x',
      auth: {
        type: 'oauth1',
        tes: 1,
        ui: { helpUrl: 'x' },
        test: { type: 'javascript', code: run, cod: 1 },
        options: { a: { type: 'oauth2', options: {}, makeApiCleint: 1 } },
      },
    },
    { 'auth/mkae-api-client.js': run },
  )
  expect(
    warnings.map(
      ({ path, message }) => `${path}: ${message.replace(' means nothing here and is passed over.', '')}`,
    ),
  ).toEqual([
    'nam: "nam" Did you mean "name"?',
    'auth.tes: "tes" Did you mean "test"?',
    'auth.ui.helpUrl: "helpUrl" Did you mean "helpUri"?',
    'auth.test.cod: "cod" Did you mean "code"?',
    'auth.options.a.options: An option has no options of its own; they are passed over.',
    'auth.options.a.makeApiCleint: "makeApiCleint" Did you mean "makeApiClient"?',
    'auth/mkae-api-client.js: No method of the definition is in this file; see its name.',
  ])
})

test('a method that is not supported is a hole, and takes no file', () => {
  const spec = { auth: { type: 'oauth1', test: { implementationType: 'not-supported' } } }
  expect(normalise(spec, { 'auth/test.js': run }).definition.test).toEqual({
    kind: 'not-supported',
    at: 'auth.test',
  })
})

test('the definition is only read', () => {
  const spec = Object.freeze({ auth: Object.freeze({ ...classic.auth, options: Object.freeze({}) }) })
  const files = Object.freeze({ 'auth/make-api-client.map.yml': Object.freeze(client), 'auth/test.js': run })
  expect(normalise(spec, files).definition.type).toBe('client-credentials')
})
