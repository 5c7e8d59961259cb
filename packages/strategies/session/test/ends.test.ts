import { describe, expect, test } from '@jest/globals'
import { session, type Expires, type SessionCredentials } from '@latchkey/session'
import { authorizations, fields, login, open, tokens } from './support.ts'

const json = { user: '{user}', password: '{password}' }
const take = { token: { json: 'token' } } as const
const request = { url: login, json, take }
const refused = () => new Response('no', { status: 401 })
const jwtUntil = (seconds: number): string =>
  `e30.${btoa(JSON.stringify({ exp: seconds })).replace(/=+$/, '')}.x`

describe('when a session ends', () => {
  const start = 1_800_000_000_000
  const cases: readonly (readonly [
    string,
    Expires,
    (now: number) => Response,
    (now: number) => number | undefined,
  ])[] = [
    ['milliseconds', 90_000, () => Response.json({ token: 't' }), (now) => now + 90_000],
    ['a duration', 'PT1H', () => Response.json({ token: 't' }), (now) => now + 3_600_000],
    ['a month', 'P1M', () => Response.json({ token: 't' }), (now) => monthsAfter(now, 1)],
    ['a year', 'P1Y', () => Response.json({ token: 't' }), (now) => monthsAfter(now, 12)],
    [
      'seconds in the answer',
      { json: 'expires_in' },
      () => Response.json({ token: 't', expires_in: 3600 }),
      (now) => now + 3_600_000,
    ],
    [
      'seconds as text',
      { json: ['a', 'ttl'] },
      () => Response.json({ token: 't', a: { ttl: '60' } }),
      (now) => now + 60_000,
    ],
    [
      'milliseconds in the answer',
      { json: 'ms', format: 'milliseconds' },
      () => Response.json({ token: 't', ms: 60_000 }),
      (now) => now + 60_000,
    ],
    [
      'a date',
      { json: 'until' },
      (now) => Response.json({ token: 't', until: new Date(now + 60_000).toISOString() }),
      (now) => now + 60_000,
    ],
    [
      'epoch seconds in a header',
      { header: 'x-until' },
      (now) => Response.json({ token: 't' }, { headers: { 'x-until': String(Math.floor(now / 1000) + 60) } }),
      (now) => (Math.floor(now / 1000) + 60) * 1000,
    ],
    [
      'nothing, where the answer does not say',
      { json: 'expires_in' },
      () => Response.json({ token: 't' }),
      () => undefined,
    ],
    [
      'the exp of a JWT',
      { jwt: 'token' },
      (now) => Response.json({ token: jwtUntil(Math.floor(now / 1000) + 90) }),
      (now) => (Math.floor(now / 1000) + 90) * 1000,
    ],
    [
      'the end of a cookie',
      { cookieEnd: 'sid' },
      () =>
        Response.json(
          { token: 't' },
          { headers: { 'set-cookie': 'sid=1; Max-Age=120; Expires=Thu, 01 Jan 2099 00:00:00 GMT' } },
        ),
      (now) => now + 120_000,
    ],
    [
      'a cookie without an end',
      { cookieEnd: 'sid' },
      () => Response.json({ token: 't' }, { headers: { 'set-cookie': 'sid=1' } }),
      () => undefined,
    ],
  ]
  test.each(cases)('%s', async (_name, expires, provider, end) => {
    const opened = open(session({ fields, login: request, expires }), () => provider(opened.clock.now()))
    opened.clock.jump(start - opened.clock.now())
    await opened.call()
    const { expiresAt } = (await opened.connection.credentials()) as SessionCredentials
    expect(expiresAt).toBe(end(start))
  })

  test('it is used until then, and a new one after it; 1,000 requests at once log in once', async () => {
    const opened = open(session({ fields, login: request, expires: 'PT1H' }), tokens())
    await Promise.all(Array.from({ length: 1000 }, opened.call))
    expect(opened.logins()).toHaveLength(1)
    opened.clock.jump(3_600_001)
    await Promise.all(Array.from({ length: 1000 }, opened.call))
    expect(opened.logins()).toHaveLength(2)
    expect(new Set(authorizations(opened))).toEqual(new Set(['Bearer token-1', 'Bearer token-2']))
  })

  test('without an end there is one login, whatever the time, until the API rejects the session', async () => {
    const dead = new Set<string | null>()
    const opened = open(session({ fields, login: request }), tokens(), ({ headers }) =>
      dead.has(headers.get('authorization')) ? refused() : new Response('ok'),
    )
    for (let turn = 0; turn < 5; turn++) {
      opened.clock.jump(30 * 86_400_000)
      await opened.call()
    }
    expect(opened.logins()).toHaveLength(1)
    dead.add('Bearer token-1')
    expect((await opened.call()).status).toBe(200)
    expect(opened.logins()).toHaveLength(2)
  })

  test('perRequest: a login for every request, and nothing is stored', async () => {
    const auth = session({ fields, login: request, perRequest: true })
    const opened = open(auth, tokens())
    for (let turn = 0; turn < 3; turn++) await opened.call()
    expect(authorizations(opened)).toEqual(['Bearer token-1', 'Bearer token-2', 'Bearer token-3'])
    expect(auth.acquire).toBeUndefined()
    expect(await opened.connection.credentials()).toBeUndefined()
  })
})

/** The same day of a later month, in UTC. */
function monthsAfter(now: number, months: number): number {
  const date = new Date(now)
  date.setUTCMonth(date.getUTCMonth() + months)
  return date.getTime()
}
