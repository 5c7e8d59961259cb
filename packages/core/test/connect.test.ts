import { expect, test } from '@jest/globals'
import { inspect } from 'node:util'
import { z } from 'zod'
import ky from 'ky'
import ky2 from 'ky2'
import { connect, defineConnector, defineStrategy, options } from '@latchkey/core'
import { api, network, rig, settings, tokenStrategy } from './support.ts'

const key = defineStrategy({
  scheme: 'key',
  fields: {
    apiKey: { type: 'password', label: 'Key', required: true },
    backup: { type: 'password', label: 'Backup' },
  },
  apply: (request, c) => request.headers.set('x-key', c.settings.apiKey),
  test: async (c) => ({ label: (await c.http.get('me').json<{ name: string }>()).name }),
})
const api1 = defineConnector({ key: 'demo', name: 'Demo', auth: key, baseUrl: `${api}/v1` })

test('settings are checked at once, and nothing is sent', () => {
  const { fetch, sent } = network()
  expect(() => connect(api1, { settings: { apiKey: '' }, fetch })).toThrow(
    expect.objectContaining({ code: 'settings_invalid', field: 'apiKey', remedy: 'settings' }),
  )
  expect(sent).toEqual([])
})

test('a Standard Schema checks across fields: at once where it can, before first use where it takes its time', async () => {
  const shape = z.object({ apiKey: z.string(), backup: z.string().optional() })
  const differs = (given: { apiKey: string; backup?: string | undefined }): boolean =>
    given.apiKey !== given.backup
  const issue = { path: ['backup'], message: 'must differ from the key' }
  const open = (schema: z.ZodType) =>
    connect(
      { ...key, schema },
      { settings: { apiKey: 'CANARY', backup: 'CANARY' }, origins: [api], fetch: network().fetch },
    )
  const faults = [{ field: 'backup', problem: 'must differ from the key' }]
  expect(() => open(shape.refine(differs, issue))).toThrow(
    expect.objectContaining({ code: 'settings_invalid', faults }),
  )
  const late = open(shape.refine((given) => Promise.resolve(differs(given)), issue))
  await expect(late.fetch(api)).rejects.toMatchObject({ code: 'settings_invalid', faults })
})

test('the schema of every selector on the way is checked, not only the first and the last', () => {
  const refuses = z.any().refine(() => false, { message: 'never' })
  const inner = { ...options({ key }, { discriminator: 'inner', default: 'key' }), schema: refuses }
  const outer = options({ inner }, { default: 'inner' })
  expect(() => connect(outer, { settings: { apiKey: 'K' }, origins: [api] })).toThrow('never')
})

test('two connectors cannot share a key in one store: the second is told, and sends nothing', async () => {
  const world = rig()
  const auth = tokenStrategy({ acquire: () => Promise.resolve({ token: 't' }) })
  const [a, b] = ['a', 'b'].map((name) => ({ key: name, name, auth, baseUrl: `https://${name}.example.com` }))
  await world.open(a as never, { key: 'shared', origins: undefined }).fetch('/x')
  const second = world.open(b as never, { key: 'shared', origins: undefined })
  await expect(second.fetch('/x')).rejects.toMatchObject({ code: 'definition_invalid' })
  expect(world.sent.map(({ url }) => url)).toEqual(['https://a.example.com/x'])
})

test('a test does not follow a redirect to another origin', async () => {
  const { fetch, sent } = network(
    () => new Response(null, { status: 302, headers: { location: 'https://else.example.com/' } }),
  )
  await expect(connect(api1, { settings: { apiKey: 'K' }, fetch }).test()).rejects.toMatchObject({
    code: 'response_invalid',
  })
  expect(sent.length).toBe(1)
})

test('test proves the connection with the authenticated client and names the account', async () => {
  const { fetch, sent } = network(() => Response.json({ name: 'Ada' }))
  const c = connect(api1, { settings: { apiKey: 'K' }, fetch })
  expect(await c.test()).toEqual({ label: 'Ada' })
  expect([sent[0]?.url, sent[0]?.headers.get('x-key')]).toEqual([`${api}/v1/me`, 'K'])
})

test.each([
  [401, 'credentials_rejected'],
  [403, 'credentials_rejected'],
  [503, 'provider_unavailable'],
  [404, 'response_invalid'],
])('a test that meets %i says %s, without the body or the key', async (status, code) => {
  const { fetch } = network(() => new Response('CANARY in the body', { status }))
  const error: unknown = await connect(api1, { settings: { apiKey: 'CANARY-key' }, fetch })
    .test()
    .catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code })
  expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('CANARY')
})

test("the connector's own test wins over the strategy's, and without any, having credentials is the proof", async () => {
  const { fetch } = network()
  const own = connect(
    { ...api1, test: () => Promise.resolve({ id: '7' }) },
    { settings: { apiKey: 'K' }, fetch },
  )
  expect(await own.test()).toEqual({ id: '7' })
  const world = rig()
  const without = world.open(tokenStrategy({ acquire: () => Promise.resolve({ token: 't' }) }))
  expect(await without.test()).toBe(undefined)
  expect(await without.credentials()).toEqual({ token: 't' })
})

test('the account that a test names is kept beside the credentials for the status', async () => {
  const world = rig()
  const account = { id: '7', label: 'Ada' }
  const provider = { acquire: () => Promise.resolve({ token: 't' }) }
  const c = world.open(tokenStrategy(provider, { test: () => Promise.resolve(account) }))
  await c.test()
  expect(await c.status()).toMatchObject({ state: 'connected', account })
  expect(await c.test()).toEqual(account)
  expect((await world.store.read('token'))?.version).toBe(3)
})

test('fields that only the account can answer are asked after signing in', async () => {
  const { fetch, sent } = network(() => Response.json(['a', 'b']))
  const auth = defineStrategy({
    scheme: 'site',
    fields: {
      apiKey: { type: 'password', label: 'Key', required: true },
      site: {
        type: 'string',
        label: 'Site',
        required: true,
        public: true,
        choices: async (c) => await c.http.get('sites').json(),
      },
    },
    apply: (request, c) => request.headers.set('x-key', c.settings.apiKey),
  })
  const open = (given: { apiKey: string; site?: string }) =>
    connect(auth, { settings: given, baseUrl: api, fetch })
  expect(await open({ apiKey: 'K' }).questions()).toMatchObject([{ name: 'site', choices: ['a', 'b'] }])
  expect(sent[0]?.headers.get('x-key')).toBe('K')
  expect(await open({ apiKey: 'K', site: 'a' }).questions()).toEqual([])
})

test('http is ky on the base URL, and ky 1 and ky 2 work over fetch', async () => {
  const { fetch, sent } = network(() => Response.json({ ok: true }))
  const c = connect(api1, { settings: { apiKey: 'K' }, fetch })
  expect(await c.http.post('a', { json: { x: 1 } }).json()).toEqual({ ok: true })
  for (const client of [ky, ky2])
    await client.create({ fetch: c.fetch }).put(`${api}/v1/b`, { json: { y: 2 } })
  expect(sent.map(({ method, url, body, headers }) => [method, url, body, headers.get('x-key')])).toEqual([
    ['POST', `${api}/v1/a`, '{"x":1}', 'K'],
    ['PUT', `${api}/v1/b`, '{"y":2}', 'K'],
    ['PUT', `${api}/v1/b`, '{"y":2}', 'K'],
  ])
})

test('an AuthError is not retried by ky, and comes out as it is', async () => {
  const { fetch, sent } = network()
  const c = connect(key, { settings: { apiKey: 'K' }, origins: [api], fetch })
  await expect(c.http.get('https://else.example.com/')).rejects.toMatchObject({ code: 'origin_forbidden' })
  expect(sent).toEqual([])
})

test('each attempt of ky is signed anew', async () => {
  let applied = 0
  const counting = defineStrategy({
    scheme: 'n',
    fields: {},
    apply: (request) => request.headers.set('x-n', String(++applied)),
  })
  const { fetch, sent } = network((_, count) => new Response(null, { status: count < 3 ? 503 : 200 }))
  for (const client of [ky, ky2]) {
    applied = 0
    sent.length = 0
    const c = connect(counting, { settings: {}, origins: [api], fetch })
    await client.create({ fetch: c.fetch, retry: { limit: 3, delay: () => 0 } }).get(api)
    expect(sent.map(({ headers }) => headers.get('x-n'))).toEqual(['1', '2', '3'])
  }
})

test("the connection's signal ends a caller's wait and no refresh", async () => {
  const world = rig()
  const controller = new AbortController()
  const c = world.open(tokenStrategy({ acquire: () => new Promise(() => undefined) }), {
    signal: controller.signal,
    network: { timeoutMs: 20 },
  })
  const own = new AbortController().signal
  const waits = [
    c.fetch(api),
    c.apply(new Request(api)),
    c.credentials({ signal: own }),
    c.test({ signal: own }),
    c.refresh({ signal: own }),
  ]
  const ended = waits.map((wait) => expect(wait).rejects.toThrow('shutting down'))
  controller.abort(new Error('shutting down'))
  await Promise.all(ended)
})

test('util.inspect and JSON of a connection, before and after use, show nothing that it holds', async () => {
  const world = rig()
  const c = world.open(tokenStrategy({ acquire: () => Promise.resolve({ token: 'CANARY-token' }) }))
  await c.fetch(api)
  await c.http.get(api)
  for (const shown of [
    inspect(c, { depth: 20, showHidden: true }),
    JSON.stringify(c),
    inspect(world.store, { depth: 20, showHidden: true }),
  ]) {
    expect(shown).not.toContain('CANARY')
  }
  expect(settings.secret).toContain('CANARY')
})

test('a strategy that fails to apply says so without the value that it choked on', async () => {
  const c = connect(key, {
    settings: { apiKey: 'CANARY\u00e9\u20ac' },
    origins: [api],
    fetch: network().fetch,
  })
  const error: unknown = await c.fetch(api).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'definition_invalid', scheme: 'key' })
  expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('CANARY')
})

test('a listener that throws breaks nothing', async () => {
  const world = rig()
  const onEvent = () => {
    throw new Error('mine')
  }
  const c = world.open(tokenStrategy({ acquire: () => Promise.resolve({ token: 't' }) }), { onEvent })
  expect((await c.fetch(api)).status).toBe(200)
})
