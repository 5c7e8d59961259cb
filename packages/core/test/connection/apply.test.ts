import { expect, test } from '@jest/globals'
import { allOf, connect, defineStrategy, type Connection, type OutgoingRequest } from '@latchkey/core'
import { api, gate, network, rig, tokenStrategy, turns } from '../support.ts'

/** A request as a strategy gets it. */
const openRequest = (href = `${api}/me`): OutgoingRequest => ({
  method: 'GET',
  url: new URL(href),
  headers: new Headers(),
  body: null,
  bytes: async () => new Uint8Array(),
})

/** A strategy that signs through a connection, as another package may write one. */
const through = (other: () => Connection) =>
  defineStrategy({
    scheme: 'through',
    fields: {},
    apply: (request) => other().apply(request),
    inspect: async (response, { request }) =>
      (await other().inspect(response, request)) ? 'retry' : undefined,
    redact: (text) => other().redact(text),
  })

const counted = () => tokenStrategy({ acquire: async (count) => ({ token: `CANARY-token-${count}` }) })

test('an open request is signed in place, on an allowed origin only', async () => {
  const connection = rig().open(counted())
  const request = openRequest()
  await expect(connection.apply(request)).resolves.toBe(undefined)
  expect([...request.headers]).toEqual([['authorization', 'Bearer CANARY-token-1']])
  const elsewhere = openRequest('https://files.example.com/')
  await expect(connection.apply(elsewhere)).rejects.toMatchObject({ code: 'origin_forbidden' })
  expect([...elsewhere.headers]).toEqual([])
})

test('whoever applies may name further origins, and only those are reached', async () => {
  const connection = rig().open(counted())
  const origins = ['https://*.files.example.com']
  const request = openRequest('https://eu.files.example.com/')
  await connection.apply(request, { origins })
  expect(request.headers.get('authorization')).toBe('Bearer CANARY-token-1')
  const signed = await connection.apply(new Request('https://eu.files.example.com/'), { origins })
  expect(signed.headers.get('authorization')).toBe('Bearer CANARY-token-1')
  await expect(
    connection.apply(openRequest('https://files.example.com/'), { origins }),
  ).rejects.toMatchObject({
    code: 'origin_forbidden',
  })
})

test('a response is judged by the credentials that its request was signed with: three rejections, one renewal', async () => {
  const { open, events } = rig()
  const connection = open(counted())
  const requests: (Request | OutgoingRequest)[] = [openRequest(), openRequest()]
  for (const request of requests) await connection.apply(request as OutgoingRequest)
  requests.push(await connection.apply(new Request(`${api}/me`)))
  const again: boolean[] = []
  for (const request of requests)
    again.push(await connection.inspect(new Response('', { status: 401 }), request))
  expect(again).toEqual([true, true, true])
  expect(events.map(({ type }) => type)).toEqual([
    'connection.created',
    'connection.acquired',
    'connection.acquired',
  ])
})

test('a response that accepts what was applied ends the wait after a fruitless renewal', async () => {
  const connection = rig().open(counted())
  const rejected = async (): Promise<boolean> => {
    const request = openRequest()
    await connection.apply(request)
    return connection.inspect(new Response('', { status: 401 }), request)
  }
  expect([await rejected(), await rejected()]).toEqual([true, false])
  const request = openRequest()
  await connection.apply(request)
  expect(await connection.inspect(new Response('ok'), request)).toBe(false)
  expect(await rejected()).toBe(true)
})

test('connections that sign through each other in a circle are refused, and nothing is sent', async () => {
  const { open, sent } = rig()
  const known: Connection[] = []
  const links = [1, 2, 0].map((next) =>
    open(
      through(() => known[next]!),
      { settings: {}, key: `link-${next}` },
    ),
  )
  known.push(...links)
  await expect(links[0]!.fetch(`${api}/me`)).rejects.toMatchObject({
    code: 'definition_invalid',
    remedy: 'code',
    message: expect.stringMatching(/^The connection "link-\d" authenticates through itself/) as unknown,
  })
  expect(sent).toEqual([])
})

test('a chain is no circle, nor are two parts that sign through one connection', async () => {
  const { open, sent } = rig()
  const base = open(counted())
  const second = open(
    through(() => base),
    { settings: {} },
  )
  const third = open(
    through(() => second),
    { settings: {} },
  )
  await third.fetch(`${api}/me`)
  await open(
    allOf(
      through(() => base),
      through(() => base),
    ),
    { settings: {} },
  ).fetch(`${api}/me`)
  expect(sent.map(({ headers }) => headers.get('authorization'))).toEqual([
    'Bearer CANARY-token-1',
    'Bearer CANARY-token-1',
  ])
})

test('redact masks settings, credentials and what the strategy knows, also of the credentials before', async () => {
  const connection = rig().open(counted())
  expect(connection.redact('CANARY-secret')).toBe('•••')
  await connection.credentials()
  await connection.refresh()
  expect(connection.redact('CANARY-token-1 CANARY-token-2 CANARY-token-3')).toBe('••• ••• CANARY-token-3')
  const outer = rig().open(allOf(through(() => connection)), { settings: {} })
  await outer.fetch(`${api}/me`)
  expect(outer.redact('a CANARY-token-2 in a text')).toBe('a ••• in a text')
})

test("a redirect elsewhere is not followed where its address carries another connection's secret", async () => {
  const base = rig().open(counted())
  const { fetch, sent } = network(
    () =>
      new Response(null, { status: 302, headers: { location: 'https://away.example.net/CANARY-token-1' } }),
  )
  const connection = connect(
    through(() => base),
    { settings: {}, origins: [api], fetch },
  )
  await expect(connection.fetch(`${api}/me`)).rejects.toMatchObject({ code: 'origin_forbidden' })
  expect(sent).toHaveLength(1)
})

test('a caller that aborts while its request is signed or its response judged gets its reason at once', async () => {
  const held = gate()
  const { open, sent } = rig()
  for (const verb of ['apply', 'inspect'] as const) {
    const connection = open(
      {
        ...through(() => undefined as never),
        apply: () => undefined,
        inspect: () => undefined,
        [verb]: () => held.promise,
      },
      { settings: {} },
    )
    const leaving = new AbortController()
    const left = connection.fetch(`${api}/me`, { signal: leaving.signal }).catch((error: unknown) => error)
    await turns()
    const reason = new Error('the caller has left')
    leaving.abort(reason)
    expect(await left).toBe(reason)
  }
  expect(sent).toHaveLength(1)
})
