import { describe, expect, test } from '@jest/globals'
import { basic } from '@latchkey/basic'
import { session, type Take } from '@latchkey/session'
import { api, authorizations, fields, login, open } from './support.ts'

const take = { token: { json: 'token' } } as const
const json = { user: '{user}', password: '{password}' }

describe('what is taken from an answer', () => {
  const answers: readonly (readonly [string, Take, () => Response, string | undefined])[] = [
    ['a JSON member', { json: 'token' }, () => Response.json({ token: 't' }), 't'],
    [
      'a JSON member with dots in its name',
      { json: 'a.b' },
      () => Response.json({ 'a.b': 't', a: { b: 'x' } }),
      't',
    ],
    [
      'a JSON path through a list',
      { json: ['data', '1', 'id'] },
      () => Response.json({ data: [0, { id: 't' }] }),
      't',
    ],
    ['a JSON number', { json: 'id' }, () => Response.json({ id: 1_000_000 }), '1000000'],
    ['a text that looks like a number', { json: 'id' }, () => Response.json({ id: '1e9' }), '1e9'],
    ['null', { json: 'token' }, () => Response.json({ token: null }), undefined],
    ['an empty text', { json: 'token' }, () => Response.json({ token: '' }), undefined],
    ['an object', { json: 'token' }, () => Response.json({ token: { a: 1 } }), undefined],
    ["Object's own members", { json: ['constructor', 'name'] }, () => Response.json({}), undefined],
    ['an XML element', { xml: 'sid' }, () => new Response('<a:r xmlns:a="x"><a:sid>t</a:sid></a:r>'), 't'],
    [
      'an XML path',
      { xml: ['r', 'b', 'sid'] },
      () => new Response('<r><a><sid>x</sid></a><b><sid>t</sid></b></r>'),
      't',
    ],
    ['a header', { header: 'X-Token' }, () => new Response('', { headers: { 'x-token': 't' } }), 't'],
    [
      'a cookie',
      { cookie: 'sid' },
      () =>
        new Response('', {
          headers: [
            ['set-cookie', 'a=1'],
            ['set-cookie', 'sid=t; Path=/; HttpOnly'],
          ],
        }),
      't',
    ],
    [
      'a cookie that is taken away',
      { cookie: 'sid' },
      () => new Response('', { headers: { 'set-cookie': 'sid=; Max-Age=0' } }),
      undefined,
    ],
    ['the whole body', { body: true }, () => new Response('  t\r\n'), 't'],
    ['an empty body', { body: true }, () => new Response(' '), undefined],
  ]
  test.each(answers)('%s', async (_name, token, provider, expected) => {
    const opened = open(session({ fields, login: { url: login, json, take: { token } } }), provider)
    if (expected === undefined) {
      await expect(opened.call()).rejects.toMatchObject({ code: 'credentials_rejected' })
      expect(opened.calls()).toHaveLength(0)
      return
    }
    await opened.call()
    expect(authorizations(opened)).toEqual([`Bearer ${expected}`])
  })

  test('a redirect after which a cookie or header would be lost is not followed; any other is', async () => {
    const moved = (_: unknown, count: number): Response =>
      count === 1
        ? new Response(null, { status: 302, headers: { location: '/home', 'set-cookie': 'sid=t' } })
        : Response.json({ token: 'u' })
    const byCookie = open(
      session({ fields, login: { url: login, form: json, take: { token: { cookie: 'sid' } } } }),
      moved,
    )
    await byCookie.call()
    expect([byCookie.logins().length, ...authorizations(byCookie)]).toEqual([1, 'Bearer t'])
    const byJson = open(session({ fields, login: { url: login, form: json, take } }), moved)
    await byJson.call()
    expect([byJson.logins().length, ...authorizations(byJson)]).toEqual([2, 'Bearer u'])
  })
})

describe('how a session is used', () => {
  test('in any place that a key may have, in several, and through a template', async () => {
    const provider = () => Response.json({ token: 't', account: 7 })
    const sentFor = async (
      use: NonNullable<Parameters<typeof session>[0]['use']>,
      init: RequestInit = {},
    ) => {
      const opened = open(
        session({
          fields,
          login: { url: login, json, take: { ...take, account: { json: 'account' } } },
          use,
        }),
        provider,
      )
      await opened.connection.fetch(api, init)
      return opened.calls()[0]!
    }
    const header = async (use: Parameters<typeof sentFor>[0]) =>
      (await sentFor(use)).headers.get('authorization')
    expect(await header({ in: 'header', name: 'authorization' })).toBe('Bearer t')
    expect(await header({ in: 'header', name: 'Authorization', prefix: 'SSWS ' })).toBe('SSWS t')
    expect(await header({ in: 'header', name: 'Authorization', value: 'Token {token}' })).toBe('Token t')
    expect(
      await header({
        in: 'header',
        name: 'Authorization',
        value: 'realm={user}, account={account}, token={token}',
      }),
    ).toBe('realm=ada, account=7, token=t')
    expect((await sentFor({ in: 'query', name: 'sid' })).url).toBe(`${api}?sid=t`)
    expect((await sentFor({ in: 'cookie', name: 'sid' })).headers.get('cookie')).toBe('sid=t')
    expect((await sentFor({ in: 'form', name: 'sid' }, { method: 'POST' })).body).toBe('sid=t')
    expect((await sentFor({ in: 'json', name: ['auth', 'sid'] }, { method: 'POST' })).body).toBe(
      '{"auth":{"sid":"t"}}',
    )
    const two = await sentFor([
      { in: 'header', name: 'x-token' },
      { in: 'query', name: 'account', value: '{account}' },
    ])
    expect([two.headers.get('x-token'), two.url]).toEqual(['t', `${api}?account=7`])
  })
})

describe('what cannot work is a TypeError that names the option', () => {
  const make = (options: object) => () => session({ fields, login: { url: login, json, take }, ...options })
  const step = { url: login, take }
  test.each([
    ['login', { login: [] }],
    ['url|URL', { login: { url: 'https://{tenant}.com/', take } }],
    ['URL', { login: { url: 'login', take } }],
    ['json, form and text', { login: { ...step, json, text: 'x' } }],
    ['slot {nobody}', { login: { ...step, json: { a: ['{nobody}'] } } }],
    ['slot {token}', { login: { ...step, query: { a: '{token}' } } }],
    ['"user"', { login: { ...step, take: { user: { json: 'x' } } } }],
    ['header', { login: { ...step, headers: { Host: 'x' } } }],
    ['"username"', { login: { ...step, auth: basic() } }],
    ['use', { use: { in: 'header', name: 'x', value: '{other}' } }],
    ['placements', { use: [] }],
    ['expires', { expires: 'P' }],
    ['expires', { expires: '7200' }],
    ['expires', { expires: 0 }],
    ['sliding', { sliding: true }],
    ['renewed', { renewed: { token2: { json: 'x' } } }],
    ['given', { given: { old: 'nothing' } }],
    ['check', { check: { url: login } }],
    ['perRequest', { perRequest: true, expires: 1 }],
    ['refresh', { refresh: { url: login, json: { a: '{refreshToken}' } } }],
    [
      'person',
      { fields: {}, login: { ...step, auth: { scheme: 'x', fields: {}, apply() {}, authorize: {} } } },
    ],
  ])('%s: %j', (word, options) => {
    expect(make(options)).toThrow(TypeError)
    expect(make(options)).toThrow(new RegExp(word.replace(/[{}]/g, '\\$&')))
  })
})
