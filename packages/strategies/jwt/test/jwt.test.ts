import { describe, expect, test } from '@jest/globals'
import { connect, type AuthStrategy } from '@latchkey/core'
import { jwt } from '@latchkey/jwt'
import { network } from '../../../../tools/network.ts'
import { now, origins, read, sentBy, tokenOf } from './support.ts'

const secret = 's'.repeat(32)
const api = 'https://api.example.com'
const at = now / 1000

describe('what a token says', () => {
  test('by default it has alg, typ, iat and exp, and is used as a bearer token for 20 minutes', async () => {
    const [sent] = await sentBy(jwt({ algorithm: 'HS256' }), { secret })
    expect(sent!.headers.get('authorization')).toMatch(/^Bearer [\w-]+\.[\w-]+\.[\w-]+$/)
    expect(read(tokenOf(sent))).toEqual({
      header: { alg: 'HS256', typ: 'JWT' },
      payload: { iat: at, exp: at + 1200 },
    })
  })

  test('claims and headers take settings at any depth, and keep the types of fields that are alone', async () => {
    const auth = jwt({
      algorithm: 'HS256',
      fields: {
        secret: {},
        account: { type: 'string', label: 'Account', required: true },
        level: { type: 'number', label: 'Level', required: true },
        team: { type: 'string', label: 'Team' },
      },
      iss: 'app:{account}',
      sub: '{level}',
      aud: ['{account}', 'https://api.example.com'],
      kid: '{level}',
      cty: 'x',
      typ: 'JOSE',
      claims: {
        context: { user: { id: '{account}', level: '{level}', admin: false }, list: ['{account}', 1] },
        team: '{team}',
      },
      headers: { nested: { account: '{account}' } },
    })
    const [sent] = await sentBy(auth, { secret, account: '007', level: 5 })
    expect(read(tokenOf(sent))).toEqual({
      // RFC 7515 section 4.1.4: a kid is a text, also where the field is a number.
      header: { alg: 'HS256', typ: 'JOSE', kid: '5', cty: 'x', nested: { account: '007' } },
      payload: {
        iss: 'app:007',
        sub: '5',
        aud: ['007', 'https://api.example.com'],
        context: { user: { id: '007', level: 5, admin: false }, list: ['007', 1] },
        iat: at,
        exp: at + 1200,
      },
    })
  })

  test('claims and headers may be functions of the settings', async () => {
    const auth = jwt({
      algorithm: 'HS256',
      fields: { secret: {}, user: { type: 'string', label: 'User', required: true } },
      claims: async ({ settings }) => ({ upper: settings.user.toUpperCase() }),
      headers: ({ settings }) => ({ u: settings.user }),
    })
    const [sent] = await sentBy(auth, { secret, user: 'ada' })
    expect(read(tokenOf(sent)).payload).toMatchObject({ upper: 'ADA' })
    expect(read(tokenOf(sent)).header).toMatchObject({ u: 'ada' })
  })

  test('a function that says what an option says is refused before anything is sent', async () => {
    for (const claims of [() => ({ exp: 1 }), async () => ({ iss: 'b' })]) {
      const sent = sentBy(jwt({ algorithm: 'HS256', iss: 'a', claims }), { secret })
      await expect(sent).rejects.toMatchObject({ code: 'definition_invalid' })
    }
    const heads = sentBy(jwt({ algorithm: 'HS256', headers: () => ({ alg: 'none' }) }), { secret })
    await expect(heads).rejects.toMatchObject({ code: 'definition_invalid' })
  })

  test('the times and the lifetime are what the options say, typ may be left out', async () => {
    const auth = jwt({ algorithm: 'HS256', times: ['iat', 'nbf', 'exp'], lifetimeMs: 90_500, typ: false })
    const [sent] = await sentBy(auth, { secret }, undefined, { now: () => now + 999 })
    expect(read(tokenOf(sent))).toEqual({
      header: { alg: 'HS256' },
      payload: { iat: at, nbf: at, exp: at + 90 },
    })
  })

  test('jti is new in each token', async () => {
    const auth = jwt({ algorithm: 'HS256', jti: true, perRequest: true })
    const sent = await sentBy(auth, { secret }, [[api], [api]])
    const ids = sent.map((each) => read(tokenOf(each)).payload['jti'])
    expect(new Set(ids).size).toBe(2)
    for (const id of ids) expect(id).toMatch(/^[\da-f]{32}$/)
  })
})

describe('where a token goes', () => {
  test('any place that a key may have, with a prefix of its own', async () => {
    const common = { algorithm: 'HS256' } as const
    const sentFor = async (auth: AuthStrategy, init: RequestInit = {}) =>
      (await sentBy(auth, { secret }, [[api, init]]))[0]!
    const token = /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/
    const header = await sentFor(jwt({ ...common, in: 'header', name: 'x-token' }))
    expect(header.headers.get('x-token')).toMatch(token)
    expect(header.headers.get('authorization')).toBeNull()
    expect(
      (await sentFor(jwt({ ...common, in: 'header', name: 'authorization' }))).headers.get('authorization'),
    ).toMatch(/^Bearer eyJ/)
    expect((await sentFor(jwt({ ...common, prefix: '' }))).headers.get('authorization')).toMatch(token)
    expect((await sentFor(jwt({ ...common, prefix: 'JWT ' }))).headers.get('authorization')).toMatch(
      /^JWT eyJ/,
    )
    const query = await sentFor(jwt({ ...common, in: 'query', name: 'jwt' }))
    expect(new URL(query.url).searchParams.get('jwt')).toMatch(token)
    const cookie = await sentFor(jwt({ ...common, in: 'cookie', name: 'sid', prefix: 'v1.' }))
    expect(cookie.headers.get('cookie')).toMatch(/^sid=v1\.eyJ/)
    const form = await sentFor(jwt({ ...common, in: 'form', name: 'token' }), { method: 'POST' })
    expect(new URLSearchParams(form.body).get('token')).toMatch(token)
    const json = await sentFor(jwt({ ...common, in: 'json', name: ['auth', 'token'] }), {
      method: 'POST',
      body: '{"a":1}',
    })
    expect(JSON.parse(json.body)).toEqual({ auth: { token: expect.stringMatching(token) }, a: 1 })
    const two = await sentFor(
      jwt({
        ...common,
        placements: [
          { in: 'header', name: 'a' },
          { in: 'json', name: 'b' },
        ],
      }),
      { method: 'POST' },
    )
    expect(JSON.parse(two.body)).toEqual({ b: two.headers.get('a') })
  })
})

describe('how long a token is used', () => {
  test('until shortly before it ends; then, and where the clock has gone back, it is signed anew', async () => {
    let time = now
    const { fetch, sent } = network()
    const auth = jwt({ algorithm: 'HS256', lifetimeMs: 100_000 })
    const connection = connect(auth, { settings: { secret }, origins, fetch, now: () => time })
    for (const after of [0, 79_999, 80_000, -1]) {
      time = now + after
      await connection.fetch(api)
    }
    const issued = sent.map((each) => Number(read(tokenOf(each)).payload['iat']) - at)
    expect(issued).toEqual([0, 0, 80, -1])
  })

  test('1,000 requests at once have one token, signed with a private key once', async () => {
    const { privateKey } = await pair()
    const sent = await sentByAll(jwt({ algorithm: 'ES256' }), { privateKey }, 1000)
    // Each ECDSA signature is another: one token is one signature.
    expect(new Set(sent.map(tokenOf)).size).toBe(1)
  })

  test('perRequest: each request has its own', async () => {
    const { privateKey } = await pair()
    const sent = await sentByAll(jwt({ algorithm: 'ES256', perRequest: true }), { privateKey }, 5)
    expect(new Set(sent.map(tokenOf)).size).toBe(5)
  })

  test('nothing is stored, and what cannot be signed is tried again by the next request', async () => {
    const auth = jwt({ algorithm: 'ES256' })
    const { fetch, sent } = network()
    const connection = connect(auth, { settings: { privateKey: 'nonsense' }, origins, fetch })
    for (let turn = 0; turn < 2; turn++)
      await expect(connection.fetch(api)).rejects.toMatchObject({
        code: 'settings_invalid',
        field: 'privateKey',
      })
    expect(sent).toHaveLength(0)
    expect(auth.acquire).toBeUndefined()
  })
})

describe('a rejection', () => {
  const at401 = (date: string | undefined) => () =>
    new Response('', { status: 401, headers: date === undefined ? {} : { date } })
  const far = new Date(now + 3_600_000).toUTCString()

  test("teaches how far the API's clock is off, once, and the request is signed with that time", async () => {
    const { fetch, sent } = network((_, count) => (count === 1 ? at401(far)() : new Response('ok')))
    const connection = connect(jwt({ algorithm: 'HS256' }), {
      settings: { secret },
      origins,
      fetch,
      now: () => now,
    })
    expect((await connection.fetch(api)).status).toBe(200)
    await connection.fetch(api)
    expect(sent.map((each) => read(tokenOf(each)).payload['iat'])).toEqual([at, at + 3600, at + 3600])
  })

  test('without a clock that is off is returned, and nothing is sent again', async () => {
    for (const date of [
      undefined,
      'soon',
      new Date(now + 2_000).toUTCString(),
      new Date(now + 1e11).toUTCString(),
    ]) {
      const sent = await sentBy(jwt({ algorithm: 'HS256' }), { secret }, [[api]], {}, at401(date))
      expect(sent).toHaveLength(1)
    }
  })

  test('of a token that was used before has a new one signed, once', async () => {
    let time = now
    const { fetch, sent } = network(({ headers }, count) => {
      const seen = sent
        .slice(0, count - 1)
        .some((each) => each.headers.get('authorization') === headers.get('authorization'))
      return new Response('', { status: seen ? 401 : 200 })
    })
    const auth = jwt({ algorithm: 'HS256', jti: true })
    const connection = connect(auth, { settings: { secret }, origins, fetch, now: () => time })
    expect((await connection.fetch(api)).status).toBe(200)
    time += 10_000
    expect((await connection.fetch(api)).status).toBe(200)
    expect(sent).toHaveLength(3)
  })
})

describe('what cannot work is a TypeError that names the option', () => {
  const make = (options: object) => () => jwt({ algorithm: 'HS256', ...options } as never)
  test.each([
    ['algorithm', { algorithm: 'none' }],
    ['algorithm', { algorithm: '{alg}' }],
    ['claims', { claims: { exp: 1 } }],
    ['claims', { iss: 'a', claims: { iss: 'b' } }],
    ['headers', { headers: { alg: 'none' } }],
    ['headers', { headers: { crit: ['b64'], b64: false } }],
    ['slot', { iss: '{nobody}' }],
    ['key', { fields: { a: {}, b: {} } }],
    ['key', { key: 'other' }],
    ['lifetimeMs', { lifetimeMs: 999 }],
    ['lifetimeMs', { lifetimeMs: NaN }],
    ['body', { claims: { h: '{request.sha256}' }, in: 'json', name: 'token' }],
    ['name', { in: 'header', name: 'a b' }],
    ['placements', { placements: [] }],
  ])('%s: %j', (word, options) => {
    expect(make(options)).toThrow(TypeError)
    expect(make(options)).toThrow(word)
  })
})

async function pair() {
  const { generateKeyPairSync } = await import('node:crypto')
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { privateKey: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string }
}

async function sentByAll(auth: Parameters<typeof sentBy>[0], settings: object, count: number) {
  const { fetch, sent } = network()
  const connection = connect(auth, { settings, origins, fetch, now: () => now })
  await Promise.all(Array.from({ length: count }, () => connection.fetch(api)))
  return sent
}

test('the token that is held is masked by the connection, for it stands in no record', async () => {
  const secret = 'a secret of thirty-two characters'
  const connection = connect(jwt({ algorithm: 'HS256' }), {
    settings: { secret },
    origins: ['https://api.example.com'],
  })
  const { headers } = await connection.apply(new Request('https://api.example.com/'))
  const token = headers.get('authorization')?.slice('Bearer '.length) ?? ''
  expect(token.split('.')).toHaveLength(3)
  expect(connection.redact(`it said ${token} and ${secret}`)).toBe('it said ••• and •••')
})
