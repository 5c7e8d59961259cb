import { fromMembrane } from '@latchkey/format-membrane'

/** The structure of a definition as Membrane's documentation lays it out, with its files beside it. */
const spec = {
  key: 'membrane-structure',
  name: 'Every part of a definition',
  auth: {
    type: 'client-credentials',
    ui: {
      schema: { type: 'object', properties: { apiKey: { type: 'string', title: 'Your key' } } },
      helpUri: 'https://docs.example.com/keys',
    },
    makeApiClient: { implementationType: 'mapping' },
    refreshCredentials: { implementationType: 'javascript' },
    test: { implementationType: 'javascript' },
    options: {
      key: { type: 'client-credentials', title: 'With a key' },
      account: {
        type: 'oauth2',
        title: 'With an account',
        getOAuthConfig: { implementationType: 'mapping' },
        makeApiClient: { implementationType: 'mapping' },
        test: { implementationType: 'rest-api-mapping' },
        // What was written for keys is not inherited.
        refreshCredentials: { implementationType: 'not-supported' },
      },
    },
  },
}

interface Given {
  readonly apiClient: { get(path: string): Promise<unknown> }
  readonly credentials: Readonly<Record<string, string>>
  readonly fetch: typeof fetch
}

/** What a bundler or `import` gives for each file; functions may be written here as well. */
const files = {
  'auth/make-api-client.map.yml': {
    baseUri: 'https://api.example.com/header',
    headers: {
      'X-API-Key': { $firstNotEmpty: [{ $var: 'credentials.key' }, { $var: 'credentials.apiKey' }] },
    },
  },
  'auth/refresh-credentials.js': ({ credentials }: Given) => ({
    key: credentials['apiKey']?.replace(/^old-/, ''),
    expires_in: 3600,
  }),
  'auth/test.js': async ({ apiClient }: Given) => apiClient.get('/me'),
  'auth/options/account/get-oauth-config.map.yml': {
    clientId: { $var: 'connectorParameters.clientId' },
    clientSecret: { $var: 'connectorParameters.clientSecret' },
    authorizeUri: 'https://app.smartsheet.com/b/authorize',
    tokenUri: 'https://api.smartsheet.com/2.0/token',
    scopes: ['READ_SHEETS', 'READ_USERS'],
    clientAuthLocation: 'body',
  },
  'auth/options/account/make-api-client.map.yml': {
    baseUri: 'https://api.smartsheet.com/2.0',
    headers: { Authorization: { $concat: ['Bearer ', { $var: 'credentials.access_token' }] } },
  },
  'auth/options/account/test.rest.yml': {
    path: '/users/me',
    method: 'get',
    responseMapping: { id: { $var: 'response.data.id' }, name: { $var: 'response.data.email' } },
  },
}

const imported = fromMembrane(spec, { files })
export const { warnings, settingsOf, credentialsOf, configOf } = imported
export default imported.connector
