import { expect, test } from '@jest/globals'
import { defineConnector } from '@latchkey/core'
import type { Imported } from '@latchkey/core/definition'
import { api, machine, type Machine, type World } from '../support.ts'
import { manifest } from './manifest.ts'

const canary = 'c4n4ry-s3cr3t-0002'
const config = { region: 'eu', credentials: { auth_type: 'key', api_key: canary } }

function here(world: World = {}): Machine & { seen: ReturnType<typeof api>['seen'] } {
  const { fetch, seen } = api(({ headers }) =>
    Response.json({ id: 1 }, { status: headers['x-api-key'] === canary ? 200 : 401 }),
  )
  const files = new Map([['/work/manifest.yaml', manifest()]])
  return Object.assign(machine({ files, fetch, stdin: JSON.stringify(config), ...world }), { seen })
}

test('a manifest is connected as it is, with the configuration that its users know', async () => {
  const at = here()
  expect(await at.run('connect', './manifest.yaml', '--stdin', '--as', 'acme')).toEqual({
    code: 0,
    out: 'Connected acme.\n',
    err: '',
  })
  expect((await at.store.read('acme'))?.settings).toEqual({
    region: 'eu',
    'credentials.auth_type': 'key',
    'credentials.api_key': canary,
  })
  expect(at.seen.map(({ url }) => url)).toEqual(['https://api.acme.test/v1/me'])
})

test('later commands know where it came from', async () => {
  const at = here()
  await at.run('connect', './manifest.yaml', '--stdin', '--as', 'acme')
  expect(await at.run('test', 'acme')).toMatchObject({ code: 0, out: 'acme works.\n' })
  expect(await at.run('request', 'acme', '/people')).toMatchObject({ code: 0, out: '{"id":1}' })
  expect(at.seen.at(-1)).toMatchObject({
    url: 'https://api.acme.test/v1/people',
    headers: { 'x-api-key': canary },
  })
  at.files.delete('/work/manifest.yaml')
  expect(await at.run('test', 'acme')).toMatchObject({
    code: 2,
    err: 'latchkey: The connector of "acme" is gone. There is no file /work/manifest.yaml.\nYou must say where the connector "acme" is now: --connector PATH.\n',
  })
})

test('its fields are given flat as well', async () => {
  const stdin = JSON.stringify({
    region: 'eu',
    'credentials.auth_type': 'key',
    'credentials.api_key': canary,
  })
  const set = ['--set', 'region=eu', '--option', 'key', '--set', `credentials.api_key=${canary}`]
  expect(await here({ stdin }).run('connect', './manifest.yaml', '--stdin')).toMatchObject({ code: 0 })
  expect(await here().run('connect', './manifest.yaml', ...set)).toMatchObject({ code: 0 })
  const env = { LATCHKEY_REGION: 'eu', LATCHKEY_CREDENTIALS_API_KEY: canary }
  expect(await here({ env }).run('try', './manifest.yaml', '--option', 'key')).toMatchObject({ code: 0 })
})

test('a faulty configuration is refused by its path, without the value', async () => {
  const stdin = JSON.stringify({ region: 'eu', credentials: { auth_type: 'key', api_key: [canary] } })
  expect(await here({ stdin }).run('connect', './manifest.yaml', '--stdin')).toEqual({
    code: 10,
    out: '',
    err: 'latchkey: The configuration is not valid. credentials.api_key: Give text, not a list.\nYou must correct what was entered.\n',
  })
})

test('show gives the configuration back with every secret masked', async () => {
  const at = here()
  await at.run('connect', './manifest.yaml', '--stdin', '--as', 'acme')
  const { code, out } = await at.run('show', 'acme', '--source-config')
  expect([code, JSON.parse(out)]).toEqual([
    0,
    { region: 'eu', credentials: { auth_type: 'key', api_key: '•••' } },
  ])
  expect((await at.run('show', 'acme')).out).toMatch(/^format +airbyte$/m)
  expect(at.printed()).not.toContain(canary)
})

test('tokens that the configuration holds are taken over, so that nobody signs in', async () => {
  const imported: Imported = {
    connector: defineConnector({
      key: 'acme',
      name: 'Acme',
      baseUrl: 'https://api.acme.test',
      auth: {
        scheme: 'tokens',
        fields: { client: { type: 'string', label: 'Client', required: true } },
        authorize: {
          begin: () => Promise.reject(new Error('nobody is asked')),
          complete: async () => undefined,
        },
        apply: ({ headers }, { credentials }) =>
          headers.set('x-api-key', (credentials as { token: string }).token),
      },
    }),
    warnings: [],
    settingsOf: ({ client }) => ({ client: client as string }),
    credentialsOf: ({ tokens }) => ({ token: (tokens as { access: string }).access }) as object,
    configOf: (settings) => settings as never,
  }
  const at = here({
    readers: { airbyte: async () => imported },
    stdin: JSON.stringify({ client: 'c-1', tokens: { access: canary } }),
  })
  expect(await at.run('connect', './manifest.yaml', '--stdin')).toMatchObject({ code: 0 })
  await at.run('request', 'acme', '/x')
  expect(at.seen.at(-1)?.headers['x-api-key']).toBe(canary)
  expect((await at.store.read('acme'))?.credentials).toEqual({ token: canary })
})

test('a file that nobody knows is refused with what to say, and --from says it', async () => {
  const files = new Map([['/work/x.yaml', 'openapi: 3.1.0']])
  expect(await here({ files }).run('connect', './x.yaml')).toEqual({
    code: 2,
    out: '',
    err: 'latchkey: It is not clear which system /work/x.yaml was written for.\nSay so with --from airbyte, --from membrane, --from segment.\n',
  })
  expect(await here({ files }).run('connect', './x.yaml', '--from', 'airbyte')).toMatchObject({ code: 14 })
  expect(await here({ files }).run('connect', './x.yaml', '--from', 'zapier')).toMatchObject({ code: 2 })
})

test.each([
  ['', 'is empty'],
  ['# nothing but a comment', 'is empty'],
  ['- a', 'holds no names with values'],
  ['text', 'holds no names with values'],
])('a file that holds %j is no definition, whatever it is said to be', async (text, what) => {
  const files = new Map([['/work/x.yaml', text]])
  for (const from of [[], ['--from', 'airbyte'], ['--from', 'membrane']])
    expect(await here({ files }).run('connect', './x.yaml', ...from)).toEqual({
      code: 14,
      out: '',
      err: `latchkey: /work/x.yaml ${what}, so it is no definition.\nName the file of a definition, or have its author correct it.\n`,
    })
})
