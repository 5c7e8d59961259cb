import { expect, test } from '@jest/globals'
import { oauth2 } from '@latchkey/oauth2'
import { json, open, rejection, tokenUrl, world, type Answer } from './support.ts'

const deviceUrl = 'https://as.example.com/device'
const auth = oauth2({
  grant: 'device_code',
  tokenUrl,
  deviceUrl,
  scopes: ['read'],
  clientId: 'the-device-client',
})
const begun = {
  device_code: 'the-device-code',
  user_code: 'WDJB-MJHT',
  verification_uri: 'https://as.example.com/go',
  interval: 5,
  expires_in: 600,
}
const waiting = (error: string): Response => json({ error }, { status: 400 })
const provider =
  (...answers: Answer[]): Answer =>
  (request, nth) =>
    nth === 1 ? json(begun) : (answers[nth - 2]?.(request, nth) ?? waiting('authorization_pending'))

test('a person is shown a code and a page; the tokens come when that person has finished', async () => {
  const net = world(
    provider(
      () => waiting('authorization_pending'),
      () => json({ access_token: 'a1', refresh_token: 'r1', expires_in: 60 }),
    ),
  )
  const { connection, credentials } = open(auth, net, { settings: {} })
  const prompt = await connection.authorize.begin()
  expect(prompt).toMatchObject({
    url: 'https://as.example.com/go',
    userCode: 'WDJB-MJHT',
    intervalMs: 5000,
    expiresAt: net.clock.now() + 600_000,
  })
  expect(await connection.authorize.complete(prompt.pending, '')).toBe(false)
  await net.clock.advance(5000)
  expect(await connection.authorize.complete(prompt.pending, '')).toBe(true)
  expect(net.asked.map(({ url, body }) => [url, body])).toEqual([
    [deviceUrl, 'scope=read&client_id=the-device-client'],
    ...[1, 2].map(() => [
      tokenUrl,
      'grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=the-device-code&client_id=the-device-client',
    ]),
  ])
  expect(await credentials()).toMatchObject({ accessToken: 'a1', refreshToken: 'r1', scopes: ['read'] })
})

test('whoever asks too often asks nobody, and slow_down slows all that follows', async () => {
  const net = world(provider(() => waiting('slow_down')))
  const { connection } = open(auth, net, { settings: {} })
  const { pending } = await connection.authorize.begin()
  const asked = async (): Promise<number> => {
    expect(await connection.authorize.complete(pending, '')).toBe(false)
    return net.asked.length - 1
  }
  expect(await asked()).toBe(1)
  for (const [ms, count] of [
    [5000, 1],
    [4999, 1],
    [1, 2],
    [5000, 2],
    [5000, 3],
  ] as const) {
    await net.clock.advance(ms)
    expect(await asked()).toBe(count)
  }
})

test('a provider that does not answer is asked half as often', async () => {
  const net = world(provider(() => new Response('', { status: 503 })))
  const { connection } = open(auth, net, { settings: {} })
  const { pending } = await connection.authorize.begin()
  await connection.authorize.complete(pending, '')
  await net.clock.advance(9_999)
  await connection.authorize.complete(pending, '')
  expect(net.asked).toHaveLength(2)
  await net.clock.advance(1)
  await connection.authorize.complete(pending, '')
  expect(net.asked).toHaveLength(3)
})

test.each([
  ['access_denied', 'authorization_denied'],
  ['expired_token', 'authorization_denied'],
  ['invalid_client', 'client_rejected'],
  ['invalid_grant', 'credentials_rejected'],
  ['odd', 'response_invalid'],
])('%s ends the sign-in as %s', async (error, code) => {
  const { connection } = open(auth, world(provider(() => waiting(error))), { settings: {} })
  const { pending } = await connection.authorize.begin()
  expect(await rejection(connection.authorize.complete(pending, ''))).toMatchObject({ code })
})

test('a code that was not entered in time is not presented', async () => {
  const net = world(provider())
  const { connection } = open(auth, net, { settings: {} })
  const { pending } = await connection.authorize.begin()
  await net.clock.advance(600_000)
  expect(await rejection(connection.authorize.complete(pending, ''))).toMatchObject({
    code: 'authorization_denied',
  })
  expect(net.asked).toHaveLength(1)
  expect(await rejection(connection.authorize.complete({ kind: 'oauth2' }, ''))).toMatchObject({
    code: 'authorization_mismatch',
  })
})

test.each<[unknown, string]>([
  [{ error: 'invalid_client' }, 'client_rejected'],
  [{ ...begun, verification_uri: 'javascript:alert(1)' }, 'response_invalid'],
  [{ device_code: 'x' }, 'response_invalid'],
])('what is no beginning is refused: %j', async (answer, code) => {
  const { connection } = open(
    auth,
    world(() => json(answer)),
    { settings: {} },
  )
  expect(await rejection(connection.authorize.begin())).toMatchObject({ code })
})
