import { expect, test } from '@jest/globals'
import { defineStrategy, options, type Connector } from '@latchkey/core'
import { connectorWith, definitionOf, found, key } from './support.ts'

test('a connector without a flaw has no finding', async () => {
  expect(await found(connectorWith())).toEqual([])
})

const consent = (scope: string | undefined, refresh: boolean): Connector =>
  connectorWith({
    auth: defineStrategy<{ readonly token: string }>()({
      scheme: 'consent',
      fields: {},
      authorize: {
        async begin({ redirectUri = '' }) {
          const url = new URL('https://acme.example/authorize?client_id=c&state=s')
          url.searchParams.set('redirect_uri', redirectUri)
          if (scope !== undefined) url.searchParams.set('scope', scope)
          return { url: url.href, pending: null }
        },
        complete: async () => ({ token: 't' }),
      },
      ...(refresh && { refresh: async () => ({ token: 't' }) }),
      apply: ({ headers }, { credentials }) => headers.set('authorization', `Bearer ${credentials.token}`),
      test: async () => undefined,
    }),
  })

test.each<[string, Connector, string[]]>([
  ['no description', connectorWith({ description: undefined }), ['warning no-description at description']],
  [
    'no test',
    connectorWith({ auth: { scheme: 'x', fields: { key }, apply: () => undefined } }),
    ['warning no-test at test'],
  ],
  ['a test of the connector alone', connectorWith({ test: async () => undefined }), []],
  [
    'no test in one of two ways',
    connectorWith({
      auth: options({
        a: { scheme: 'x', fields: {}, apply: () => undefined },
        b: { scheme: 'y', fields: {}, apply: () => undefined, test: async () => undefined },
      }),
    }),
    ['warning no-test at a: test'],
  ],
  ['a consent that cannot be renewed', consent('read', false), ['warning no-refresh at refresh']],
  ['a consent without scopes', consent(undefined, true), ['warning no-scopes at scopes']],
  ['a consent with an empty scope', consent('', true), ['warning no-scopes at scopes']],
  ['a consent with scopes and renewal', consent('read', true), []],
])('what becomes of a connection: %s', async (_, connector, findings) => {
  expect(await found(connector)).toEqual(findings)
})

test.each<[string, Parameters<typeof connectorWith>[1], string[]]>([
  ['no help', { key: { ...key, help: undefined } as never }, ['warning no-help at key']],
  ['a description is help', { key: { type: 'password', label: 'K', description: 'd', required: true } }, []],
  ['an optional field', { key, more: { type: 'password', label: 'More' } }, []],
  ['a field of the operator', { key: { type: 'password', label: 'K', required: true, owner: 'app' } }, []],
  ['a public password', { key: { ...key, public: true } }, ['error public-secret at key']],
  [
    'a public text that is called a secret',
    { key, 'app.clientSecret': { type: 'string', label: 'S', public: true } },
    ['warning public-secret at app.clientSecret'],
  ],
  [
    'public texts that are about a secret',
    {
      key,
      token_url_prefix: { type: 'string', label: 'U', public: true },
      key_id: { type: 'string', label: 'I', public: true },
      tokenType: { type: 'string', label: 'T', public: true, choices: ['a'] },
    },
    [],
  ],
])('what a form shows: %s', async (_, fields, findings) => {
  expect(await found(connectorWith({}, fields))).toEqual(findings)
})

const slot = {
  key,
  site: { type: 'string', label: 'Site', required: true, public: true },
} as const
const url = {
  key,
  url: { type: 'string', label: 'URL', format: 'url', required: true, public: true },
} as const

test.each<[string, Connector, string[]]>([
  ['any host', connectorWith({ origins: ['https://*'] }), ['warning host-chosen at https://*']],
  [
    'a whole host',
    connectorWith({ baseUrl: 'https://{site:host}/v1' }, slot),
    ['warning host-chosen at https://{site:host}/v1'],
  ],
  [
    'a part of a host',
    connectorWith({ baseUrl: 'https://{site}.acme.example' }, slot),
    ['note host-slot at https://{site}.acme.example'],
  ],
  [
    'a part of a host under a shared name',
    connectorWith({ baseUrl: 'https://{site}.herokuapp.com' }, slot),
    ['error wide-origin at https://{site}.herokuapp.com', 'note host-slot at https://{site}.herokuapp.com'],
  ],
  ['an address as a value', connectorWith({}, url), ['warning host-chosen at url']],
  ['an address that the operator gives', connectorWith({}, { key, url: { ...url.url, owner: 'app' } }), []],
  [
    'every name of a registry',
    connectorWith({ origins: ['https://*.co.uk'] }),
    ['error wide-origin at https://*.co.uk'],
  ],
  ['a domain of one’s own', connectorWith({ origins: ['https://*.acme.example'] }), []],
  [
    'patterns of a computed address',
    connectorWith({ baseUrl: () => 'https://a.github.io', originPatterns: ['https://*.github.io'] }),
    ['error wide-origin at https://*.github.io'],
  ],
  ['nowhere', connectorWith({ baseUrl: undefined }), ['error no-host at baseUrl']],
  [
    'help over http',
    connectorWith({ helpUrl: 'http://acme.example/help' }),
    ['warning insecure-url at helpUrl'],
  ],
  ['a test server on loopback', connectorWith({ baseUrl: 'http://127.0.0.1:8080' }), []],
])('where credentials go: %s', async (_, connector, findings) => {
  expect(await found(connector)).toEqual(findings)
})

test('addresses in a definition are looked at where they are addresses', async () => {
  const content = {
    auth: { token_refresh_endpoint: 'http://acme.example/token', url_base: 'http://localhost:1/' },
    note: 'http://acme.example',
    description: 'http://acme.example',
  }
  expect(await found(connectorWith(), { definition: definitionOf(content) })).toEqual([
    'warning insecure-url at auth.token_refresh_endpoint',
  ])
})

test('what the reader of a definition warned of is a finding', async () => {
  const definition = definitionOf({})
  const imported = {
    ...definition.imported,
    warnings: [
      { path: 'a.b', message: 'Look.' },
      { path: '', message: 'All.' },
    ],
  }
  expect(await found(connectorWith(), { definition: { ...definition, imported } })).toEqual([
    'warning definition at a.b',
    'warning definition at the definition',
  ])
})
