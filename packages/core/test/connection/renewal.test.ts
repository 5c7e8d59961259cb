import { expect, test } from '@jest/globals'
import { AuthError } from '@latchkey/core'
import { api, gate, rig, settings, tokenStrategy, turns, type Token } from '../support.ts'

const hour = 3_600_000
const token = (clock: { now(): number }, name: string, lifeMs = hour): Token => ({
  token: name,
  refresh: `r-${name}`,
  expiresAt: clock.now() + lifeMs,
})
const bearer = (name: string): string => `Bearer ${name}`

test('credentials are acquired at the first request and held: steady state reads no store', async () => {
  const world = rig()
  let reads = 0
  const { read } = world.store
  world.store.read = (key) => (reads++, read(key))
  const c = world.open(tokenStrategy({ acquire: (n) => Promise.resolve(token(world.clock, `t${n}`)) }))
  for (let n = 0; n < 5; n += 1) await c.fetch(api)
  const settled = reads
  await c.fetch(api)
  expect(world.sent.map(({ headers }) => headers.get('authorization'))).toEqual(Array(6).fill(bearer('t1')))
  expect(reads).toBe(settled)
})

test('1,000 concurrent requests on expired credentials make one refresh', async () => {
  const world = rig()
  let refreshes = 0
  const c = world.open(
    tokenStrategy({
      acquire: () => Promise.resolve(token(world.clock, 'a')),
      refresh: () => (refreshes++, Promise.resolve(token(world.clock, 'b'))),
    }),
  )
  await c.fetch(api)
  await world.clock.advance(2 * hour)
  await Promise.all(Array.from({ length: 1_000 }, () => c.fetch(api)))
  expect(refreshes).toBe(1)
  expect(new Set(world.sent.slice(1).map(({ headers }) => headers.get('authorization')))).toEqual(
    new Set([bearer('b')]),
  )
})

test('two connections on one store make one refresh between them', async () => {
  const world = rig()
  const answer = gate<Token>()
  let refreshes = 0
  const strategy = () => tokenStrategy({ refresh: () => (refreshes++, answer.promise) })
  const credentials = token(world.clock, 'old', 1)
  const [a, b] = [world.open(strategy(), { credentials }), world.open(strategy(), { credentials })]
  await world.clock.advance(10)
  const both = Promise.all([a.fetch(api), b.fetch(api)])
  await turns()
  answer.open(token(world.clock, 'new'))
  await world.clock.advance(1_000)
  await both
  expect(refreshes).toBe(1)
  expect(world.sent.map(({ headers }) => headers.get('authorization'))).toEqual([
    bearer('new'),
    bearer('new'),
  ])
})

test('a caller that aborts during a shared refresh harms nobody', async () => {
  const world = rig()
  const answer = gate<Token>()
  const c = world.open(tokenStrategy({ acquire: () => answer.promise }))
  const controller = new AbortController()
  const aborted = c.fetch(api, { signal: controller.signal })
  const patient = c.fetch(api)
  await turns()
  controller.abort(new Error('enough'))
  await expect(aborted).rejects.toThrow('enough')
  answer.open(token(world.clock, 't'))
  expect((await patient).status).toBe(200)
  expect(world.sent.length).toBe(1)
})

test('clocks that jump: forward renews once, back renews nothing', async () => {
  const world = rig()
  let acquired = 0
  const c = world.open(
    tokenStrategy({ acquire: (n) => ((acquired = n), Promise.resolve(token(world.clock, `a${n}`))) }),
  )
  await c.fetch(api)
  world.clock.jump(-10 * hour)
  await c.fetch(api)
  expect(acquired).toBe(1)
  world.clock.jump(20 * hour)
  await c.fetch(api)
  await c.fetch(api)
  expect(acquired).toBe(2)
})

test('the leeway is five minutes, but at most a fifth of the life', async () => {
  const world = rig()
  let acquired = 0
  const lifeMs = 60_000
  const c = world.open(
    tokenStrategy({ acquire: (n) => ((acquired = n), Promise.resolve(token(world.clock, `a${n}`, lifeMs))) }),
  )
  await c.fetch(api)
  await world.clock.advance(47_999)
  await c.fetch(api)
  expect(acquired).toBe(1)
  await world.clock.advance(1)
  await c.fetch(api)
  expect(acquired).toBe(2)
})

test('a refresh that fails while the token still lives is not noticed by callers, and is tried again later', async () => {
  const world = rig()
  let refreshes = 0
  const c = world.open(
    tokenStrategy({
      acquire: () => Promise.resolve(token(world.clock, 'a')),
      refresh: () => {
        refreshes++
        if (refreshes === 1) throw new AuthError('provider_unavailable', 'down', { retryAfter: 30_000 })
        return Promise.resolve(token(world.clock, 'b'))
      },
    }),
  )
  await c.fetch(api)
  await world.clock.advance(hour - 200_000)
  for (let n = 0; n < 50; n += 1) await c.fetch(api)
  expect(refreshes).toBe(1)
  expect(world.events.at(-1)).toMatchObject({
    type: 'refresh.failed',
    error: { code: 'provider_unavailable', retryAfter: 30_000 },
  })
  await world.clock.advance(30_001)
  await c.fetch(api)
  expect([refreshes, world.sent.at(-1)?.headers.get('authorization')]).toEqual([2, bearer('b')])
})

test('refresh that resolves undefined falls back to acquire', async () => {
  const world = rig()
  const c = world.open(
    tokenStrategy({
      acquire: (n) => Promise.resolve(token(world.clock, `a${n}`)),
      refresh: () => Promise.resolve(undefined),
    }),
  )
  await c.fetch(api)
  await world.clock.advance(2 * hour)
  await c.fetch(api)
  expect(world.sent[1]?.headers.get('authorization')).toBe(bearer('a2'))
})

test('a rejected refresh is written down: later requests fail at once and nobody asks the provider again', async () => {
  const world = rig()
  let refreshes = 0
  const c = world.open(
    tokenStrategy({
      refresh: () => {
        refreshes++
        throw new AuthError('credentials_rejected', 'The provider says invalid_grant')
      },
    }),
    { credentials: token(world.clock, 'old', 1) },
  )
  await world.clock.advance(10)
  for (let n = 0; n < 20; n += 1)
    await expect(c.fetch(api)).rejects.toMatchObject({ code: 'credentials_rejected', remedy: 'reconnect' })
  expect([refreshes, world.sent.length]).toEqual([1, 0])
})

test('credentials given at the start seed the record once', async () => {
  const world = rig()
  const strategy = tokenStrategy({ refresh: () => Promise.resolve(token(world.clock, 'b')) })
  await world.open(strategy, { credentials: token(world.clock, 'seed') }).refresh()
  expect(await world.open(strategy, { credentials: token(world.clock, 'seed') }).credentials()).toMatchObject(
    { token: 'b' },
  )
})

test('changed settings start a new grant', async () => {
  const world = rig()
  const strategy = tokenStrategy({ acquire: (n) => Promise.resolve(token(world.clock, `a${n}`)) })
  await world.open(strategy).fetch(api)
  await world.open(strategy).fetch(api)
  await world.open(strategy, { settings: { ...settings, user: 'grace' } }).fetch(api)
  expect(world.sent.map(({ headers }) => headers.get('authorization'))).toEqual([
    bearer('a1'),
    bearer('a1'),
    bearer('a2'),
  ])
})

test('without acquire, refresh or a person, an expired credential says that a person must sign in again', async () => {
  const world = rig()
  const c = world.open(tokenStrategy({}), { credentials: token(world.clock, 'static', 1_000) })
  expect((await c.fetch(api)).status).toBe(200)
  await world.clock.advance(2_000)
  await expect(c.fetch(api)).rejects.toMatchObject({ code: 'credentials_expired', remedy: 'reconnect' })
})

test('what a strategy is given of its credentials cannot be changed, at any depth', async () => {
  const world = rig()
  const held: Token[] = []
  const c = world.open(
    tokenStrategy(
      { acquire: () => Promise.resolve({ token: 't', nested: { list: [1] } } as Token) },
      { apply: (_, c) => void held.push((c as { credentials: Token }).credentials) },
    ),
  )
  await c.fetch(api)
  const [credentials] = held as unknown as [{ token: string; nested: { list: number[] } }]
  for (const part of [credentials, credentials.nested, credentials.nested.list])
    expect(Object.isFrozen(part)).toBe(true)
})
