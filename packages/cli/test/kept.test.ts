import { basic } from '@latchkey/basic'
import { defineConnector } from '@latchkey/core'
import { expect, test } from '@jest/globals'
import { acmeApi, asModules, canary, keyed } from './connectors.ts'
import { machine, type Machine, type World } from './support.ts'

const here = (world: World = {}): Machine => machine({ modules: asModules, fetch: acmeApi().fetch, ...world })
const connected = async (world: World = {}): Promise<Machine> => {
  const at = here({
    env: { LATCHKEY_API_KEY: canary, LATCHKEY_CLIENT_SECRET: canary, LATCHKEY_WORKSPACE: 'w-1' },
    ...world,
  })
  await at.run('connect', './keyed.ts')
  await at.run('connect', './session.ts', '--set', 'pin=42', '--as', 'b')
  return at
}

test('list shows every connection without loading a connector', async () => {
  const at = (await connected()).with({ modules: {} })
  expect(await at.run('list')).toEqual({
    code: 0,
    out:
      'NAME  CONNECTOR  SCHEME   STATE      EXPIRES\n' +
      'acme  acme       api-key  connected\n' +
      'b     session    session  connected\n',
    err: '',
  })
  expect(JSON.parse((await at.run('list', '--json')).out)).toEqual([
    {
      name: 'acme',
      connector: 'acme',
      scheme: 'api-key',
      state: 'connected',
      createdAt: 1_700_000_000_000,
      updatedAt: 1_700_000_000_000,
    },
    {
      name: 'b',
      connector: 'session',
      scheme: 'session',
      state: 'connected',
      createdAt: 1_700_000_000_000,
      updatedAt: 1_700_000_000_000,
    },
  ])
})

test('list of nothing says what to do, and is an empty list for scripts', async () => {
  expect((await here().run('list')).out).toBe('There is no connection yet: latchkey connect <connector>\n')
  expect((await here().run('list', '--json')).out).toBe('[]\n')
})

test('list goes through all pages', async () => {
  const at = await connected()
  const record = await at.store.read('acme')
  if (record === undefined) throw new Error('not connected')
  for (let count = 0; count < 150; count += 1) await at.store.create(`c-${count}`, record)
  expect((JSON.parse((await at.run('list', '--json')).out) as unknown[]).length).toBe(152)
})

test('show masks every secret with the same mark, however long it is', async () => {
  const at = await connected()
  expect(await at.run('show', 'b')).toEqual({
    code: 0,
    out:
      'name                   b\n' +
      'connector              session\n' +
      'module                 /work/session.ts\n' +
      'scheme                 session\n' +
      'state                  connected\n' +
      'credentials            •••\n' +
      'createdAt              2023-11-14 22:13:20 UTC\n' +
      'updatedAt              2023-11-14 22:13:20 UTC\n' +
      'settings.clientSecret  •••\n' +
      'settings.pin           •••\n' +
      'settings.region        eu\n' +
      'settings.workspace     w-1\n',
    err: '',
  })
  expect(JSON.parse((await at.run('show', 'b', '--json')).out)).toMatchObject({
    credentials: '•••',
    settings: { clientSecret: '•••', pin: '•••', region: 'eu', workspace: 'w-1' },
  })
  expect(at.printed()).not.toContain(canary)
})

test('show masks everything where the connector is gone', async () => {
  const at = (await connected()).with({ modules: {} })
  const { code, out, err } = await at.run('show', 'b')
  expect(code).toBe(0)
  expect(out).toContain('settings.region        •••\n')
  expect(err).toBe(
    'latchkey: The connector of "b" is gone. There is no file /work/session.ts.\n' +
      'You must say where the connector "session" is now: --connector PATH.\n',
  )
})

test('a connector that moved is named once, and found from then on', async () => {
  const at = await connected()
  const moved = at.with({ modules: { '/elsewhere/keyed.ts': { keyed } }, fetch: acmeApi().fetch })
  expect(await moved.run('test', 'acme')).toMatchObject({ code: 2 })
  expect(await moved.run('test', 'acme', '--connector', '/elsewhere/keyed.ts')).toMatchObject({ code: 0 })
  expect(await moved.run('test', 'acme')).toMatchObject({ code: 0, out: 'acme works as Ada.\n' })
})

test('a connection is never given to a connector with another key', async () => {
  const other = defineConnector({ key: 'mallory', name: 'M', auth: basic(), baseUrl: 'https://mallory.test' })
  const { fetch, seen } = acmeApi()
  const at = (await connected()).with({ modules: { '/work/keyed.ts': { other } }, fetch })
  expect(await at.run('test', 'acme')).toEqual({
    code: 14,
    out: '',
    err:
      'latchkey: "acme" is a connection of "acme", but /work/keyed.ts now defines "mallory".\n' +
      'The author of the connector must give it its key back, or you must name its module with --connector.\n',
  })
  expect(seen).toEqual([])
})

test('an unknown name is said to be unknown by every command', async () => {
  for (const command of [
    ['test', 'x'],
    ['show', 'x'],
    ['remove', 'x'],
    ['request', 'x', '/'],
  ]) {
    expect(await here().run(...command)).toEqual({
      code: 11,
      out: '',
      err: 'latchkey: There is no connection "x".\nYou must connect first: latchkey connect <connector> --as x.\n',
    })
  }
})

test('a connection that is no longer accepted says how to connect again', async () => {
  const at = (await connected()).with({
    modules: asModules,
    fetch: async () => new Response('', { status: 401 }),
  })
  expect(await at.run('test', 'acme')).toMatchObject({
    code: 11,
    err: expect.stringContaining(
      'You must sign in again: latchkey connect /work/keyed.ts --as acme --replace\n',
    ),
  })
})

test('remove ends the credentials at the provider and forgets the connection', async () => {
  const { fetch, seen } = acmeApi(({ url }) => (url.endsWith('/logout') ? new Response() : undefined))
  const at = await connected({
    fetch,
    env: { LATCHKEY_API_KEY: canary, LATCHKEY_CLIENT_SECRET: canary, LATCHKEY_WORKSPACE: 'w-1' },
  })
  expect(await at.run('remove', 'b')).toEqual({ code: 0, out: 'Removed b.\n', err: '' })
  expect(seen.filter(({ url }) => url.endsWith('/logout')).map(({ body }) => body)).toEqual([
    `{"sid":"${canary}"}`,
  ])
  expect(await at.store.read('b')).toBeUndefined()
  expect([...at.files.keys()].filter((path) => path.includes('/b.'))).toEqual([])
  expect(JSON.parse((await at.run('remove', 'acme', '--json')).out)).toEqual({ name: 'acme', removed: true })
})

test('a connection is removed even if the provider refuses to end its credentials, and that is said', async () => {
  const { fetch } = acmeApi(({ url }) =>
    url.endsWith('/logout') ? new Response('', { status: 403 }) : undefined,
  )
  const at = await connected({ fetch, env: { LATCHKEY_CLIENT_SECRET: canary, LATCHKEY_WORKSPACE: 'w-1' } })
  const { code, err } = await at.run('remove', 'b')
  expect(code).toBe(11)
  expect(err).toContain('Removed b here, but its credentials still count at the provider: ')
  expect(await at.store.read('b')).toBeUndefined()
  expect(at.printed()).not.toContain(canary)
})

test('without its connector a connection is removed only by force', async () => {
  const at = (await connected()).with({ modules: {} })
  expect(await at.run('remove', 'b')).toMatchObject({
    code: 2,
    err: expect.stringContaining('Or remove it here alone: --force.'),
  })
  expect(await at.run('remove', 'b', '--force')).toMatchObject({
    code: 0,
    out: 'Removed b. Its credentials still count at the provider.\n',
  })
  expect(await at.run('remove', 'acme', '--force')).toMatchObject({ out: 'Removed acme.\n' })
})

test('a connection whose place cannot be remembered is kept, and says so', async () => {
  const files = new Map<string, string>()
  files.set = () => {
    throw Object.assign(new Error('ENOSPC: as if'), { code: 'ENOSPC' })
  }
  const at = machine({ modules: asModules, fetch: acmeApi().fetch, files, env: { LATCHKEY_API_KEY: canary } })
  expect(await at.run('connect', './keyed.ts')).toMatchObject({
    code: 12,
    out: '',
    err: expect.stringMatching(
      /^latchkey: Kept acme, but not where its connector is: store: .* the user must make room .*\nYou must mend that, and then name the connector once with --connector\.\n$/,
    ),
  })
  expect(await at.run('test', 'acme')).toMatchObject({ code: 2 })
  expect((await at.store.read('acme'))?.settings).toEqual({ apiKey: canary })
})
