import { expect, test } from '@jest/globals'
import { inspect } from 'node:util'
import { connect, isAuthError, type AuthEvent } from '@latchkey/core'
import { fromSegment } from '@latchkey/format-segment'
import { network } from '../../../../tools/network.ts'
import { provider } from './provider.ts'
import { api, client, destination, field, open, rejection, thrown, tokens, withTokens } from './support.ts'

type Given = Readonly<Record<string, Readonly<Record<string, string>>>>

const printed = (value: unknown): string => inspect(value, { depth: 9, showHidden: true })

test('in a whole life no secret is in a connection, an error or an event, and configOf has what was rotated', async () => {
  const definition = withTokens({
    testAuthentication: async (request: (url: string) => Promise<unknown>) => {
      await request(`${api}/me`)
      return { id: '7' }
    },
  })
  const { connector, settingsOf, credentialsOf, configOf } = fromSegment(definition, { origins: [api] })
  const config = {
    oauth: {
      ...{ access_token: tokens.accessToken, refresh_token: tokens.refreshToken },
      ...{ clientId: 'c-1', clientSecret: client['oauth.clientSecret'] },
    },
  }
  const refusals: Response[] = []
  const endpoint = provider({
    answer: (count) =>
      refusals[0] ?? { access_token: `c4n4ry-access-${count}`, refresh_token: `c4n4ry-refresh-${count}` },
  })
  const { fetch } = network((request) => {
    if (request.url.endsWith('/token')) return endpoint(request)
    const sent = request.headers.get('authorization')
    const isRefused = request.url.endsWith('/dead') || sent === 'Bearer c4n4ry-access-1'
    return new Response(`you sent ${sent}`, { status: isRefused ? 401 : 200 })
  })
  const events: AuthEvent[] = []
  const settings = settingsOf(config)
  const connection = connect(connector, {
    ...{ settings, fetch, credentials: credentialsOf?.(config) },
    onEvent: (event: AuthEvent) => void events.push(event),
  })
  expect(await connection.test()).toMatchObject({ id: '7' })
  await connection.fetch(`${api}/x`)
  const rotated = await connection.credentials()
  expect(configOf(settings, rotated)).toEqual({
    oauth: { ...config.oauth, access_token: 'c4n4ry-access-2', refresh_token: 'c4n4ry-refresh-2' },
  })
  refusals.push(Response.json({ error: 'invalid_grant', error_description: 'c4n4ry-fresh' }, { status: 400 }))
  const error = await rejection(connection.fetch(`${api}/dead`))
  expect(error).toMatchObject({ code: 'credentials_rejected' })
  expect(events.length).toBeGreaterThan(1)
  expect(printed([connection, connector, error, events])).not.toContain('c4n4ry')
})

test('a definition is only read: one that is frozen through and through works as any other', async () => {
  const frozen = <T>(value: T): T => {
    if (typeof value === 'object' && value !== null) Object.values(value).forEach(frozen)
    return Object.freeze(value)
  }
  const definition = frozen(
    destination(
      {
        extendRequest: () => frozen({ headers: { 'X-Key': 'k' }, searchParams: { a: '1' }, json: { b: 1 } }),
      },
      { fields: { list: field({ multiple: true, default: ['a'], choices: ['a', 'b'] }) } },
    ),
  )
  const { connection, sent } = open(definition, { settings: { list: 'a' } })
  await connection.fetch(`${api}/x`, {
    method: 'POST',
    body: '{}',
    headers: { 'content-type': 'application/json' },
  })
  expect([sent[0]?.url, sent[0]?.headers.get('x-key'), sent[0]?.body]).toEqual([
    `${api}/x?a=1`,
    'k',
    '{"b":1}',
  ])
})

test('a hundred requests over an asynchronous extendRequest are still one refresh', async () => {
  const { connector } = fromSegment(
    withTokens(
      {},
      {
        extendRequest: async ({ auth }: Given) => {
          await Promise.resolve()
          return { headers: { authorization: `Bearer ${auth?.['accessToken']}` } }
        },
      },
    ),
    { origins: [api] },
  )
  const { fetch, sent } = network(provider())
  const connection = connect(connector, { settings: client, credentials: tokens, fetch })
  const all = await Promise.all(Array.from({ length: 100 }, () => connection.fetch(`${api}/x`)))
  expect(new Set(all.map(({ status }) => status))).toEqual(new Set([200]))
  expect(sent.filter(({ url }) => url.endsWith('/token'))).toHaveLength(1)
})

test('a refresh to a relative address stays at its prefix, however the address begins', async () => {
  for (const url of ['//evil.test/token', '\\\\evil.test/token', '/\\evil.test/token', '@evil.test/token']) {
    const refreshAccessToken = async (request: (url: string, options: object) => Promise<unknown>) => {
      await request(url, { method: 'POST', prefixUrl: api, body: 'refresh_token=c4n4ry-refresh-1' })
      return { accessToken: 'new' }
    }
    const { connection, sent } = open(withTokens({ refreshAccessToken }), {
      ...{ settings: client, credentials: tokens, answer: provider() },
    })
    await connection.fetch(`${api}/x`)
    expect(sent.map((each) => new URL(each.url).origin)).toEqual(sent.map(() => api))
  }
})

test.each(['constructor', 'toString', 'hasOwnProperty'])(
  'a field named %s is one like any other, given or not',
  async (name) => {
    const definition = destination(
      { extendRequest: ({ settings }: Given) => ({ headers: { 'X-Key': `${settings?.[name]?.length}` } }) },
      { fields: { [name]: field({ maximum: 5 }) } },
    )
    const { connector, settingsOf, configOf } = fromSegment(definition, { origins: [api] })
    expect(configOf(settingsOf({ [name]: 'abc' }))).toEqual({ [name]: 'abc' })
    expect(settingsOf({})).toEqual({})
    expect(connect(connector, { settings: {} })).toMatchObject({ fetch: expect.any(Function) })
    expect(thrown(() => connect(connector, { settings: { [name]: 'abcdef' } }))).toMatchObject({
      field: name,
    })
  },
)

test.each([
  [{ default: destination() }, 'The definition: it is a module'],
  [
    destination({}, { fields: JSON.parse('{"__proto__":{"type":"string"}}') }),
    'authentication.fields.__proto__',
  ],
])('what cannot be read names its place: %#', (definition, place) => {
  expect(thrown(() => fromSegment(definition, { origins: [api] }))).toMatchObject({
    code: 'definition_invalid',
    message: expect.stringContaining(place),
  })
})

test('a slot of the base URL that no field fills is the host’s mistake, and not a user’s', () => {
  const wrong = { baseUrl: 'https://{subdomain}.example.com' }
  expect(() => fromSegment(destination(), wrong)).toThrow(
    new TypeError('fromSegment: baseUrl names the unknown field "subdomain"'),
  )
})

test('a format named like a member of every object is as unknown as any other', () => {
  const definition = destination({}, { fields: { a: field({ format: 'constructor' }) } })
  expect(fromSegment(definition, { origins: [api] }).warnings).toEqual([
    { path: 'authentication.fields.a.format', message: expect.stringContaining('unknown') },
  ])
})

test.each([
  [{ headers: 7 }, 'extendRequest.headers: it must be an object'],
  [{ headers: { 'bad name': 'x' } }, 'extendRequest.headers["bad name"]: no header can have this name'],
  [{ searchParams: 7 }, 'extendRequest.searchParams: it must be an object'],
  [{ prefixUrl: 7 }, 'extendRequest.prefixUrl: it must be a URL'],
  [{ beforeRequest: () => undefined }, 'extendRequest.beforeRequest: it must be a list of functions'],
  [{ afterResponse: [7] }, 'extendRequest.afterResponse: it must be a list of functions'],
])('an extension that is wrong names its member: %j', async (extension, message) => {
  const { connection, sent } = open(destination({ extendRequest: () => extension }))
  expect(await rejection(connection.fetch(`${api}/x`))).toMatchObject({
    code: 'definition_invalid',
    message: expect.stringContaining(message),
  })
  expect(sent).toEqual([])
})

test('a member of an extension that is null is none, and a number may be half of a user name and password', async () => {
  const extendRequest = () => ({ headers: null, searchParams: null, username: 7, password: null })
  const { connection, sent } = open(destination({ extendRequest }))
  await connection.fetch(`${api}/x`)
  expect(sent[0]?.headers.get('authorization')).toBe(`Basic ${btoa('7:')}`)
})

const odd: [string, unknown][] = [
  ['nothing', undefined],
  ['a text', 'c4n4ry-key is wrong'],
  ['an object without a prototype', Object.create(null)],
  ['an error with a cause', new RangeError('c4n4ry-key', { cause: 'c4n4ry-key' })],
  ['an object that throws when it is read', new Proxy({}, { get: () => oops() })],
]
function oops(): never {
  throw new Error('c4n4ry-key')
}

test.each(odd)('a function may throw %s: it is an AuthError without its words', async (_, what) => {
  const fails = (): never => {
    throw what
  }
  const runs = [
    open(destination({}, { testAuthentication: fails })).connection.test(),
    open(destination({ extendRequest: fails })).connection.fetch(`${api}/x`),
    open(withTokens({ refreshAccessToken: fails }), {
      ...{ settings: client, credentials: tokens, answer: provider() },
    }).connection.fetch(`${api}/x`),
  ]
  for (const run of runs) {
    const error = await rejection(run)
    expect(isAuthError(error)).toBe(true)
    expect(printed(error)).not.toContain('c4n4ry')
  }
})

test('an error that says nothing itself names the function', async () => {
  const testAuthentication = (): unknown => JSON.parse('<html>')
  expect(await rejection(open(destination({}, { testAuthentication })).connection.test())).toMatchObject({
    code: 'response_invalid',
    message: expect.stringContaining('testAuthentication threw SyntaxError'),
  })
})
