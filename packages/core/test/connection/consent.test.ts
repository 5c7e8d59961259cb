import { inspect } from 'node:util'
import { expect, test } from '@jest/globals'
import { AuthError, defineStrategy } from '@latchkey/core'
import { api, gate, rig, turns, type Token } from '../support.ts'

const hour = 3_600_000

/** A flow whose code is worth what `redeem` says. */
function consent(
  redeem: (code: string) => Promise<Token | undefined>,
  refresh?: () => Promise<Token | undefined>,
) {
  return defineStrategy<Token>()({
    scheme: 'consent',
    fields: { client: { type: 'string', label: 'Client', required: true, public: true } },
    authorize: {
      begin: (c) =>
        Promise.resolve({
          url: `https://login.example.com/?r=${c.redirectUri ?? ''}&s=${c.scopes?.join('+') ?? ''}`,
          pending: { verifier: 'CANARY-verifier' },
        }),
      complete: (c) => redeem(c.callback.get('code') ?? ''),
    },
    apply: (request, c) => request.headers.set('authorization', c.credentials.token),
    ...(refresh && { refresh }),
  })
}
const open = (world: ReturnType<typeof rig>, strategy: ReturnType<typeof consent>) =>
  world.open(strategy, { settings: { client: 'c' } })

test('before anyone has signed in, a request says who must act and nothing is sent', async () => {
  const world = rig()
  const c = open(
    world,
    consent(() => Promise.resolve(undefined)),
  )
  await expect(c.fetch(api)).rejects.toMatchObject({ code: 'credentials_missing', remedy: 'reconnect' })
  expect([world.sent.length, (await c.status()).state]).toEqual([0, 'disconnected'])
})

test('begin says what to show, complete takes what came back', async () => {
  const world = rig()
  const c = open(
    world,
    consent((code) => Promise.resolve({ token: `t-${code}`, expiresAt: world.clock.now() + hour })),
  )
  const { url, pending } = await c.authorize.begin({ redirectUri: 'http://127.0.0.1/cb', scopes: ['a', 'b'] })
  expect(url).toBe('https://login.example.com/?r=http://127.0.0.1/cb&s=a+b')
  expect(await c.authorize.complete(pending, 'http://127.0.0.1/cb?code=7')).toBe(true)
  await c.fetch(api)
  expect(world.sent[0]?.headers.get('authorization')).toBe('t-7')
  expect(world.events.map(({ type }) => type)).toEqual(['connection.created', 'connection.authorized'])
  expect((await c.status()).state).toBe('connected')
})

test('the callback may be a URL, its query or parsed parameters', async () => {
  const world = rig()
  const codes: string[] = []
  const c = open(
    world,
    consent((code) => (codes.push(code), Promise.resolve(undefined))),
  )
  for (const callback of [
    new URL('https://h.example.com/cb?code=a'),
    '?code=b',
    'code=c',
    new URLSearchParams('code=d'),
  ]) {
    expect(await c.authorize.complete({}, callback)).toBe(false)
  }
  expect(codes).toEqual(['a', 'b', 'c', 'd'])
})

test('signing in again during a refresh wins, and the late token overwrites nothing', async () => {
  const world = rig()
  const answer = gate<Token>()
  const strategy = consent(
    (code) => Promise.resolve({ token: code, expiresAt: world.clock.now() + hour }),
    () => answer.promise,
  )
  const c = open(world, strategy)
  await c.authorize.complete({}, 'code=first')
  await world.clock.advance(2 * hour)
  const request = c.fetch(api)
  await turns()
  await c.authorize.complete({}, 'code=second')
  answer.open({ token: 'late' })
  await expect(request).rejects.toMatchObject({ code: 'credentials_missing' })
  await c.fetch(api)
  expect(world.sent.map(({ headers }) => headers.get('authorization'))).toEqual(['second'])
})

test('what was held before a new sign-in is not used after it', async () => {
  const world = rig()
  const c = open(
    world,
    consent((code) => Promise.resolve({ token: code })),
  )
  for (const code of ['first', 'second']) {
    await c.authorize.complete({}, `code=${code}`)
    await c.fetch(api)
  }
  expect(world.sent.map(({ headers }) => headers.get('authorization'))).toEqual(['first', 'second'])
})

test('what a person refused reaches the caller as it is; a foreign error never shows the pending secret', async () => {
  const world = rig()
  const denied = open(
    world,
    consent(() =>
      Promise.reject(new AuthError('authorization_denied', 'The person said no to CANARY-verifier')),
    ),
  )
  await expect(denied.authorize.complete({ verifier: 'CANARY-verifier' }, '')).rejects.toMatchObject({
    code: 'authorization_denied',
    message: 'The person said no to •••',
  })
  const broken = open(
    world,
    consent(() => Promise.reject(new Error('CANARY-verifier'))),
  )
  const error: unknown = await broken.authorize
    .complete({ verifier: 'CANARY-verifier' }, '')
    .catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'response_invalid' })
  expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('CANARY')
})

test('begin sees what is held now, so that it can ask for more', async () => {
  const world = rig()
  const seen: unknown[] = []
  const plain = consent((code) => Promise.resolve({ token: code }))
  const strategy = defineStrategy<Token>()({
    ...plain,
    authorize: {
      begin: (c) => (
        seen.push(c.credentials),
        Promise.resolve({ url: 'https://login.example.com/', pending: null })
      ),
      complete: (c) => Promise.resolve({ token: c.callback.get('code') ?? '' }),
    },
  })
  const c = world.open(strategy, { settings: { client: 'c' } })
  await c.authorize.begin()
  await c.authorize.complete(null, 'code=t')
  await c.authorize.begin()
  expect(seen).toEqual([undefined, { token: 't' }])
})

test('a scheme that needs no person says so', async () => {
  const plain = defineStrategy({ scheme: 'plain', fields: {}, apply: () => undefined })
  await expect(rig().open(plain, { settings: {} }).authorize.begin()).rejects.toMatchObject({
    code: 'unsupported',
    remedy: 'code',
  })
})

test('revoke ends the credentials at the provider where it can, and here in any case', async () => {
  for (const fails of [false, true]) {
    const world = rig()
    const revoked: string[] = []
    const strategy = defineStrategy<Token>()({
      ...consent((code) => Promise.resolve({ token: code })),
      revoke: (c) => (
        revoked.push(c.credentials.token),
        fails ? Promise.reject(new AuthError('provider_unavailable', 'down')) : Promise.resolve()
      ),
    })
    const c = world.open(strategy, { settings: { client: 'c' } })
    await c.authorize.complete({}, 'code=t')
    const ended = c.revoke()
    if (fails) await expect(ended).rejects.toMatchObject({ code: 'provider_unavailable' })
    else await ended
    expect(revoked).toEqual(['t'])
    expect((await c.status()).state).toBe('disconnected')
    await expect(c.fetch(api)).rejects.toMatchObject({ code: 'credentials_missing' })
  }
})
