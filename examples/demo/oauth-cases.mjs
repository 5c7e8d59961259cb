// The OAuth examples that the demo connects: the values that are given, what is requested, and how a wrong value is
// given. `person`: somebody has to agree.

const client = ['--set', 'clientId=demo-client']
const wrong = { given: { LATCHKEY_CLIENT_SECRET: 'wrong-secret-0' }, code: 13 }

/** The client that is registered with each provider that the demo plays. */
export const demoClient = { id: 'demo-client', secret: 'demo-client-secret-c41d22' }

const secret = { LATCHKEY_CLIENT_SECRET: demoClient.secret }

export const oauthCases = [
  {
    what: 'Square: JSON, a date as expiry',
    name: 'square',
    connector: 'square.ts',
    args: client,
    env: secret,
    request: '/catalog/list',
    person: true,
    wrong,
  },
  {
    what: 'Slack: two tokens, failures in 200',
    name: 'slack',
    connector: 'slack.ts',
    args: client,
    env: secret,
    request: '/conversations.list',
    person: true,
    wrong,
  },
  {
    what: 'GitHub: failures in 200',
    name: 'github',
    connector: 'github.ts',
    args: client,
    env: secret,
    request: '/user/repos',
    person: true,
    wrong,
  },
  {
    what: 'Smartsheet: single-use refresh',
    name: 'smartsheet',
    connector: 'smartsheet.ts',
    args: client,
    env: secret,
    request: '/sheets',
    person: true,
    wrong,
  },
  {
    what: 'Salesforce: the base URL in the answer',
    name: 'salesforce',
    connector: 'salesforce.ts',
    args: client,
    env: secret,
    request: '/services/data/v62.0/query?q=SELECT+Name+FROM+Product2',
    person: true,
    wrong,
  },
  {
    what: 'Google: a service account’s key',
    name: 'google-drive',
    connector: 'google-service-account.ts',
    args: ['--set-file', 'privateKey=$KEY_FILE'],
    request: '/files',
    wrong: { args: ['--set-file', 'privateKey=$WRONG_KEY_FILE'], code: 11 },
  },
  {
    what: 'Spotify: client credentials',
    name: 'spotify',
    connector: 'spotify.ts',
    args: client,
    env: secret,
    request: '/search?q=engine&type=track',
    nameless: true,
    wrong,
  },
  {
    what: 'GitHub, on another device',
    name: 'github-device',
    connector: 'github-device.ts',
    args: client,
    request: '/user/repos',
    person: true,
    fixed: true,
    wrong: { args: ['--set', 'clientId=wrong-client'], code: 13 },
  },
]
