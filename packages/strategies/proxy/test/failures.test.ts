import { expect, test } from '@jest/globals'
import { AuthError } from '@latchkey/core'
import { api, keyed, relayTo, secret, tokens } from './support.ts'

test('a rejected request is sent again with new credentials and the same body', async () => {
  const { ask, ticket, sent } = relayTo(
    tokens(),
    (_, count) => new Response('', { status: count === 1 ? 401 : 200 }),
  )
  const response = await ask(await ticket(), `${api}/orders`, {
    method: 'POST',
    body: 'an order',
    headers: { 'content-length': '8' },
  })
  expect(response.status).toBe(200)
  expect(sent.map(({ headers, body }) => [headers.get('authorization'), body])).toEqual([
    ['Bearer CANARY-token-1', 'an order'],
    ['Bearer CANARY-token-2', 'an order'],
  ])
})

test('a body of unknown length is sent once: 503 where it would be needed again, and the next request passes', async () => {
  const { ask, ticket, sent } = relayTo(
    tokens(),
    (_, count) => new Response('', { status: count === 1 ? 401 : 200 }),
  )
  const send = async () => ask(await ticket(), `${api}/orders`, { method: 'POST', body: 'an order' })
  const first = await send()
  expect([first.status, await first.json()]).toMatchObject([503, { error: 'body_not_replayable' }])
  expect((await send()).status).toBe(200)
  expect(sent.map(({ headers, body }) => [headers.get('authorization'), body])).toEqual([
    ['Bearer CANARY-token-1', 'an order'],
    ['Bearer CANARY-token-2', 'an order'],
  ])
})

test("each failure has its status, and the relay's own answers say so", async () => {
  const cases: [() => Promise<never>, number, string, string | null][] = [
    [
      async () => {
        throw new AuthError('credentials_missing', 'There is no connection "crm"')
      },
      404,
      'credentials_missing',
      null,
    ],
    [
      async () => {
        throw new AuthError('store_unavailable', 'The store is away', { retryAfter: 1_500 })
      },
      503,
      'store_unavailable',
      '2',
    ],
    [
      async () => {
        throw new AuthError('credentials_rejected', 'Sign in again')
      },
      502,
      'credentials_rejected',
      null,
    ],
    [
      async () => {
        throw new Error(`boom ${secret}`)
      },
      502,
      'unreachable',
      null,
    ],
  ]
  for (const [open, status, error, retryAfter] of cases) {
    const { ask, ticket } = relayTo(keyed, undefined, { open })
    const response = await ask(await ticket())
    const text = await response.text()
    expect([
      response.status,
      response.headers.get('latchkey-relay'),
      response.headers.get('retry-after'),
    ]).toEqual([status, error, retryAfter])
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(text).not.toContain('CANARY')
  }
  const broken = relayTo(keyed, () => {
    throw new TypeError(`fetch failed for ${secret}`)
  })
  const response = await broken.ask(await broken.ticket())
  expect([response.status, await response.json()]).toEqual([
    502,
    { error: 'unreachable', message: 'The API could not be reached.' },
  ])
})
