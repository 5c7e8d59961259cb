import { describe, expect, test } from '@jest/globals'
import { digest } from '@latchkey/digest'
import { challenge, open, origin, refusal, simple, user, type Options, type Reply } from './fake.ts'
import { paramsIn, verifies } from './server.ts'

describe('of several challenges the strongest is answered', () => {
  const [md5, sha256, sha512] = ['MD5', 'SHA-256', 'SHA-512-256'].map((name) =>
    challenge('n', `qop="auth", algorithm=${name}`),
  ) as [string, string, string]
  const cases: readonly (readonly [string, readonly string[], string])[] = [
    ['in several headers', [md5, sha512, sha256], 'SHA-256'],
    [
      'in one header, behind other schemes',
      [`Negotiate, Basic realm="r, \\"x\\"", ${md5}, ${sha256}`],
      'SHA-256',
    ],
    ['SHA-512-256 before MD5', [md5, sha512], 'SHA-512-256'],
    [
      'an algorithm that nobody knows is passed over',
      [challenge('n', 'algorithm=SHA3, qop="auth"'), md5],
      'MD5',
    ],
    ['a qop that nobody knows is passed over', [challenge('n', 'algorithm=SHA-256, qop="conf"'), md5], 'MD5'],
    ['names in any case', [challenge('n', 'QOP="AUTH", Algorithm=sha-256')], 'sha-256'],
  ]
  test.each(cases)('%s', async (_, headers, expected) => {
    const { connection, params } = open(({ headers: seen }) =>
      seen.has('authorization') ? new Response('ok') : refusal(...headers),
    )
    await connection.fetch(origin)
    expect(params()[1]?.['algorithm']).toBe(expected)
  })

  test('only what `algorithms` names is answered, in its order', async () => {
    const reply: Reply = ({ headers }) =>
      headers.has('authorization') ? new Response('ok') : refusal(md5, sha256, sha512)
    const strict = open(reply, { algorithms: ['SHA-512-256', 'SHA-256'] })
    await strict.connection.fetch(origin)
    expect(strict.params()[1]?.['algorithm']).toBe('SHA-512-256')
    const none = open(() => refusal(md5), { algorithms: ['SHA-256'] })
    expect((await none.connection.fetch(origin)).status).toBe(401)
    expect(none.sent).toHaveLength(1)
  })
})

test('a downgrade to Basic never happens: nothing is sent that Basic could read', async () => {
  const { connection, sent } = open(() => refusal('Basic realm="r"', 'Bearer'))
  const response = await connection.fetch(origin)
  expect([response.status, await response.text()]).toEqual([401, 'refused'])
  await connection.fetch(origin)
  expect(sent.map(({ headers }) => headers.get('authorization'))).toEqual([null, null])
})

test("a header of the caller's own is never sent in the place of ours", async () => {
  const { connection, sent } = open(simple())
  await connection.fetch(origin, { headers: { authorization: 'Basic mine' } })
  expect(sent[0]!.headers.get('authorization')).toBe(null)
  expect(sent[1]!.headers.get('authorization')).toMatch(/^Digest /)
})

describe('every algorithm and qop is answered so that the server accepts it', () => {
  const algorithms = ['MD5', 'SHA-256', 'SHA-512-256'].flatMap((name) => [name, `${name}-sess`])
  const variants = algorithms.flatMap((algorithm) =>
    ['auth', 'auth-int', undefined].flatMap((qop) =>
      [false, true].map((hidden) => [algorithm, qop, hidden] as const),
    ),
  )
  test.each(variants)('%s, qop %s, userhash %s', async (algorithm, qop, hidden) => {
    const more = [
      `algorithm=${algorithm}`,
      ...(qop ? [`qop="${qop}"`] : []),
      ...(hidden ? ['userhash=true'] : []),
    ]
    const { connection, params } = open(simple(more.join(', ')))
    const response = await connection.fetch(`${origin}/a/b?c=d%20e&f='`, { method: 'PUT', body: '{"a":1}' })
    expect(response.status).toBe(200)
    expect(params()[1]).toMatchObject({ algorithm, uri: '/a/b?c=d%20e&f=%27' })
    expect([params()[1]?.['qop'], params()[1]?.['userhash']]).toEqual([qop, hidden ? 'true' : undefined])
    expect((await connection.fetch(origin)).status).toBe(200)
  })
})

test('auth is chosen where both are offered, auth-int where the option asks for it', async () => {
  for (const [options, expected] of [
    [{}, 'auth'],
    [{ qop: 'auth-int' }, 'auth-int'],
  ] as const) {
    const { connection, params } = open(simple('qop="auth-int,auth"'), options)
    expect((await connection.fetch(origin, { method: 'POST', body: 'x' })).status).toBe(200)
    expect(params()[1]?.['qop']).toBe(expected)
  }
})

test('no algorithm in the challenge is MD5, and none is sent back', async () => {
  const { connection, params } = open(simple('qop="auth"'))
  expect((await connection.fetch(origin)).status).toBe(200)
  expect(params()[1]?.['algorithm']).toBe(undefined)
  expect(params()[1]?.['response']).toMatch(/^[\da-f]{32}$/)
})

describe('user names', () => {
  const names = ['Jäsøn Doe', '日本 (語)', 'with "quotes" and \\', "o'neil*", 'a:b', 'percent%41']
  test.each(names)('%s reaches the server as it is', async (username) => {
    const settings = { username, password: 'pässwörd ☂' }
    const { connection, sent } = open(
      (seen) => (verifies(seen, settings, 'r') ? new Response('ok') : refusal(challenge('n'))),
      {},
      settings,
    )
    expect((await connection.fetch(origin)).status).toBe(200)
    const header = sent[1]!.headers.get('authorization')!
    expect(header).toMatch(/^[ -~]+$/)
    // eslint-disable-next-line no-control-regex -- ASCII
    expect(header.startsWith('Digest username*=')).toBe(!/^[\x00-\x7f]*$/.test(username))
  })

  test('beyond ASCII they are written as RFC 8187 says', async () => {
    const { connection, sent } = open(simple('qop="auth", charset=UTF-8'), {}, { ...user, username: "J'ä" })
    await connection.fetch(origin)
    expect(sent[1]!.headers.get('authorization')).toContain("Digest username*=UTF-8''J%27%C3%A4, realm=")
  })
})

test('a realm beyond ASCII is hashed and sent back byte for byte', async () => {
  const { createHash } = await import('node:crypto')
  const bytes = Buffer.from('Zürich "☂"').toString('latin1')
  const realm = bytes.replace(/["\\]/g, '\\$&')
  const { connection, sent } = open(({ headers }) =>
    headers.has('authorization') ? new Response('ok') : refusal(challenge('n', 'qop="auth"', realm)),
  )
  await connection.fetch(origin)
  const params = paramsIn(sent[1]!.headers)
  expect(params['realm']).toBe(bytes)
  const md5 = (text: string): string => createHash('md5').update(text).digest('hex')
  const key = md5('ada:Zürich "☂":correct horse')
  expect(params['response']).toBe(md5(`${key}:n:00000001:${params['cnonce']!}:auth:${md5('GET:/')}`))
})

test('a challenge that cannot be answered leaves the response to the caller', async () => {
  for (const odd of [
    'Digest',
    'Digest realm="r"',
    'Digest nonce="n"',
    'Digest realm="a\tb", nonce="n"',
    'Digest realm="r", nonce="n", algorithm=MD5-SHA',
    'Digest realm="r", nonce="n", qop=""',
  ]) {
    const { connection, sent } = open(() => refusal(odd))
    expect([(await connection.fetch(origin)).status, sent.length]).toEqual([401, 1])
  }
})

test('options that cannot work are refused at construction, by name', () => {
  const cases: [unknown, string][] = [
    [{ algorithms: [] }, 'digest: algorithms must be some of SHA-256, SHA-512-256, MD5'],
    [{ algorithms: ['MD5-sess'] }, 'digest: algorithms must be some of'],
    [{ qop: 'int' }, "digest: qop must be 'auth' or 'auth-int'"],
    [{ fields: { username: {} } }, 'digest: fields must have a field "password"'],
  ]
  for (const [options, message] of cases) {
    const make = (): unknown => digest(options as Options)
    expect(make).toThrow(TypeError)
    expect(make).toThrow(message)
  }
})
