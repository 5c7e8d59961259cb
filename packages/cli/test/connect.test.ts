import { expect, test } from '@jest/globals'
import { acmeApi, asModules, canary } from './connectors.ts'
import { machine, type Machine, type World } from './support.ts'

const here = (world: World = {}): Machine => machine({ modules: asModules, fetch: acmeApi().fetch, ...world })
const key = { LATCHKEY_API_KEY: canary }

test('connect signs in, proves the connection and keeps it under the name of its connector', async () => {
  const { fetch, seen } = acmeApi()
  const at = here({ env: key, fetch })
  expect(await at.run('connect', './keyed.ts')).toEqual({ code: 0, out: 'Connected acme as Ada.\n', err: '' })
  expect(seen.map(({ url }) => url)).toEqual(['https://api.acme.test/v1/me'])
  expect((await at.store.read('acme'))?.settings).toEqual({ apiKey: canary })
  expect(await at.run('test', 'acme')).toEqual({ code: 0, out: 'acme works as Ada.\n', err: '' })
  expect(at.printed()).not.toContain(canary)
})

test('connect --json says the same for scripts', async () => {
  const at = here({ env: key })
  const { out } = await at.run('connect', './keyed.ts', '--as', 'mine', '--json')
  expect(JSON.parse(out)).toEqual({
    name: 'mine',
    connector: 'acme',
    scheme: 'api-key',
    account: { id: 'u-1', label: 'Ada' },
    tested: true,
  })
  expect(JSON.parse((await at.run('--json', 'test', 'mine')).out)).toEqual({
    name: 'mine',
    tested: true,
    account: { id: 'u-1', label: 'Ada' },
  })
})

test('a connection that is refused is not kept, and it is said who must act', async () => {
  const at = here({ env: { LATCHKEY_API_KEY: 'wr0ng-s3cr3t' } })
  expect(await at.run('connect', './keyed.ts')).toEqual({
    code: 11,
    out: '',
    err:
      'latchkey: https://api.acme.test answered with the status 401.\n' +
      'You must give values that the provider accepts. Nothing was kept.\n',
  })
  expect(await at.store.read('acme')).toBeUndefined()
  expect([...at.files]).toEqual([])
  expect(at.printed()).not.toContain('wr0ng-s3cr3t')
})

test('connect --keep keeps what could not be proven, and still fails', async () => {
  const at = here({ env: { LATCHKEY_API_KEY: 'wr0ng-s3cr3t' } })
  const { code, err } = await at.run('connect', './keyed.ts', '--keep')
  expect(code).toBe(11)
  expect(err).toContain('Kept acme although it could not be proven.\n')
  expect((await at.run('test', 'acme')).code).toBe(11)
})

test('what is faulty is refused with every fault at once, before anything is sent, and kept by no flag', async () => {
  const { fetch, seen } = acmeApi()
  const at = here({ fetch, env: { LATCHKEY_API_KEY: ` ${canary}` } })
  const { code, err } = await at.run('connect', './keyed.ts', '--keep', '--set', 'apikey=typo')
  expect(code).toBe(10)
  expect(err).toContain('apiKey: Remove the blank or line break at the start.')
  expect(err).toContain('apikey: This is not a field of "api-key"; did you mean "apiKey"?')
  expect(err).toContain('You must correct what was entered.')
  expect(seen).toEqual([])
  expect(await at.store.read('acme')).toBeUndefined()
  expect(at.printed()).not.toContain(canary)
})

test('without a terminal everything that is missing is listed with every way of giving it', async () => {
  expect(await here().run('connect', './chosen.ts', '--option', 'login')).toEqual({
    code: 10,
    out: '',
    err:
      'latchkey: "choice" needs more values.\n' +
      '  username (User name): --set username=… or LATCHKEY_USERNAME\n' +
      '  password (Password): --set password=… or LATCHKEY_PASSWORD\n' +
      'You must give them so, as a JSON object with --stdin, or answer at a terminal.\n',
  })
  expect((await here().run('connect', './chosen.ts')).err).toContain(
    '  How to sign in: --option with one of key, login\n',
  )
  expect((await here().run('connect', './session.ts')).err).toContain(
    '  clientSecret (Client secret, of the operator): --set clientSecret=… or LATCHKEY_CLIENT_SECRET\n',
  )
})

test('values come as JSON on standard input, in their types', async () => {
  const at = here({ stdin: `{"clientSecret":"${canary}","pin":42,"workspace":"w-2"}` })
  expect(await at.run('connect', './session.ts', '--stdin')).toMatchObject({
    code: 0,
    out: 'Connected session as Ada.\n',
  })
  const record = await at.store.read('session')
  expect(record?.settings).toEqual({ clientSecret: canary, pin: 42, region: 'eu', workspace: 'w-2' })
  expect(record?.credentials).toEqual({ sid: canary })
})

test('what can only be asked after signing in is listed with its choices', async () => {
  const at = here({ env: { LATCHKEY_CLIENT_SECRET: canary } })
  const { code, err } = await at.run('connect', './session.ts', '--set', 'pin=42')
  expect({ code, err }).toEqual({
    code: 10,
    err:
      'latchkey: workspace (Workspace) must be one of: w-1 (One), w-2 (Two).\n' +
      'You must choose: --set workspace=… or LATCHKEY_WORKSPACE.\n',
  })
  expect(await at.store.read('session')).toBeUndefined()
})

test('one sign-in is enough: what was earned while proving is kept', async () => {
  const { fetch, seen } = acmeApi()
  const at = here({ fetch, env: { LATCHKEY_CLIENT_SECRET: canary, LATCHKEY_WORKSPACE: 'w-1' } })
  await at.run('connect', './session.ts', '--set', 'pin=42')
  await at.run('test', 'session')
  expect(seen.filter(({ url }) => url.endsWith('/login')).length).toBe(1)
})

test('a name is taken once, and --replace takes it over', async () => {
  const at = here({ env: key })
  await at.run('connect', './keyed.ts')
  const { fetch, seen } = acmeApi()
  const second = at.with({ modules: asModules, fetch, env: { LATCHKEY_TOKEN: canary } })
  expect(await second.run('connect', './untested.ts', '--as', 'acme')).toEqual({
    code: 2,
    out: '',
    err: 'latchkey: There is already a connection "acme".\nChoose another name with --as, or take its place with --replace.\n',
  })
  expect(seen).toEqual([])
  expect((await second.run('connect', './untested.ts', '--as', 'acme', '--replace')).code).toBe(0)
  expect((await at.store.read('acme'))?.connector).toBe('untested')
  expect(await second.run('test', 'acme')).toMatchObject({
    out: 'acme was not proven: its connector has no test.\n',
  })
})

test('a replacement that is refused leaves the old connection as it was', async () => {
  const at = here({ env: key })
  await at.run('connect', './keyed.ts')
  const wrong = at.with({
    modules: asModules,
    fetch: acmeApi().fetch,
    env: { LATCHKEY_API_KEY: 'wr0ng-s3cr3t' },
  })
  expect((await wrong.run('connect', './keyed.ts', '--replace')).code).toBe(11)
  expect((await at.store.read('acme'))?.settings).toEqual({ apiKey: canary })
})

test('a connector without a test is connected, and it is said that nothing was proven', async () => {
  const at = here({ env: { LATCHKEY_TOKEN: canary } })
  expect(await at.run('connect', './untested.ts')).toMatchObject({
    code: 0,
    out: 'Connected untested (not proven: the connector has no test).\n',
  })
})

test('a name that could not be a file is refused', async () => {
  for (const name of ['../x', '', '.hidden', 'a b', 'a'.repeat(101)]) {
    expect((await here({ env: key }).run('connect', './keyed.ts', '--as', name)).code).toBe(2)
  }
})

test('another base URL is kept with the connection', async () => {
  const { fetch, seen } = acmeApi()
  const at = here({ env: key, fetch })
  await at.run('connect', './keyed.ts', '--base-url', 'https://sandbox.acme.test/v1')
  await at.run('test', 'acme')
  expect(seen.map(({ url }) => url)).toEqual([
    'https://sandbox.acme.test/v1/me',
    'https://sandbox.acme.test/v1/me',
  ])
})

test('a person signs in with a code, while the command waits as long as the provider asks', async () => {
  let asked = 0
  const sleeps: number[] = []
  const { fetch } = acmeApi(({ url }) =>
    url.endsWith('/device') ? Response.json((asked += 1) < 3 ? {} : { token: canary }) : undefined,
  )
  const at = here({ fetch, sleep: async (ms) => void sleeps.push(ms) })
  expect(await at.run('connect', './device.ts')).toEqual({
    code: 0,
    out: 'Connected device as Ada.\n',
    err: 'To sign in, open https://acme.test/device and enter the code WDJB-MJHT\n',
  })
  expect(sleeps).toEqual([5_000, 5_000, 5_000])
  expect(at.printed()).not.toContain(canary)
})

test('a code that nobody enters ends', async () => {
  let now = 1_700_000_000_000
  const { fetch } = acmeApi(({ url }) => (url.endsWith('/device') ? Response.json({}) : undefined))
  const at = here({ fetch, now: () => now, sleep: async (ms) => void (now += ms * 100) })
  expect(await at.run('connect', './device.ts')).toMatchObject({ code: 11 })
  expect(at.printed()).toContain('Nobody signed in before the code ended.')
  expect(await at.store.read('device')).toBeUndefined()
})

test('a sign-in that ends at another machine takes the address that it ends at from a person, unseen', async () => {
  const log: string[] = []
  const label = 'The address that the browser ends at (not shown)'
  const person = { log, answers: { [label]: [canary, `https://app.test/callback?token=${canary}`] } }
  const at = here({ person })
  const redirect = ['--redirect-uri', 'https://app.test/callback']
  expect(await at.run('connect', './browser.ts', ...redirect)).toMatchObject({
    code: 0,
    out: 'Connected browser as Ada.\n',
  })
  expect(log).toEqual([`password: ${label}`, 'refused: Paste the whole address.'])
  expect(at.printed()).not.toContain(canary)
  expect(await here().run('connect', './browser.ts')).toMatchObject({
    code: 11,
    err: 'latchkey: This way of signing in needs a person.\nYou must run it at a terminal, or choose another --option; --no-browser prints the link and waits.\n',
  })
})

test('try does all of it in memory and keeps nothing', async () => {
  const { fetch, seen } = acmeApi()
  const at = here({ env: key, fetch })
  expect(await at.run('try', './keyed.ts')).toEqual({
    code: 0,
    out: 'acme works as Ada. Nothing was kept.\n',
    err: '',
  })
  const requested = await at.run('try', './keyed.ts', '--request', '/echo', '-d', 'a=1')
  expect(JSON.parse(requested.out)).toEqual({
    method: 'POST',
    url: 'https://api.acme.test/v1/echo',
    body: 'a=1',
    type: 'application/x-www-form-urlencoded',
  })
  expect(requested.err).toBe('acme works as Ada. Nothing was kept.\n')
  expect(JSON.parse((await at.run('try', './keyed.ts', '--json')).out)).toMatchObject({
    name: 'acme',
    tested: true,
  })
  expect((await at.run('try', './keyed.ts', '--request', '/nothing')).code).toBe(22)
  expect(
    (
      await at
        .with({ modules: asModules, fetch, env: { LATCHKEY_API_KEY: 'wr0ng' } })
        .run('try', './keyed.ts')
    ).code,
  ).toBe(11)
  expect((await at.store.list({ limit: 10 })).records).toEqual([])
  expect([...at.files]).toEqual([])
  expect(seen.length).toBe(7)
  expect(at.printed()).not.toContain(canary)
})
