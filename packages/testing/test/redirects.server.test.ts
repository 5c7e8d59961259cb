import { readFileSync } from 'node:fs'
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttps } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { apiKey } from '@latchkey/api-key'
import { awsSigV4 } from '@latchkey/aws-sigv4'
import { basic } from '@latchkey/basic'
import { bearer } from '@latchkey/bearer'
import { allOf, connect, none, type AuthStrategy, type Connection } from '@latchkey/core'
import { custom } from '@latchkey/custom'
import { hawk } from '@latchkey/hmac'
import { jwt } from '@latchkey/jwt'
import { oauth1 } from '@latchkey/oauth1'
import { oauth2 } from '@latchkey/oauth2'
import { Agent, fetch as undiciFetch, type RequestInit as UndiciInit } from 'undici'

const pem = readFileSync(new URL('fixtures/localhost.pem', import.meta.url), 'utf8')
const dispatcher = new Agent({ connect: { ca: pem } })
const fetch: typeof globalThis.fetch = async (input, init) => {
  const sent: unknown = undiciFetch(input as string, { ...init, dispatcher } as UndiciInit)
  return sent as Promise<Response>
}

/** One request as the bytes said it. */
interface Arrived {
  readonly at: string
  readonly method: string
  readonly target: string
  readonly headers: readonly string[]
  readonly body: string
}

const arrived: Arrived[] = []
const servers: Server[] = []
/** Where `/start` leads, and with which status. */
const plan = { status: 0, to: '', copy: false }

const answer = async (at: string, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const { method = '', url = '', rawHeaders } = request
  const headers = rawHeaders
    .flatMap((name, i) => (i % 2 === 0 ? [`${name.toLowerCase()}: ${rawHeaders[i + 1]}`] : []))
    .sort()
  arrived.push({ at, method, target: url, headers, body: Buffer.concat(chunks).toString('latin1') })
  if (!url.startsWith('/start')) {
    response.end('arrived')
    return
  }
  const query = plan.copy ? url.slice('/start'.length) : ''
  response.writeHead(plan.status, { location: `${plan.to}/landing${query}` }).end('moved')
}

const listen = async (server: Server): Promise<number> => {
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

const origins = { home: '', host: '', port: '', scheme: '' }

beforeAll(async () => {
  const tls = { key: pem, cert: pem }
  const as = (at: string) => (request: IncomingMessage, response: ServerResponse) => {
    void answer(at, request, response)
  }
  // One server under two names: localhost is the API, 127.0.0.1 is somebody else.
  const byName = createHttps(tls, (request, response) => {
    as(request.headers.host?.startsWith('localhost') ? 'home' : 'host')(request, response)
  })
  const first = await listen(byName)
  origins.home = `https://localhost:${first}`
  origins.host = `https://127.0.0.1:${first}`
  origins.port = `https://localhost:${await listen(createHttps(tls, as('port')))}`
  origins.scheme = `http://localhost:${await listen(createHttp(as('scheme')))}`
})

afterAll(async () => {
  await dispatcher.destroy()
  for (const server of servers) server.close()
})

const secret = 'canary-7f3a9c'
const password = 'canary-5b1e2d'
const key = { type: 'password', label: 'Key', required: true } as const

/** Every strategy in each of its forms; a new one adds a line. */
const strategies: Readonly<
  Record<string, readonly [strategy: AuthStrategy, settings: object, credentials?: object]>
> = {
  'a key in a header': [apiKey({ in: 'header', name: 'x-api-key' }), { apiKey: secret }],
  'a key in the query': [apiKey({ in: 'query', name: 'api_key' }), { apiKey: secret }],
  'a key in a cookie': [apiKey({ in: 'cookie', name: 'sid' }), { apiKey: secret }],
  'a key in a form': [apiKey({ in: 'form', name: 'api_key' }), { apiKey: secret }],
  'a key in JSON': [apiKey({ in: 'json', name: ['auth', 'key'] }), { apiKey: secret }],
  basic: [basic(), { username: secret, password }],
  bearer: [bearer(), { token: secret }],
  'bearer in a header of its own': [bearer({ header: 'private-token', prefix: '' }), { token: secret }],
  'custom by a function': [
    custom({
      fields: { key },
      extendRequest: ({ settings }) => ({
        headers: { 'x-custom': settings.key },
        searchParams: { token: settings.key },
      }),
    }),
    { key: secret },
  ],
  'custom in JSON': [
    custom({ fields: { key }, request: { headers: { 'x-custom': 'v={key}' }, json: { auth: '{key}' } } }),
    { key: secret },
  ],
  'AWS in headers': [
    awsSigV4({ service: 's3', region: 'eu-west-1' }),
    { accessKeyId: secret, secretAccessKey: password },
  ],
  'AWS in the query': [
    awsSigV4({ service: 's3', region: 'eu-west-1', in: 'query' }),
    { accessKeyId: secret, secretAccessKey: password },
  ],
  hawk: [hawk(), { id: secret, key: password }],
  jwt: [jwt({ algorithm: 'HS256', shortSecret: true, claims: { key: secret } }), { secret: password }],
  'OAuth 1': [
    oauth1(),
    { consumerKey: secret, consumerSecret: password, token: secret, tokenSecret: password },
  ],
  'OAuth 2': [
    oauth2({ grant: 'client_credentials', tokenUrl: 'https://login.example.com/token' }),
    { clientId: 'client-1', clientSecret: password },
    { accessToken: secret },
  ],
  'two at once': [allOf(apiKey({ in: 'query', name: 'app' }), bearer()), { apiKey: password, token: secret }],
}

const open = (strategy: AuthStrategy, settings: object, credentials?: object): Connection =>
  connect(strategy, { settings, credentials, origins: [origins.home], fetch })

/** A request whose body a strategy can write into, of the caller's own. */
const calls: Readonly<Record<string, (json: boolean) => RequestInit>> = {
  GET: () => ({ headers: { 'x-caller': 'own' } }),
  POST: (json) => ({
    method: 'POST',
    headers: {
      'x-caller': 'own',
      'content-type': json ? 'application/json' : 'application/x-www-form-urlencoded',
    },
    body: json ? '{"own":"content"}' : 'own=content',
  }),
}

/** What arrived at the other side, and at the API. */
const run = async (
  connection: Connection,
  init: RequestInit,
): Promise<{ home: Arrived[]; away: Arrived[] }> => {
  arrived.length = 0
  await (await connection.fetch(`${origins.home}/start?own=1`, init)).text()
  return { home: arrived.filter(({ at }) => at === 'home'), away: arrived.filter(({ at }) => at !== 'home') }
}

const forms = (text: string): string[] => [text, Buffer.from(text).toString('hex'), ...inBase64(text)]

const inBase64 = (text: string): string[] =>
  [0, 1, 2].map((offset) =>
    Buffer.concat([Buffer.alloc(offset), Buffer.from(text)])
      .toString('base64')
      .slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + text.length) * 8) / 6)),
  )

const shows = (requests: readonly Arrived[]): boolean =>
  [secret, password].flatMap(forms).some((form) => JSON.stringify(requests).includes(form))

for (const [name, [strategy, settings, credentials]] of Object.entries(strategies)) {
  const json = name.includes('JSON')
  const onlyInBodies = /form|JSON/.test(name)
  for (const [method, call] of Object.entries(calls)) {
    if (method === 'GET' && onlyInBodies) {
      test(`${name}: a GET is refused, because it cannot carry the key`, async () => {
        await expect(open(strategy, settings).fetch(`${origins.home}/start`)).rejects.toMatchObject({
          code: 'unsupported',
        })
      })
      continue
    }
    for (const status of [301, 302, 303, 307, 308]) {
      test(`${name}: nothing of it follows a ${method} that is redirected with ${status} to another host, port or scheme`, async () => {
        for (const place of ['host', 'port', 'scheme'] as const) {
          for (const copy of [false, true]) {
            Object.assign(plan, { status, to: origins[place], copy })
            const bare = await run(open(none(), {}), call(json))
            const signed = await run(open(strategy, settings, credentials), call(json))
            expect([place, shows(signed.home)]).toEqual([place, true])
            expect([place, shows(signed.away)]).toEqual([place, false])
            // To the byte what arrives where nobody signs: no header, query key, cookie or body of the strategy.
            expect(signed.away).toEqual(bare.away)
            expect(signed.away.map(({ at }) => at)).toEqual([place])
          }
        }
      })
    }
  }
}
