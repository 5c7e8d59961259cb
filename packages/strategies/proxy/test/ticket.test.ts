import { createHmac } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { ticketFor, type TicketOptions } from '@latchkey/proxy'
import { keyed, api, audience, key, relayTo } from './support.ts'

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A JWT as any other library would sign it. */
const jwt = (header: object, claims: object, by: string = key): string => {
  const input = `${encode(header)}.${encode(claims)}`
  return `${input}.${createHmac('sha256', by).update(input).digest('base64url')}`
}

const typ = 'latchkey-ticket+jwt'

test('a ticket is a JWT whose bytes are these', async () => {
  const ticket = await ticketFor({
    key,
    audience,
    connection: 'crm',
    methods: ['get'],
    paths: ['/v1/*'],
    subject: 'job 7',
    now: () => 1_700_000_000_999,
  })
  const claims = {
    aud: 'relay.test',
    iat: 1_700_000_000,
    exp: 1_700_000_300,
    sub: 'job 7',
    connection: 'crm',
    methods: ['GET'],
    paths: ['/v1/*'],
  }
  expect(ticket).toBe(jwt({ alg: 'HS256', typ }, claims))
})

test('a ticket that another library signed is taken, and its subject reaches the relay', async () => {
  const subjects: unknown[] = []
  const { ask, clock, connection, sent } = relayTo(keyed, undefined, {
    open: (name, ticket) => {
      subjects.push([name, ticket.subject])
      return connection
    },
  })
  const exp = clock.now() / 1_000 + 60
  const response = await ask(
    jwt({ typ, alg: 'HS256', kid: 'one' }, { aud: ['x', audience], exp, connection: 'crm', sub: 'ada' }),
  )
  expect(response.status).toBe(200)
  expect([subjects, sent.length]).toEqual([[['crm', 'ada']], 1])
})

test('whatever a ticket lacks, it is refused with 401 and its reason, and nothing is opened or sent', async () => {
  const { ask, clock, opened, sent } = relayTo(keyed)
  const now = clock.now() / 1_000
  const good = { aud: audience, exp: now + 60, connection: 'crm' }
  const header = { alg: 'HS256', typ }
  const valid = jwt(header, good)
  const [head = '', payload = '', signature = ''] = valid.split('.')
  const flipped = (text: string) => `${text.startsWith('A') ? 'B' : 'A'}${text.slice(1)}`
  const invalid: Record<string, string> = {
    'another key': jwt(header, good, 'another key of at least thirty-two bytes'),
    'one bit of the signature': `${head}.${payload}.${flipped(signature)}`,
    'one letter of the claims': `${head}.${flipped(payload)}.${signature}`,
    'one letter of the header': `${flipped(head)}.${payload}.${signature}`,
    'no signature': `${head}.${payload}.`,
    'two parts': `${head}.${payload}`,
    'four parts': `${valid}.x`,
    'alg none': `${encode({ alg: 'none', typ })}.${payload}.`,
    'another alg': jwt({ alg: 'HS512', typ }, good),
    'another kind of JWT': jwt({ alg: 'HS256', typ: 'JWT' }, good),
    'no kind': jwt({ alg: 'HS256' }, good),
    'critical extensions': jwt({ ...header, crit: ['b64'] }, good),
    'another audience': jwt(header, { ...good, aud: 'relay.example' }),
    'no audience': jwt(header, { ...good, aud: undefined }),
    'no connection': jwt(header, { ...good, connection: undefined }),
    'no end': jwt(header, { ...good, exp: undefined }),
    'an end in text': jwt(header, { ...good, exp: String(now + 60) }),
    'an end too far away': jwt(header, { ...good, exp: now + 3_606 }),
    'not yet': jwt(header, { ...good, nbf: now + 6 }),
    'methods in text': jwt(header, { ...good, methods: 'GET' }),
    'paths of numbers': jwt(header, { ...good, paths: [1] }),
    'no JWT': 'let-me-in',
  }
  for (const [what, ticket] of Object.entries(invalid)) {
    const response = await ask(ticket)
    expect([what, response.status, response.headers.get('www-authenticate')]).toEqual([
      what,
      401,
      'Bearer error="invalid_token"',
    ])
    expect(await response.json()).toEqual({
      error: 'ticket_invalid',
      message: 'The ticket is not one that this relay takes.',
    })
  }
  expect([opened, sent]).toEqual([[], []])
  expect((await ask(valid)).status).toBe(200)
})

test('a ticket ends when it says, but for the tolerance', async () => {
  const { ask, clock, ticket, sent } = relayTo(keyed)
  const short = await ticket({ lifetimeMs: 60_000 })
  clock.jump(64_999)
  expect((await ask(short)).status).toBe(200)
  clock.jump(1)
  const response = await ask(short)
  expect([response.status, ((await response.json()) as { error: string }).error]).toEqual([
    401,
    'ticket_expired',
  ])
  expect(sent).toHaveLength(1)
})

test('without a ticket the answer says what is needed', async () => {
  const { ask, handler, sent } = relayTo(keyed)
  const basic = handler(new Request('https://relay.test', { headers: { authorization: 'Basic YTpi' } }))
  for (const response of [await ask(undefined), await basic]) {
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    expect(await response.json()).toMatchObject({ error: 'ticket_missing' })
  }
  expect(sent).toEqual([])
})

test('a ticket for some methods and paths is good for those, and others get 403 and are not sent', async () => {
  const { ask, ticket, opened, sent } = relayTo(keyed)
  const scoped = await ticket({ methods: ['GET', 'PUT'], paths: ['/v1/me', '/v1/orders/*'] })
  const inside = [
    ['GET', '/v1/me'],
    ['PUT', '/v1/me?x=1#y'],
    ['GET', '/v1/orders/'],
    ['GET', '/v1/orders/7/lines%20a/..b'],
    ['GET', '/v2/../v1/me'],
  ] as const
  const outside = [
    ['POST', '/v1/me'],
    ['DELETE', '/v1/orders/7'],
    ['GET', '/v1/me/'],
    ['GET', '/v1/Me'],
    ['GET', '/v1/orders'],
    ['GET', '/v1/orders/../users'],
    ['GET', '/v1/orders/%2e%2e/users'],
    ['GET', '/v1/orders/..%2fusers'],
    ['GET', '/v1/orders/%2E%2E%2Fusers'],
    ['GET', '/v1/orders/..%5cusers'],
    ['GET', '/v1/orders/..;a=b/users'],
    ['GET', '/v1/orders/%252e%252e%252fusers'],
    ['GET', '//v1/me'],
  ] as const
  for (const [method, path] of inside) {
    const response = await ask(scoped, api + path, { method })
    expect([method, path, response.status]).toEqual([method, path, 200])
  }
  expect(sent.map(({ url }) => new URL(url).pathname)).toEqual([
    '/v1/me',
    '/v1/me',
    '/v1/orders/',
    '/v1/orders/7/lines%20a/..b',
    '/v1/me',
  ])
  opened.length = 0
  for (const [method, path] of outside) {
    const response = await ask(scoped, api + path, { method })
    expect([method, path, response.status]).toEqual([method, path, 403])
    expect(response.headers.get('www-authenticate')).toBe('Bearer error="insufficient_scope"')
    expect(await response.json()).toMatchObject({ error: 'ticket_scope' })
  }
  expect([opened.length, sent.length]).toEqual([0, inside.length])
})

test('of several keys the first need not be the one: tickets outlive a change of key', async () => {
  const next = 'the next key has thirty-two bytes too'
  const { ask, ticket } = relayTo(keyed, undefined, { key: [next, key] })
  expect((await ask(await ticket())).status).toBe(200)
  expect((await ask(await ticket({ key: next }))).status).toBe(200)
  const bytes = new Uint8Array(32).fill(7)
  const alone = relayTo(keyed, undefined, { key: bytes })
  expect((await alone.ask(await alone.ticket({ key: bytes }))).status).toBe(200)
  expect((await alone.ask(await alone.ticket())).status).toBe(401)
})

test('options that cannot work are refused by name', async () => {
  const cases: [Partial<TicketOptions>, string][] = [
    [{ key: 'short' }, 'ticketFor: the key must have at least 32 bytes'],
    [{ audience: '' }, 'ticketFor: audience and connection must not be empty'],
    [{ connection: '' }, 'ticketFor: audience and connection must not be empty'],
    [{ lifetimeMs: 0 }, 'ticketFor: lifetimeMs must be more than 0'],
    [{ paths: ['v1'] }, 'ticketFor: the path v1 must begin with a slash'],
    [{ paths: ['/*/v1'] }, 'ticketFor: the path /*/v1 must begin with a slash'],
  ]
  for (const [given, message] of cases) {
    await expect(ticketFor({ key, audience, connection: 'crm', ...given })).rejects.toThrow(message)
  }
  expect(() => relayTo(keyed, undefined, { key: 'short' })).toThrow(
    'relay: the key must have at least 32 bytes',
  )
  expect(() => relayTo(keyed, undefined, { key: [] as never })).toThrow('relay: key must not be empty')
  expect(() => relayTo(keyed, undefined, { audience: '' })).toThrow('relay: audience must be a text')
})
