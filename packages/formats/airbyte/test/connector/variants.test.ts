import { expect, test } from '@jest/globals'
import { connect, type Connection } from '@latchkey/core'
import type { JsonObject } from '@latchkey/core/definition'
import { fromAirbyte } from '@latchkey/format-airbyte'
import { api, manifestOf, opened, secret } from '../oauth/support.ts'

const read = { type: 'ApiKeyAuthenticator', header: 'X-Key', api_token: "{{ config['read'] }}" }
const write = { type: 'ApiKeyAuthenticator', header: 'X-Key', api_token: "{{ config['write'] }}" }
const keys = { read: secret, write: secret }
const given = { read: 'the-read-key', write: 'the-write-key' }

/** Whatever writes into it throws. */
function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen)
  return value
}

test('streams that are authenticated alike are one connector without variants', () => {
  const { auth } = opened(manifestOf([read, { ...read }, { ...read }], keys), given).imported.connector
  expect(auth.choices).toBe(undefined)
  expect(auth.scheme).toBe('api-key')
})

test('streams that differ are variants of one connector, and most streams’ is the default', async () => {
  const manifest = manifestOf([write, read, read], keys)
  const world = opened(manifest, given)
  const { auth } = world.imported.connector
  expect(auth.fields['variant']).toMatchObject({
    public: true,
    default: 'things 2',
    choices: [
      { value: 'things 2', label: 'things 2' },
      { value: 'things', label: 'things' },
    ],
  })
  await world.connection.fetch(api)
  expect(world.sent[0]?.headers.get('x-key')).toBe('the-read-key')
  const settings = { ...world.imported.settingsOf(given), variant: 'things' }
  expect(world.imported.configOf(settings)).toEqual(given)
})

test('one stream’s alone is what was asked for', async () => {
  const manifest = manifestOf([write, read, read], keys)
  const world = opened(manifest, given, undefined, { stream: 'things' })
  expect(world.imported.connector.auth.choices).toBe(undefined)
  await world.connection.fetch(api)
  expect(world.sent[0]?.headers.get('x-key')).toBe('the-write-key')
  expect(() => fromAirbyte(manifest, { stream: 'other' })).toThrow(
    'there is no stream "other"; there are things, things 2, things 3',
  )
})

test('a misspelt stream is told the one that it resembles, and never hundreds of names', () => {
  const manifest = manifestOf(Array<JsonObject>(30).fill(read), keys)
  expect(() => fromAirbyte(manifest, { stream: 'thigns 7' })).toThrow(
    'streams: there is no stream "thigns 7"; did you mean "things 7"?',
  )
  expect(() => fromAirbyte(manifest, { stream: 'other' })).toThrow(/things 20 and 10 others\.?$/)
})

test('quotes and spaces of a template make no difference', () => {
  const manifest = manifestOf(
    [
      { ...read, api_token: '{{config["read"]}}' },
      { ...read, api_token: "{{ config['read'] }}" },
    ],
    keys,
  )
  const streams = (manifest['streams'] as unknown as { retriever: { requester: JsonObject } }[]).map(
    (stream, at) => {
      const { requester } = stream.retriever
      const key = at === 0 ? "{{ config['write'] }}" : '{{ config["write"] }}'
      return { ...stream, retriever: { requester: { ...requester, request_headers: { 'X-Write': key } } } }
    },
  )
  const { connector, warnings } = fromAirbyte({ ...manifest, streams })
  expect(connector.auth.choices).toBe(undefined)
  expect(warnings).toEqual([])
})

test.each<[string, object]>([
  ['streams: this must be a list of streams.', { streams: 7 }],
  ['streams[0]: a stream must be an object.', { streams: ['things'] }],
  [
    'streams[0].retriever.requester.authenticator: an authenticator must be an object.',
    {
      streams: [{ name: 'x', retriever: { requester: { type: 'HttpRequester', authenticator: 'Bearer' } } }],
    },
  ],
  ['dynamic_streams: this must be a list of streams.', { dynamic_streams: { a: 1 } }],
  ['spec: this must be an object with a connection_specification.', { spec: 'none' }],
])('what is of another type is refused by its place: %s', (message, members) => {
  const refused = expect(() => fromAirbyte({ ...manifestOf(read, keys), ...members }))
  refused.toThrow(expect.objectContaining({ code: 'definition_invalid', message }))
})

test.each<[string, JsonObject]>([
  [
    '.type: this must be one of NoAuth, ApiKeyAuthenticator, BearerAuthenticator, BasicHttpAuthenticator, JwtAuthenticator, SessionTokenAuthenticator, LegacySessionTokenAuthenticator, SelectiveAuthenticator, RateLimitedMultipleTokenAuthenticator, CustomAuthenticator, OAuthAuthenticator; did you mean ApiKeyAuthenticator?',
    { ...read, type: 'ApiKeyAuthentictor' },
  ],
  [
    ': api_token is missing; did you mean it by "api_tokn"?',
    { type: 'BearerAuthenticator', api_tokn: "{{ config['read'] }}" },
  ],
])('a misspelt name is told the one that it resembles: %s', (message, authenticator) => {
  expect(() => fromAirbyte(manifestOf(authenticator, keys))).toThrow(
    `streams[0].retriever.requester.authenticator${message}`,
  )
})

test('a manifest is read and used without being changed', async () => {
  const manifest = frozen(manifestOf([write, { ...read, $parameters: { name: 'x' } }], keys))
  const { connection, sent } = opened(manifest, given)
  await connection.fetch(api)
  expect(sent[0]?.headers.get('x-key')).toBe('the-write-key')
})

test('two accounts of one connector never see each other’s values', async () => {
  const imported = fromAirbyte(manifestOf(read, keys))
  const sent: (string | null)[] = []
  const fetch = async (_: unknown, init?: RequestInit): Promise<Response> => {
    sent.push(new Headers(init?.headers).get('x-key'))
    return Response.json({})
  }
  const [one, other] = ['c4n4ry-one', 'c4n4ry-other'].map((key) =>
    connect(imported.connector, { settings: imported.settingsOf({ ...given, read: key }), fetch }),
  ) as [Connection, Connection]
  await Promise.all([one.fetch(api), other.fetch(api), one.fetch(api), other.fetch(api)])
  expect(sent.sort()).toEqual(['c4n4ry-one', 'c4n4ry-one', 'c4n4ry-other', 'c4n4ry-other'])
})

test('what parameters put on an authenticator that no authenticator has makes no difference', () => {
  const manifest = manifestOf([read, read], keys)
  const streams = (manifest['streams'] as unknown as JsonObject[]).map((stream, at) => ({
    ...stream,
    $parameters: { name: `things ${at}`, path: `/${at}`, primary_key: 'id' },
  }))
  const { connector, warnings } = fromAirbyte({ ...manifest, streams })
  expect(connector.auth.choices).toBe(undefined)
  expect(warnings).toEqual([])
})

test('a template that reads parameters makes a difference', () => {
  const manifest = manifestOf(
    [
      { ...read, api_token: "{{ config[parameters['which']] }}" },
      { ...read, api_token: "{{ config[parameters['which']] }}" },
    ],
    keys,
  )
  const streams = (manifest['streams'] as unknown as JsonObject[]).map((stream, at) => ({
    ...stream,
    $parameters: { which: at === 0 ? 'read' : 'write' },
  }))
  expect(Object.keys(fromAirbyte({ ...manifest, streams }).connector.auth.choices ?? {})).toEqual([
    'things',
    'things 2',
  ])
})

test('a manifest without streams is a connector that signs nothing, with a warning', () => {
  const { connector, warnings } = fromAirbyte({ ...manifestOf(read, {}), streams: [] })
  expect(warnings.map(({ path }) => path)).toContain('streams')
  expect(connector.auth.scheme).toBe('none')
})

test('the connector has the name of the specification, and the key that is given', () => {
  const manifest = manifestOf(read, keys, { documentation_url: 'https://docs.example.com' })
  expect(fromAirbyte(manifest).connector).toMatchObject({
    key: 'demo',
    name: 'Demo',
    helpUrl: 'https://docs.example.com',
  })
  expect(fromAirbyte(manifest, { key: 'mine', name: 'Mine' }).connector).toMatchObject({
    key: 'mine',
    name: 'Mine',
  })
})

test('members that nobody knows are warnings; what is not authentication is not read', () => {
  const manifest = {
    ...manifestOf(read, keys, { advanced_authentication: {} }),
    definition: {},
    schemas: { x: 1 },
  }
  expect(fromAirbyte(manifest).warnings.map(({ path }) => path)).toEqual([
    'definition',
    'spec.advanced_authentication',
  ])
})
