// What the demo connects to: the connector, its branch of the demo API, and the values that are given. Secrets go
// through the environment, because other users of a machine can see the arguments of a command.

/** The secrets of the demo account; nothing of them may be seen in the transcript. */
export const secrets = {
  username: 'ada',
  password: 'pa55-Ωmega-demo',
  apiKey: 'demo-key-7f3a9c',
  token: 'demo-token-51d0be',
  appKey: 'demo-app-20c6ff',
  team: 'engines',
  secret: 'demo-team-secret-88',
}

const apiKey = { LATCHKEY_API_KEY: secrets.apiKey }

/** `wrong` are the values that the API must refuse. */
export const cases = [
  {
    what: 'Basic: user name and password',
    name: 'basic',
    connector: 'basic.ts',
    branch: 'basic',
    args: ['--set', `username=${secrets.username}`],
    env: { LATCHKEY_PASSWORD: secrets.password },
  },
  { what: 'a key in a header', name: 'header', connector: 'key-in-header.ts', branch: 'header', env: apiKey },
  { what: 'a key in the query', name: 'query', connector: 'key-in-query.ts', branch: 'query', env: apiKey },
  { what: 'a key in a cookie', name: 'cookie', connector: 'key-in-cookie.ts', branch: 'cookie', env: apiKey },
  {
    what: 'a key in a form body',
    name: 'form',
    connector: 'key-in-form.ts',
    branch: 'form',
    env: apiKey,
    request: ['-d', 'title=engine'],
  },
  {
    what: 'a key in a JSON body',
    name: 'json',
    connector: 'key-in-json.ts',
    branch: 'json',
    env: apiKey,
    request: ['--json', '{"title":"engine"}'],
  },
  {
    what: 'a bearer token with its own prefix',
    name: 'token',
    connector: 'token.ts',
    branch: 'token',
    env: { LATCHKEY_TOKEN: secrets.token },
  },
  {
    what: 'one of three: the key',
    name: 'three-key',
    connector: 'three-ways.ts',
    branch: 'three',
    args: ['--option', 'key'],
    env: apiKey,
  },
  {
    what: 'one of three: the token',
    name: 'three-token',
    connector: 'three-ways.ts',
    branch: 'three',
    args: ['--option', 'token'],
    env: { LATCHKEY_TOKEN: secrets.token },
  },
  {
    what: 'one of three: the password',
    name: 'three-login',
    connector: 'three-ways.ts',
    branch: 'three',
    args: ['--option', 'login', '--set', `username=${secrets.username}`],
    env: { LATCHKEY_PASSWORD: secrets.password },
  },
  {
    what: 'two at once: key and token',
    name: 'both',
    connector: 'two-at-once.ts',
    branch: 'both',
    env: { LATCHKEY_APP_KEY: secrets.appKey, LATCHKEY_TOKEN: secrets.token },
    wrong: { LATCHKEY_APP_KEY: secrets.appKey, LATCHKEY_TOKEN: 'wrong-token-0' },
  },
  {
    what: 'a scheme of one’s own',
    name: 'custom',
    connector: 'custom.ts',
    branch: 'custom',
    args: ['--set', `team=${secrets.team}`],
    env: { LATCHKEY_SECRET: secrets.secret },
  },
]
