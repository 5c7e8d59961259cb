import { expect, test } from '@jest/globals'
import { settings, type Answer } from './client-support.ts'
import { base, define, key, keyClient, open } from './support.ts'

const rest = (mapping: object, answer: Answer) =>
  open(define(key, { makeApiClient: keyClient, test: { rest: mapping } }), settings, answer)

test('a REST mapping is sent with its parameters in their places, and its mapping sees data, headers and statusCode', async () => {
  const mapping = {
    path: '/teams/{team}/me',
    method: 'post',
    requestMapping: {
      pathParameters: { team: { $var: 'connectionInput.apiKey' } },
      query: { full: true },
      headers: { 'X-Trace': 't-1' },
      data: { key: { $var: 'credentials.apiKey' } },
    },
    responseMapping: {
      id: { $var: '$.response.data.id' },
      name: { $var: 'response.headers.x-name' },
      code: { $var: 'response.statusCode' },
    },
  }
  const { connection, sent } = rest(mapping, () =>
    Response.json({ id: 'u1' }, { headers: { 'x-name': 'Ada' } }),
  )
  expect(await connection.test()).toEqual({ id: 'u1', label: 'Ada' })
  expect([sent[0]?.method, sent[0]?.url, sent[0]?.body, sent[0]?.headers.get('x-trace')]).toEqual([
    'POST',
    `${base}/teams/k-123456/me?full=true`,
    '{"key":"k-123456"}',
    't-1',
  ])
})

test('a REST mapping passes where its mapping is true, and without one where the answer is no error', async () => {
  const mapping = {
    path: '/me',
    method: 'get',
    responseMapping: { $eval: { $var: '$.response.data.id' }, isNotEmpty: true },
  }
  expect(await rest(mapping, () => Response.json({ id: 'u1' })).connection.test()).toBeUndefined()
  await expect(rest(mapping, () => Response.json({})).connection.test()).rejects.toMatchObject({
    code: 'credentials_rejected',
  })
  const bare = { path: '/me', method: 'get' }
  expect(await rest(bare, () => new Response(null, { status: 204 })).connection.test()).toBeUndefined()
  await expect(rest(bare, () => new Response('', { status: 401 })).connection.test()).rejects.toMatchObject({
    code: 'credentials_rejected',
  })
})

test('a GraphQL mapping is sent as a document, in which no value can end its argument', async () => {
  const imported = define(
    key,
    { makeApiClient: keyClient },
    {
      files: {
        'auth/test.graphql.yml': {
          path: '/graphql',
          operationType: 'query',
          requestMapping: [
            {
              field: 'viewer',
              args: { name: { $var: 'credentials.apiKey' }, tags: ['a'], at: { x: 1 } },
              subFields: [{ field: 'id' }],
            },
          ],
          responseMapping: { $var: 'response.data.data.viewer' },
        },
      },
    },
  )
  const { connection, sent } = open(imported, { apiKey: 'k") { secrets }' }, () =>
    Response.json({ data: { viewer: { id: 'v-1' } } }),
  )
  expect(await connection.test()).toEqual({ id: 'v-1', label: undefined })
  expect(JSON.parse(sent[0]?.body ?? '')).toEqual({
    query: 'query { viewer(name: "k\\") { secrets }", tags: ["a"], at: {x: 1}) { id } }',
  })
})

test('an operation is run where the host has imported it, and named where it has not', async () => {
  const auth = { ...key, makeApiClient: { type: 'mapping', mapping: keyClient } }
  const op = {
    'auth/test.op.yml': {
      operationKey: 'get-me',
      inputMapping: { id: { $var: 'credentials.apiKey' } },
      outputMapping: { $var: 'output.ok' },
    },
  }
  const seen: unknown[] = []
  const getMe = ({ input }: Record<string, unknown>): unknown => ({ ok: seen.push(input) })
  const imported = define(auth, {}, { files: { ...op, 'operations/get-me.js': { default: getMe } } })
  expect(imported.warnings).toEqual([])
  expect(await open(imported, settings).connection.test()).toBeUndefined()
  expect(seen).toEqual([{ id: 'k-123456' }])
  expect(() => define(auth, {}, { files: op })).toThrow('give it in files as operations/get-me.js')
})
