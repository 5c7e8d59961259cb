import { expect, test } from '@jest/globals'
import { inspect } from 'node:util'
import { isAuthError, type AuthEvent } from '@latchkey/core'
import { fromMembrane } from '@latchkey/format-membrane'
import { isToken, oauth, provider, settings as client, signIn } from './oauth2-support.ts'
import { base, define, key, keyClient, open } from './support.ts'

const apiKey = 'c4n4ry-key'
interface Given {
  readonly connectionInput: { apiKey: string }
  readonly connectorParameters: { readonly nested: { readonly seen: string[] } }
  readonly credentials: { readonly access_token: string; readonly deep: { readonly list: string[] } }
  readonly fetch: typeof fetch
}

test('what a function writes into its values is nothing to its next call, nor to another account', async () => {
  const connectorParameters = { nested: { seen: [] } }
  const imported = define(
    key,
    {
      makeApiClient: ({ connectionInput, connectorParameters: { nested } }: Given) => {
        nested.seen.push(connectionInput.apiKey)
        connectionInput.apiKey += '!'
        return { headers: { 'X-Key': connectionInput.apiKey, 'X-Seen': nested.seen.join() } }
      },
    },
    { baseUrl: base, connectorParameters },
  )
  const [one, other] = [open(imported, { apiKey: 'key-1' }), open(imported, { apiKey: 'key-2' })]
  for (const { connection } of [one, one, other]) await connection.fetch(`${base}/x`)
  const sent = [...one.sent, ...other.sent].map(({ headers }) => [
    headers.get('x-key'),
    headers.get('x-seen'),
  ])
  expect(sent).toEqual([
    ['key-1!', 'key-1'],
    ['key-1!', 'key-1'],
    ['key-2!', 'key-2'],
  ])
  expect(connectorParameters).toEqual({ nested: { seen: [] } })
})

test('what was earned can be written into as well, however deep, and stays as it was', async () => {
  const imported = oauth(
    {},
    {
      makeApiClient: ({ credentials }: Given) => {
        credentials.deep.list.push('again')
        return {
          baseUri: base,
          headers: {
            authorization: `Bearer ${credentials.access_token}`,
            'X-List': credentials.deep.list.join(),
          },
        }
      },
    },
  )
  const { connection, sent } = open(imported, client, provider({ deep: { list: [] } }))
  await signIn(connection)
  await connection.fetch(`${base}/x`)
  await connection.fetch(`${base}/x`)
  const lists = sent.filter((each) => !isToken(each)).map(({ headers }) => headers.get('x-list'))
  expect(lists).toEqual(['again', 'again'])
  expect(await connection.credentials()).toMatchObject({ values: { deep: { list: [] } } })
})

test('a promise of whatever library is waited for', async () => {
  const later = (value: unknown): object => ({ then: (done: (value: unknown) => void) => done(value) })
  const makeApiClient = (): object => later({ headers: { 'X-Key': 'k' } })
  const { connection, sent } = open(define(key, { makeApiClient }, { baseUrl: base }), { apiKey })
  await connection.fetch(`${base}/x`)
  expect(sent[0]?.headers.get('x-key')).toBe('k')
})

test.each(['getCredentialsFromConnectionParameters', 'refreshCredentials', 'test'])(
  'a secret that %s has only just fetched is in no error and no event, whatever it throws',
  async (name) => {
    const answer = JSON.stringify({ session: 'c4n4ry-fresh', refresh_token: 'c4n4ry-rotated', pin: 'abcdef' })
    const fails = async ({ fetch }: Given): Promise<never> => {
      const said = await (await fetch(`${base}/login`)).text()
      throw new Error(`The provider says: suspended. ${said} c4n4ry-fresh, c4n4ryrotatedlong`)
    }
    const events: AuthEvent[] = []
    const { connection } = open(
      define(key, { makeApiClient: keyClient, [name]: fails }),
      { apiKey },
      ({ url }) => new Response(answer, { status: url.endsWith('/x') ? 401 : 200 }),
      { onEvent: (event: AuthEvent) => void events.push(event) },
    )
    const run = name === 'test' ? connection.test() : connection.fetch(`${base}/x`)
    const error: unknown = await run.catch((caught: unknown) => caught)
    expect(isAuthError(error) && error.message).toMatch(/^auth\/[a-z-]+\.js: The provider says: suspended\. /)
    expect(inspect([error, events], { depth: 9, showHidden: true })).not.toMatch(/c4n4ry|abcdef/)
  },
)

test('a mistake of a function is no verdict on the credentials', async () => {
  const withTest = (run: () => unknown) =>
    open(define(key, { makeApiClient: keyClient, test: run }), { apiKey }).connection.test()
  await expect(withTest(() => JSON.parse('<html>'))).rejects.toMatchObject({
    code: 'response_invalid',
    message: expect.stringContaining('auth/test.js: '),
  })
  await expect(withTest(() => (undefined as unknown as { x: number }).x)).rejects.toMatchObject({
    code: 'response_invalid',
  })
})

const odd: [string, unknown][] = [
  ['nothing', undefined],
  ['a text', `${apiKey} is wrong`],
  ['a symbol', Symbol(apiKey)],
  ['an object without a prototype', Object.create(null)],
  ['an object whose message is none', { message: { apiKey } }],
  ['an object that throws when it is read', new Proxy({}, { get: () => oops() })],
]
function oops(): never {
  throw new Error(apiKey)
}

test.each(odd)(
  'a function may throw %s: the error names the function, and holds no secret',
  async (_, what) => {
    const fails = (): never => {
      throw what
    }
    const tested = open(define(key, { makeApiClient: keyClient, test: fails }), { apiKey }).connection.test()
    const signed = open(define(key, { makeApiClient: fails }, { baseUrl: base }), { apiKey }).connection
    for (const run of [tested, signed.fetch(`${base}/x`)]) {
      const error: unknown = await run.catch((caught: unknown) => caught)
      expect(isAuthError(error) && error.message).toMatch(/^auth\/[a-z-]+\.js: the function failed/)
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(apiKey)
    }
  },
)

test.each(['constructor', 'toString', 'hasOwnProperty'])(
  'a property named %s is one like any other, on either form, given or not',
  async (name) => {
    for (const schema of ['inputSchema', 'parametersSchema']) {
      const { connector, settingsOf, configOf } = fromMembrane({
        type: 'client-credentials',
        [schema]: { type: 'object', properties: { [name]: { type: 'string' } } },
        makeApiClient: { type: 'mapping', mapping: { baseUri: base } },
      })
      const config = { [schema === 'inputSchema' ? 'input' : 'connectorParameters']: { [name]: 'value' } }
      expect(configOf(settingsOf(config))).toMatchObject(config)
      const { connection } = open({ connector } as never, {})
      expect((await connection.fetch(`${base}/x`)).status).toBe(200)
    }
  },
)
