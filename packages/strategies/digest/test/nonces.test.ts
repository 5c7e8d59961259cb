import { expect, test } from '@jest/globals'
import { challenge, open, origin, refusal, simple, statuses } from './fake.ts'
import { paramsIn } from './server.ts'

test('the first request costs two, every later one costs one and counts up', async () => {
  const { connection, params } = open(simple())
  for (let turn = 0; turn < 12; turn++) expect((await connection.fetch(`${origin}/${turn}`)).status).toBe(200)
  expect(params().map(({ nonce, nc }) => [nonce, nc])).toEqual([
    [undefined, undefined],
    ...Array.from({ length: 12 }, (_, turn) => ['n1', (turn + 1).toString(16).padStart(8, '0')]),
  ])
})

test('requests at the same time have different counts on a nonce that is known', async () => {
  const { connection, params } = open(simple())
  await connection.fetch(origin)
  const responses = await Promise.all(Array.from({ length: 50 }, () => connection.fetch(`${origin}/x`)))
  expect(new Set(statuses(responses))).toEqual(new Set([200]))
  const counts = params()
    .slice(2)
    .map(({ nc }) => parseInt(nc!, 16))
  expect(counts.sort((one, other) => one - other)).toEqual(Array.from({ length: 50 }, (_, turn) => turn + 2))
})

test('requests that are challenged at the same time each answer with a nonce of their own', async () => {
  const used = new Set<string>()
  let next = 0
  // Each nonce serves once.
  const { connection, sent } = open(({ headers }, right) => {
    const { nonce = '' } = paramsIn(headers)
    if (!right || used.has(nonce)) return refusal(challenge(`n${++next}`, 'qop="auth", stale=true'))
    used.add(nonce)
    return new Response('ok')
  })
  const all = (): Promise<Response[]> =>
    Promise.all(Array.from({ length: 10 }, () => connection.fetch(origin)))
  expect(new Set(statuses(await all()))).toEqual(new Set([200]))
  expect(sent).toHaveLength(20)
  expect(new Set(statuses(await all()))).toEqual(new Set([200]))
})

test('a wrong password costs one attempt for each call, and the answer of the server is returned', async () => {
  const { connection, params } = open(simple(), {}, { username: 'ada', password: 'wrong' })
  for (let turn = 0; turn < 3; turn++) expect((await connection.fetch(origin)).status).toBe(401)
  expect(params().filter(({ response }) => response !== undefined)).toHaveLength(3)
  expect(params()).toHaveLength(6)
})

test('a nonce that has become stale is replaced by the new one, and the count begins again', async () => {
  let stale = false
  const { connection, params } = open((seen, right) => {
    const { nonce } = paramsIn(seen.headers)
    if (right && (nonce === 'late' || !stale)) return new Response('ok')
    return refusal(stale ? challenge('late', 'qop="auth", stale=TRUE') : challenge('early', 'qop="auth"'))
  })
  await connection.fetch(origin)
  stale = true
  expect((await connection.fetch(origin)).status).toBe(200)
  expect(params().map(({ nonce, nc }) => [nonce, nc])).toEqual([
    [undefined, undefined],
    ['early', '00000001'],
    ['early', '00000002'],
    ['late', '00000001'],
  ])
})

test('a server that finds every nonce stale is answered once for each request', async () => {
  const { connection, sent } = open(() => refusal(challenge('n', 'qop="auth", stale=true')))
  expect((await connection.fetch(origin)).status).toBe(401)
  expect(sent).toHaveLength(2)
  expect((await connection.fetch(origin)).status).toBe(401)
  expect(sent).toHaveLength(4)
})

test('a nonce that has served and is refused without a word about it is replaced', async () => {
  let next = 0
  const { connection, sent } = open(({ headers }, right) => {
    const { nonce, nc } = paramsIn(headers)
    return right && nc === '00000001' && nonce === `n${next}`
      ? new Response('ok')
      : refusal(challenge(`n${++next}`))
  })
  for (let turn = 0; turn < 3; turn++) expect((await connection.fetch(origin)).status).toBe(200)
  expect(sent).toHaveLength(6)
})

test('nextnonce is used for the next request, and the count begins again', async () => {
  const { connection, params } = open((_, right, count) =>
    right
      ? new Response('ok', { headers: { 'authentication-info': `nextnonce="next${count}"` } })
      : refusal(challenge('first')),
  )
  for (let turn = 0; turn < 3; turn++) await connection.fetch(origin)
  expect(params().map(({ nonce, nc }) => [nonce, nc])).toEqual([
    [undefined, undefined],
    ['first', '00000001'],
    ['next2', '00000001'],
    ['next3', '00000001'],
  ])
})

test('a nextnonce that is the nonce in use changes nothing, and one with a control character is ignored', async () => {
  for (const next of ['n1', 'a\tb']) {
    const { connection, params } = open((_, right) =>
      right
        ? new Response('ok', { headers: { 'authentication-info': `nextnonce="${next}"` } })
        : refusal(challenge('n1')),
    )
    for (let turn = 0; turn < 3; turn++) await connection.fetch(origin)
    expect(params().map(({ nonce, nc }) => [nonce, nc])).toEqual([
      [undefined, undefined],
      ['n1', '00000001'],
      ['n1', '00000002'],
      ['n1', '00000003'],
    ])
  }
})

test('the key of -sess is made once for a challenge: its nonce and cnonce hold also after nextnonce', async () => {
  const { connection, params } = open((seen, right) => {
    const { nonce } = paramsIn(seen.headers)
    const accepted = nonce === 'second' ? 'second' : right
    return accepted === false
      ? refusal(challenge('first', 'qop="auth", algorithm=MD5-sess'))
      : new Response('ok', { headers: { 'authentication-info': 'nextnonce="second"' } })
  })
  await connection.fetch(origin)
  await connection.fetch(origin)
  const [, first, second] = params()
  expect([first?.['cnonce'], first?.['algorithm']]).toEqual([second?.['cnonce'], 'MD5-sess'])
  const { createHash } = await import('node:crypto')
  const md5 = (text: string): string => createHash('md5').update(text).digest('hex')
  const key = md5(`${md5('ada:r:correct horse')}:first:${first!['cnonce']!}`)
  expect(second?.['response']).toBe(md5(`${key}:second:00000001:${second!['cnonce']!}:auth:${md5('GET:/')}`))
})
