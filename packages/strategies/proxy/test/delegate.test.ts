import { expect, test } from '@jest/globals'
import { allOf, connect, options, type Strategy } from '@latchkey/core'
import { proxy, type NoFields } from '@latchkey/proxy'
import { network } from '../../../../tools/network.ts'
import { accounts, api, keyed, secret, tokens } from './support.ts'

type Delegate = Strategy<NoFields, undefined>

const seen = (sent: readonly { readonly headers: Headers }[]) =>
  sent.map(({ headers }) => headers.get('authorization'))

test("requests carry the other connection's credentials, which stand in its record alone", async () => {
  const { known, store, sent } = accounts(tokens(), { crm: proxy({ through: () => known.get('shared') }) })
  await known.create('base', { key: 'shared', settings: { secret } })
  const crm = await known.create('crm', { key: 'mine', settings: {} })
  expect((await crm.fetch('/me')).status).toBe(200)
  expect(seen(sent)).toEqual(['Bearer CANARY-token-1'])
  expect(JSON.stringify(await store.read('mine'))).not.toContain('CANARY')
  expect(JSON.stringify(await store.read('shared'))).toContain('CANARY-token-1')
  expect(await crm.credentials()).toBe(undefined)
})

test('100 rejections at once through two connections are one renewal of the third, and every body is sent again', async () => {
  const answer = ({ headers }: { readonly headers: Headers }) =>
    new Response('', { status: headers.get('authorization') === 'Bearer CANARY-token-1' ? 401 : 200 })
  const through = () => known.get('shared')
  const { known, sent, events } = accounts(
    tokens(),
    { crm: proxy({ through }), mail: proxy({ through }) },
    answer,
  )
  await known.create('base', { key: 'shared', settings: { secret } })
  const both = [
    await known.create('crm', { settings: {} }),
    await known.create('mail', { settings: {} }),
  ] as const
  const calls = Array.from({ length: 100 }, (_, at) =>
    both[at % 2]!.fetch(`/orders/${at}`, { method: 'POST', body: `order ${at}` }),
  )
  expect((await Promise.all(calls)).map(({ status }) => status)).toEqual(Array(100).fill(200))
  expect(events.filter(({ type }) => type === 'connection.acquired')).toHaveLength(2)
  const accepted = sent.filter(({ headers }) => headers.get('authorization') === 'Bearer CANARY-token-2')
  expect(accepted.map(({ url, body }) => [url, body]).sort()).toEqual(
    calls.map((_, at) => [`${api}/orders/${at}`, `order ${at}`]).sort(),
  )
})

test('a rejection that a renewal does not help is returned after two sends', async () => {
  const { known, sent } = accounts(
    tokens(),
    { crm: proxy({ through: () => known.get('shared') }) },
    () => new Response('no', { status: 401 }),
  )
  await known.create('base', { key: 'shared', settings: { secret } })
  const response = await (await known.create('crm', { settings: {} })).fetch('/me')
  expect([response.status, await response.text()]).toEqual([401, 'no'])
  expect(seen(sent)).toEqual(['Bearer CANARY-token-1', 'Bearer CANARY-token-2'])
})

test("the other connection's origins hold, unless widen names more", async () => {
  const files = 'https://files.example.com'
  const base = connect(keyed, { settings: { secret }, origins: [api] })
  const { fetch, sent } = network()
  const open = (auth: Delegate) =>
    connect(auth, { settings: {}, origins: [api, files, 'https://other.example.com'], fetch })
  await expect(open(proxy({ through: () => base })).fetch(files)).rejects.toMatchObject({
    code: 'origin_forbidden',
    message: expect.stringContaining(
      'The credentials of keyed must not be sent to https://files.example.com',
    ) as unknown,
  })
  expect(sent).toEqual([])
  const wide = open(proxy({ through: () => base, widen: [files] }))
  await wide.fetch(files)
  await wide.fetch(api)
  expect(sent.map(({ url, headers }) => [url, headers.get('x-api-key')])).toEqual([
    [`${files}/`, secret],
    [`${api}/`, secret],
  ])
  await expect(wide.fetch('https://other.example.com')).rejects.toMatchObject({ code: 'origin_forbidden' })
})

test('its own origins hold as well: what the other connection may reach, this one may not', async () => {
  const base = connect(keyed, { settings: { secret }, origins: [api, 'https://files.example.com'] })
  const connection = connect(proxy({ through: () => base }), { settings: {}, origins: [api] })
  await expect(connection.fetch('https://files.example.com')).rejects.toMatchObject({
    code: 'origin_forbidden',
    message: expect.stringContaining('The credentials of proxy') as unknown,
  })
})

test('a circle is refused, and nothing is sent', async () => {
  const { known, sent } = accounts(keyed, {
    a: proxy({ through: () => known.get('one') }),
    b: proxy({ through: () => known.get('two') }),
  })
  await known.create('a', { key: 'two', settings: {} })
  const one = await known.create('b', { key: 'one', settings: {} })
  await expect(one.fetch('/me')).rejects.toMatchObject({
    code: 'definition_invalid',
    remedy: 'code',
    message: expect.stringContaining('authenticates through itself') as unknown,
  })
  const self = accounts(keyed, { me: proxy({ through: () => self.known.get('me') }) })
  const me = await self.known.create('me', { key: 'me', settings: {} })
  await expect(me.fetch('/me')).rejects.toMatchObject({ code: 'definition_invalid' })
  expect([...sent, ...self.sent]).toEqual([])
})

test('a field may say which connection it is, and it is opened once', async () => {
  const asked: string[] = []
  const auth = proxy({
    fields: { account: { type: 'string', label: 'Account', required: true, public: true } },
    through: ({ account }) => {
      asked.push(account)
      return known.get(account)
    },
  })
  const { known, sent } = accounts(keyed, { crm: auth })
  for (const at of [1, 2])
    await known.create('base', { key: `shared-${at}`, settings: { secret: `CANARY-${at}` } })
  const crm = await known.create('crm', { settings: { account: 'shared-2' } })
  await Promise.all([crm.fetch('/a'), crm.fetch('/b')])
  await crm.fetch('/c')
  expect(sent.map(({ headers }) => headers.get('x-api-key'))).toEqual(['CANARY-2', 'CANARY-2', 'CANARY-2'])
  expect(asked).toEqual(['shared-2'])
})

test('a connection that cannot be opened is asked for again with the next request', async () => {
  const { known, sent } = accounts(keyed, { crm: proxy({ through: () => known.get('shared') }) })
  const crm = await known.create('crm', { settings: {} })
  await expect(crm.fetch('/me')).rejects.toMatchObject({
    code: 'credentials_missing',
    message: 'There is no connection "shared"',
  })
  await known.create('base', { key: 'shared', settings: { secret } })
  expect((await crm.fetch('/me')).status).toBe(200)
  expect(sent).toHaveLength(1)
})

test('a paused connection refuses for those that sign through it', async () => {
  const { known, sent } = accounts(tokens(), { crm: proxy({ through: () => known.get('shared') }) })
  await known.create('base', { key: 'shared', settings: { secret } })
  await known.pause('shared')
  const crm = await known.create('crm', { settings: {} })
  await expect(crm.fetch('/me')).rejects.toMatchObject({ code: 'connection_paused' })
  expect(sent).toEqual([])
})

test("test() is the other connection's, unless there is one of its own", async () => {
  const base = connect(
    { ...keyed, test: async () => ({ label: 'theirs' }) },
    { settings: { secret }, origins: [api] },
  )
  const through = () => base
  const open = (auth: Delegate) => connect(auth, { settings: {}, origins: [api] })
  expect(await open(proxy({ through })).test()).toEqual({ label: 'theirs' })
  expect(await open(proxy({ through, test: async () => ({ label: 'own' }) })).test()).toEqual({
    label: 'own',
  })
})

test('no secret of the other connection stands in an error or goes to another place, also inside allOf and options', async () => {
  const base = connect(keyed, { settings: { secret }, origins: [api] })
  const auth = proxy({ through: () => base })
  const shapes = [
    [auth, {}],
    [allOf(auth), {}],
    [options({ shared: auth }), { option: 'shared' }],
  ] as const
  for (const [one, settings] of shapes) {
    const failing = connect(one as typeof auth, {
      settings,
      origins: [api],
      fetch: async () => {
        throw new TypeError(`error sending request for url (${api}/?key=${secret})`)
      },
    })
    await expect(failing.fetch(api)).rejects.toThrow(`error sending request for url (${api}/?key=•••)`)
    expect(failing.redact(`a ${secret}`)).toBe('a •••')
    const { fetch, sent } = network(
      () => new Response(null, { status: 302, headers: { location: `https://away.example.net/${secret}` } }),
    )
    const moved = connect(one as typeof auth, { settings, origins: [api], fetch })
    await expect(moved.fetch(api)).rejects.toMatchObject({ code: 'origin_forbidden' })
    expect(sent).toHaveLength(1)
  }
})

test('options that cannot work are refused at construction, by name', () => {
  const through = () => undefined as never
  const cases: [object, string][] = [
    [{}, 'proxy: give either through or relay'],
    [{ through, relay: 'https://relay.test' }, 'proxy: give either through or relay'],
    [{ through, widen: ['https://files.example.com/path'] }, 'proxy: widen'],
    [{ relay: 'relay.test' }, 'proxy: relay must be a URL'],
    [{ relay: 'https://user@relay.test' }, 'proxy: relay must be a URL'],
  ]
  for (const [given, message] of cases) {
    const make = () => proxy(given as Parameters<typeof proxy>[0])
    expect(make).toThrow(TypeError)
    expect(make).toThrow(message)
  }
})
