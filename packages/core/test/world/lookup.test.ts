import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, jest, test } from '@jest/globals'
import type { AuthError } from '../../src/errors.ts'

type Answer = (error: Error | null, addresses?: { address: string; family: number }[]) => void

const answers: Record<string, string[]> = {}
const lookup = jest.fn((host: string, _: unknown, answer: Answer) => {
  const addresses = answers[host]
  setImmediate(() => {
    if (addresses === undefined)
      answer(Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND', syscall: 'getaddrinfo' }))
    else
      answer(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      )
  })
})
jest.unstable_mockModule('node:dns', () => ({ lookup }))
const { guardedDispatcher } = await import('../../src/world/platform-node.ts')
const { createWorld } = await import('../../src/world/world.ts')

let server: Server
let port = 0
let connections = 0

beforeAll(async () => {
  server = createServer((request, response) => response.end(`hello ${String(request.headers.host)}`))
  server.on('connection', () => connections++)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  connections = 0
  lookup.mockClear()
  for (const host of Object.keys(answers)) Reflect.deleteProperty(answers, host)
})

const fetchError = (url: string, world = createWorld()): Promise<AuthError> =>
  world.guarded(url).then(
    () => Promise.reject(new Error('it was answered')),
    (error: unknown) => error as AuthError,
  )

test.each([
  ['loopback', ['127.0.0.1']],
  ['loopback in IPv6', ['::1']],
  ['a mapped address', ['::ffff:127.0.0.1']],
  ['one special address among public ones', ['93.184.216.34', '127.0.0.1']],
  ['the metadata service', ['169.254.169.254']],
])('a name that resolves to %s is refused before a socket connects', async (_, addresses) => {
  answers['api.example.test'] = addresses
  const error = await fetchError(`https://api.example.test:${port}/SECRET`)
  expect([error.code, error.message, connections, lookup.mock.calls.length]).toEqual([
    'origin_forbidden',
    `https://api.example.test:${port} resolves to a special address; network.allow or the connector must permit it.`,
    0,
    1,
  ])
})

test('an allowance holds for resolved addresses too, so that the request gets as far as TLS', async () => {
  answers['api.example.test'] = ['127.0.0.1']
  const error = await fetchError(
    `https://api.example.test:${port}/`,
    createWorld({ network: { allow: 'loopback' } }),
  )
  expect([error.code, error.ambiguous, connections]).toEqual(['provider_unavailable', false, 1])
})

test('the socket connects to the addresses that were checked: one look-up, no second answer', async () => {
  answers['api.example.test'] = ['127.0.0.1']
  const checked: string[] = []
  const dispatcher = await guardedDispatcher((address) => checked.push(address) > 0)
  const init = { dispatcher } as RequestInit
  const response = await fetch(`http://api.example.test:${port}/`, init)
  expect(await response.text()).toBe(`hello api.example.test:${port}`)
  expect([lookup.mock.calls.length, checked]).toEqual([1, ['127.0.0.1']])
})

test('a name that does not resolve is a certain failure', async () => {
  const error = await fetchError('https://nowhere.example.test/')
  expect([error.code, error.ambiguous, error.message]).toEqual([
    'provider_unavailable',
    false,
    'https://nowhere.example.test could not be reached (ENOTFOUND).',
  ])
})

test('an origin that code names is looked up by the runtime, whatever it resolves to', async () => {
  const trusted = `http://localhost:${port}`
  const response = await createWorld({ trustedOrigins: [trusted] }).guarded(`${trusted}/`)
  expect([response.status, lookup.mock.calls.length]).toEqual([200, 0])
})

test('a fetch of the host gets no dispatcher, for its look-ups are its own', async () => {
  const seen: RequestInit[] = []
  const injected: typeof fetch = (_, init) => {
    seen.push(init ?? {})
    return Promise.resolve(new Response('ok'))
  }
  await createWorld({ fetch: injected }).guarded('https://api.example.test/')
  expect(seen.map((init) => (init as { dispatcher?: unknown }).dispatcher)).toEqual([undefined])
})
