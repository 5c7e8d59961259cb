import { expect, test } from '@jest/globals'
import { settings, tested } from './client-support.ts'
import { base, define, key, keyClient, open } from './support.ts'

const handlers = [
  {
    match: { $eval: { $var: 'response.data.category' }, is: 'EXPIRED' },
    isSuccess: false,
    error: { message: 'Ended', key: 'access_token_expired' },
  },
  {
    match: { $eval: { $var: 'response.data.error' }, is: 'suspended' },
    isSuccess: false,
    error: { message: 'Gone', key: 'connection_is_defunct' },
  },
  {
    match: { $eval: { $var: 'response.data.ok' }, is: false },
    isSuccess: false,
    error: { message: { $var: 'response.data.error' }, key: 'rate_limit_exceeded' },
  },
  {
    match: { $eval: { $var: 'response.statusCode' }, is: 404 },
    isSuccess: true,
    data: { none: { $var: 'response.headers.x-id' } },
  },
  {
    match: { $eval: { $var: 'response.data.fault' }, isNotEmpty: true },
    isSuccess: false,
    error: { message: { $concat: ['No: ', { $var: 'response.data.fault' }] } },
  },
]

test('response handlers are worked out for each response, before the default rules', async () => {
  const outcome = async (body: object, status = 200): Promise<unknown> => {
    const answer = () => Response.json(body, { status, headers: { 'x-id': 'n-1' } })
    let said: unknown
    const { connection } = tested(async (client) => (said = await client.get('/me')), answer, {
      responseHandlers: handlers,
    })
    await connection.test().catch((error: unknown) => {
      const { code, message } = error as { code: string; message: string }
      said = [code, message]
    })
    return said
  }
  expect(await outcome({ ok: true })).toEqual({ ok: true })
  expect(await outcome({ category: 'EXPIRED' })).toEqual(['credentials_rejected', 'Ended'])
  expect(await outcome({ error: 'suspended' })).toEqual(['credentials_rejected', 'Gone'])
  expect(await outcome({ ok: false, error: 'slow down' })).toEqual(['provider_unavailable', 'slow down'])
  expect(await outcome({}, 404)).toEqual({ none: 'n-1' })
  expect(await outcome({ fault: 'x1' })).toEqual(['response_invalid', 'No: x1'])
  expect(await outcome({}, 500)).toEqual(['provider_unavailable', 'The API answered with the status 500.'])
})

test('a handler says what a response means to the connection too: renew, reconnect, or nothing', async () => {
  const logins: number[] = []
  const imported = define(key, {
    makeApiClient: {
      baseUri: base,
      headers: { 'X-Token': { $var: 'credentials.token' } },
      responseHandlers: handlers,
    },
    getCredentialsFromConnectionParameters: () => ({ token: `token-${logins.push(1)}` }),
  })
  const bodies = [{ category: 'EXPIRED' }, { ok: true }, { ok: false, error: 'slow' }, { error: 'suspended' }]
  const { connection, sent } = open(imported, settings, (_, count) => Response.json(bodies[count - 1] ?? {}))
  expect(await (await connection.fetch(`${base}/a`)).json()).toEqual({ ok: true })
  expect(sent.map(({ headers }) => headers.get('x-token'))).toEqual(['token-1', 'token-2'])
  expect(await (await connection.fetch(`${base}/b`)).json()).toEqual({ ok: false, error: 'slow' })
  expect(await (await connection.fetch(`${base}/c`)).json()).toEqual({ error: 'suspended' })
  expect(logins.length).toBe(2)
  expect((await connection.status()).state).toBe('reconnect')
  await expect(connection.fetch(`${base}/d`)).rejects.toMatchObject({ code: 'credentials_rejected' })
  expect(sent.length).toBe(4)
})

test('a 401 that a handler calls a success renews nothing', async () => {
  let logins = 0
  const imported = define(key, {
    makeApiClient: {
      ...keyClient,
      responseHandlers: [{ match: { $eval: { $var: 'response.status' }, is: 401 }, isSuccess: true }],
    },
    getCredentialsFromConnectionParameters: () => ({ token: `token-${++logins}` }),
  })
  const { connection, sent } = open(imported, settings, () => new Response('{}', { status: 401 }))
  expect((await connection.fetch(`${base}/a`)).status).toBe(401)
  expect([logins, sent.length]).toEqual([1, 1])
})

test('a stream is judged by its status: nobody waits for its end', async () => {
  const endless = new ReadableStream({ start: (to) => to.enqueue(new TextEncoder().encode('data: 1\n\n')) })
  const { connection } = tested(
    () => true,
    () => new Response(endless, { headers: { 'content-type': 'text/event-stream' } }),
    { responseHandlers: handlers },
  )
  const response = await connection.fetch(`${base}/events`)
  expect(response.status).toBe(200)
  await response.body?.cancel()
})

test('onError of the first dialect says by its key what a response means', async () => {
  let logins = 0
  const imported = define(key, {
    makeApiClient: ({ credentials }: { credentials: Record<string, string> }) => ({
      baseUri: base,
      query: { token: credentials['token'] },
      onError: (error: { response: { status: number } }) => {
        if (error.response.status === 400)
          throw Object.assign(new Error('ended'), { key: 'access_token_expired' })
      },
    }),
    getCredentialsFromConnectionParameters: () => ({ token: `token-${++logins}` }),
  })
  const { connection, sent } = open(
    imported,
    settings,
    (_, count) => new Response('{}', { status: count === 1 ? 400 : 200 }),
  )
  expect((await connection.fetch(`${base}/a`)).status).toBe(200)
  expect(sent.map(({ url }) => url)).toEqual([`${base}/a?token=token-1`, `${base}/a?token=token-2`])
})
