import { expect, test } from '@jest/globals'
import { defineConnector, type RenewWhen } from '@latchkey/core'
import { api, rig, settings, tokenStrategy, type Answer, type Token } from '../support.ts'

const hour = 3_600_000

function open(
  world: ReturnType<typeof rig>,
  extra: { renewWhen?: RenewWhen; propagationMs?: number },
  acquired: string[] = [],
) {
  const auth = tokenStrategy({
    acquire: (n): Promise<Token> => (
      acquired.push(`a${n}`),
      Promise.resolve({ token: `a${n}`, expiresAt: world.clock.now() + hour })
    ),
  })
  const connector = defineConnector({ key: 'demo', name: 'Demo', auth, baseUrl: api, ...extra })
  return world.open(connector as never, { settings, origins: undefined })
}
const stale =
  (answer: () => Response): Answer =>
  ({ headers }) =>
    headers.get('authorization') === 'Bearer a1' ? answer() : new Response('fine')

const rules: [string, RenewWhen, () => Response][] = [
  ['a status', { status: [403, 419] }, () => new Response(null, { status: 419 })],
  [
    'a header',
    { headers: { 'x-error': /expired/ } },
    () => new Response(null, { status: 400, headers: { 'x-error': 'token expired' } }),
  ],
  [
    'an exact header',
    { headers: { 'x-error': 'expired' } },
    () => new Response(null, { headers: { 'x-error': 'expired' } }),
  ],
  [
    'a JSON body in a 200',
    { body: (body) => (body as { ok?: boolean }).ok === false },
    () => Response.json({ ok: false, error: 'token_expired' }),
  ],
  [
    'a text body',
    { body: (body) => body === 'expired' },
    () => new Response('expired', { headers: { 'content-length': '7' } }),
  ],
]
test.each(rules)('renewWhen: %s renews a ready-made strategy', async (_, renewWhen, answer) => {
  const world = rig(stale(answer))
  const response = await open(world, { renewWhen }).fetch('/x')
  expect([await response.text(), world.sent.length]).toEqual(['fine', 2])
})

test('renewWhen replaces the 401: what it does not name is returned', async () => {
  const world = rig(stale(() => new Response(null, { status: 401 })))
  expect((await open(world, { renewWhen: { status: 403 } }).fetch('/x')).status).toBe(401)
  expect(world.sent.length).toBe(1)
})

test('a body that is looked at is still whole for the caller, and a stream that may never end is not looked at', async () => {
  const looked: unknown[] = []
  const renewWhen: RenewWhen = { body: (body) => (looked.push(body), false) }
  const long = 'x'.repeat(300_000)
  expect(
    await (
      await open(
        rig(() => new Response(long, { headers: { 'content-length': String(long.length) } })),
        { renewWhen },
      ).fetch('/x')
    ).text(),
  ).toBe(long)
  expect(looked.map((body) => String(body).length)).toEqual([expect.any(Number)])
  for (const type of ['text/event-stream', 'application/x-ndjson', 'text/plain']) {
    const endless = new Response(new ReadableStream(), { headers: { 'content-type': type } })
    expect(
      (
        await open(
          rig(() => endless),
          { renewWhen },
        ).fetch('/x')
      ).status,
    ).toBe(200)
  }
  expect(looked.length).toBe(1)
})

test('a rejection inside the propagation delay is waited out instead of renewed', async () => {
  let ready = false
  const world = rig(() => new Response(null, { status: ready ? 200 : 401 }))
  const acquired: string[] = []
  const c = open(world, { propagationMs: 5_000 }, acquired)
  const request = c.fetch('/x')
  await world.clock.advance(4_999)
  expect(world.sent.length).toBe(1)
  ready = true
  await world.clock.advance(1)
  expect((await request).status).toBe(200)
  expect([acquired, world.sent.length]).toEqual([['a1'], 2])
})

test('a wait for propagation ends with the caller', async () => {
  const world = rig(() => new Response(null, { status: 401 }))
  const controller = new AbortController()
  const request = open(world, { propagationMs: 5_000 }).fetch('/x', { signal: controller.signal })
  await world.clock.advance(10)
  controller.abort(new Error('enough'))
  await expect(request).rejects.toThrow('enough')
})

test('Connection.inspect tells the strategy of a response to a request that apply signed', async () => {
  const world = rig()
  const acquired: string[] = []
  const c = open(world, {}, acquired)
  const request = await c.apply(new Request(`${api}/x`))
  expect(await c.inspect(new Response(null, { status: 200 }), request)).toBe(false)
  expect(await c.inspect(new Response(null, { status: 401 }), request)).toBe(true)
  expect(acquired).toEqual(['a1', 'a2'])
  expect((await c.apply(new Request(`${api}/x`))).headers.get('authorization')).toBe('Bearer a2')
})
