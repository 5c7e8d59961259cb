import { expect, test } from '@jest/globals'
import { apiKey } from '@latchkey/api-key'
import { connect } from '@latchkey/core'
import { fromMembrane, verifyToken } from '@latchkey/format-membrane'
import { network } from '../../../../../tools/network.ts'
import { base, open } from './support.ts'

const proxied = { type: 'proxy', proxyKey: 'shared-crm' }

test('a proxy signs with another connection, whose credentials are nowhere to be read', async () => {
  const { fetch, sent } = network(() => Response.json({ id: 7 }))
  const shared = connect(apiKey({ in: 'header', name: 'x-api-key' }), {
    settings: { apiKey: 'k-of-another' },
    origins: ['https://api.acme.test'],
    fetch,
  })
  const keys: string[] = []
  const imported = fromMembrane(
    {
      auth: {
        ...proxied,
        makeApiClient: { type: 'mapping', mapping: { baseUri: base, headers: { 'X-Version': '2' } } },
      },
    },
    {
      through: (proxyKey) => {
        keys.push(proxyKey)
        return shared
      },
    },
  )
  expect(imported.warnings).toEqual([])
  expect(imported.connector.auth.fields).toEqual({})
  const connection = connect(imported.connector, { settings: {}, fetch })
  await connection.http('users').text()
  expect(sent[0]?.headers.get('x-api-key')).toBe('k-of-another')
  expect(sent[0]?.headers.get('x-version')).toBe('2')
  expect(await connection.credentials()).toBeUndefined()
  expect(connection.redact('k-of-another')).toBe('•••')
  expect(keys).toEqual(['shared-crm'])
  await expect(connection.fetch('https://evil.test/')).rejects.toMatchObject({ code: 'origin_forbidden' })
})

test('a proxy without a base URL goes where the other connection may go, and nowhere else', async () => {
  const { fetch, sent } = network()
  const shared = connect(apiKey({ in: 'header', name: 'x-api-key' }), {
    settings: { apiKey: 'k-of-another' },
    origins: ['https://api.acme.test'],
    fetch,
  })
  const { connector } = fromMembrane(proxied, { through: () => shared })
  const connection = connect(connector, { settings: {}, fetch })
  await connection.fetch(`${base}/users`)
  await expect(connection.fetch('https://evil.test/')).rejects.toMatchObject({ code: 'origin_forbidden' })
  expect(sent.length).toBe(1)
})

test('a proxy whose key the host does not know loads with a warning, and says so when it is used', async () => {
  const imported = fromMembrane(proxied)
  expect(imported.warnings).toEqual([
    {
      path: 'proxyKey',
      message: '"shared-crm" is another connection of yours: give the option through, which opens it.',
    },
  ])
  const { connection, sent } = open(imported, {})
  await expect(connection.fetch(`${base}/a`)).rejects.toMatchObject({
    code: 'unsupported',
    message: expect.stringContaining('proxyKey: give the option through'),
  })
  expect(sent.length).toBe(0)
})

const workspace = { workspaceKey: 'ws-key', workspaceSecret: 'ws-secret' }
const now = 1_800_000_000_000

test.each([
  ['integration-app-token', ['x-integration-app-token']],
  ['membrane-token', ['x-integration-app-token', 'x-membrane-token']],
])('%s: a token of the workspace for the user on each request', async (type, names) => {
  const imported = fromMembrane(
    { type },
    {
      baseUrl: base,
      user: { fields: { plan: { type: 'string', label: 'Plan', public: true } }, claims: { plan: '{plan}' } },
    },
  )
  const { connection, sent } = open(imported, { ...workspace, userId: 'user-1', plan: 'pro' }, undefined, {
    now: () => now,
  })
  await connection.http('me').text()
  const { headers } = sent[0] ?? { headers: new Headers() }
  const present = [...headers.keys()].filter((name) => name.endsWith('-token'))
  expect(present).toEqual(names)
  const [token = '', ...others] = present.map((name) => headers.get(name) ?? '')
  expect(others.every((other) => other === token)).toBe(true)
  const claims = { iss: 'ws-key', sub: 'user-1', fields: { plan: 'pro' } }
  const secret = workspace.workspaceSecret
  expect(await verifyToken(token, { secret, now, workspaceKey: 'ws-key' })).toEqual(claims)
  expect(await verifyToken(token, { secret, now: now + 3_600_000 })).toEqual(claims)
  expect(await verifyToken(token, { secret, now: now + 3_661_000 })).toBeUndefined()
  expect(await verifyToken(token, { secret, now, workspaceKey: 'other' })).toBeUndefined()
  expect(await verifyToken(token, { secret: 'ws-secreT', now })).toBeUndefined()
  expect(await verifyToken(token, { secret: '', now })).toBeUndefined()
})

test('a token without a signature, with another algorithm or without a user is not believed', async () => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = part({ iss: 'ws-key', sub: 'user-1', fields: {} })
  for (const token of [
    '',
    'a.b.c',
    `${part({ alg: 'none' })}.${claims}.`,
    `${part({ alg: 'RS256' })}.${claims}.AA`,
    `${part({ alg: '__proto__' })}.${claims}.AA`,
  ])
    expect(await verifyToken(token, { secret: 'ws-secret', now })).toBeUndefined()
})
