import { inspect } from 'node:util'
import { expect, test } from '@jest/globals'
import { isAuthError } from '@latchkey/core'
import { asked } from './asked.ts'
import { api, rejection } from './support.ts'

test('an answer has data, status, headers and content, and is a Response that can be read again', async () => {
  let seen: unknown
  await asked(
    async (request) => {
      const answer = await request(`${api}/me`)
      seen = [
        answer.data,
        answer.status,
        answer.ok,
        answer.headers.get('x-a'),
        answer.content,
        answer.url,
        await answer.json(),
        await answer.clone().text(),
      ]
    },
    () => Response.json({ a: 1 }, { headers: { 'x-a': 'b' } }),
  )
  expect(seen).toEqual([{ a: 1 }, 200, true, 'b', '{"a":1}', `${api}/me`, { a: 1 }, '{"a":1}'])
})

test('any JSON type is parsed, responseType json asks for it, and nothing else is touched', async () => {
  const types = ['application/json', 'application/vnd.api+json; charset=utf-8', 'text/plain', 'text/plain']
  const data: unknown[] = []
  await asked(
    async (request) => {
      for (const [at] of types.entries())
        data.push((await request(`${api}/${at}`, at === 3 ? { responseType: 'json' } : {})).data)
      data.push((await request(`${api}/none`)).data)
    },
    ({ url }, count) =>
      url.endsWith('/none')
        ? new Response(null, { status: 204 })
        : new Response('{"a":1}', { headers: { 'content-type': types[count - 1]! } }),
  )
  expect(data).toEqual([{ a: 1 }, { a: 1 }, '{"a":1}', { a: 1 }, ''])
})

test('responseType json of the extension is no demand, because at home it is nothing', async () => {
  const { sent } = await asked(
    (request) => request(`${api}/me`),
    () => new Response('OK'),
    { responseType: 'json' },
  )
  expect(sent).toHaveLength(1)
})

test('a large answer is read, of a megabyte too', async () => {
  let length = 0
  await asked(
    async (request) => {
      length = (await request(`${api}/me`)).content.length
    },
    () => new Response('x'.repeat(1_000_000)),
  )
  expect(length).toBe(1_000_000)
})

test('a status that is not 2xx throws, and the function may look at the answer', async () => {
  const seen: unknown[] = []
  await asked(
    async (request) => {
      const error = (await rejection(request(`${api}/me`))) as unknown as {
        response: { status: number; data: unknown }
      }
      seen.push(isAuthError(error), error.response.status, error.response.data)
      seen.push((await request(`${api}/me`, { throwHttpErrors: false })).status)
    },
    () => Response.json({ error: 'gone' }, { status: 404 }),
  )
  expect(seen).toEqual([true, 404, { error: 'gone' }, 404])
})

test('an error holds no secret, however it is printed', async () => {
  const printed: string[] = []
  const secrets = ['c4n4ry-key', 'c4n4ry-user', 'c4n4ry-password', 'c4n4ry-token']
  await asked(
    async (request) => {
      const error = await rejection(
        request(`${api}/me?k=c4n4ry-token`, {
          username: 'c4n4ry-user',
          password: 'c4n4ry-password',
          json: { token: 'c4n4ry-token' },
        }),
      )
      printed.push(inspect(error, { depth: 9 }), JSON.stringify(error), String(error.stack))
    },
    () => new Response('c4n4ry-token', { status: 500 }),
  )
  for (const text of printed) for (const secret of secrets) expect(text).not.toContain(secret)
})

test('json is sent as JSON, and a content type of the request stands', async () => {
  const { sent } = await asked(async (request) => {
    await request(`${api}/a`, { method: 'post', json: { a: 1 } })
    await request(`${api}/b`, {
      method: 'put',
      json: { b: 1 },
      headers: { 'Content-Type': 'application/vnd.api+json' },
    })
  })
  expect(sent.map(({ method, body, headers }) => [method, body, headers.get('content-type')])).toEqual([
    ['POST', '{"a":1}', 'application/json'],
    ['PUT', '{"b":1}', 'application/vnd.api+json'],
  ])
})

test('searchParams join the query of the URL, and replace those of their name', async () => {
  const { sent } = await asked((request) =>
    request(`${api}/a?keep=1&q=old`, { searchParams: { q: 'new', n: 2 } }),
  )
  expect(sent[0]!.url).toBe(`${api}/a?keep=1&q=new&n=2`)
})

test('an extension and a request that both have searchParams or JSON are both sent, with nothing besides', async () => {
  const { sent } = await asked(
    async (request) => {
      await request(`${api}/a`, { method: 'GET', searchParams: new URLSearchParams({ q: '1' }) })
      await request(`${api}/b`, { method: 'POST', json: { ev: 1 } })
    },
    undefined,
    { searchParams: { api_token: 'S' } },
  )
  expect(sent.map(({ url }) => url)).toEqual([`${api}/a?q=1&api_token=S`, `${api}/b?api_token=S`])
  const withJson = await asked((request) => request(`${api}/b`, { json: { ev: 1 } }), undefined, {
    json: { apiKey: 'S' },
  })
  expect(JSON.parse(withJson.sent[0]!.body)).toEqual({ apiKey: 'S', ev: 1 })
})

test('a list as JSON never loses the key that every request must have: it is refused', async () => {
  const error = await rejection(
    asked((request) => request(`${api}/b`, { json: [1] }), undefined, { json: { apiKey: 'S' } }),
  )
  expect(error).toMatchObject({ code: 'unsupported' })
})

test('headers have one value whatever the case of their name, undefined is none, and an empty one is sent', async () => {
  const { sent } = await asked((request) =>
    request(`${api}/a`, {
      headers: {
        'x-key': 'first',
        'X-KEY': 'own',
        'x-gone': undefined,
        'x-word': 'undefined',
        'x-empty': '',
      },
    }),
  )
  const { headers } = sent[0]!
  expect([
    headers.get('x-key'),
    headers.has('x-gone'),
    headers.has('x-word'),
    headers.get('x-empty'),
  ]).toEqual(['own', false, false, ''])
})

test('a user name and a password are Basic in UTF-8, one of them may be empty, and none of them is none', async () => {
  const { sent } = await asked(async (request) => {
    await request(`${api}/a`, { username: 'ada', password: 'pä' })
    await request(`${api}/b`, { username: '', password: 'p' })
    await request(`${api}/c`, { username: '', password: '' })
  })
  expect(sent.map(({ headers }) => headers.get('authorization'))).toEqual([
    'Basic YWRhOnDDpA==',
    'Basic OnA=',
    null,
  ])
})

test('beside each other a user name wins over Authorization; what a request says itself wins over the extension', async () => {
  const extension = { username: 'u', password: 'p', headers: { Authorization: 'Bearer beside' } }
  const { sent } = await asked(
    async (request) => {
      await request(`${api}/a`)
      await request(`${api}/b`, { headers: { authorization: 'Bearer own' } })
    },
    undefined,
    extension,
  )
  expect(sent.map(({ headers }) => headers.get('authorization'))).toEqual(['Basic dTpw', 'Bearer own'])
})

test('a colon in a user name is refused and never sent', async () => {
  const error = await rejection(
    asked((request) => request(`${api}/a`), undefined, { username: 'a:b', password: 'p' }),
  )
  expect(error).toMatchObject({ code: 'settings_invalid', field: 'username' })
})

test('no header is made up but the one that keeps an answer from growing as it is unpacked', async () => {
  const { sent } = await asked((request) => request(`${api}/me`))
  expect(sent.map(({ headers }) => Object.fromEntries(headers))).toEqual([
    { 'accept-encoding': 'identity', 'x-key': 'c4n4ry-key' },
  ])
})
