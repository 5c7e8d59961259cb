import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { connect, type Connection, type Connector } from '@latchkey/core'
import { consent, enter } from './demo/person.mjs'
import { startProvider } from './demo/provider/provider.mjs'
import github from './github.ts'
import githubDevice from './github-device.ts'
import google from './google-service-account.ts'
import salesforce from './salesforce.ts'
import slack from './slack.ts'
import smartsheet from './smartsheet.ts'
import spotify from './spotify.ts'
import square from './square.ts'

const client = { id: 'demo-client', secret: 'c4n4ry-client-secret' }
const settings = { clientId: client.id, clientSecret: client.secret }
const redirectUri = 'http://127.0.0.1:1/callback'
let provider: Awaited<ReturnType<typeof startProvider>>

beforeAll(async () => {
  provider = await startProvider({ client, interval: 0.1 })
})
afterAll(() => provider.close())

/** Where the demo plays a URL. */
const played = (url: string): string => url.replace('https:/', provider.url)

/** A fetch that goes to the demo, and tells of each request; `change` may change what is sent. */
const wire = (change: (init: RequestInit) => RequestInit = (init) => init) => {
  const sent: string[] = []
  const bodies: string[] = []
  const toDemo: typeof fetch = async (input, init = {}) => {
    const url = input instanceof Request ? input.url : String(input)
    sent.push(`${(init.method ?? 'GET').toUpperCase()} ${url.split('?')[0] ?? ''}`)
    bodies.push(await new Response(init.body ?? null).text())
    return await fetch(played(url), change(init))
  }
  return { fetch: toDemo, sent, bodies }
}

const open = (connector: Connector, more: object = {}): Connection =>
  connect(connector, { settings, fetch: wire().fetch, ...more })

/** A person agrees, or does not. */
const signIn = async (connection: Connection, answer = 'allow'): Promise<void> => {
  const { url, pending } = await connection.authorize.begin({ redirectUri })
  const callback = (await consent(played(url), answer)) as string
  expect(await connection.authorize.complete(pending, callback, { redirectUri })).toBe(true)
}

type Ledger = (typeof provider.ledgers)[string]
const ledger = (name: string): Ledger => provider.ledgers[name] as Ledger

const withPerson: readonly [string, Connector, string][] = [
  ['square', square, 'catalog/list'],
  ['slack', slack, 'conversations.list'],
  ['github', github, 'user/repos'],
  ['smartsheet', smartsheet, 'sheets'],
  ['salesforce', salesforce, 'services/data/v62.0/query?q=SELECT+Name+FROM+Account'],
]

test.each(withPerson)(
  '%s: consent, proof, request, and one refresh when the token has ended at the provider',
  async (name, connector, path) => {
    const connection = open(connector)
    await signIn(connection)
    expect(await connection.test()).toMatchObject({ label: 'Ada Lovelace' })
    const before = ledger(name).counts.refresh
    ledger(name).expire()
    const answers = await Promise.all([1, 2, 3].map(() => connection.http(path).text()))
    expect(answers.map((text) => text.includes('Analytical engine'))).toEqual([true, true, true])
    expect(ledger(name).counts.refresh - before).toBe(1)
    await connection.refresh()
    expect(ledger(name).counts.refresh - before).toBe(2)
    expect(ledger(name).counts.reused).toBe(0)
  },
)

test.each(withPerson)(
  '%s: a wrong client secret is the operator’s, a denied consent the person’s',
  async (_, connector) => {
    const wrong = open(connector, { settings: { ...settings, clientSecret: 'wrong-secret-0' } })
    await expect(signIn(wrong)).rejects.toMatchObject({ code: 'client_rejected' })
    await expect(signIn(open(connector), 'deny')).rejects.toMatchObject({ code: 'authorization_denied' })
  },
)

test.each(withPerson)(
  '%s: a grant that was revoked needs a person, and the provider is not asked again',
  async (name, connector) => {
    const { fetch, sent } = wire()
    const connection = open(connector, { fetch })
    await signIn(connection)
    const { accessToken } = (await connection.credentials()) as { accessToken: string }
    ledger(name).revoke(accessToken)
    await expect(connection.refresh()).rejects.toMatchObject({ code: 'credentials_rejected' })
    await expect(connection.test()).rejects.toMatchObject({ code: 'credentials_rejected' })
    expect(sent.filter((line) => /token|oauth\.v2/.test(line)).length).toBe(2)
  },
)

test('square: a date without a zone is UTC, tokens are asked for in JSON, and revoked with the secret in a header', async () => {
  const { fetch, bodies } = wire()
  const connection = open(square, { fetch })
  await signIn(connection)
  const { expiresAt = 0 } = await connection.status()
  expect(Math.abs(expiresAt - Date.now() - 3_600_000)).toBeLessThan(5_000)
  await connection.refresh()
  expect(JSON.parse(bodies[1] ?? '')).toEqual({
    grant_type: 'refresh_token',
    refresh_token: expect.stringMatching(/^rt-/),
    client_id: client.id,
    client_secret: client.secret,
  })
  await connection.revoke()
  expect(JSON.parse(bodies[2] ?? '')).toEqual({
    access_token: expect.stringMatching(/^at-/),
    client_id: client.id,
  })
  expect((await connection.status()).state).toBe('disconnected')
})

test('slack: the bot’s token is the one that is used, the user’s is kept beside it, also over a refresh', async () => {
  const connection = open(slack)
  await signIn(connection)
  const first = (await connection.credentials()) as Record<string, unknown>
  expect(first).toMatchObject({
    scopes: ['channels:read', 'chat:write'],
    tokens: { user: { accessToken: `user-of-${String(first['accessToken'])}`, scopes: ['users:read'] } },
    metadata: { team: 'Engines' },
  })
  await connection.refresh()
  expect((await connection.credentials()) as object).toMatchObject({ tokens: first['tokens'] })
})

test('github: an answer in form encoding is understood as one in JSON is', async () => {
  const { fetch } = wire((init) => {
    const headers = new Headers(init.headers)
    headers.delete('accept')
    return { ...init, headers }
  })
  const connection = open(github, { fetch })
  await signIn(connection)
  expect((await connection.credentials()) as object).toMatchObject({
    scopes: ['read:user', 'repo'],
    tokenType: 'bearer',
  })
  expect(await connection.test()).toEqual({ id: '1', label: 'Ada Lovelace' })
})

test('smartsheet: a refresh token is used once by however many callers, and a second use ends the whole grant', async () => {
  const connection = open(smartsheet)
  await signIn(connection)
  const { refreshToken: stale } = (await connection.credentials()) as { refreshToken: string }
  const before = ledger('smartsheet').counts.refresh
  ledger('smartsheet').expire()
  await Promise.all(Array.from({ length: 50 }, () => connection.http('sheets').text()))
  expect(ledger('smartsheet').counts.refresh - before).toBe(1)
  const thief = open(smartsheet, { credentials: { accessToken: 'x', refreshToken: stale, expiresAt: 1 } })
  await expect(thief.http('sheets')).rejects.toMatchObject({ code: 'credentials_rejected' })
  await expect(connection.refresh()).rejects.toMatchObject({ code: 'credentials_rejected' })
})

test('salesforce: requests go to the instance that the answer names, and to no other that it might name', async () => {
  const { fetch, sent } = wire()
  const connection = open(salesforce, { fetch })
  await signIn(connection)
  await connection.http('services/data/v62.0/query').text()
  expect(sent.at(-1)).toBe('GET https://acme.my.salesforce.com/services/data/v62.0/query')
  const held = (await connection.credentials()) as object
  const led = open(salesforce, {
    credentials: { ...held, metadata: { instance_url: 'https://my.salesforce.com.evil.test' } },
  })
  await expect(led.http('x')).rejects.toMatchObject({ code: 'origin_forbidden' })
})

test('google: the key of the service account signs, and another key is refused', async () => {
  const connection = connect(google, { settings: { privateKey: provider.keyFile }, fetch: wire().fetch })
  expect(await connection.test()).toEqual({ id: 'u-1', label: 'Ada Lovelace' })
  const before = ledger('google').counts.token
  ledger('google').expire()
  await Promise.all([1, 2, 3].map(() => connection.http('files').text()))
  expect(ledger('google').counts.token - before).toBe(1)
  const other = await startProvider({ client })
  const wrong = connect(google, { settings: { privateKey: other.keyFile }, fetch: wire().fetch })
  await expect(wrong.test()).rejects.toMatchObject({
    code: 'credentials_rejected',
    message: expect.stringContaining('Invalid JWT Signature.'),
  })
  await other.close()
})

test('spotify: id and secret alone earn tokens, again when they end', async () => {
  const connection = open(spotify)
  await connection.test()
  const before = ledger('spotify').counts.token
  ledger('spotify').expire()
  expect(await connection.http('search?q=engine&type=track').text()).toContain('Analytical engine')
  expect(ledger('spotify').counts.token - before).toBe(1)
  const wrong = open(spotify, { settings: { ...settings, clientSecret: 'wrong-secret-0' } })
  await expect(wrong.test()).rejects.toMatchObject({ code: 'client_rejected' })
})

test.each([
  ['allow', undefined],
  ['deny', 'authorization_denied'],
])('github on another device: whoever answers %s', async (answer, code) => {
  const connection = connect(githubDevice, { settings: { clientId: client.id }, fetch: wire().fetch })
  const { url, userCode, pending, intervalMs } = await connection.authorize.begin()
  expect(intervalMs).toBe(100)
  expect(await connection.authorize.complete(pending, '')).toBe(false)
  await enter(played(url), userCode, answer)
  const finish = async (): Promise<void> => {
    // RFC 8628 section 3.5: no sooner than the interval; the connection waits by not asking.
    while (!(await connection.authorize.complete(pending, ''))) await new Promise(setImmediate)
  }
  if (code === undefined) {
    await finish()
    expect(await connection.test()).toEqual({ id: '1', label: 'Ada Lovelace' })
  } else await expect(finish()).rejects.toMatchObject({ code })
})

test('the demo itself is strict: a code counts once, at one redirect URI, with its verifier', async () => {
  const { fetch: toDemo } = wire()
  const connection = open(smartsheet)
  const { url, pending } = await connection.authorize.begin({ redirectUri })
  const callback = new URL((await consent(played(url), 'allow')) as string)
  const { verifier } = pending as { verifier: string }
  const token = async (change: Record<string, string>): Promise<number> => {
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      code: callback.searchParams.get('code') ?? '',
      redirect_uri: redirectUri,
      code_verifier: verifier,
      client_id: client.id,
      client_secret: client.secret,
      ...change,
    })
    return (await toDemo('https://api.smartsheet.com/2.0/token', { method: 'POST', body })).status
  }
  expect(await token({ code_verifier: 'x'.repeat(43) })).toBe(400)
  expect(await token({ redirect_uri: 'http://127.0.0.1:1/other' })).toBe(400)
  expect(await token({})).toBe(200)
  expect(await token({})).toBe(400)
  for (const [name, value] of [
    ['client_id', 'another'],
    ['redirect_uri', 'https://evil.test/'],
    ['code_challenge_method', 'plain'],
    ['response_type', 'token'],
    ['state', 'short'],
  ] as const) {
    const link = new URL(played(url))
    link.searchParams.set(name, value)
    await expect(consent(link.href, 'allow')).rejects.toThrow('there is nothing to allow')
  }
})
