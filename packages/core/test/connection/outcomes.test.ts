import { expect, test } from '@jest/globals'
import { AuthError, type StoreDriver } from '@latchkey/core'
import { api, rig, tokenStrategy, type Provider, type Rig, type Token } from '../support.ts'

const hour = 3_600_000
const token = (world: Rig, name: string, lifeMs = hour): Token => ({
  token: name,
  refresh: `r-${name}`,
  expiresAt: world.clock.now() + lifeMs,
})

/** A connection whose token has ended, over a store with some of its methods replaced. */
function expired(world: Rig, provider: Provider, store: Partial<StoreDriver> = {}, options = {}) {
  return world.open(tokenStrategy(provider), {
    credentials: token(world, 'old', -1),
    store: { ...world.store, ...store },
    ...options,
  })
}

test('an ambiguous outcome keeps the attempt on record, and the next waits out the quiesce period', async () => {
  const world = rig()
  let refreshes = 0
  const c = expired(world, {
    refresh: () => {
      refreshes++
      if (refreshes === 1) throw new AuthError('provider_unavailable', 'reset', { ambiguous: true })
      return Promise.resolve(token(world, 'new'))
    },
  })
  await expect(c.fetch(api)).rejects.toMatchObject({ code: 'provider_unavailable' })
  expect((await world.store.read('token'))?.intentAt).toBe(world.clock.now())
  await world.clock.advance(20_000)
  await expect(
    Promise.race([c.fetch(api), world.clock.advance(100_000).then(() => 'waited')]),
  ).resolves.toMatchObject({ status: 200 })
  expect(refreshes).toBe(2)
})

test('under strict rotation an attempt of unknown outcome is not repeated while the access token still lives', async () => {
  const world = rig()
  let refreshes = 0
  const strategy = tokenStrategy({
    refresh: () => {
      refreshes++
      throw new AuthError('provider_unavailable', 'reset', { ambiguous: true, retryAfter: 1_000 })
    },
  })
  const c = world.open(strategy, { credentials: token(world, 'old') })
  await c.credentials()
  await world.clock.advance(hour - 250_000)
  await c.fetch(api)
  expect(refreshes).toBe(1)
  await world.clock.advance(60_000)
  await c.fetch(api)
  await world.clock.advance(60_000)
  await c.fetch(api)
  expect([refreshes, world.sent.length]).toEqual([1, 3])
  await world.clock.advance(80_000)
  await c.fetch(api)
  expect(refreshes).toBe(2)
})

test('invalid_grant is believed only after re-reading: a sibling that came first wins', async () => {
  const world = rig()
  const c = expired(world, {
    refresh: async () => {
      const before = await world.store.read('token')
      if (before === undefined) throw new Error('no record')
      await world.store.commit('token', {
        parent: before,
        record: { ...before, credentials: { token: 'sibling' }, expiresAt: world.clock.now() + hour },
      })
      throw new AuthError('credentials_rejected', 'invalid_grant')
    },
  })
  await c.fetch(api)
  expect(world.sent[0]?.headers.get('authorization')).toBe('Bearer sibling')
  expect(world.events.map(({ type }) => type)).not.toContain('connection.rejected')
})

test('a provider that never answers is given up after the time limit, as an ambiguous outcome', async () => {
  const world = rig()
  const c = expired(
    world,
    { refresh: () => new Promise<Token>(() => undefined) },
    {},
    { network: { timeoutMs: 20 } },
  )
  await expect(c.fetch(api)).rejects.toMatchObject({ code: 'provider_unavailable', ambiguous: true })
  expect((await world.store.read('token'))?.intentAt).toBe(world.clock.now())
})

test('failures back off, jittered and doubling, and Retry-After is honoured', async () => {
  const world = rig()
  const attempts: number[] = []
  const c = expired(world, {
    refresh: () => {
      attempts.push(world.clock.now())
      throw new AuthError('provider_unavailable', 'busy', attempts.length === 1 ? { retryAfter: 7_000 } : {})
    },
  })
  const start = world.clock.now()
  for (let second = 0; second < 60; second += 1) {
    await c.fetch(api).catch(() => undefined)
    await world.clock.advance(1_000)
  }
  expect(attempts[0]).toBe(start)
  expect((attempts[1] ?? 0) - start).toBe(7_000)
  expect(attempts.length).toBeGreaterThan(3)
  expect(attempts.length).toBeLessThan(9)
})
