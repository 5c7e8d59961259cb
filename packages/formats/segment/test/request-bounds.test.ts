import { expect, test } from '@jest/globals'
import type { SegmentRequest } from '@latchkey/format-segment'
import type { Sent } from '../../../../tools/network.ts'
import { asked } from './asked.ts'
import { api, destination, open, rejection } from './support.ts'

test('hooks before a request may change it, those after it see the answer and may replace it', async () => {
  const order: string[] = []
  const { sent, account } = await asked(
    async (request) => {
      const { data } = await request<{ name: string }>(`${api}/a`, {
        beforeRequest: [
          (options) =>
            void order.push(`second ${String((options['headers'] as Record<string, string>)['x-hook'])}`),
        ],
        afterResponse: [
          (sentRequest, _, response) => {
            order.push(`after ${sentRequest.url} ${response.status}`)
            return Response.json({ name: 'replaced' })
          },
        ],
      })
      return { name: data.name }
    },
    () => Response.json({ name: 'first' }),
    { beforeRequest: [async () => Promise.resolve({ headers: { 'x-hook': '1' } })] },
  )
  expect(order).toEqual(['second 1', `after ${api}/a 200`])
  expect(sent[0]!.headers.get('x-hook')).toBe('1')
  expect(account).toEqual({ id: undefined, label: 'replaced' })
})

test('hooks of the extension hold for each request of the connection', async () => {
  const extendRequest = () => ({ beforeRequest: [() => ({ headers: { 'x-hook': '1' } })] })
  const { connection, sent } = open(destination({ extendRequest }))
  await connection.fetch(api)
  expect(sent[0]!.headers.get('x-hook')).toBe('1')
})

test('two signals are one: whichever ends first ends the request', async () => {
  const own = new AbortController()
  const seen: unknown[] = []
  const testAuthentication = async (request: SegmentRequest) => {
    await request(`${api}/a`, { signal: own.signal })
    own.abort(new Error('stopped'))
    seen.push((await rejection(request(`${api}/b`, { signal: own.signal }))).message)
  }
  const { connection, sent } = open(destination({}, { testAuthentication }))
  await connection.test({ signal: new AbortController().signal })
  expect(seen).toEqual(['stopped'])
  expect(sent.map(({ url }) => url)).toEqual([`${api}/a`])
})

test('a time limit covers the body, also where a signal is given', async () => {
  const slow = () => new Response(new ReadableStream({ pull: () => new Promise(() => undefined) }))
  const error = await rejection(
    asked((request) => request(`${api}/a`, { timeout: 20, signal: new AbortController().signal }), slow),
  )
  expect(error).toMatchObject({ code: 'provider_unavailable' })
})

test('agent, statsContext and skipResponseCloning are taken, and change nothing', async () => {
  const { sent } = await asked(async (request) => {
    const answer = await request(`${api}/a`, { agent: {}, statsContext: {}, skipResponseCloning: true })
    expect(await answer.text()).toBe('ok')
  })
  expect(sent).toHaveLength(1)
})

test('a redirect to another origin is not followed by a test, and takes no key along from a request', async () => {
  const redirect = ({ url }: Sent) =>
    url.startsWith(api)
      ? new Response(null, { status: 302, headers: { location: 'https://evil.example/' } })
      : new Response()
  expect(await rejection(asked((request) => request(`${api}/a`), redirect))).toMatchObject({
    code: 'response_invalid',
  })
  const { connection, sent } = open(destination(), { answer: redirect })
  await connection.fetch(`${api}/a`)
  expect(sent.map(({ url, headers }) => [url, headers.get('x-key')])).toEqual([
    [`${api}/a`, 'c4n4ry-key'],
    ['https://evil.example/', null],
  ])
})

test('a content type of the extension stands over the one that Fetch makes up for a text', async () => {
  const extendRequest = () => ({ headers: { 'content-type': 'application/json' } })
  const { connection, sent } = open(destination({ extendRequest }))
  await connection.fetch(api, { method: 'POST', body: '{}' })
  await connection.fetch(api, { method: 'POST', body: '{}', headers: { 'content-type': 'text/csv' } })
  await connection.fetch(new Request(api, { method: 'POST', body: '{}' }))
  const plain = open(destination())
  await plain.connection.fetch(api, { method: 'POST', body: '{}' })
  expect([...sent, ...plain.sent].map(({ headers }) => headers.get('content-type'))).toEqual([
    'application/json',
    'text/csv',
    'application/json',
    'text/plain;charset=UTF-8',
  ])
})
