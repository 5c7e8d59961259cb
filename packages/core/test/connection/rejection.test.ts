import { expect, test } from '@jest/globals'
import { type AuthStrategy } from '@latchkey/core'
import { api, rig, tokenStrategy, type Token } from '../support.ts'

const hour = 3_600_000
const token = (clock: { now(): number }, name: string, lifeMs = hour): Token => ({
  token: name,
  refresh: `r-${name}`,
  expiresAt: clock.now() + lifeMs,
})
const bearer = (name: string): string => `Bearer ${name}`

test('a 401 renews once and sends the same body again', async () => {
  const world = rig(
    ({ headers }) =>
      new Response(null, { status: headers.get('authorization') === bearer('a1') ? 401 : 200 }),
  )
  const c = world.open(tokenStrategy({ acquire: (n) => Promise.resolve(token(world.clock, `a${n}`)) }))
  const response = await c.fetch(api, { method: 'POST', body: new URLSearchParams({ x: '1' }) })
  expect(response.status).toBe(200)
  expect(world.sent.map(({ body, headers }) => [body, headers.get('authorization')])).toEqual([
    ['x=1', bearer('a1')],
    ['x=1', bearer('a2')],
  ])
})

test('a second 401 is returned: at most one renewal a request, and none again for a minute', async () => {
  const world = rig(() => new Response(null, { status: 401 }))
  let acquired = 0
  const c = world.open(
    tokenStrategy({ acquire: (n) => ((acquired = n), Promise.resolve(token(world.clock, `a${n}`))) }),
  )
  expect((await c.fetch(api)).status).toBe(401)
  expect([acquired, world.sent.length]).toEqual([2, 2])
  for (let n = 0; n < 10; n += 1) expect((await c.fetch(api)).status).toBe(401)
  expect([acquired, world.sent.length]).toEqual([2, 12])
  await world.clock.advance(61_000)
  await c.fetch(api)
  expect(acquired).toBe(3)
})

test('a rejection re-reads the store first: what somebody else has renewed is used and nothing is refreshed', async () => {
  const world = rig(
    ({ headers }) =>
      new Response(null, { status: headers.get('authorization') === bearer('old') ? 401 : 200 }),
  )
  let refreshes = 0
  const strategy = tokenStrategy({ refresh: () => (refreshes++, Promise.resolve(token(world.clock, 'new'))) })
  const credentials = token(world.clock, 'old')
  const [a, b] = [world.open(strategy, { credentials }), world.open(strategy, { credentials })]
  await b.credentials()
  await a.fetch(api)
  await b.fetch(api)
  expect(refreshes).toBe(1)
})

test('a one-way body cannot be sent again: the caller is told, and the next call has new credentials', async () => {
  const world = rig(
    ({ headers }) =>
      new Response(null, { status: headers.get('authorization') === bearer('a1') ? 401 : 200 }),
  )
  const c = world.open(tokenStrategy({ acquire: (n) => Promise.resolve(token(world.clock, `a${n}`)) }))
  const send = () =>
    c.fetch(api, { method: 'POST', body: new Blob(['x']).stream(), duplex: 'half' } as RequestInit)
  await expect(send()).rejects.toMatchObject({ code: 'body_not_replayable' })
  expect((await send()).status).toBe(200)
})

test('inspect decides: retry signs again once, reconnect marks the connection and returns the response', async () => {
  let applied = 0
  const world = rig((_, count) => new Response(null, { status: count === 1 ? 418 : 403 }))
  const strategy: AuthStrategy = tokenStrategy(
    { acquire: () => Promise.resolve(token(world.clock, 't')) },
    {
      apply: () => {
        applied += 1
      },
      inspect: (response) =>
        response.status === 418 ? 'retry' : response.status === 403 ? 'reconnect' : undefined,
    },
  )
  const c = world.open(strategy)
  expect((await c.fetch(api)).status).toBe(403)
  expect([applied, world.sent.length]).toEqual([2, 2])
  expect(await c.status()).toMatchObject({
    state: 'reconnect',
    error: { code: 'credentials_rejected', remedy: 'reconnect' },
  })
  expect(world.events.map(({ type }) => type)).toContain('connection.rejected')
  await expect(c.fetch(api)).rejects.toMatchObject({ code: 'credentials_rejected' })
  expect(world.sent.length).toBe(2)
  await expect(c.refresh()).resolves.toBe(undefined)
  expect((await c.status()).state).toBe('connected')
})

test('a write beside the credentials does not make a rejected token new', async () => {
  const world = rig(
    ({ headers }) =>
      new Response(null, { status: headers.get('authorization') === bearer('old') ? 401 : 200 }),
  )
  const strategy = tokenStrategy(
    { refresh: () => Promise.resolve(token(world.clock, 'new')) },
    { test: () => Promise.resolve({ label: 'Ada' }) },
  )
  const c = world.open(strategy, { credentials: token(world.clock, 'old') })
  await c.credentials()
  await c.test()
  expect((await c.fetch(api)).status).toBe(200)
  expect(world.sent.map(({ headers }) => headers.get('authorization'))).toEqual([
    bearer('old'),
    bearer('new'),
  ])
})

test('one renewal a request holds over all its redirects', async () => {
  let acquired = 0
  const world = rig(({ url }, count) =>
    count > 8
      ? new Response('end')
      : count % 2 === 0
        ? new Response(null, { status: 302, headers: { location: `${url}x` } })
        : new Response(null, { status: 401 }),
  )
  const c = world.open(
    tokenStrategy({ acquire: (n) => ((acquired = n), Promise.resolve(token(world.clock, `a${n}`))) }),
  )
  expect((await c.fetch(`${api}/`)).status).toBe(401)
  expect([acquired, world.sent.length]).toEqual([2, 3])
})
