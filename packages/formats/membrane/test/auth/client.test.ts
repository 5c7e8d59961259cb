import { expect, test } from '@jest/globals'
import type { ApiClient } from '@latchkey/format-membrane'
import { tested } from './client-support.ts'
import { base } from './support.ts'

test('the client of a test signs in, gives bodies, and prefixes paths with the base URL', async () => {
  const bodies: unknown[] = []
  const { connection, sent } = tested(
    async (client) => {
      bodies.push(
        await client.get(
          '/items',
          { page: 2, tags: ['a', 'b'], none: undefined },
          { headers: { accept: 'text/csv' } },
        ),
      )
      bodies.push(await client.post('items', { a: 1 }, { query: { dry: true } }))
      bodies.push(await client.put('/form', new URLSearchParams({ b: '2' })))
      bodies.push(await client.patch('/text', 'plain', { returnFullResponse: true }))
      bodies.push(
        await client.delete('//evil.test/x', undefined, { auth: { username: 'ada', password: 'p' } }),
      )
      bodies.push(await client.get('/bytes', undefined, { responseType: 'arraybuffer' }))
      return true
    },
    ({ url }) =>
      url.endsWith('/text') ? new Response('text', { headers: { 'x-one': '1' } }) : Response.json({ n: 1 }),
  )
  expect(await connection.test()).toBeUndefined()
  expect(sent.map(({ method, url, body }) => [method, url, body])).toEqual([
    ['GET', `${base}/items?page=2&tags=a&tags=b`, ''],
    ['POST', `${base}/items?dry=true`, '{"a":1}'],
    ['PUT', `${base}/form`, 'b=2'],
    ['PATCH', `${base}/text`, 'plain'],
    ['DELETE', `${base}/evil.test/x`, ''],
    ['GET', `${base}/bytes`, ''],
  ])
  expect(sent.every(({ headers }) => headers.get('x-api-key') === 'k-123456')).toBe(true)
  expect(sent[0]?.headers.get('accept')).toBe('text/csv')
  expect(sent[4]?.headers.get('authorization')).toBe('Basic YWRhOnA=')
  expect(bodies.slice(0, 4)).toEqual([
    { n: 1 },
    { n: 1 },
    { n: 1 },
    {
      data: 'text',
      status: 200,
      statusCode: 200,
      headers: { 'x-one': '1', 'content-type': 'text/plain;charset=UTF-8' },
    },
  ])
  expect(new TextDecoder().decode(bodies[5] as ArrayBuffer)).toBe('{"n":1}')
})

test('a client that is pointed at another host sends no credentials there', async () => {
  for (const call of [
    (client: ApiClient) => client.get('https://evil.test/x'),
    (client: ApiClient) => client.get('/x', {}, { baseUri: 'https://evil.test' }),
  ]) {
    const { connection, sent } = tested(call)
    await expect(connection.test()).rejects.toMatchObject({ code: 'origin_forbidden' })
    expect(sent.length).toBe(0)
  }
})

test('a test that gives anything true has passed, and id and name of an object name the account', async () => {
  expect(await tested(() => 'yes').connection.test()).toBeUndefined()
  expect(await tested(() => ({ id: 7, name: 'Ada' })).connection.test()).toEqual({ id: '7', label: 'Ada' })
})

test.each([[false], [undefined], [null], [0], ['']])('a test that gives %p has failed', async (said) => {
  await expect(tested(() => said).connection.test()).rejects.toMatchObject({
    code: 'credentials_rejected',
    message: 'auth/test.js says that the connection does not work',
  })
})

test('a test that throws has failed with its message, in which no secret is left', async () => {
  const { connection } = tested(() => {
    throw new Error('Who is k-123456 (azEyMzQ1Ng)?')
  })
  await expect(connection.test()).rejects.toMatchObject({
    code: 'credentials_rejected',
    message: expect.stringMatching(/^auth\/test\.js: Who is ••• \(.*\)\?$/),
  })
})

test.each([
  [
    401,
    'credentials_rejected',
    'The API answered with the status 401: the credentials have ended or are wrong.',
  ],
  [403, 'credentials_rejected', 'The API answered with the status 403.'],
  [404, 'response_invalid', 'The API answered with the status 404.'],
  [429, 'provider_unavailable', 'The API answered with the status 429: too many requests.'],
  [500, 'provider_unavailable', 'The API answered with the status 500.'],
])('an answer with the status %i is an error by the default rules', async (status, code, message) => {
  const { connection } = tested(
    (client) => client.get('/me'),
    () => new Response('{}', { status }),
  )
  await expect(connection.test()).rejects.toMatchObject({ code, message })
})

test('a client of a test that is told to wait says how long', async () => {
  const answer = () => new Response('', { status: 429, headers: { 'retry-after': '7' } })
  await expect(tested((client) => client.get('/me'), answer).connection.test()).rejects.toMatchObject({
    retryAfter: 7_000,
  })
})
