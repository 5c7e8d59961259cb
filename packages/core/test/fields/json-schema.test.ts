import { expect, test } from '@jest/globals'
import type { Fields } from '../../src/fields/field.ts'
import { toJsonSchema } from '../../src/fields/json-schema.ts'
import { options } from '../../src/options.ts'
import { form, text } from './support.ts'
import { validator } from './validator.ts'

test('every member of a field has its keyword', () => {
  const fields: Fields = {
    site: {
      ...text,
      public: true,
      format: 'url',
      description: 'Where.',
      help: 'See the address bar.',
      examples: ['https://a.example.com'],
    },
    shop: { ...text, public: true, format: 'subdomain', required: true },
    key: { label: 'Key', type: 'password', required: true, pattern: 'sk_.+' },
    region: { ...text, public: true, choices: ['eu', 'us'], default: 'eu' },
    plan: { ...text, public: true, choices: [{ value: 'a', label: 'Plan A', description: 'Small.' }, 'b'] },
    limit: { label: 'Limit', type: 'number', public: true, default: 5 },
    sandbox: { label: 'Sandbox', type: 'boolean', public: true, required: true },
    mail: { ...text, format: 'email' },
    later: { ...text, required: true, public: true, choices: async () => [] },
    both: { ...text, public: true, format: 'subdomain', pattern: 'a.*' },
  }
  const label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?'
  expect(toJsonSchema(fields)).toEqual({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: {
      site: {
        title: 'Text',
        description: 'Where. See the address bar.',
        type: 'string',
        format: 'uri',
        examples: ['https://a.example.com'],
      },
      shop: { title: 'Text', type: 'string', pattern: `^${label}$`, minLength: 1 },
      key: {
        title: 'Key',
        type: 'string',
        format: 'password',
        pattern: '^(?:sk_.+)$',
        minLength: 1,
        writeOnly: true,
      },
      region: { title: 'Text', type: 'string', enum: ['eu', 'us'], default: 'eu' },
      plan: {
        title: 'Text',
        type: 'string',
        oneOf: [
          { const: 'a', title: 'Plan A', description: 'Small.' },
          { const: 'b', title: 'b' },
        ],
      },
      limit: { title: 'Limit', type: 'number', default: 5 },
      sandbox: { title: 'Sandbox', type: 'boolean' },
      mail: { title: 'Text', type: 'string', format: 'email', writeOnly: true },
      later: { title: 'Text', type: 'string' },
      both: { title: 'Text', type: 'string', allOf: [{ pattern: '^(?:a.*)$' }, { pattern: `^${label}$` }] },
    },
    required: ['shop', 'key', 'sandbox'],
    additionalProperties: false,
  })
})

test('a conditional field is a branch that closes the form behind it', () => {
  const fields: Fields = {
    plan: { ...text, public: true, choices: ['own', 'cloud'], default: 'cloud' },
    host: { ...text, public: true, required: true, when: { field: 'plan', is: 'own' } },
  }
  expect(toJsonSchema(fields)).toMatchObject({
    properties: { plan: { enum: ['own', 'cloud'] } },
    allOf: [
      {
        if: { properties: { plan: { enum: ['own'] } }, required: ['plan'] },
        then: { properties: { host: { title: 'Text', type: 'string', minLength: 1 } }, required: ['host'] },
      },
    ],
    unevaluatedProperties: false,
  })
  const valid = validator(toJsonSchema(fields))
  expect(valid({})).toBe(true)
  expect(valid({ plan: 'own', host: 'h' })).toBe(true)
  expect(valid({ plan: 'own' })).toBe(false)
  expect(valid({ plan: 'own', host: '' })).toBe(false)
  // What checkSettings would leave out is refused.
  expect(valid({ host: 'h' })).toBe(false)
})

test('a selector is a oneOf by its discriminator, with what an option replaces inside', () => {
  const key = form({ key: { ...text, required: true } })
  const login = form({ user: { ...text, required: true } })
  const auth = options(
    {
      key: { strategy: key, title: 'API key', description: 'New.' },
      login: { strategy: login, fields: { shop: { ...text, default: 'main' } } },
    },
    { default: 'key', fields: { shop: { ...text, required: true }, zone: text } },
  )
  const schema = toJsonSchema(auth)
  const secret = { title: 'Text', type: 'string', writeOnly: true }
  expect(schema).toEqual({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: {
      option: {
        title: 'How to sign in',
        type: 'string',
        minLength: 1,
        oneOf: [
          { const: 'key', title: 'API key', description: 'New.' },
          { const: 'login', title: 'login' },
        ],
        default: 'key',
      },
      zone: secret,
    },
    oneOf: [
      {
        title: 'API key',
        description: 'New.',
        properties: {
          option: { const: 'key' },
          shop: { ...secret, minLength: 1 },
          key: { ...secret, minLength: 1 },
        },
        required: ['shop', 'key'],
      },
      {
        title: 'login',
        properties: {
          option: { const: 'login' },
          shop: { ...secret, default: 'main' },
          user: { ...secret, minLength: 1 },
        },
        required: ['option', 'user'],
      },
    ],
    unevaluatedProperties: false,
  })
  const valid = validator(schema)
  expect(valid({ key: 'k', shop: 's' })).toBe(true)
  expect(valid({ option: 'key', key: 'k', shop: 's', zone: 'z' })).toBe(true)
  expect(valid({ option: 'login', user: 'u' })).toBe(true)
  expect(valid({ option: 'login', user: 'u', key: 'k' })).toBe(false)
  expect(valid({ option: 'login', shop: 's' })).toBe(false)
  expect(valid({ user: 'u', shop: 's' })).toBe(false)
  expect(valid({ option: 'cookie', key: 'k', shop: 's' })).toBe(false)
})
