import { fromMembrane } from '@latchkey/format-membrane'

/** Two ways of signing in, of which the user chooses one; what both have is said once. */
const spec = {
  key: 'membrane-options',
  name: 'A key or an account',
  auth: {
    type: 'client-credentials',
    makeApiClient: { implementationType: 'mapping' },
    options: {
      token: {
        type: 'client-credentials',
        title: 'Personal token',
        ui: { schema: { type: 'object', properties: { apiKey: { type: 'string', title: 'Token' } } } },
      },
      sheets: { type: 'oauth2', title: 'Sheets account', getOAuthConfig: { implementationType: 'mapping' } },
    },
  },
}

const imported = fromMembrane(spec, {
  files: {
    'auth/make-api-client.map.yml': {
      baseUri: {
        $case: {
          cases: [
            {
              filter: { $eval: { $var: 'credentials.access_token' }, isNotEmpty: true },
              value: 'https://api.smartsheet.com/2.0',
            },
          ],
          default: 'https://api.example.com/three',
        },
      },
      headers: {
        Authorization: {
          $concat: [
            'Bearer ',
            { $firstNotEmpty: [{ $var: 'credentials.access_token' }, { $var: 'credentials.apiKey' }] },
          ],
        },
      },
    },
    'auth/options/sheets/get-oauth-config.map.yml': {
      clientId: { $var: 'connectorParameters.clientId' },
      clientSecret: { $var: 'connectorParameters.clientSecret' },
      authorizeUri: 'https://app.smartsheet.com/b/authorize',
      tokenUri: 'https://api.smartsheet.com/2.0/token',
      scopes: ['READ_SHEETS'],
      clientAuthLocation: 'body',
    },
  },
})
export const { warnings, settingsOf, credentialsOf, configOf } = imported
export default imported.connector
