import { describe, expect, test } from '@jest/globals'
import { memoryStore } from '@latchkey/core'
import { session, type SessionCredentials } from '@latchkey/session'
import { api, fields, login, open } from './support.ts'

const auth = session({
  fields,
  login: { url: login, form: { user: '{user}', password: '{password}' } },
  use: 'cookies',
})
const setting = (...lines: string[]) =>
  new Response('ok', { headers: lines.map((line): [string, string] => ['set-cookie', line]) })
const wide = 'sid=s-1; Domain=example.com; Path=/; Secure; HttpOnly'
const cookies = (opened: ReturnType<typeof open>) =>
  opened.calls().map(({ headers }) => headers.get('cookie'))

describe('a cookie jar', () => {
  test('sends each cookie where RFC 6265 lets it go: by domain, path and scheme, until it ends', async () => {
    const opened = open(auth, () =>
      setting(
        wide,
        'own=login-only; Path=/',
        'deep=d; Domain=example.com; Path=/things',
        'foreign=f; Domain=other.example',
        'short=x; Domain=example.com; Path=/; Max-Age=60',
        'gone=x; Domain=example.com; Path=/; Max-Age=0',
        'malformed',
      ),
    )
    await opened.call()
    await opened.connection.fetch('https://api.example.com/other')
    opened.clock.jump(61_000)
    await opened.call()
    expect(cookies(opened)).toEqual(['deep=d; sid=s-1; short=x', 'sid=s-1; short=x', 'deep=d; sid=s-1'])
  })

  test("keeps the caller's own cookies, and replaces those of the session's names", async () => {
    const opened = open(auth, () => setting(wide))
    await opened.connection.fetch(api, { headers: { cookie: 'theme=dark; sid=old' } })
    expect(cookies(opened)).toEqual(['theme=dark; sid=s-1'])
  })

  test('learns from the answers of the API, and forgets all of it with a new login', async () => {
    const opened = open(
      auth,
      (_, count) => setting(wide.replace('s-1', `s-${count}`)),
      (_, count) =>
        count === 4
          ? new Response('', { status: 401 })
          : count === 1
            ? setting('sid=slid; Domain=example.com; Path=/', 'route=r; Path=/')
            : new Response('ok'),
    )
    for (let turn = 0; turn < 4; turn++) await opened.call()
    expect(cookies(opened)).toEqual([
      'sid=s-1',
      'sid=slid; route=r',
      'sid=slid; route=r',
      'sid=slid; route=r',
      'sid=s-2',
    ])
    expect(opened.logins()).toHaveLength(2)
  })

  test('a Max-Age counts from when it was set, also where it prolongs an older cookie', async () => {
    const opened = open(
      auth,
      () => setting('sid=a; Domain=example.com; Path=/; Max-Age=60'),
      () => setting('sid=a; Domain=example.com; Path=/; Max-Age=60'),
    )
    for (let turn = 0; turn < 4; turn++) {
      await opened.call()
      opened.clock.jump(40_000)
    }
    expect(cookies(opened)).toEqual(['sid=a', 'sid=a', 'sid=a', 'sid=a'])
  })

  test('is stored: another process sends the same cookies without a login', async () => {
    const store = memoryStore()
    const one = open(auth, () => setting(wide), undefined, { store })
    await one.call()
    const two = open(auth, () => setting(wide), undefined, { store })
    await two.call()
    expect(two.logins()).toHaveLength(0)
    expect(cookies(two)).toEqual(['sid=s-1'])
  })

  test('does not take its domain for a secret, only its values', async () => {
    const moved = () =>
      new Response(null, {
        status: 302,
        headers: { location: 'https://files.example.org/api.example.com/x' },
      })
    const opened = open(
      auth,
      () => setting('sid=s-1234; Path=/; Domain=api.example.com', wide),
      (_, count) => (count === 1 ? moved() : new Response('ok')),
    )
    expect((await opened.call()).status).toBe(200)
    const { cookies: saved } = (await opened.connection.credentials()) as SessionCredentials
    expect(saved?.values).toEqual(['s-1'])
    expect(saved?.rest).not.toContain('s-1')
  })

  test('is one of its own for each connection', async () => {
    const one = open(auth, () => setting(wide))
    const two = open(auth, () => setting(wide.replace('s-1', 'other')))
    await Promise.all([one.call(), two.call()])
    expect([cookies(one), cookies(two)]).toEqual([['sid=s-1'], ['sid=other']])
  })

  test('cannot be made to set a cookie for a whole public suffix', async () => {
    const opened = open(auth, () => setting('all=x; Domain=com; Path=/', wide))
    await opened.call()
    expect(cookies(opened)).toEqual(['sid=s-1'])
  })
})
