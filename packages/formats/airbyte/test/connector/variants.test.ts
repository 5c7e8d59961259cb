import { expect, test } from '@jest/globals'
import type { JsonObject } from '@latchkey/core/definition'
import { fromAirbyte } from '@latchkey/format-airbyte'
import { api, manifestOf, opened, secret } from '../oauth/support.ts'

const read = { type: 'ApiKeyAuthenticator', header: 'X-Key', api_token: "{{ config['read'] }}" }
const write = { type: 'ApiKeyAuthenticator', header: 'X-Key', api_token: "{{ config['write'] }}" }
const keys = { read: secret, write: secret }
const given = { read: 'the-read-key', write: 'the-write-key' }

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
