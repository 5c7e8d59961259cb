import { describe, expect, test } from '@jest/globals'
import { branchesOf, strategyOf } from '../../src/authenticators/index.ts'
import { connected, failure, whereOf } from './support.ts'

const url = 'https://api.example/items'
const definition = (authenticators: object): object => ({
  type: 'SelectiveAuthenticator',
  authenticator_selection_path: ['credentials', 'auth_type'],
  authenticators,
})
const token = { type: 'BearerAuthenticator', api_token: "{{ config['credentials']['token'] }}" }
const key = { type: 'ApiKeyAuthenticator', header: 'X-Key', api_token: "{{ config['credentials']['key'] }}" }

describe('the branch that the configuration names', () => {
  test('is used, and no other is evaluated', async () => {
    const fields = ['credentials.auth_type', 'credentials.token?', 'credentials.key?']
    const both = definition({ 'PAT Credentials': token, key })
    for (const [type, name, header] of [
      ['PAT Credentials', 'credentials.token', 'authorization'],
      ['key', 'credentials.key', 'x-key'],
    ] as const) {
      const { connection, sent } = connected(both, {
        settings: { 'credentials.auth_type': type, [name]: 'x' },
        fields,
      })
      await connection.fetch(url)
      expect([...(sent[0]?.headers.keys() ?? [])]).toEqual([header])
    }
  })

  test.each([
    [true, 'True'],
    [1, '1'],
    ['None', 'None'],
  ])('%j is compared as the text %j', (value, name) => {
    const strategy = strategyOf(
      definition({ [name]: token, other: key }),
      whereOf({ where: { configOf: () => ({ credentials: { auth_type: value, token: 'x' } }) } }),
    )
    expect(strategy.select?.({}).scheme).toBe('bearer')
  })

  test.each([
    ['basic', 'must be one of token, key'],
    ['constructor', 'must be one of token, key'],
    ['', 'must be one of token, key'],
  ])(
    '%j, which there is none of, is an error that names the field and the choices',
    async (value, message) => {
      const {
        code,
        field,
        message: said,
      } = await failure(() =>
        connected(definition({ token, key }), {
          settings: { 'credentials.auth_type': value },
          fields: ['credentials.auth_type?'],
        }),
      )
      expect([code, field, said.includes(message)]).toEqual([
        'settings_invalid',
        'credentials.auth_type',
        true,
      ])
    },
  )
})

test('the branches are read without being looked into, each with its place', () => {
  const read = branchesOf(
    {
      type: 'SelectiveAuthenticator',
      authenticator_selection_path: ['a'],
      authenticators: { 'x y': { type: 'Nope' } },
    },
    'auth',
    () => undefined,
  )
  expect(read).toEqual({
    path: ['a'],
    branches: { 'x y': { definition: { type: 'Nope' }, at: 'auth.authenticators["x y"]' } },
  })
})

test.each([
  [
    { ...definition({ a: token }), authenticator_selection_path: [] },
    /^auth\.authenticator_selection_path: /,
  ],
  [definition({}), /^auth\.authenticators: this must be a mapping/],
  [definition({ a: 'x' }), /^auth\.authenticators\.a: an authenticator must be an object/],
  [definition({ a: { type: 'BearerAuthenticator' } }), /^auth\.authenticators\.a: api_token is missing/],
])('%j is refused when it is read', async (given, message) => {
  const failed = await failure(() => strategyOf(given, whereOf({})))
  expect(failed.code).toBe('definition_invalid')
  expect(failed.message).toMatch(message)
})
