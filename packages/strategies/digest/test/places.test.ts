import { describe, expect, test } from '@jest/globals'
import { challenge, open, origin, refusal, simple, statuses, user, type Reply } from './fake.ts'
import { paramsIn, proofOf } from './server.ts'

describe('where a nonce is used without being asked', () => {
  test('not at another origin of the same API: that one is asked first', async () => {
    const { connection, params } = open(simple())
    await connection.fetch(origin)
    await connection.fetch('https://other.example.com/')
    expect(params().map(({ nonce }) => nonce)).toEqual([undefined, 'n1', undefined, 'n2'])
  })

  test('below the paths of `domain` and nowhere else; what it says of other servers is ignored', async () => {
    const domain = '/private/ https://other.example.com/ https://evil.example/ //evil.example/x :::'
    const { connection, params } = open(({ url }, right) => {
      if (!url.pathname.startsWith('/private/') && url.origin === origin) return new Response('public')
      return right ? new Response('ok') : refusal(challenge(url.host, `qop="auth", domain="${domain}"`))
    })
    await connection.fetch(`${origin}/private/a`)
    await connection.fetch(`${origin}/private/b`)
    await connection.fetch(`${origin}/public`)
    await connection.fetch('https://other.example.com/x')
    expect(params().map(({ uri }) => uri)).toEqual([
      undefined,
      '/private/a',
      '/private/b',
      undefined,
      undefined,
      '/x',
    ])
  })

  test('two realms side by side keep their own nonces', async () => {
    const { connection, sent } = open(({ url }, right) => {
      const place = url.pathname.split('/')[1]!
      return right ? new Response('ok') : refusal(challenge(place, `qop="auth", domain="/${place}/"`, place))
    })
    for (const place of ['a', 'b', 'a', 'b', 'a'])
      expect((await connection.fetch(`${origin}/${place}/x`)).status).toBe(200)
    expect(sent).toHaveLength(7)
  })

  test('a challenge for another realm is answered where the first was refused', async () => {
    const { connection, params } = open((seen, right) => {
      const realm = seen.url.pathname.slice(1)
      return right && paramsIn(seen.headers)['realm'] === realm
        ? new Response('ok')
        : refusal(challenge('n', 'qop="auth"', realm))
    })
    for (const place of ['one', 'two', 'one'])
      expect((await connection.fetch(`${origin}/${place}`)).status).toBe(200)
    expect(params()).toHaveLength(6)
  })
})

describe('verify', () => {
  const proving =
    (change: (proof: string) => string | undefined, more?: string): Reply =>
    ({ headers }, right) => {
      if (!right) return refusal(challenge('n', more))
      const rspauth = change(proofOf(headers, user, 'answer'))
      return new Response(
        'answer',
        rspauth === undefined ? {} : { headers: { 'authentication-info': `rspauth="${rspauth}", qop=auth` } },
      )
    }
  const same = (proof: string): string => proof

  test.each(['qop="auth"', 'qop="auth-int"', 'qop="auth", algorithm=SHA-256-sess'])(
    'a right proof is accepted, and the response can still be read: %s',
    async (more) => {
      const { connection } = open(proving(same, more), { verify: true })
      const responses = await Promise.all([1, 2, 3].map(() => connection.fetch(origin)))
      responses.push(await connection.fetch(origin))
      for (const response of responses) expect(await response.text()).toBe('answer')
    },
  )

  test('no proof, or a wrong one, is an error; without verify nobody looks', async () => {
    const flip = (proof: string): string => (proof.startsWith('0') ? '1' : '0') + proof.slice(1)
    for (const change of [flip, () => undefined]) {
      const strict = open(proving(change), { verify: true })
      await expect(strict.connection.fetch(origin)).rejects.toMatchObject({
        code: 'response_invalid',
        scheme: 'digest',
      })
      const lax = open(proving(change))
      expect((await lax.connection.fetch(origin)).status).toBe(200)
    }
  })

  test('a server that never asks proves nothing either', async () => {
    const { connection } = open(() => new Response('hello'), { verify: true })
    await expect(connection.fetch(origin)).rejects.toThrow('does not prove that it knows the password')
  })

  test('proofs are right also where the nonce changes with each response', async () => {
    let next = 0
    const { connection } = open(
      ({ headers }, right) =>
        right
          ? new Response('ok', {
              headers: {
                'authentication-info': `rspauth="${proofOf(headers, user)}", nextnonce="n${++next}"`,
              },
            })
          : refusal(challenge('n', 'qop="auth", stale=true')),
      { verify: true },
    )
    const responses = await Promise.all(Array.from({ length: 5 }, () => connection.fetch(origin)))
    expect(new Set(statuses(responses))).toEqual(new Set([200]))
    expect((await connection.fetch(origin)).status).toBe(200)
  })
})

test('a server that invents realms fills no memory', async () => {
  const { connection, sent } = open(({ url }, right, count) =>
    right ? new Response('ok') : refusal(challenge('n', `qop="auth", domain="${url.pathname}"`, `r${count}`)),
  )
  for (let turn = 0; turn < 100; turn++)
    expect((await connection.fetch(`${origin}/${String(turn).padStart(3, '0')}`)).status).toBe(200)
  expect(sent).toHaveLength(200)
  expect((await connection.fetch(`${origin}/099`)).status).toBe(200)
  expect(sent).toHaveLength(201)
  // The oldest is asked for again.
  await connection.fetch(`${origin}/000`)
  expect(sent).toHaveLength(203)
})
