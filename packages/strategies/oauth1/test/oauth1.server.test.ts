import { spawn, spawnSync } from 'node:child_process'
import { connect as connectSocket, createServer, type AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { connect, type AuthStrategy, type Json } from '@latchkey/core'
import { oauth1, type Placement } from '@latchkey/oauth1'
import { missing } from '../../../../tools/needs.ts'

const python = '/usr/bin/python3'
const script = fileURLToPath(new URL('oracle.py', import.meta.url))
const server = { origin: '', stop: () => Promise.resolve() }

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer()
      .once('error', reject)
      .listen(0, '127.0.0.1', () => {
        const { port } = probe.address() as AddressInfo
        probe.close(() => resolve(port))
      })
  })

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connectSocket(port, '127.0.0.1')
      .once('connect', () => {
        socket.destroy()
        resolve(true)
      })
      .once('error', () => resolve(false))
  })

async function start(): Promise<void> {
  const port = await freePort()
  const child = spawn(python, ['-B', script, String(port)], { stdio: 'ignore' })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  server.origin = `http://127.0.0.1:${port}`
  server.stop = async () => {
    child.kill('SIGTERM')
    await ended
  }
  for (let tries = 0; !(await answers(port)); tries++) {
    if (tries > 400 || child.exitCode !== null) throw new Error('oauthlib does not start')
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

const tokens = { consumerKey: 'ck', consumerSecret: 'cs', token: 'at', tokenSecret: 'ats' }

/** The statuses that oauthlib answers our requests with. */
async function statuses(
  auth: AuthStrategy,
  settings: object,
  requests: readonly (readonly [string, RequestInit?])[],
): Promise<number[]> {
  const connection = connect(auth, { settings, origins: [server.origin] })
  const found: number[] = []
  for (const [path, init] of requests) found.push((await connection.fetch(server.origin + path, init)).status)
  return found
}

const requests: readonly (readonly [string, RequestInit?])[] = [
  ['/r'],
  ["/r/a%20b;c/d?x=1&x=0&y=a%20b+c&z=%C3%A9&e=&'q'=~*"],
  ['/r?a=1', { method: 'DELETE' }],
  ['/r?a=1', { method: 'POST', body: new URLSearchParams({ a: '0', 'b c': 'd&e=é☂+' }) }],
  ['/r', { method: 'PUT', body: '{"a":1}', headers: { 'content-type': 'application/json' } }],
  ['/r', { method: 'POST' }],
]

const hmac = ['HMAC-SHA1', 'HMAC-SHA256', 'HMAC-SHA512', 'PLAINTEXT'] as const
const rsa = ['RSA-SHA1', 'RSA-SHA256', 'RSA-SHA512'] as const

const available = spawnSync(python, ['-c', 'import oauthlib, cryptography']).status === 0
if (!available) missing('oauthlib', 'no python3-oauthlib; run tools/debian-packages.sh')
else {
  describe("oauthlib's server", () => {
    beforeAll(start)
    afterAll(() => server.stop())

    test.each(hmac)('accepts %s, and refuses it with a wrong secret', async (signatureMethod) => {
      const auth = oauth1({ signatureMethod })
      expect(await statuses(auth, tokens, requests)).toEqual(requests.map(() => 200))
      expect(await statuses(auth, { ...tokens, tokenSecret: 'wrong' }, requests)).toEqual(
        requests.map(() => 401),
      )
      expect(await statuses(auth, { ...tokens, consumerSecret: 'wrong' }, [['/r']])).toEqual([401])
    })

    test.each(rsa)('accepts %s, and refuses it with another key', async (signatureMethod) => {
      const privateKey = await (await fetch(`${server.origin}/rsa-private`)).text()
      const auth = oauth1({ signatureMethod })
      const settings = { consumerKey: 'ck', token: 'at', privateKey }
      expect(await statuses(auth, settings, requests)).toEqual(requests.map(() => 200))
      const { generateKeyPairSync } = await import('node:crypto')
      const other = generateKeyPairSync('rsa', {
        modulusLength: 2048,
        publicKeyEncoding: { type: 'spki', format: 'pem' },
        privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      })
      expect(await statuses(auth, { ...settings, privateKey: other.privateKey }, [['/r']])).toEqual([401])
    })

    test.each(['header', 'query', 'form'] as Placement[])(
      'accepts the signature in the %s',
      async (placement) => {
        const auth = oauth1({ placement, signatureMethod: 'HMAC-SHA256' })
        const fitting = requests.filter(
          ([, init]) => placement !== 'form' || (init?.method === 'POST' && typeof init.body !== 'string'),
        )
        expect(await statuses(auth, tokens, fitting)).toEqual(fitting.map(() => 200))
        expect(await statuses(auth, { ...tokens, tokenSecret: 'wrong' }, fitting)).toEqual(
          fitting.map(() => 401),
        )
      },
    )

    test('accepts realm and body hash beside it', async () => {
      const auth = oauth1({ realm: 'Photos', bodyHash: true })
      expect(await statuses(auth, tokens, requests)).toEqual(requests.map(() => 200))
    })

    test('refuses a request that is sent again as it was, and never one of ours: each has a nonce of its own', async () => {
      const connection = connect(oauth1(), { settings: tokens, origins: [server.origin] })
      const once = await connection.apply(new Request(`${server.origin}/replayed`))
      const [first, second] = [await fetch(once.clone()), await fetch(once)]
      expect([first.status, second.status]).toEqual([200, 401])
      const all = await Promise.all(Array.from({ length: 50 }, () => connection.fetch(`${server.origin}/r`)))
      expect(new Set(all.map(({ status }) => status))).toEqual(new Set([200]))
    })

    test.each(['HMAC-SHA1', 'HMAC-SHA512', 'PLAINTEXT'] as const)(
      'grants a token in three legs with %s, and accepts it; a wrong verifier gets none',
      async (signatureMethod) => {
        const { origin } = server
        const auth = oauth1({
          flow: 'three-legged',
          signatureMethod,
          requestToken: `${origin}/request_token`,
          authorize: `${origin}/authorize`,
          accessToken: `${origin}/access_token`,
        })
        const settings = { consumerKey: 'ck', consumerSecret: 'cs' }
        const connection = connect(auth, { settings, origins: [origin] })
        const redirectUri = 'https://app.example.com/callback?session=1'
        const consent = async (): Promise<{ pending: Json; location: URL }> => {
          const { url, pending } = await connection.authorize.begin({ redirectUri })
          const { headers } = await fetch(url, { redirect: 'manual' })
          // As a host keeps it.
          const kept = JSON.parse(JSON.stringify(pending)) as Json
          return { pending: kept, location: new URL(headers.get('location')!) }
        }
        const { pending, location } = await consent()
        expect(location.href.startsWith(redirectUri)).toBe(true)
        expect(await connection.authorize.complete(pending, location, { redirectUri })).toBe(true)
        expect((await connection.fetch(`${origin}/r?x=1`)).status).toBe(200)

        const second = await consent()
        second.location.searchParams.set('oauth_verifier', 'wrong')
        await expect(
          connection.authorize.complete(second.pending, second.location, { redirectUri }),
        ).rejects.toMatchObject({ code: 'credentials_rejected' })
        // What was granted before goes on working.
        expect((await connection.fetch(`${origin}/r?x=1`)).status).toBe(200)
      },
    )

    test('refuses an application that it does not know, and we say who must act', async () => {
      const { origin } = server
      const auth = oauth1({
        flow: 'three-legged',
        requestToken: `${origin}/request_token`,
        authorize: `${origin}/authorize`,
        accessToken: `${origin}/access_token`,
      })
      const connection = connect(auth, {
        settings: { consumerKey: 'ck', consumerSecret: 'wrong' },
        origins: [origin],
      })
      await expect(
        connection.authorize.begin({ redirectUri: 'https://app.example.com/' }),
      ).rejects.toMatchObject({
        code: 'client_rejected',
        remedy: 'operator',
      })
    })
  })
}
