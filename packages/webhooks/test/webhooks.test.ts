import { expect, test } from '@jest/globals'
import { connect, defineStrategy, type AuthEvent } from '@latchkey/core'
import { fakeClock } from '@latchkey/testing'
import { webhooks, type Undelivered, type WebhooksOptions } from '@latchkey/webhooks'
import { Webhook } from 'standardwebhooks'

const secretOf = (letter: string): string => `whsec_${Buffer.from(letter.repeat(32)).toString('base64')}`
const url = 'https://hooks.example.com/latchkey'
const event: AuthEvent = {
  type: 'connection.refreshed',
  at: 1_749_988_800_000,
  key: 'ada',
  connector: 'acme',
  scheme: 'oauth2',
  version: 3,
  expiresAt: 1_749_992_400_000,
}

interface Sent {
  readonly url: string
  readonly headers: Record<string, string>
  readonly body: string
  readonly at: number
}

function rig(
  answer: (sent: Sent, count: number) => Response | Promise<Response> = () =>
    new Response(null, { status: 204 }),
  options: Partial<WebhooksOptions> = {},
) {
  const clock = fakeClock(Date.now())
  const sent: Sent[] = []
  const undelivered: Undelivered[] = []
  const send = webhooks({
    url,
    secret: secretOf('a'),
    now: clock.now,
    sleep: clock.sleep,
    onUndelivered: (message) => undelivered.push(message),
    fetch: async (input, init) => {
      const headers = Object.fromEntries(new Headers(init?.headers))
      const one = {
        url: new Request(input).url,
        headers,
        body: await new Response(init?.body).text(),
        at: clock.now(),
      }
      sent.push(one)
      return await answer(one, sent.length)
    },
    ...options,
  })
  return { clock, sent, undelivered, send }
}

test('a message is what the library of Standard Webhooks verifies, and nothing else', async () => {
  const { clock, sent, send } = rig()
  send(event)
  await clock.advance(0)
  const [one] = sent
  expect(one?.url).toBe(url)
  const { type, at, ...data } = event
  expect(new Webhook(secretOf('a')).verify(one!.body, one!.headers)).toEqual({
    type,
    timestamp: new Date(at).toISOString(),
    data,
  })
  expect(Object.keys(one!.headers).sort()).toEqual([
    'accept-encoding',
    'content-type',
    'webhook-id',
    'webhook-signature',
    'webhook-timestamp',
  ])
  expect(() => new Webhook(secretOf('b')).verify(one!.body, one!.headers)).toThrow()
  expect(() => new Webhook(secretOf('a')).verify(`${one!.body} `, one!.headers)).toThrow()
})

test('during a change of secrets each receiver verifies with the one it has', async () => {
  const { clock, sent, send } = rig(undefined, { secret: [secretOf('a'), secretOf('b')] })
  send(event)
  await clock.advance(0)
  for (const letter of ['a', 'b']) new Webhook(secretOf(letter)).verify(sent[0]!.body, sent[0]!.headers)
  expect(sent[0]!.headers['webhook-signature']?.split(' ').length).toBe(2)
})

test('a failed attempt is repeated on the schedule of the specification, under the same id, and given up after the tenth', async () => {
  const { clock, sent, send, undelivered } = rig(() => new Response(null, { status: 500 }), {
    random: (length) => new Uint8Array(length),
  })
  send(event)
  await clock.advance(100 * 3_600_000)
  const gaps = sent.slice(1).map(({ at }, n) => (at - sent[n]!.at) / 1_000)
  expect(gaps).toEqual([5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400])
  expect(new Set(sent.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
  expect(new Set(sent.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(10)
  const { id, attempts, problem } = undelivered[0]!
  expect([undelivered.length, id, attempts, problem]).toEqual([
    1,
    sent[0]!.headers['webhook-id'],
    10,
    'the receiver answered 500',
  ])
})

test('a redirect is not followed, a receiver that asks for time gets it, and one that is gone gets nothing more', async () => {
  const answers = [
    new Response(null, { status: 302, headers: { location: 'https://elsewhere.example.com/' } }),
    new Response(null, { status: 503, headers: { 'retry-after': '600' } }),
    new Response(null, { status: 410 }),
  ]
  const { clock, sent, send, undelivered } = rig((_, count) => answers[count - 1]!)
  send(event)
  await clock.advance(6_000)
  expect(sent.map((one) => one.url)).toEqual([url, url])
  await clock.advance(600_000)
  expect(sent.length).toBe(3)
  send(event)
  await clock.advance(48 * 3_600_000)
  expect([sent.length, undelivered.map(({ attempts }) => attempts)]).toEqual([3, [3, 0]])
})

test('a private or plain address is refused before anything is sent', async () => {
  for (const forbidden of [
    'https://10.0.0.1/',
    'https://127.0.0.1/',
    'http://hooks.example.com/',
    'https://[::1]/',
  ]) {
    const { clock, sent, send, undelivered } = rig(undefined, { url: forbidden })
    send(event)
    await clock.advance(48 * 3_600_000)
    expect([sent.length, undelivered.length, undelivered[0]?.attempts]).toEqual([0, 1, 1])
  }
})

test('the end waits for what is on its way, gives up what would come later, and takes nothing more', async () => {
  let answer = (_: Response): void => undefined
  const { clock, sent, send, undelivered } = rig((_, count) =>
    count === 1 ? new Response(null, { status: 500 }) : new Promise((resolve) => (answer = resolve)),
  )
  send(event)
  await clock.advance(0)
  send({ ...event, key: 'bob' })
  await clock.advance(0)
  let isClosed = false
  const closing = send.close().then(() => (isClosed = true))
  await clock.advance(0)
  expect([sent.length, isClosed]).toEqual([2, false])
  answer(new Response(null, { status: 200 }))
  await closing
  send(event)
  expect(undelivered.map(({ event: { key }, problem }) => `${key}: ${problem}`)).toEqual([
    'ada: the receiver answered 500, and this process ends',
    'ada: this process ends',
  ])
})

test('so many are on their way at once, so many wait, and what is not selected is not sent', async () => {
  const answers: ((response: Response) => void)[] = []
  const { clock, sent, send, undelivered } = rig(() => new Promise((resolve) => answers.push(resolve)), {
    concurrency: 2,
    maxWaiting: 5,
    select: ({ key }) => key !== 'other',
  })
  for (let n = 0; n < 7; n++) send({ ...event, key: `k${n}` })
  send({ ...event, key: 'other' })
  await clock.advance(0)
  expect([sent.length, undelivered.map(({ event: { key } }) => key)]).toEqual([2, ['k5', 'k6']])
  for (let n = 0; n < 5; n++) {
    answers.shift()?.(new Response())
    await clock.advance(0)
  }
  expect(sent.length).toBe(5)
})

test('an end that several processes tell of has one id, other events have their own', async () => {
  const expiring: AuthEvent = { ...event, type: 'connection.expiring' }
  const ids: string[] = []
  for (const one of [expiring, { ...expiring, at: expiring.at + 5 }, event, event]) {
    const { clock, sent, send } = rig()
    send(one)
    await clock.advance(0)
    ids.push(sent[0]!.headers['webhook-id']!)
  }
  expect([ids[0] === ids[1], new Set(ids).size]).toEqual([true, 3])
  expect(ids.every((id) => /^msg_[0-9a-f]{32}$/.test(id))).toBe(true)
})

test('no secret of a connection is in any message, also where the provider repeats it', async () => {
  const { clock, sent, send } = rig()
  const strategy = defineStrategy<{ token: string }>()({
    scheme: 'login',
    fields: { password: { type: 'password', label: 'Password', required: true } },
    acquire: async (c) => {
      throw new Error(`the provider says: ${c.settings.password} is wrong`)
    },
    apply: (request, c) => request.headers.set('authorization', c.credentials.token),
  })
  const connection = connect(strategy, {
    settings: { password: 'CANARY-password' },
    origins: ['https://api.example.com'],
    onEvent: send,
  })
  await expect(connection.credentials()).rejects.toThrow()
  await clock.advance(0)
  const types = sent.map(({ body }) => (JSON.parse(body) as { type: string }).type)
  expect(types.sort()).toEqual(['connection.created', 'refresh.failed'])
  expect(JSON.stringify(sent)).not.toContain('CANARY')
})

test('a secret that is none and a URL that is none are refused without being repeated', () => {
  for (const secret of ['CANARY', 'whsec_c2hvcnQ=', 'whsec_CANARY!', `whsec_${'A'.repeat(100)}`, []]) {
    let problem = ''
    try {
      webhooks({ url, secret })
    } catch (error) {
      problem = (error as Error).message
    }
    expect(problem).toMatch(/^webhooks: secret must/)
    expect(problem).not.toContain('CANARY')
  }
  expect(() => webhooks({ url: 'hooks', secret: secretOf('a') })).toThrow('webhooks: url must be')
})
