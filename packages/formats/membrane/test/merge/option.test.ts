import { isAuthError } from '@latchkey/core'
import { expect, test } from '@jest/globals'
import { normalise } from '../../src/dialect/index.ts'
import { effectiveOption, mergeOption } from '../../src/merge/index.ts'
import { mergeSchemas } from '../../src/schema/index.ts'

const object = (properties: object, required?: readonly string[]): object => ({
  type: 'object',
  properties,
  ...(required && { required }),
})
const text = { type: 'string' }

test('schemas unite their properties at every depth, and of the rest the last wins', () => {
  const one = object({ a: text, n: object({ x: text }) }, ['a'])
  const two = { ...object({ b: text, n: object({ y: text }) }, ['b', 'a']), title: 'T' }
  expect(mergeSchemas([one, undefined, two])).toEqual({
    ...object({ a: text, n: object({ x: text, y: text }), b: text }, ['a', 'b']),
    title: 'T',
  })
  expect(mergeSchemas([undefined])).toBe(undefined)
  expect(mergeSchemas([{ type: 'integer' }, { type: 'number', minimum: 1 }])).toEqual({
    type: 'number',
    minimum: 1,
  })
  expect(mergeSchemas([text, { type: 'boolean' }])).toEqual({ type: ['boolean', 'string'] })
  expect(mergeSchemas([{ ...text, title: 'T' }, { type: 'boolean' }])).toEqual({
    anyOf: [{ type: 'boolean' }, { ...text, title: 'T' }],
  })
  expect(mergeSchemas([{ title: 'untyped' }, text])).toEqual(text)
})

test('schemas of a stranger cannot reach a prototype', () => {
  const hostile = JSON.parse(
    '{"type":"object","properties":{"__proto__":{"type":"string"},"a":{"type":"string"}}}',
  ) as unknown
  const merged = mergeSchemas([hostile, object({ constructor: text })]) as { readonly properties: object }
  expect(Object.keys(merged.properties)).toEqual(['__proto__', 'a', 'constructor'])
  expect(({} as { readonly type?: unknown }).type).toBe(undefined)
})

const connector = {
  type: 'client-credentials',
  title: 'Base',
  inputSchema: object({ sub: text }),
  proxyKey: 'p',
  makeApiClient: { type: 'mapping', mapping: { baseUri: 'https://api.example.com' } },
  refreshCredentials: (): object => ({}),
  getCredentialsFromConnectionParameters: (): object => ({}),
  test: (): boolean => true,
  options: {
    key: { inputSchema: object({ key: text }) },
    oauth: {
      type: 'oauth2',
      title: 'OAuth',
      ui: { schema: object({ tenant: text }) },
      getOAuthConfig: { type: 'mapping', mapping: { clientId: 'c' } },
    },
    closed: {
      type: 'oauth1',
      refreshCredentials: { type: 'not-supported' },
      getOAuthConfig: { type: 'mapping', mapping: { consumerKey: 'c' } },
    },
  },
}
const { definition } = normalise(connector)

test('an option merges schemas, replaces the rest whole, and inherits what it does not have', () => {
  const { definition: own } = effectiveOption(definition, 'oauth')
  expect(own).toMatchObject({ type: 'oauth2', title: 'OAuth', at: 'options.oauth', proxyKey: 'p' })
  expect(own.inputSchema).toEqual(object({ sub: text, tenant: text }))
  expect(own.makeApiClient).toBe(definition.makeApiClient)
  expect('options' in own).toBe(false)
})

test('an inherited function that was written for another type is a warning', () => {
  const inherits = (name: string): object => ({
    path: `options.oauth.${name}`,
    message: `The option is of the type oauth2 and inherits ${name}, which was written for client-credentials: give the option its own, or not-supported.`,
  })
  expect(effectiveOption(definition, 'oauth').warnings).toEqual([
    inherits('getCredentialsFromConnectionParameters'),
    inherits('refreshCredentials'),
  ])
  expect(['', 'key', 'closed'].map((key) => effectiveOption(definition, key).warnings)).toEqual([[], [], []])
})

test('a key that is no option is named, with those that there are', () => {
  for (const key of ['zzz', '__proto__', 'constructor']) {
    expect(mergeOption(definition, key)).toBe(undefined)
    try {
      effectiveOption(definition, key)
      expect('refused').toBe('accepted')
    } catch (error) {
      expect(isAuthError(error) && error.message).toBe(
        `options: there is no option ${key}; there are: key, oauth, closed.`,
      )
    }
  }
})
