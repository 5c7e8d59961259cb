import { describe, expect, test } from '@jest/globals'
import { apiKey } from '@latchkey/api-key'
import { basic } from '@latchkey/basic'
import { defineStrategy } from '@latchkey/core'
import { session, type LoginRequest } from '@latchkey/session'
import { authorizations, fields, login, open, settings, tokens } from './support.ts'

const take = { token: { json: 'token' } } as const
const json = { user: '{user}', password: '{password}' }

describe('the login request', () => {
  test('is JSON, a form or a text, with query and headers, each from settings', async () => {
    const sentFor = async (request: Omit<LoginRequest, 'url'>) => {
      const opened = open(session({ fields, login: { url: login, take, ...request } }), tokens())
      await opened.call()
      expect(authorizations(opened)).toEqual(['Bearer token-1'])
      expect(opened.logins()).toHaveLength(1)
      return opened.logins()[0]!
    }
    const asJson = await sentFor({ json: { credentials: [json], remember: true } })
    expect([asJson.method, asJson.headers.get('content-type'), asJson.body]).toEqual([
      'POST',
      'application/json',
      '{"credentials":[{"user":"ada","password":"pass-word-1"}],"remember":true}',
    ])
    const asForm = await sentFor({ form: json, method: 'PUT' })
    expect([asForm.method, asForm.headers.get('content-type'), asForm.body]).toEqual([
      'PUT',
      'application/x-www-form-urlencoded;charset=UTF-8',
      'user=ada&password=pass-word-1',
    ])
    const asText = await sentFor({ text: '{user}:{password}' })
    expect([asText.headers.get('content-type'), asText.body]).toEqual([
      'text/plain;charset=UTF-8',
      'ada:pass-word-1',
    ])
    const asGet = await sentFor({ query: json, headers: { 'x-user': 'u={user}' } })
    expect([asGet.method, asGet.url, asGet.headers.get('x-user'), asGet.body]).toEqual([
      'GET',
      `${login}?user=ada&password=pass-word-1`,
      'u=ada',
      '',
    ])
  })

  test('escapes values in XML', async () => {
    const request = {
      url: login,
      headers: { 'content-type': 'text/xml; charset=utf-8' },
      text: '<login><user>{user}</user><password value="{password}"/></login>',
      take: { token: { xml: ['response', 'sessionid'] } },
    }
    const answer = () =>
      new Response('<?xml version="1.0"?><response><a/><sessionid>t&amp;1</sessionid></response>')
    const opened = open(session({ fields, login: request }), answer, undefined, {
      settings: { user: '<ada>&', password: '"\'' },
    })
    await opened.call()
    expect(opened.logins()[0]!.body).toBe(
      '<login><user>&#60;ada&#62;&#38;</user><password value="&#34;&#39;"/></login>',
    )
    expect(authorizations(opened)).toEqual(['Bearer t&1'])
  })

  test('has a URL whose slots are guarded', async () => {
    const auth = session({
      fields: { ...fields, tenant: { type: 'string', label: 'Tenant', required: true } },
      login: { url: 'https://{tenant}.example.com/{user}/login', json, take },
    })
    const opened = open(auth, tokens(), undefined, { settings: { ...settings, user: 'a/b', tenant: 'acme' } })
    await opened.call()
    expect(opened.logins()[0]!.url).toBe('https://acme.example.com/a%2Fb/login')
    const evil = open(auth, tokens(), undefined, { settings: { ...settings, tenant: 'evil.org/' } })
    await expect(evil.call()).rejects.toMatchObject({ code: 'settings_invalid', field: 'tenant' })
    expect(evil.sent).toHaveLength(0)
  })

  test('leaves out what an optional field does not say', async () => {
    const auth = session({
      fields: { ...fields, otp: { type: 'string', label: 'Code' } },
      login: {
        url: login,
        json: { ...json, otp: '{otp}' },
        query: { otp: '{otp}' },
        headers: { 'x-otp': '{otp}' },
        take,
      },
    })
    const opened = open(auth, tokens())
    await opened.call()
    const [request] = opened.logins()
    expect([request!.body, request!.url, request!.headers.get('x-otp')]).toEqual([
      JSON.stringify({ ...json, user: 'ada', password: 'pass-word-1' }),
      login,
      null,
    ])
  })

  test('is authenticated by any other strategy: a key, basic, one that logs in itself, one that learns from a challenge', async () => {
    const sentFor = async (auth: NonNullable<LoginRequest['auth']>, given: object, provider = tokens()) => {
      const strategy = session({
        fields: auth.fields as unknown as typeof fields,
        login: { url: login, method: 'POST', auth, take },
      })
      const opened = open(strategy, provider, undefined, { settings: given })
      await opened.call()
      expect(authorizations(opened)).toHaveLength(1)
      return opened.logins()
    }
    const [byBasic] = await sentFor(basic(), { username: 'u', password: 'p' })
    expect(byBasic!.headers.get('authorization')).toBe(`Basic ${btoa('u:p')}`)
    const [byKey] = await sentFor(apiKey({ in: 'query', name: 'key' }), { apiKey: 'k-1' })
    expect(byKey!.url).toBe(`${login}?key=k-1`)
    const earning = defineStrategy<{ readonly code: string }>()({
      scheme: 'earning',
      fields: { apiKey: { type: 'password', label: 'Key', required: true } },
      async acquire({ http, settings: { apiKey: key } }) {
        return { code: await http.post('https://login.example.com/code', { body: key }).text() }
      },
      apply: (request, { credentials }) => request.headers.set('x-code', credentials.code),
    })
    const both = await sentFor(earning, { apiKey: 'k-2' }, ({ url, body }) =>
      url.endsWith('/code') ? new Response(`code of ${body}`) : Response.json({ token: 't' }),
    )
    expect(both.map(({ headers }) => headers.get('x-code'))).toEqual([null, 'code of k-2'])
    const learning = defineStrategy({
      scheme: 'learning',
      fields: { apiKey: { type: 'password', label: 'Key', required: true } },
      apply: (request, { memory }) =>
        request.headers.set('x-nonce', (memory.get('session') as string | undefined) ?? 'none'),
      inspect(response, { memory }) {
        if (response.status !== 401) return undefined
        memory.set('session', response.headers.get('x-nonce'))
        return 'retry'
      },
    })
    const asked = await sentFor(learning, { apiKey: 'k-3' }, (_, count) =>
      count === 1
        ? new Response('', { status: 401, headers: { 'x-nonce': 'n-1' } })
        : Response.json({ token: 't' }),
    )
    expect(asked.map(({ headers }) => headers.get('x-nonce'))).toEqual(['none', 'n-1'])
  })

  test('may be several in a row, each with what those before it gave, and with their cookies', async () => {
    const auth = session({
      fields,
      login: [
        {
          url: 'https://login.example.com/start',
          take: { csrf: { header: 'x-csrf' }, zone: { json: ['data', '0', 'zone'] } },
        },
        {
          url: 'https://{zone}.example.com/login',
          form: { ...json, csrf: '{csrf}' },
          take: { code: { body: true } },
        },
        { url: login, json: { code: '{code}', csrf: '{csrf}' }, take },
      ],
    })
    const opened = open(auth, ({ url }) =>
      url.endsWith('/start')
        ? Response.json(
            { data: [{ zone: 'eu' }] },
            { headers: { 'x-csrf': 'c-1', 'set-cookie': 'pre=1; Domain=example.com' } },
          )
        : url.startsWith('https://eu.')
          ? new Response(' code-1\n', { headers: { 'set-cookie': 'own=2' } })
          : Response.json({ token: 'token-9' }),
    )
    await opened.call()
    expect(opened.logins().map(({ url, body, headers }) => [url, body, headers.get('cookie')])).toEqual([
      ['https://login.example.com/start', '', null],
      ['https://eu.example.com/login', 'user=ada&password=pass-word-1&csrf=c-1', 'pre=1'],
      [login, '{"code":"code-1","csrf":"c-1"}', 'pre=1'],
    ])
    expect(authorizations(opened)).toEqual(['Bearer token-9'])
  })

  test('may be a function, for the unusual', async () => {
    const auth = session({
      fields,
      async login({ fetch, settings: { user, password } }) {
        const response = await fetch(login, { method: 'POST', body: `${user}/${password}` })
        return { values: { token: (await response.text()).slice(4) } }
      },
      expires: 'PT1H',
    })
    const opened = open(auth, ({ body }) => new Response(`tok:${body}`))
    await opened.call()
    expect(authorizations(opened)).toEqual(['Bearer ada/pass-word-1'])
    expect(((await opened.connection.credentials()) as { expiresAt: number }).expiresAt).toBe(
      opened.clock.now() + 3_600_000,
    )
  })
})
