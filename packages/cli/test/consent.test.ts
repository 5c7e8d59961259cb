import { expect, test } from '@jest/globals'
import { get } from 'node:http'
import { agreeing, back, here, showsNothing, visit, type Visit } from './person.ts'
import { acmeProvider, canaries, linkIn, operator, type Asked } from './provider.ts'
import type { Machine } from './support.ts'

test('connect runs the whole consent: the link, the redirect to this machine, the tokens, the proof', async () => {
  const provider = acmeProvider()
  const links: Asked[] = []
  const visits: Visit[] = []
  const agree = agreeing(provider, visits)
  const at = here(
    (asked) => {
      links.push(asked)
      agree(asked)
    },
    { provider },
  )
  const { code, out, err } = await at.run('connect', './code.ts', '--no-browser')
  expect({ code, out }).toEqual({ code: 0, out: 'Connected acme as Ada.\n' })
  expect(err).toBe(`To sign in, open ${links[0]?.url.href}\n`)
  expect(links[0]?.redirectUri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/acme\/[\w-]{22}$/)
  expect(links[0]?.url.searchParams.get('code_challenge_method')).toBe('S256')
  const [page] = await Promise.all(visits)
  expect(page?.status).toBe(200)
  expect(page?.text).toContain('You may close this window.')
  expect(page?.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(page?.headers.get('referrer-policy')).toBe('no-referrer')
  expect(page?.headers.get('cache-control')).toBe('no-store')
  const record = await at.store.read('acme')
  expect(record?.credentials).toMatchObject({ accessToken: `${canaries.access}-1` })
  expect(await at.run('test', 'acme')).toMatchObject({ code: 0, out: 'acme works as Ada.\n' })
  expect(provider.seen.filter(({ url }) => url.endsWith('/token')).length).toBe(1)
  showsNothing(at, provider.verifiers())
  expect(provider.verifiers()[0]?.length).toBe(43)
})

test('a second sign-in comes back at another port and path', async () => {
  const provider = acmeProvider()
  const uris = new Set<string>()
  const agree = agreeing(provider)
  const at = here((asked) => [uris.add(asked.redirectUri), agree(asked)], { provider })
  await at.run('try', './code.ts', '--no-browser')
  await at.run('try', './code.ts', '--no-browser')
  expect(new Set([...uris].map((uri) => new URL(uri).pathname)).size).toBe(2)
})

test('the browser is opened where a person sits at the terminal; where it cannot be, the link is enough', async () => {
  for (const opens of [true, false]) {
    const provider = acmeProvider()
    const opened: string[] = []
    const at = here(agreeing(provider), {
      provider,
      person: { answers: {}, log: [] },
      open: async (url) => (opened.push(url), opens),
    })
    const { code, err } = await at.run('connect', './code.ts')
    expect(code).toBe(0)
    expect(err).toContain(
      opens ? 'Your browser opens to sign in. If it does not, open https:' : 'To sign in, open',
    )
    expect(opened).toEqual([linkIn(err)?.url.href])
  }
  const alone = await here(() => undefined).run('connect', './code.ts')
  expect(alone.code).toBe(11)
  expect(alone.err).toContain('--no-browser prints the link and waits.')
})

test('one request is served: any other path, method or host is turned away, and then nobody listens', async () => {
  const provider = acmeProvider()
  const statuses: unknown[] = []
  let after = ''
  const at = here(
    async (asked) => {
      provider.agree(asked)
      const end = back(asked, { code: canaries.code })
      after = end.href
      statuses.push((await visit(new URL('/favicon.ico', end))).status)
      statuses.push((await visit(`${end.origin}/acme/guessed?code=evil`)).status)
      statuses.push((await visit(end, { method: 'POST' })).status)
      statuses.push(
        await new Promise((resolve) =>
          get(end, { headers: { host: 'rebound.test' } }, (response) =>
            resolve(response.resume().statusCode),
          ),
        ),
      )
      statuses.push((await visit(end)).status)
    },
    { provider },
  )
  expect((await at.run('connect', './code.ts', '--no-browser')).code).toBe(0)
  expect(statuses.slice(0, 4)).toEqual([404, 404, 405, 404])
  await expect(fetch(after)).rejects.toThrow('fetch failed')
})

test('a consent that is denied says so, asks for no token and keeps nothing', async () => {
  const provider = acmeProvider()
  const at = here((asked) => visit(back(asked, { error: 'access_denied' })), { provider })
  const { code, err } = await at.run('connect', './code.ts', '--no-browser')
  expect(code).toBe(11)
  expect(err).toContain(
    'latchkey: Consent was not given (access_denied).\nYou must run it again, and agree in time. Nothing was kept.\n',
  )
  expect(provider.seen).toEqual([])
  expect(await at.store.read('acme')).toBeUndefined()
  expect([...at.files]).toEqual([])
})

test('an answer to another sign-in is refused before its code is shown to anybody', async () => {
  const provider = acmeProvider()
  const at = here((asked) => visit(back(asked, { code: canaries.code, state: 'another-sign-in-0001' })), {
    provider,
  })
  const { code, err } = await at.run('connect', './code.ts', '--no-browser')
  expect(code).toBe(11)
  expect(err).toContain('The redirect does not belong to this sign-in; begin again.')
  expect(err).toContain('You must run it again, and use the link that it shows. Nothing was kept.')
  expect(provider.seen).toEqual([])
  expect(await at.store.read('acme')).toBeUndefined()
  showsNothing(at, ['another-sign-in-0001'])
})

test('a client that the provider does not know is the operator’s to mend, and nothing is kept', async () => {
  const provider = acmeProvider()
  const env = { ...operator, LATCHKEY_CLIENT_SECRET: 'wr0ng-cl13nt-s3cr3t' }
  const at = here(agreeing(provider), { provider, env })
  expect(await at.run('connect', './code.ts', '--no-browser')).toMatchObject({ code: 13 })
  expect(await at.store.read('acme')).toBeUndefined()
  showsNothing(at, ['wr0ng-cl13nt-s3cr3t'])
})

test('who does not come back in time is told so, and nobody listens any more', async () => {
  let redirectUri = ''
  const at = here((asked) => void (redirectUri = asked.redirectUri), { sleep: async () => undefined })
  const { code, err } = await at.run('connect', './code.ts', '--no-browser')
  expect(code).toBe(11)
  expect(err).toContain('Nobody signed in in time.\nYou must run it again, and sign in in time.\n')
  await expect(fetch(redirectUri)).rejects.toThrow('fetch failed')
})

test.each([['./code.ts'], ['./device.ts']])(
  'Ctrl-C ends %s with 130, keeps nothing and ends every wait',
  async (module) => {
    let press: () => void = () => undefined
    const ended: boolean[] = []
    const handlers: string[] = []
    const at = here(() => undefined, {
      onInterrupt: (run) => (handlers.push('on'), (press = run), () => void handlers.push('off')),
      reads: (text) => text.startsWith('To sign in') && setImmediate(() => press()),
      sleep: (_, signal) =>
        new Promise((_resolve, reject) =>
          signal?.addEventListener('abort', () => {
            ended.push(true)
            reject(new Error('ended'))
          }),
        ),
    })
    expect(await at.run('connect', module, '--no-browser')).toMatchObject({
      code: 130,
      err: expect.stringContaining('latchkey: Cancelled.\nNothing was kept.\n'),
    })
    expect(ended).toEqual([true])
    expect(handlers).toEqual(['on', 'off'])
    expect([...at.files]).toEqual([])
  },
)

test('a redirect URI that is registered is listened at, whole; what is no loopback address is pasted', async () => {
  const provider = acmeProvider()
  const uris: string[] = []
  const agree = agreeing(provider)
  const at = here((asked) => [uris.push(asked.redirectUri), agree(asked)], { provider })
  const done = await at.run('try', './code.ts', '--no-browser', '--redirect-uri', 'http://localhost/callback')
  expect(done.code).toBe(0)
  expect(uris[0]).toMatch(/^http:\/\/localhost:\d+\/callback$/)
  for (const wrong of ['nonsense', 'https://127.0.0.1/x', 'http://127.0.0.1/#x', 'ftp://a.test/'])
    expect((await at.run('try', './code.ts', '--no-browser', '--redirect-uri', wrong)).code).toBe(2)
})

test('a port that is taken is named', async () => {
  const provider = acmeProvider()
  let second: Promise<{ code: number; err: string }> | undefined
  const agree = agreeing(provider)
  const at: Machine = here(
    (asked) => {
      second = at.run('try', './code.ts', '--no-browser', '--redirect-uri', asked.redirectUri)
      void second.then(() => agree(asked))
    },
    { provider },
  )
  expect((await at.run('connect', './code.ts', '--no-browser')).code).toBe(0)
  const { code, err } = (await second) ?? { code: 0, err: '' }
  expect(code).toBe(2)
  expect(err).toMatch(/^latchkey: The port \d+ of 127\.0\.0\.1 is in use\.\n/)
})
