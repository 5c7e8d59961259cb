import { describe, expect, test } from '@jest/globals'
import { session } from '@latchkey/session'
import { authorizations, api, fields, login, open, settings, tokens } from './support.ts'

const json = { user: '{user}', password: '{password}' }
const take = { token: { json: 'token' } } as const
const request = { url: login, json, take }
const refused = () => new Response('no', { status: 401 })

describe('a sliding session', () => {
  const auth = session({ fields, login: request, expires: 'PT30M', sliding: true })

  test('lasts as long again after each use, and is extended without a request', async () => {
    const opened = open(auth, tokens())
    for (let turn = 0; turn < 10; turn++) {
      await opened.call()
      opened.clock.jump(20 * 60_000)
    }
    expect(opened.logins()).toHaveLength(1)
    opened.clock.jump(31 * 60_000)
    await opened.call()
    expect(opened.logins()).toHaveLength(2)
  })

  test('that the API rejects is over, also where it was used a moment ago', async () => {
    const opened = open(auth, tokens(), ({ headers }) =>
      headers.get('authorization') === 'Bearer token-1' && opened.calls().length > 1
        ? refused()
        : new Response('ok'),
    )
    await opened.call()
    expect((await opened.call()).status).toBe(200)
    expect(opened.logins()).toHaveLength(2)
    await opened.call()
    expect(authorizations(opened)).toEqual([
      'Bearer token-1',
      'Bearer token-1',
      'Bearer token-2',
      'Bearer token-2',
    ])
  })

  test('takes the new values that the API sends with its answers, unless they cannot be sent', async () => {
    const rotating = session({ fields, login: request, renewed: { token: { header: 'x-next' } } })
    const next = ['a', '', 'ü', 'b']
    const opened = open(
      rotating,
      tokens(),
      (_, count) => new Response('ok', { headers: { 'x-next': next[count - 1] ?? '' } }),
    )
    for (let turn = 0; turn < 5; turn++) await opened.call()
    expect(authorizations(opened)).toEqual(['Bearer token-1', 'Bearer a', 'Bearer a', 'Bearer a', 'Bearer b'])
    expect(opened.logins()).toHaveLength(1)
  })
})

describe('refresh and logout', () => {
  const auth = session({
    fields,
    login: { ...request, take: { ...take, refreshToken: { json: 'refresh' } } },
    expires: { json: 'ttl' },
    refresh: {
      url: 'https://login.example.com/refresh',
      json: { refresh: '{refreshToken}' },
      take: { ...take, refreshToken: { json: 'refresh', optional: true } },
    },
    logout: { url: 'https://login.example.com/session/{token}', method: 'DELETE' },
  })

  test('a session that has ended is refreshed; what the answer leaves out stays', async () => {
    const opened = open(auth, ({ url, body }, count) =>
      url.endsWith('/refresh')
        ? Response.json({ token: `${body}-${count}`.replace(/[^\w-]/g, ''), ttl: 60 })
        : Response.json({ token: 'first', refresh: 'r-1', ttl: 60 }),
    )
    for (let turn = 0; turn < 3; turn++) {
      await opened.call()
      opened.clock.jump(61_000)
    }
    expect(authorizations(opened)).toEqual(['Bearer first', 'Bearer refreshr-1-2', 'Bearer refreshr-1-3'])
    expect(opened.logins().map(({ url }) => url.split('/').at(-1))).toEqual(['session', 'refresh', 'refresh'])
  })

  test('a refresh that is refused leads to a login, one that fails for a while does not', async () => {
    const answers = [401, 503]
    const opened = open(auth, ({ url }) =>
      url.endsWith('/refresh')
        ? new Response('', { status: answers.shift() ?? 500 })
        : Response.json({ token: 't', refresh: 'r', ttl: 60 }),
    )
    await opened.call()
    opened.clock.jump(61_000)
    await opened.call()
    expect(opened.logins().map(({ url }) => url.split('/').at(-1))).toEqual(['session', 'refresh', 'session'])
    opened.clock.jump(61_000)
    await expect(opened.call()).rejects.toMatchObject({ code: 'provider_unavailable' })
    expect(opened.logins()).toHaveLength(4)
  })

  test('revoke ends the session at the provider, and one that has ended already is ended', async () => {
    for (const status of [204, 401, 404]) {
      const opened = open(auth, ({ method }) =>
        method === 'DELETE'
          ? new Response(null, { status })
          : Response.json({ token: 't', refresh: 'r', ttl: 60 }),
      )
      await opened.call()
      await opened.connection.revoke()
      expect(opened.logins().at(-1)).toMatchObject({
        method: 'DELETE',
        url: 'https://login.example.com/session/t',
      })
    }
  })
})

describe('a session that the person has already', () => {
  const given = { token: 'ready' } as const
  const form = {
    ...fields,
    user: { ...fields.user, required: false },
    password: { required: false },
    ready: { required: false },
  } as const
  const check = { url: 'https://login.example.com/current', headers: { 'x-session': '{token}' } }

  test('is used until it is rejected; then there is a login', async () => {
    const opened = open(
      session({ fields: form, login: request, given }),
      tokens(),
      ({ headers }) =>
        headers.get('authorization') === 'Bearer ready-1' && opened.calls().length > 1
          ? refused()
          : new Response('ok'),
      { settings: { ...settings, ready: 'ready-1' } },
    )
    await opened.call()
    expect(opened.logins()).toHaveLength(0)
    expect((await opened.call()).status).toBe(200)
    expect(authorizations(opened)).toEqual(['Bearer ready-1', 'Bearer ready-1', 'Bearer token-1'])
    await opened.call()
    expect(opened.logins()).toHaveLength(1)
  })

  test('is checked once where there is a check; a refusal leads to a login, a failure is one', async () => {
    const auth = session({ fields: form, login: request, given, check })
    const checkedBy = (status: number) =>
      open(
        auth,
        ({ url }) => (url === check.url ? new Response('', { status }) : Response.json({ token: 'new' })),
        undefined,
        {
          settings: { ...settings, ready: 'ready-1' },
        },
      )
    const good = checkedBy(200)
    await good.call()
    await good.call()
    expect(good.logins().map(({ url, headers }) => [url, headers.get('x-session')])).toEqual([
      [check.url, 'ready-1'],
    ])
    const bad = checkedBy(401)
    await bad.call()
    expect(authorizations(bad)).toEqual(['Bearer new'])
    await expect(checkedBy(500).call()).rejects.toMatchObject({ code: 'provider_unavailable' })
  })

  test('that was not given is not missed', async () => {
    const opened = open(session({ fields: form, login: request, given, check }), tokens())
    await opened.call()
    expect(opened.logins().map(({ url }) => url)).toEqual([login])
    expect(opened.calls()[0]!.url).toBe(api)
  })
})
