import { expect, test } from '@jest/globals'
import { allOf } from '../src/all-of.ts'
import { connect } from '../src/connect.ts'
import { options } from '../src/options.ts'
import { defineStrategy, type AuthStrategy, type Credentials } from '../src/strategy.ts'

const now = 1_000_000
const text = { label: 'Text', type: 'string' } as const
const token = (name: string): Credentials => ({ token: name }) as Credentials
const context = (more: object = {}): never =>
  ({ settings: { 'app.a': '1', 'user.a': '2' }, memory: new Map(), now: () => now, ...more }) as never
const part = (more: Partial<AuthStrategy>): AuthStrategy => ({
  scheme: 'part',
  fields: { a: text },
  apply() {},
  ...more,
})

/** A part that a person signs in to. */
function consent(calls: unknown[]): AuthStrategy {
  return part({
    scheme: 'consent',
    authorize: {
      begin(c) {
        calls.push(['begin', c.settings, c.redirectUri, c.scopes])
        return Promise.resolve({ url: 'https://example.com/consent', pending: { state: 's' } })
      },
      complete(c) {
        calls.push(['complete', c.settings, c.pending, c.callback.get('code'), c.redirectUri])
        return Promise.resolve(c.callback.has('code') ? token('granted') : undefined)
      },
    },
  })
}

test('the one part that needs a person is authorized, and the others are earned when that person comes back', async () => {
  const calls: unknown[] = []
  const auth = allOf({
    app: part({ acquire: async () => token('acquired') }),
    user: consent(calls),
    plain: part({}),
  })
  // Without the person there is nothing to earn.
  expect(auth.acquire).toBeUndefined()
  const prompt = await auth.authorize?.begin(
    context({ redirectUri: 'https://host.example/back', scopes: ['read'] }),
  )
  expect(prompt).toEqual({ url: 'https://example.com/consent', pending: { state: 's' } })
  const back = { pending: { state: 's' }, redirectUri: 'https://host.example/back' }
  expect(
    await auth.authorize?.complete(context({ ...back, callback: new URLSearchParams() })),
  ).toBeUndefined()
  expect(
    await auth.authorize?.complete(context({ ...back, callback: new URLSearchParams('code=c') })),
  ).toEqual({
    parts: [token('acquired'), token('granted'), null],
  })
  expect(calls).toEqual([
    ['begin', { a: '2' }, 'https://host.example/back', ['read']],
    ['complete', { a: '2' }, { state: 's' }, null, 'https://host.example/back'],
    ['complete', { a: '2' }, { state: 's' }, 'c', 'https://host.example/back'],
  ])
})

test('what a person signed in for is kept when another part fails, and that part is earned by the next refresh', async () => {
  let up = false
  const acquire = async (): Promise<Credentials> =>
    up ? token('acquired') : Promise.reject(new Error('down'))
  const auth = allOf({ app: part({ acquire }), user: consent([]) })
  const earned = await auth.authorize?.complete(
    context({ pending: null, callback: new URLSearchParams('code=c') }),
  )
  expect(earned).toEqual({ parts: [null, token('granted')], expiresAt: now })
  up = true
  expect(await auth.refresh?.(context({ credentials: earned }))).toEqual({
    parts: [token('acquired'), token('granted')],
  })
})

test('two parts that need a person are refused, also where an option brings the second', () => {
  const message =
    'allOf(): a person would have to sign in twice, for consent and consent; only one part may have authorize'
  expect(() => allOf({ app: consent([]), user: consent([]) })).toThrow(new TypeError(message))
  expect(() => allOf({ app: consent([]), user: options({ key: part({}), person: consent([]) }) })).toThrow(
    new TypeError(message),
  )
})

test('a part that needs a person and could not be earned without one leaves the whole unearned', async () => {
  const auth = allOf(consent([]), { ...part({ acquire: async () => token('x') }), fields: {} })
  expect(auth.acquire).toBeUndefined()
  const either = allOf({
    app: part({ acquire: async () => token('x') }),
    user: { ...consent([]), acquire: async () => undefined },
  })
  expect(await either.acquire?.(context())).toBeUndefined()
})

test('everything that can be revoked is, whatever fails', async () => {
  const calls: unknown[] = []
  const failure = new Error('down')
  const revoke = (fails: boolean) => async (c: { readonly credentials: unknown }) => {
    calls.push(c.credentials)
    if (fails) throw failure
  }
  const auth = allOf({
    app: part({ revoke: revoke(true) }),
    user: part({ revoke: revoke(false) }),
    other: part({ revoke: revoke(false) }),
    plain: part({}),
  })
  await expect(
    auth.revoke?.(context({ credentials: { parts: [token('a'), token('b'), null, token('d')] } })),
  ).rejects.toBe(failure)
  expect(calls).toEqual([token('a'), token('b')])
})

test('the first part that has a test proves the whole, with its own settings and credentials', async () => {
  const seen: unknown[] = []
  const prove: AuthStrategy['test'] = async (c) => {
    seen.push(c.settings, c.credentials, c.baseUrl)
    return { id: 'me' }
  }
  const auth = allOf({ app: part({}), user: part({ test: prove }) })
  expect(
    await auth.test?.(
      context({ credentials: { parts: [null, token('b')] }, baseUrl: 'https://example.com' }),
    ),
  ).toEqual({ id: 'me' })
  expect(seen).toEqual([{ a: '2' }, token('b'), 'https://example.com'])
})

test('through a connection both parts sign each request, and only what was rejected is earned anew', async () => {
  const logins: string[] = []
  const key = defineStrategy({
    scheme: 'key',
    fields: { key: { label: 'Key', type: 'password', required: true } },
    apply: (request, c) => request.headers.set('x-app', c.settings.key),
  })
  const session = defineStrategy({
    scheme: 'session',
    fields: { user: { ...text, required: true } },
    async acquire(c): Promise<Credentials & { readonly session: string }> {
      logins.push(c.settings.user)
      return { session: `s${logins.length}` }
    },
    apply: (request, c) => request.headers.set('x-session', c.credentials.session),
  })
  const sent: [string | null, string | null][] = []
  const connection = connect(
    allOf({ app: options({ key, none: session }, { default: 'key' }), user: session }),
    {
      settings: { 'app.key': 'k', 'user.user': 'anna' },
      origins: ['https://api.example.com'],
      fetch: async (input, init) => {
        const request = new Request(input, init)
        sent.push([request.headers.get('x-app'), request.headers.get('x-session')])
        return new Response(null, {
          status: request.headers.get('x-session') === 's1' && sent.length === 2 ? 401 : 200,
        })
      },
    },
  )
  const statuses = []
  for (let times = 0; times < 3; times++)
    statuses.push((await connection.fetch('https://api.example.com/')).status)
  expect(statuses).toEqual([200, 200, 200])
  expect(sent).toEqual([
    ['k', 's1'],
    ['k', 's1'],
    ['k', 's2'],
    ['k', 's2'],
  ])
  expect(logins).toEqual(['anna', 'anna'])
  expect(await connection.credentials()).toEqual({ parts: [null, { session: 's2' }] })
})
