import { isAuthError } from '@latchkey/core'
import { expect, test } from '@jest/globals'
import { normalise } from '../../src/dialect/index.ts'
import type { Files } from '../../src/dialect/types.ts'

const client = { baseUri: 'https://api.example.com', headers: { 'x-key': { $var: 'credentials.apiKey' } } }
const run = (): boolean => true

const problemOf = (spec: unknown, files: Files = {}): unknown => {
  try {
    return normalise(spec, files)
  } catch (error) {
    return isAuthError(error) ? `${error.code}: ${error.message}` : error
  }
}

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

test('JavaScript as text is refused, with what to do instead', () => {
  const advice =
    'is JavaScript as text, which is never run. Import it as a module, and give the module under its path in files.'
  expect(problemOf({ type: 'oauth1', test: { type: 'javascript', code: 'export default () => true' } })).toBe(
    `unsupported: test.code: ${advice}`,
  )
  expect(
    problemOf(classic, { 'auth/make-api-client.map.yml': client, 'auth/test.js': 'exports.test = 1' }),
  ).toBe(`unsupported: auth/test.js: ${advice}`)
})

test('an imported module serves in the place of code that stands in the definition', () => {
  const spec = { type: 'oauth1', test: { type: 'javascript', code: 'export default () => false' } }
  expect(normalise(spec, { 'auth/test.js': { default: { test: run } } }).definition.test).toEqual({
    kind: 'javascript',
    run,
    at: 'auth/test.js',
  })
})

const refused: readonly (readonly [spec: unknown, message: string, files?: Files])[] = [
  [null, 'definition_invalid: The definition: must be an object: the parsed YAML or JSON of a connector.'],
  [
    'auth: {}',
    'definition_invalid: The definition: must be an object: the parsed YAML or JSON of a connector.',
  ],
  [
    { default: classic },
    'definition_invalid: The definition: is a module; give the definition that it exports, its member default.',
  ],
  [
    { auth: {} },
    'definition_invalid: auth.type: one of client-credentials, oauth2, oauth1, proxy, integration-app-token, membrane-token is needed, or options that have one.',
  ],
  [
    { type: 'basic' },
    'definition_invalid: type: must be one of client-credentials, oauth2, oauth1, proxy, integration-app-token, membrane-token.',
  ],
  [
    { auth: { type: 'proxy' } },
    'definition_invalid: auth.proxyKey: the type proxy needs the key of the connection that signs for it.',
  ],
  [
    { auth: { options: { a: {} } } },
    'definition_invalid: auth.options.a.type: an option needs a type: one of client-credentials, oauth2, oauth1, proxy, integration-app-token, membrane-token.',
  ],
  [{ type: 'oauth2', options: [] }, 'definition_invalid: options: must be options by key.'],
  [
    classic,
    'definition_invalid: auth.makeApiClient: needs the file auth/make-api-client.map.yml: give what parsing it gives under that path in files.',
  ],
  [
    classic,
    'definition_invalid: auth.test: needs the file auth/test.js: give the imported module under that path in files.',
    { 'auth/make-api-client.map.yml': client },
  ],
  [
    classic,
    'definition_invalid: auth/make-api-client.map.yml: is text: parse the YAML or JSON and give what comes out.',
    { 'auth/make-api-client.map.yml': 'baseUri: x\nheaders: {}' },
  ],
  [
    classic,
    'definition_invalid: auth/test.js: exports no function; export test or a default.',
    { 'auth/make-api-client.map.yml': client, 'auth/test.js': {} },
  ],
  [{ type: 'oauth1', test: 'yes' }, 'definition_invalid: test: must say how the method is implemented.'],
  [
    { type: 'oauth1', test: { type: 'lambda' } },
    'definition_invalid: test.type: must be one of mapping, rest-api-mapping, graphql-api-mapping, operation-mapping, javascript, not-supported.',
  ],
  [
    { type: 'oauth1', test: { type: 'rest-api-mapping', mapping: { path: '/x', method: 'head' } } },
    'definition_invalid: test.mapping.method: must be get, post, put, patch or delete.',
  ],
  [
    { type: 'oauth1', test: { type: 'rest-api-mapping', mapping: { method: 'get' } } },
    'definition_invalid: test.mapping.path: must be a text.',
  ],
  [
    {
      type: 'oauth1',
      test: { type: 'graphql-api-mapping', mapping: { requestMapping: [{ field: 'me) { x' }] } },
    },
    'definition_invalid: test.mapping.requestMapping[0].field: must be a GraphQL name.',
  ],
  [
    { type: 'oauth1', test: { type: 'operation-mapping', mapping: {} } },
    'definition_invalid: test.mapping.operationKey: must be a text.',
  ],
  [{ type: 'oauth1', title: 1 }, 'definition_invalid: title: must be a text.'],
  [{ type: 'oauth1', ui: 'x' }, 'definition_invalid: ui: must be an object.'],
]

test.each(refused.map(([spec, message, files = {}]) => [spec, message, files] as const))(
  '%j is refused: %s',
  (spec, message, files) => {
    expect(problemOf(spec, files)).toBe(message)
  },
)
