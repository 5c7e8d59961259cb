import { expect, test } from '@jest/globals'
import type { ApiClient } from '@latchkey/format-membrane'
import { base, define, key, keyClient, open, schemaOf } from './support.ts'

test('credentials are what the user typed, and nothing is stored', async () => {
  const { connection, sent } = open(define(key, { makeApiClient: keyClient }), { apiKey: 'k-123456' })
  await connection.http('users?page=2').text()
  expect(sent.map(({ method, url }) => `${method} ${url}`)).toEqual([`GET ${base}/users?page=2`])
  expect(sent[0]?.headers.get('x-api-key')).toBe('k-123456')
  expect(await connection.credentials()).toBeUndefined()
})

test('query, headers and Basic of a client go on each request, and what the request says itself wins', async () => {
  const client = {
    baseUrl: base,
    defaultQueryParameters: { api_key: { $var: 'credentials.apiKey' }, page: 1, none: null },
    headers: { Accept: 'application/json' },
    auth: { username: 'ada', password: { $var: 'credentials.apiKey' } },
  }
  const { connection, sent } = open(define(key, { makeApiClient: client }), { apiKey: 'k 1&2:é' })
  await connection.fetch(`${base}/items?page=2`, { headers: { accept: 'text/csv' } })
  expect(sent[0]?.url).toBe(`${base}/items?page=2&api_key=k+1%262%3A%C3%A9`)
  expect(sent[0]?.headers.get('accept')).toBe('text/csv')
  const pair = Buffer.from('ada:k 1&2:é').toString('base64')
  expect(sent[0]?.headers.get('authorization')).toBe(`Basic ${pair}`)
})

test('what a login earns is merged over the input, renewed before it ends and after a 401', async () => {
  let logins = 0
  const inputs: unknown[] = []
  const definition = define(
    { type: 'client-credentials', ui: { schema: schemaOf('email', 'password') } },
    {
      makeApiClient: {
        baseUri: base,
        headers: {
          Authorization: { $concat: ['Bearer ', { $var: 'credentials.token' }] },
          'X-User': { $var: 'credentials.email' },
        },
      },
      getCredentialsFromConnectionParameters: async (input: object) => {
        inputs.push({ ...input, fetch: undefined })
        return { token: `token-${++logins}`, expires_in: 3600 }
      },
    },
  )
  let now = 1_800_000_000_000
  const settings = { email: 'ada@acme.test', password: 'p-123456' }
  const { connection, sent } = open(
    definition,
    settings,
    ({ headers }) =>
      new Response(null, { status: headers.get('authorization') === 'Bearer token-2' ? 401 : 200 }),
    { now: () => now },
  )
  await connection.fetch(`${base}/a`)
  expect(sent.at(-1)?.headers.get('authorization')).toBe('Bearer token-1')
  expect(sent.at(-1)?.headers.get('x-user')).toBe('ada@acme.test')
  expect(await connection.credentials()).toEqual({
    values: { token: 'token-1', expires_in: 3600 },
    expiresAt: now + 3_600_000,
  })
  expect(inputs[0]).toEqual({
    connectorParameters: {},
    appParameters: {},
    connectionInput: settings,
    connectionParameters: settings,
  })
  now += 3_599_000
  expect((await connection.fetch(`${base}/b`)).status).toBe(200)
  expect(sent.map(({ headers }) => headers.get('authorization'))).toEqual([
    'Bearer token-1',
    'Bearer token-2',
    'Bearer token-3',
  ])
})

test('refreshCredentials gets what is held and a client that signs with it, and its result is merged over it', async () => {
  const seen: unknown[] = []
  const definition = define(key, {
    makeApiClient: {
      baseUri: base,
      headers: {
        Authorization: {
          $concat: [
            'Bearer ',
            { $firstNotEmpty: [{ $var: 'credentials.token' }, { $var: 'credentials.apiKey' }] },
          ],
        },
      },
    },
    refreshCredentials: async ({ apiClient, externalApiClient, credentials }: Record<string, unknown>) => {
      seen.push(credentials, apiClient === externalApiClient)
      return (apiClient as ApiClient).post('/refresh', { a: 1 })
    },
  })
  const { connection, sent } = open(definition, { apiKey: 'k-123456' }, ({ url, headers }) =>
    url.endsWith('/refresh')
      ? Response.json({ token: 't-123456', expires_at: 1_900_000_000_000 })
      : new Response(null, { status: headers.get('authorization') === 'Bearer t-123456' ? 200 : 401 }),
  )
  expect((await connection.fetch(`${base}/a`)).status).toBe(200)
  expect(
    sent.map(({ method, url, headers, body }) => [method, url, headers.get('authorization'), body]),
  ).toEqual([
    ['GET', `${base}/a`, 'Bearer k-123456', ''],
    ['POST', `${base}/refresh`, 'Bearer k-123456', '{"a":1}'],
    ['GET', `${base}/a`, 'Bearer t-123456', ''],
  ])
  expect(seen).toEqual([{ apiKey: 'k-123456' }, true])
  expect(await connection.credentials()).toEqual({
    values: { token: 't-123456', expires_at: 1_900_000_000_000 },
    expiresAt: 1_900_000_000_000,
  })
})

test('ten callers share one login', async () => {
  let logins = 0
  const definition = define(key, {
    makeApiClient: { baseUri: base, headers: { 'X-Token': { $var: 'credentials.token' } } },
    getCredentialsFromConnectionParameters: async () => ({ token: `token-${++logins}` }),
  })
  const { connection } = open(definition, { apiKey: 'k-123456' })
  await Promise.all(Array.from({ length: 10 }, () => connection.fetch(`${base}/a`)))
  expect(logins).toBe(1)
})

test('a login that fails says so in its own words, without what was typed', async () => {
  const failing = (error: unknown) =>
    open(
      define(key, {
        makeApiClient: keyClient,
        getCredentialsFromConnectionParameters: () => {
          throw error
        },
      }),
      { apiKey: 'k-123456' },
    ).connection.fetch(`${base}/a`)
  await expect(failing(new Error('No account for k-123456\nat all'))).rejects.toMatchObject({
    code: 'credentials_rejected',
    message: 'auth/get-credentials-from-connection-parameters.js: No account for ••• at all',
  })
  await expect(failing({ message: 'x', response: { status: 503 } })).rejects.toMatchObject({
    code: 'provider_unavailable',
  })
  await expect(failing({ message: 'x', code: 'ECONNREFUSED' })).rejects.toMatchObject({
    code: 'provider_unavailable',
  })
  await expect(failing(undefined)).rejects.toMatchObject({
    message: expect.stringContaining('the function failed without a message'),
  })
})

test('disconnect ends the credentials at the provider', async () => {
  const definition = define(key, {
    makeApiClient: keyClient,
    refreshCredentials: () => ({}),
    disconnect: ({ apiClient }: { apiClient: ApiClient }) => apiClient.delete('/session'),
  })
  const { connection, sent } = open(definition, { apiKey: 'k-123456' })
  await connection.fetch(`${base}/a`)
  await connection.revoke()
  expect(sent.map(({ method, url }) => `${method} ${url}`)).toEqual([
    `GET ${base}/a`,
    `DELETE ${base}/session`,
  ])
  expect(sent[1]?.headers.get('x-api-key')).toBe('k-123456')
})

test('credentials that the host holds itself are given to connect, with no field to fill in', async () => {
  const definition = define(
    { type: 'client-credentials', customCredentialsSchema: schemaOf('apiKey') },
    { makeApiClient: keyClient },
  )
  expect(definition.connector.auth.fields).toEqual({})
  const held = definition.credentialsOf({ credentials: { apiKey: 'k-123456' } })
  expect(held).toEqual({ values: { apiKey: 'k-123456' } })
  const { connection, sent } = open(definition, {}, undefined, { credentials: held })
  await connection.fetch(`${base}/a`)
  expect(sent[0]?.headers.get('x-api-key')).toBe('k-123456')
  await expect(open(definition, {}).connection.fetch(`${base}/a`)).rejects.toMatchObject({
    code: 'credentials_missing',
    message: expect.stringContaining('credentials.apiKey is missing'),
  })
})

test('the client of a refresh goes to the origins that were stated, and to no other that a function names', async () => {
  const calls = async (path: string, origins: readonly string[]): Promise<unknown> => {
    const definition = define(
      key,
      {
        makeApiClient: () => ({ baseUri: base }),
        refreshCredentials: ({ apiClient }: { apiClient: ApiClient }) => apiClient.post(path),
      },
      { origins },
    )
    const { connection } = open(definition, { apiKey: 'k-123456' }, () =>
      Response.json({ token: 't-123456' }),
    )
    await connection.credentials()
    return connection.refresh().catch((error: unknown) => (error as { code: string }).code)
  }
  expect(await calls('/refresh', ['https://api.acme.test'])).toBeUndefined()
  expect(await calls('https://evil.test/x', ['https://api.acme.test', 'https://evil.test'])).toBe(
    'origin_forbidden',
  )
})
