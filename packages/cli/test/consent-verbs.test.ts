import { expect, test } from '@jest/globals'
import { agreeing, back, here, showsNothing, visit } from './person.ts'
import { acmeProvider, canaries, type Asked } from './provider.ts'
import { machine } from './support.ts'

test('scopes are asked for besides those of the connector, and authorize signs in to more', async () => {
  const provider = acmeProvider()
  const scopes: (string | null)[] = []
  const agree = agreeing(provider)
  const at = here((asked) => [scopes.push(asked.url.searchParams.get('scope')), agree(asked)], { provider })
  await at.run('connect', './code.ts', '--no-browser', '--scope', 'write')
  expect(await at.run('authorize', 'acme', '--no-browser', '--scope', 'admin')).toMatchObject({
    code: 0,
    out: 'Signed in to acme as Ada.\n',
  })
  expect(scopes).toEqual(['read write', 'read write admin'])
  expect((await at.store.read('acme'))?.credentials).toMatchObject({ accessToken: `${canaries.access}-2` })
  showsNothing(at, provider.verifiers())
})

test('a sign-in that is denied leaves what was held', async () => {
  const provider = acmeProvider()
  let isAgreed = true
  const agree = agreeing(provider)
  const deny = (asked: Asked): unknown => visit(back(asked, { error: 'access_denied' }))
  const at = here((asked) => (isAgreed ? agree(asked) : deny(asked)), { provider })
  await at.run('connect', './code.ts', '--no-browser')
  isAgreed = false
  expect((await at.run('authorize', 'acme', '--no-browser')).code).toBe(11)
  expect(await at.run('test', 'acme')).toMatchObject({ code: 0 })
})

test('refresh trades the tokens now; revoke ends them at the provider and leaves the connection', async () => {
  const provider = acmeProvider()
  const at = here(agreeing(provider), { provider })
  await at.run('connect', './code.ts', '--no-browser')
  expect(await at.run('refresh', 'acme')).toEqual({
    code: 0,
    out: 'Refreshed acme; the credentials last until 2023-11-14 23:13:20 UTC.\n',
    err: '',
  })
  expect(JSON.parse((await at.run('refresh', 'acme', '--json')).out)).toEqual({
    name: 'acme',
    refreshed: true,
    expiresAt: 1_700_003_600_000,
  })
  expect(await at.run('revoke', 'acme')).toEqual({
    code: 0,
    out: 'Revoked the credentials of acme. To sign in again: latchkey authorize acme\n',
    err: '',
  })
  const revoked = provider.seen.find(({ url }) => url.endsWith('/revoke'))
  expect(new URLSearchParams(revoked?.body).get('token')).toBe(`${canaries.refresh}-3`)
  expect((await at.store.read('acme'))?.credentials).toBeUndefined()
  expect((await at.run('test', 'acme')).code).toBe(11)
  expect((await at.run('authorize', 'acme', '--no-browser')).code).toBe(0)
  expect((await at.run('test', 'acme')).code).toBe(0)
  showsNothing(at, provider.verifiers())
})

test('a refresh that the provider refuses says to sign in again', async () => {
  const provider = acmeProvider(({ url, body }) =>
    url.endsWith('/token') && body.includes('grant_type=refresh_token')
      ? Response.json({ error: 'invalid_grant' }, { status: 400 })
      : undefined,
  )
  const at = here(agreeing(provider), { provider })
  await at.run('connect', './code.ts', '--no-browser')
  const { code, err } = await at.run('refresh', 'acme')
  expect(code).toBe(11)
  expect(err).toContain('You must sign in again: latchkey authorize acme')
  showsNothing(at, [])
})

test('a device sign-in shows code and link, and waits as long as the provider asks', async () => {
  let asked = 0
  const sleeps: number[] = []
  let now = 1_700_000_000_000
  const says = ['authorization_pending', 'slow_down', 'authorization_pending']
  const provider = acmeProvider(({ url }) => {
    const error = url.endsWith('/token') ? says[asked++] : undefined
    return error === undefined ? undefined : Response.json({ error }, { status: 400 })
  })
  const times: number[] = []
  const fetch: typeof globalThis.fetch = async (input, init) => {
    if (new Request(input).url.endsWith('/token')) times.push((now - 1_700_000_000_000) / 1000)
    return await provider.fetch(input, init)
  }
  const at = here(() => undefined, {
    fetch,
    now: () => now,
    sleep: async (ms) => {
      sleeps.push(ms)
      now += ms
    },
  })
  expect(await at.run('connect', './device.ts')).toEqual({
    code: 0,
    out: 'Connected acme-device as Ada.\n',
    err: 'To sign in, open https://acme.test/device and enter the code WDJB-MJHT\n',
  })
  expect(new Set(sleeps)).toEqual(new Set([7_000]))
  // After slow_down never sooner than 12 seconds after the last question.
  expect(times).toEqual([7, 14, 28, 42])
  showsNothing(at, [])
})

test('at a terminal it is shown how long the provider waits, until the waiting has ended', async () => {
  const shown: string[] = []
  const provider = acmeProvider()
  const waiting = (line: () => string) => {
    shown.push(line())
    return () => void shown.push('gone')
  }
  await here(() => undefined, { provider, waiting }).run('connect', './device.ts')
  await here(agreeing(provider), { provider, waiting }).run('connect', './code.ts', '--no-browser')
  expect(shown).toEqual(['Waiting for you … 1:00', 'gone', 'Waiting for the browser … 10:00', 'gone'])
})

test('a device code that ends, or is denied, keeps nothing', async () => {
  for (const [error, said] of [
    ['authorization_pending', 'The code was not entered in time; begin again.'],
    ['access_denied', 'Consent was not given.'],
    ['expired_token', 'The code was not entered in time; begin again.'],
  ] as const) {
    let now = 1_700_000_000_000
    const provider = acmeProvider(({ url }) =>
      url.endsWith('/token') ? Response.json({ error }, { status: 400 }) : undefined,
    )
    const at = here(() => undefined, { provider, now: () => now, sleep: async (ms) => void (now += ms) })
    const { code, err } = await at.run('connect', './device.ts')
    expect({ code, said: err.includes(said) }).toEqual({ code: 11, said: true })
    expect(await at.store.read('acme-device')).toBeUndefined()
    showsNothing(at, [])
  }
})

test('a scheme without refresh, revoke or consent is told so', async () => {
  const { asModules: plain, acmeApi, canary } = await import('./connectors.ts')
  const at = machine({ modules: plain, fetch: acmeApi().fetch, env: { LATCHKEY_API_KEY: canary } })
  await at.run('connect', './keyed.ts')
  expect((await at.run('refresh', 'acme')).err).toContain('"api-key" has nothing to refresh.')
  expect((await at.run('revoke', 'acme')).err).toContain('knows no way to end its credentials.')
  expect((await at.run('authorize', 'acme')).err).toContain('"api-key" needs no person to sign in.')
})
