import { expect, test } from '@jest/globals'
import { connect } from '@latchkey/core'
import { proxy } from '@latchkey/proxy'
import { api, keyed, relayTo, secret } from './support.ts'

test('the client side: a drop-in fetch whose requests arrive signed, through redirects, with addresses of the API', async () => {
  const { handler, ticket, sent, clock } = relayTo(keyed, ({ url }) =>
    url.endsWith('/old')
      ? new Response(null, { status: 302, headers: { location: '/new' } })
      : new Response('done'),
  )
  const issued: string[] = []
  const connection = connect(
    proxy({
      relay: 'https://relay.test/latchkey',
      ticket: async () => {
        issued.push(await ticket())
        return issued.at(-1)!
      },
      baseUrl: api,
    }),
    {
      settings: {},
      fetch: (input, init) => handler(new Request(input, init)),
      now: clock.now,
      sleep: clock.sleep,
    },
  )
  const response = await connection.fetch('/old')
  expect([response.status, response.url, response.redirected, await response.text()]).toEqual([
    200,
    `${api}/new`,
    true,
    'done',
  ])
  expect(
    sent.map(({ url, headers }) => [url, headers.get('x-api-key'), headers.get('authorization')]),
  ).toEqual([
    [`${api}/old`, secret, null],
    [`${api}/new`, secret, null],
  ])
  expect(issued).toHaveLength(1)
  expect(await connection.credentials()).toEqual({ ticket: issued[0], expiresAt: clock.now() + 300_000 })
})

test('a ticket is renewed before it ends, and once where the relay refuses it; what the API refuses costs no ticket', async () => {
  const { handler, ticket, clock, sent } = relayTo(keyed, () => new Response('', { status: 401 }))
  let issued = 0
  const connection = connect(
    proxy({
      relay: 'https://relay.test',
      ticket: () => (issued++ === 0 ? 'no.such.ticket' : ticket()),
      baseUrl: api,
    }),
    {
      settings: {},
      fetch: (input, init) => handler(new Request(input, init)),
      now: clock.now,
      sleep: clock.sleep,
    },
  )
  expect((await connection.fetch('/me', { method: 'PUT', body: 'x' })).status).toBe(401)
  expect([issued, sent.map(({ body }) => body)]).toEqual([2, ['x']])
  clock.jump(290_000)
  await connection.fetch('/me')
  expect(issued).toBe(3)
})

test('a ticket that somebody typed is used until the relay refuses it; its own answer reaches the caller', async () => {
  const { handler, ticket, clock, sent } = relayTo(keyed)
  const events: string[] = []
  const connection = connect(proxy({ relay: 'https://relay.test', baseUrl: api }), {
    settings: { ticket: await ticket() },
    fetch: (input, init) => handler(new Request(input, init)),
    now: clock.now,
    onEvent: ({ type }) => events.push(type),
  })
  expect((await connection.fetch('/me')).status).toBe(200)
  clock.jump(400_000)
  const response = await connection.fetch('/me')
  expect([response.status, response.headers.get('latchkey-relay')]).toEqual([401, 'ticket_expired'])
  expect([events, sent.length]).toEqual([['connection.rejected'], 1])
})

test('the relay is an origin like any other: where origins are named it must be among them', async () => {
  const settings = { ticket: 'some.ticket.text' }
  const connection = connect(proxy({ relay: 'https://relay.test' }), {
    settings,
    origins: [api],
    fetch: async () => new Response(),
  })
  await expect(connection.fetch(api)).rejects.toMatchObject({
    code: 'origin_forbidden',
    message: expect.stringContaining('https://relay.test') as unknown,
  })
})

test('a ticket that is no text is refused', async () => {
  const connection = connect(proxy({ relay: 'https://relay.test', ticket: () => '', baseUrl: api }), {
    settings: {},
  })
  await expect(connection.fetch('/me')).rejects.toMatchObject({
    code: 'response_invalid',
    message: 'proxy: ticket() returned no text',
  })
})

test('what a relay gets is the address in a header, without its fragment, and the rest as it was', async () => {
  const connection = connect(proxy({ relay: 'https://relay.test/latchkey?v=1', baseUrl: api }), {
    settings: { ticket: 'some.ticket.text' },
  })
  const request = await connection.apply(
    new Request(`${api}/orders?page=2#mine`, { method: 'PUT', body: 'x', headers: { 'x-caller': 'mine' } }),
  )
  expect([request.method, request.url, await request.text()]).toEqual([
    'PUT',
    'https://relay.test/latchkey?v=1',
    'x',
  ])
  expect([...request.headers]).toEqual([
    ['authorization', 'Bearer some.ticket.text'],
    ['content-type', 'text/plain;charset=UTF-8'],
    ['latchkey-target', `${api}/orders?page=2`],
    ['x-caller', 'mine'],
  ])
})
