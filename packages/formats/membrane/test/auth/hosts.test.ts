import { expect, test } from '@jest/globals'
import { base, define, key, keyClient, open, schemaOf } from './support.ts'

const headers = { 'X-Api-Key': { $var: 'credentials.apiKey' } }
const asked = { type: 'client-credentials', ui: { schema: schemaOf('apiKey', 'subdomain') } }
const at = (baseUri: unknown) => define(asked, { makeApiClient: { baseUri, headers } })
const settings = { apiKey: 'k-123456', subdomain: 'acme' }
const hostile = [
  'evil.test/',
  'evil.test#',
  'evil.test?',
  'evil.test\\',
  'x@evil.test/',
  'evil.test:443/',
  '',
  '..',
  'a.b/',
]

test('a base URL with a value in it is held to the domain that the definition spells out', async () => {
  const imported = at({ $concat: ['https://', { $var: 'connectionInput.subdomain' }, '.acme.test/v1'] })
  expect(imported.warnings).toEqual([])
  const { connection, sent } = open(imported, settings)
  await connection.http('me').text()
  expect(sent[0]?.url).toBe('https://acme.acme.test/v1/me')
  await expect(connection.fetch('https://other.acme.test/me')).rejects.toMatchObject({
    code: 'origin_forbidden',
  })
  for (const subdomain of hostile) {
    const other = open(imported, { ...settings, subdomain })
    await expect(other.connection.http('me')).rejects.toMatchObject({ code: 'settings_invalid' })
    expect(other.sent.length).toBe(0)
  }
})

test('a host that a user chooses is a warning, and must be public and https', async () => {
  const imported = at({ $concat: ['https://', { $var: 'connectionInput.subdomain' }, '/v1'] })
  expect(imported.warnings).toEqual([
    {
      path: 'auth/make-api-client.map.yml.baseUri',
      message:
        'connectionInput.subdomain chooses the host that gets the credentials; give the option origins where it is always the same.',
    },
  ])
  const { connection, sent } = open(imported, { ...settings, subdomain: 'my.host.test' })
  await connection.http('me').text()
  expect(sent[0]?.url).toBe('https://my.host.test/v1/me')
  for (const subdomain of ['127.0.0.1', 'localhost', '10.0.0.1', 'evil.test/x', 'a@b.test']) {
    const other = open(imported, { ...settings, subdomain })
    const refused = other.connection.http('me').catch((error: unknown) => (error as { code: string }).code)
    expect(['settings_invalid', 'origin_forbidden']).toContain(await refused)
    expect(other.sent.length).toBe(0)
  }
})

test('a function that computes the base URL is a warning, and no value that was typed may break out of its place', async () => {
  const run = ({ connectionInput, credentials }: Record<string, Record<string, string>>) => ({
    baseUri: `https://${connectionInput?.['subdomain'] ?? ''}.acme.test/v1`,
    headers: { 'X-Api-Key': credentials?.['apiKey'] },
  })
  const imported = define(asked, { makeApiClient: run })
  expect(imported.warnings.map(({ message }) => message)).toEqual([
    'What is computed chooses the host that gets the credentials; give the option origins where it is always the same.',
  ])
  const { connection, sent } = open(imported, settings)
  await connection.http('me').text()
  expect(sent[0]?.url).toBe('https://acme.acme.test/v1/me')
  for (const subdomain of hostile) {
    const other = open(imported, { ...settings, subdomain })
    await expect(other.connection.http('me')).rejects.toMatchObject({ code: 'settings_invalid' })
    expect(other.sent.length).toBe(0)
  }
  const pinned = define(asked, { makeApiClient: run }, { origins: ['https://acme.acme.test'] })
  await open(pinned, settings).connection.http('me').text()
  await expect(open(pinned, { ...settings, subdomain: 'other' }).connection.http('me')).rejects.toMatchObject(
    {
      code: 'origin_forbidden',
    },
  )
})

test('a function may take the whole host or the beginning of the URL from the user, where it stays that', async () => {
  const run =
    (url: (typed: string) => string) =>
    ({ connectionInput }: Record<string, Record<string, string>>) => ({
      baseUri: url(connectionInput?.['subdomain'] ?? ''),
    })
  const reach = async (url: (typed: string) => string, subdomain: string): Promise<string | undefined> => {
    const { connection, sent } = open(define(asked, { makeApiClient: run(url) }), { ...settings, subdomain })
    await connection.http('me').text()
    return sent[0]?.url
  }
  expect(await reach((typed) => `https://${typed}/v1`, 'my.host.test')).toBe('https://my.host.test/v1/me')
  expect(await reach((typed) => `${typed}/v1`, 'https://my.host.test/api')).toBe(
    'https://my.host.test/api/v1/me',
  )
  expect(await reach((typed) => `https://${typed}.acme.test`, 'eu.team')).toBe('https://eu.team.acme.test/me')
  await expect(reach((typed) => `${typed}.acme.test`, 'https://my.host.test')).rejects.toMatchObject({
    code: 'settings_invalid',
  })
  await expect(reach((typed) => `https://${typed}/v1`, 'my.host.test/x#')).rejects.toMatchObject({
    code: 'settings_invalid',
  })
  await expect(reach((typed) => `https://${typed}/v1`, '127.0.0.1')).rejects.toMatchObject({
    code: 'origin_forbidden',
  })
})

test.each([
  'http://api.acme.test',
  'https://user:p@api.acme.test',
  'ftp://api.acme.test',
  'api.acme.test',
  '/v1',
])('the base URL %s is refused when the definition is read', (baseUri) => {
  expect(() => at(baseUri)).toThrow(/makeApiClient|make-api-client/)
})

test('credentials do not go along with a redirect to another host', async () => {
  const { connection, sent } = open(
    define(key, { makeApiClient: keyClient }),
    { apiKey: 'k-123456' },
    ({ url }) =>
      url === `${base}/a`
        ? new Response(null, { status: 302, headers: { location: 'https://other.test/b' } })
        : new Response(),
  )
  await connection.fetch(`${base}/a`)
  expect(sent.map(({ url, headers: own }) => [url, own.get('x-api-key')])).toEqual([
    [`${base}/a`, 'k-123456'],
    ['https://other.test/b', null],
  ])
})

test.each([
  ['$concat', { $concat: ['Bearer ', { $var: 'credentials.token' }] }],
  ['$var', { $var: 'credentials.token' }],
  ['$tpl', { $tpl: { template: 'Bearer {t}', values: { t: { $var: 'credentials.token' } } } }],
  ['$template', { $template: 'Bearer ${credentials.token}' }],
])('a credential that is missing in %s is an error that names it, and nothing is sent', async (_, value) => {
  const imported = define(key, { makeApiClient: { baseUri: base, headers: { Authorization: value } } })
  const { connection, sent } = open(imported, { apiKey: 'k-123456' })
  await expect(connection.fetch(`${base}/a`)).rejects.toMatchObject({
    code: 'credentials_missing',
    message: expect.stringContaining('credentials.token is missing'),
  })
  expect(sent.length).toBe(0)
})

test.each([['Bearer undefined'], ['Bearer '], ['Bearer null'], ['undefined'], ['']])(
  'a function whose credential is missing sends nothing either: %p',
  async (authorization) => {
    const imported = define(key, { makeApiClient: () => ({ baseUri: base, headers: { authorization } }) })
    const { connection, sent } = open(imported, { apiKey: 'k-123456' })
    await expect(connection.fetch(`${base}/a`)).rejects.toMatchObject({ code: 'credentials_missing' })
    expect(sent.length).toBe(0)
  },
)

test('what the form shows openly and does not insist on may be missing; a secret may not', async () => {
  const query = { account: { $var: 'connectionInput.account' }, key: { $var: 'connectionInput.apiKey' } }
  const imported = define(
    { type: 'client-credentials', ui: { schema: schemaOf('apiKey', 'account') } },
    { makeApiClient: { baseUri: base, query } },
  )
  const { connection, sent } = open(imported, { apiKey: 'k-123456' })
  await connection.fetch(`${base}/a`)
  expect(sent[0]?.url).toBe(`${base}/a?key=k-123456`)
  await expect(open(imported, { account: 'a-1' }).connection.fetch(`${base}/a`)).rejects.toMatchObject({
    code: 'settings_invalid',
    message: expect.stringContaining('connectionInput.apiKey is missing'),
  })
})

test('a header that frames the message is refused when it would be sent', async () => {
  const imported = define(key, { makeApiClient: { baseUri: base, headers: { Host: 'evil.test' } } })
  await expect(open(imported, { apiKey: 'k-1' }).connection.fetch(`${base}/a`)).rejects.toMatchObject({
    code: 'definition_invalid',
  })
})

test('$template and base64() make the headers that the documentation shows', async () => {
  const imported = define(
    { type: 'client-credentials', ui: { schema: schemaOf('username', 'password') } },
    {
      makeApiClient: {
        baseUri: base,
        headers: {
          Authorization: { $template: "Basic ${base64(credentials.username + ':' + credentials.password)}" },
        },
      },
    },
  )
  const { connection, sent } = open(imported, { username: 'ada', password: 'p:ä$&$$' })
  await connection.fetch(`${base}/a`)
  expect(sent[0]?.headers.get('authorization')).toBe(`Basic ${Buffer.from('ada:p:ä$&$$').toString('base64')}`)
})

test('two connections of one definition never see each other’s values', async () => {
  const imported = define(key, {
    makeApiClient: {
      baseUri: base,
      headers: { $mergeObjects: [{ 'X-Api-Key': { $formula: { $var: 'credentials.apiKey' } } }] },
    },
  })
  for (const apiKey of ['tenant-a', 'tenant-b', 'tenant-a']) {
    const { connection, sent } = open(imported, { apiKey })
    await connection.fetch(`${base}/a`)
    expect(sent[0]?.headers.get('x-api-key')).toBe(apiKey)
  }
})

test('of two APIs that a definition may mean, credentials go to that of the connection alone', async () => {
  const sandbox = {
    filter: { $eval: { $var: 'connectionInput.subdomain' }, is: 'sandbox' },
    value: 'https://sandbox.test/v1',
  }
  const imported = at({ $case: { cases: [sandbox], default: 'https://live.test/v1' } })
  expect(imported.warnings).toEqual([])
  const { connection, sent } = open(imported, { ...settings, subdomain: 'sandbox' })
  await connection.http('me').text()
  expect(sent[0]?.url).toBe('https://sandbox.test/v1/me')
  await expect(connection.fetch('https://live.test/v1/me')).rejects.toMatchObject({
    code: 'origin_forbidden',
  })
  expect(sent.length).toBe(1)
})
