import { expect, test } from '@jest/globals'
import { AuthError, memoryStore, type Connector } from '@latchkey/core'
import { api, expired, hour, rig, token, tokenStrategy, type Token } from '../support.ts'

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

test('inside the grace period an attempt of unknown outcome is repeated, after it no more', async () => {
  const refreshesAfter = async (waitMs: number): Promise<number> => {
    const world = rig()
    let refreshes = 0
    const auth = tokenStrategy({
      refresh: () => {
        refreshes++
        throw new AuthError('provider_unavailable', 'reset', { ambiguous: true, retryAfter: 1_000 })
      },
    })
    const connector = {
      key: 'token',
      name: 'Token',
      auth,
      rotation: 'grace' as const,
      graceMs: 120_000,
      baseUrl: api,
    }
    const c = world.open(connector as never, {
      credentials: token(world, 'old'),
      origins: undefined,
      leewayMs: 700_000,
    })
    await c.credentials()
    await world.clock.advance(hour - 690_000)
    await c.fetch(api)
    await world.clock.advance(waitMs)
    await c.fetch(api)
    return refreshes
  }
  expect(await refreshesAfter(60_000)).toBe(2)
  expect(await refreshesAfter(200_000)).toBe(1)
})

test('a token is left alone after a death for as long as the provider may be at it, and not past its grace', async () => {
  const waitFor = async (provider: Partial<Connector>): Promise<number | undefined> => {
    const world = rig()
    let waited: number | undefined
    const auth = tokenStrategy({ refresh: () => Promise.resolve({ ...token(world, 'new') }) })
    const connector = { key: 'token', name: 'Token', auth, baseUrl: api, ...provider }
    const store = memoryStore({ now: world.clock.now })
    const c = world.open(connector as never, {
      credentials: token(world, 'old'),
      origins: undefined,
      store: {
        ...store,
        acquire: (key, claim) => {
          waited = claim.quiesceMs
          return store.acquire(key, claim)
        },
      },
    })
    await c.refresh()
    return waited
  }
  expect(await waitFor({})).toBe(30_000)
  expect(await waitFor({ processingMs: 4_000 })).toBe(4_000)
  // The request's limit is 15 s: what is left of the grace decides, less five seconds to ask in.
  expect(await waitFor({ rotation: 'grace', graceMs: 40_000 })).toBe(20_000)
  expect(await waitFor({ rotation: 'grace', graceMs: 10_000 })).toBe(0)
  expect(await waitFor({ rotation: 'grace', graceMs: 600_000 })).toBe(30_000)
  expect(await waitFor({ rotation: 'none' })).toBe(0)
})

test('where a refresh ends the old access token at once, nobody sends it while another refreshes', async () => {
  for (const oldAccessTokenDies of [false, true]) {
    const world = rig()
    const auth = tokenStrategy({ refresh: () => Promise.reject(new Error('not mine')) })
    const connector = { key: 'token', name: 'Token', auth, oldAccessTokenDies, baseUrl: api }
    const c = world.open(connector as never, { credentials: token(world, 'old'), origins: undefined })
    await c.credentials()
    await world.clock.advance(hour - 100_000)
    const record = await world.store.read('token')
    if (record === undefined) throw new Error('no record')
    const claim = {
      grant: record.grant,
      version: record.version,
      owner: 'other',
      leaseMs: 25_000,
      quiesceMs: 0,
    }
    await world.store.acquire('token', claim)
    const request = c.fetch(api)
    await world.clock.advance(10)
    expect(world.sent.length).toBe(oldAccessTokenDies ? 0 : 1)
    const next = { ...record, credentials: { token: 'theirs' }, expiresAt: world.clock.now() + hour }
    await world.store.commit('token', { parent: record, record: next })
    await world.clock.advance(1_000)
    await request
    expect(world.sent[0]?.headers.get('authorization')).toBe(
      oldAccessTokenDies ? 'Bearer theirs' : 'Bearer old',
    )
  }
})

test('a rejection is not believed while the store cannot be asked whether a sibling was first', async () => {
  const world = rig()
  let down = false
  const provider = {
    refresh: () => {
      down = true
      throw new AuthError('credentials_rejected', 'invalid_grant')
    },
  }
  const read = (key: string) => (down ? Promise.reject(new Error('down')) : world.store.read(key))
  const c = expired(world, provider, { read })
  await expect(c.fetch(api)).rejects.toMatchObject({ code: 'store_unavailable' })
  down = false
  expect(await c.status()).not.toMatchObject({ state: 'reconnect' })
})

test('no remedy is asked for again and again, and no Retry-After lasts longer than an hour', async () => {
  for (const code of ['settings_invalid', 'definition_invalid', 'client_rejected'] as const) {
    const world = rig()
    let asked = 0
    const provider = {
      acquire: () => {
        asked++
        throw new AuthError(code, 'no', { retryAfter: 30 * 24 * hour })
      },
    }
    const c = world.open(tokenStrategy(provider))
    for (let n = 0; n < 10; n += 1) await expect(c.fetch(api)).rejects.toMatchObject({ code })
    expect(asked).toBe(1)
    await world.clock.advance(hour + 1)
    await expect(c.fetch(api)).rejects.toMatchObject({ code })
    expect(asked).toBe(2)
  }
})
