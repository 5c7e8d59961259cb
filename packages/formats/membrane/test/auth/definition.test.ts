import { expect, test } from '@jest/globals'
import { fromMembrane } from '@latchkey/format-membrane'
import { base, keyClient, open, schemaOf } from './support.ts'

const mapping = (value: unknown) => ({ type: 'mapping', mapping: value })

test('where the operator and the user are asked for the same name, the operator’s has a longer one', async () => {
  const imported = fromMembrane({
    type: 'client-credentials',
    inputSchema: schemaOf('region'),
    parametersSchema: schemaOf('region', 'appKey'),
    makeApiClient: mapping({
      baseUri: base,
      query: { ours: { $var: 'connectorParameters.region' }, theirs: { $var: 'connectionInput.region' } },
    }),
  })
  expect(Object.entries(imported.connector.auth.fields).map(([name, { owner }]) => [name, owner])).toEqual([
    ['region', undefined],
    ['connectorParameters.region', 'app'],
    ['appKey', 'app'],
  ])
  const config = { input: { region: 'eu' }, connectorParameters: { region: 'de' } }
  const settings = imported.settingsOf(config)
  const { connection, sent } = open(imported, settings)
  await connection.fetch(`${base}/a`)
  expect(sent[0]?.url).toBe(`${base}/a?ours=de&theirs=eu`)
  expect(imported.configOf(settings)).toMatchObject(config)
})

test('what no schema has and a formula speaks of is asked for, with a warning where the user is asked', () => {
  const imported = fromMembrane({
    type: 'client-credentials',
    makeApiClient: mapping({ ...keyClient, query: { app: { $var: 'connectorParameters.appKey' } } }),
  })
  expect(
    Object.entries(imported.connector.auth.fields).map(([name, { owner, public: open }]) => [
      name,
      owner,
      open,
    ]),
  ).toEqual([
    ['apiKey', undefined, undefined],
    ['appKey', 'app', undefined],
  ])
  expect(imported.warnings).toEqual([
    {
      path: 'inputSchema',
      message: 'does not have "apiKey", of which a formula speaks; the form asks for it as a text.',
    },
  ])
})

test.each([
  ['no client', { type: 'client-credentials' }, 'definition_invalid', 'needs makeApiClient'],
  ['no configuration', { type: 'oauth2' }, 'definition_invalid', 'needs getOAuthConfig'],
  ['no type', { makeApiClient: mapping(keyClient) }, 'definition_invalid', 'type'],
  ['an unknown type', { type: 'basic' }, 'definition_invalid', 'type'],
  ['a proxy without its key', { type: 'proxy' }, 'definition_invalid', 'proxyKey'],
  [
    'a request for credentials',
    {
      type: 'client-credentials',
      makeApiClient: mapping(keyClient),
      getCredentialsFromConnectionParameters: { type: 'rest-api-mapping', path: '/x', method: 'get' },
    },
    'unsupported',
    'getCredentialsFromConnectionParameters',
  ],
  [
    'code as text',
    { type: 'client-credentials', makeApiClient: { type: 'javascript', code: 'export default () => 1' } },
    'unsupported',
    'makeApiClient',
  ],
])('%s is an error that names the place', (_, definition, code, place) => {
  let caught: unknown
  try {
    fromMembrane(definition)
  } catch (error) {
    caught = error
  }
  expect(caught).toMatchObject({ code, message: expect.stringContaining(place) })
})

test('what a type never calls and what nobody knows are warnings', () => {
  const { warnings } = fromMembrane({
    type: 'client-credentials',
    inputSchema: schemaOf('apiKey'),
    getTokenData: () => ({}),
    makeApiClient: mapping({ ...keyClient, header: {}, baseUrls: '' }),
  })
  expect(warnings.map(({ message }) => message)).toEqual([
    'The type client-credentials never calls getTokenData.',
    '"header" means nothing here and is passed over. Did you mean "headers"?',
    '"baseUrls" means nothing here and is passed over. Did you mean "baseUrl"?',
  ])
})

test('a formula may choose a whole client, but not one whose handlers it would work out too soon', async () => {
  const chosen = (client: object) => ({
    type: 'client-credentials',
    inputSchema: schemaOf('apiKey'),
    makeApiClient: mapping({ $case: { cases: [], default: client } }),
  })
  const { connection, sent } = open(fromMembrane(chosen(keyClient)), { apiKey: 'k-123456' })
  await connection.http('a').text()
  expect([sent[0]?.url, sent[0]?.headers.get('x-api-key')]).toEqual([`${base}/a`, 'k-123456'])
  const handlers = { responseHandlers: [{ match: { $var: 'response.data.bad' }, isSuccess: false }] }
  expect(() => fromMembrane(chosen({ ...keyClient, ...handlers }))).toThrow(
    'response handlers inside a formula',
  )
})

test('a link to help that is a script is left out, with a warning', () => {
  const { connector, warnings } = fromMembrane({
    type: 'client-credentials',
    ui: { schema: schemaOf('apiKey'), helpUri: 'javascript:alert(1)' },
    makeApiClient: mapping(keyClient),
  })
  expect(connector.auth.helpUrl).toBeUndefined()
  expect(warnings).toEqual([{ path: 'ui.helpUri', message: 'is no http or https URL, and is left out.' }])
})
