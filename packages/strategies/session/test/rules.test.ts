import { describe, expect, test } from '@jest/globals'
import { isAuthError, type AuthError } from '@latchkey/core'
import { session, type Rule } from '@latchkey/session'
import { authorizations, fields, login, open, settings } from './support.ts'

const take = { token: { json: 'token' } } as const
const request = { url: login, json: { user: '{user}', password: '{password}' }, take }
const withRules = (...rules: Rule[]) => session({ fields, login: { ...request, rules } })
const failure = (call: Promise<unknown>): Promise<AuthError> =>
  call.then(
    () => {
      throw new Error('answered')
    },
    (error: unknown) => error as AuthError,
  )

describe('a rejected login', () => {
  test.each([
    ['401', () => new Response('', { status: 401 })],
    ['403', () => new Response('', { status: 403 })],
    ['400', () => new Response('', { status: 400 })],
    ['200 with an error', () => Response.json({ error: 'wrong pass-word-1' })],
    ['200 with null for a token', () => Response.json({ token: null })],
  ])(
    '%s is credentials_rejected, shows nothing of the answer, and is never repeated',
    async (_name, provider) => {
      const opened = open(session({ fields, login: request }), provider)
      for (let turn = 0; turn < 5; turn++) {
        const error = await failure(opened.call())
        expect(error).toMatchObject({ code: 'credentials_rejected', remedy: 'reconnect', scheme: 'session' })
        expect(error.message).not.toContain('pass-word-1')
        opened.clock.jump(86_400_000)
      }
      expect(opened.sent).toHaveLength(1)
    },
  )

  test.each([
    [
      'an answer of another form',
      () => new Response('<html>down for maintenance</html>'),
      'response_invalid',
    ],
    ['404', () => new Response('', { status: 404 }), 'response_invalid'],
    [
      '503',
      () => new Response('', { status: 503, headers: { 'retry-after': '120' } }),
      'provider_unavailable',
    ],
    ['429', () => new Response('', { status: 429 }), 'provider_unavailable'],
  ])('%s is not', async (_name, provider, code) => {
    const opened = open(session({ fields, login: request }), provider)
    expect(await failure(opened.call())).toMatchObject({ code })
    expect(opened.calls()).toHaveLength(0)
  })
})

describe('rules', () => {
  test('retry: nobody asks again before the time has come, then the login is repeated', async () => {
    const busy = withRules({
      when: ({ json }) => (json as { busy?: boolean }).busy === true,
      then: 'retry',
      message: 'The login is busy.',
      waitMs: 30_000,
    })
    const opened = open(busy, (_, count) => Response.json(count === 1 ? { busy: true } : { token: 't' }))
    const error = await failure(opened.call())
    expect(error).toMatchObject({
      code: 'provider_unavailable',
      message: 'The login is busy.',
      retryAfter: 30_000,
    })
    opened.clock.jump(29_000)
    expect(await failure(opened.call())).toMatchObject({ code: 'provider_unavailable' })
    expect(opened.logins()).toHaveLength(1)
    opened.clock.jump(2_000)
    expect((await opened.call()).status).toBe(200)
    expect(opened.logins()).toHaveLength(2)
  })

  test('retry without a time of its own takes that of the answer', async () => {
    const opened = open(
      withRules({ status: [409, 423], then: 'retry' }),
      () => new Response('', { status: 423, headers: { 'retry-after': '90' } }),
    )
    expect(await failure(opened.call())).toMatchObject({ code: 'provider_unavailable', retryAfter: 90_000 })
  })

  test('ignore: what can be taken is taken, and what is missing is none of its business', async () => {
    const auth = session({
      fields,
      login: [
        {
          url: 'https://login.example.com/start',
          take: { csrf: { header: 'x-csrf' }, hint: { header: 'x-hint' } },
          rules: [{ status: 404, then: 'ignore' }],
        },
        { ...request, headers: { 'x-csrf': '{csrf}' } },
      ],
    })
    const opened = open(auth, ({ url }) =>
      url.endsWith('/start')
        ? new Response('', { status: 404, headers: { 'x-csrf': 'c-1' } })
        : Response.json({ token: 't' }),
    )
    await opened.call()
    expect(opened.logins()[1]!.headers.get('x-csrf')).toBe('c-1')
    const nothing = open(withRules({ then: 'ignore' }), () => new Response('', { status: 500 }))
    expect(await failure(nothing.call())).toMatchObject({ code: 'response_invalid' })
    expect(nothing.calls()).toHaveLength(0)
  })

  test('reject and fail say what the rule says; the first rule that fits decides', async () => {
    const auth = withRules(
      { when: ({ text }) => text.includes('locked'), then: 'reject', message: 'The account is locked.' },
      {
        status: 200,
        when: ({ headers }) => headers.has('x-error'),
        then: 'fail',
        message: 'The application is not registered.',
      },
      { status: 200, when: ({ text }) => text.includes('locked'), then: 'ignore' },
    )
    const locked = open(auth, () => new Response('locked'))
    expect(await failure(locked.call())).toMatchObject({
      code: 'credentials_rejected',
      message: 'The account is locked.',
    })
    await failure(locked.call())
    expect(locked.sent).toHaveLength(1)
    const failing = open(auth, () => Response.json({ token: 't' }, { headers: { 'x-error': '1' } }))
    expect(await failure(failing.call())).toMatchObject({
      code: 'response_invalid',
      remedy: 'operator',
      message: 'The application is not registered.',
    })
  })
})

describe('what came back and cannot be sent', () => {
  test.each([
    ['a line break', 't\nx'],
    ['a letter of another alphabet', 'tü'],
    ['17,000 characters', 'x'.repeat(17_000)],
  ])('in a header: %s is response_invalid, and nothing is sent to the API', async (_name, token) => {
    const opened = open(session({ fields, login: request }), () => Response.json({ token }))
    const error = await failure(opened.call())
    expect(error).toMatchObject({ code: 'response_invalid' })
    expect(error.message).not.toContain(token)
    expect(opened.calls()).toHaveLength(0)
  })
})

test("the login's own strategy cannot move the login to another origin", async () => {
  const auth = {
    scheme: 'moving',
    fields: {},
    apply: ({ url }: { readonly url: URL }) => void (url.hostname = 'evil.example'),
  }
  const opened = open(session({ fields, login: { ...request, auth } }), () => Response.json({ token: 't' }))
  expect(await failure(opened.call())).toMatchObject({ code: 'origin_forbidden' })
  expect(opened.sent).toHaveLength(0)
})

test('a login whose own credentials nobody has earned is not sent', async () => {
  const auth = {
    scheme: 'empty',
    fields: {},
    acquire: () => Promise.resolve(undefined),
    apply: () => undefined,
  }
  const opened = open(
    session({ fields, login: { ...request, auth } }),
    () => Response.json({ token: 't' }),
    undefined,
    { settings },
  )
  const error = await failure(opened.call())
  expect(isAuthError(error) && error.code).toBe('credentials_missing')
  expect(authorizations(opened)).toEqual([])
})
