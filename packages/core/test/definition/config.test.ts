import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { formOf, type JsonObject } from '@latchkey/core/definition'
import { checkForm } from '../../src/fields/form.ts'
import { faultOf } from './support.ts'

const form = formOf(
  {
    required: ['name'],
    properties: {
      name: { type: 'string' },
      days: { type: 'integer' },
      rate: { type: 'number' },
      dry: { type: 'boolean' },
      tags: { type: 'array', items: { type: 'string' } },
      extra: { type: 'object' },
      proxy: { type: 'object', properties: { host: { type: 'string' }, port: { type: 'integer' } } },
      auth: {
        oneOf: [
          { properties: { kind: { const: 'key' }, key: { type: 'string' } }, required: ['kind', 'key'] },
          {
            properties: {
              kind: { const: 'login' },
              user: { type: 'string' },
              deep: { type: 'object', properties: { constructor: { type: 'string' } } },
            },
            required: ['kind', 'user'],
          },
        ],
      },
    },
  },
  { secret: () => true, at: '' },
)

test('strings are never typed anew, and only what a field is for gets into it', () => {
  const config = { name: '007', days: 7, rate: 1e10, dry: false, tags: ['True'], extra: { a: { b: null } } }
  const settings = form.settingsOf(config)
  expect(settings).toEqual({
    name: '007',
    days: 7,
    rate: 1e10,
    dry: false,
    tags: '["True"]',
    extra: '{"a":{"b":null}}',
  })
  expect(form.configOf(settings)).toEqual(config)
})

test.each<[string, JsonObject, string, string]>([
  ['a number for text', { name: 7 }, 'name', 'Give text, not a number.'],
  ['text for a number', { days: '7' }, 'days', 'Give a number, not a string.'],
  ['a fraction for a whole number', { days: 1.5 }, 'days', 'Give a whole number.'],
  ['text for a boolean', { dry: 'true' }, 'dry', 'Give true or false, not a string.'],
  ['text for a list', { tags: '["a"]' }, 'tags', 'Give a list, as JSON.'],
  ['a list for an object', { extra: [] }, 'extra', 'Give an object, as JSON.'],
  ['text for nested fields', { proxy: 'SECRET' }, 'proxy', 'Give an object.'],
  ['a number deep inside', { proxy: { host: 1 } }, 'proxy.host', 'Give text, not a number.'],
  ['a list of alternatives', { auth: ['SECRET'] }, 'auth', 'Give an object.'],
])('%s is refused by its path', (_, config, field, problem) => {
  const fault = faultOf(() => form.settingsOf(config))
  expect([fault.code, fault.faults]).toEqual(['settings_invalid', [{ field, problem }]])
})

test('every fault is named at once, and no value', () => {
  const fault = faultOf(() => form.settingsOf({ name: ['SECRET'], proxy: { port: 'SECRET' } }))
  expect(fault.message).toBe(
    'The configuration is not valid. name: Give text, not a list. proxy.port: Give a number, not a string.',
  )
})

test('a configuration is an object', () => {
  for (const config of [null, [], 'SECRET'] as unknown[]) {
    const fault = faultOf(() => form.settingsOf(config as JsonObject))
    expect(fault.message).toBe('The configuration is not valid. The configuration must be a JSON object.')
  }
})

test('null and unknown members are passed over; inherited ones are none', () => {
  const hostile = JSON.parse(
    '{"name":null,"x":1,"__proto__":{"name":"inherited","proxy":{"host":"h"}}}',
  ) as JsonObject
  expect(form.settingsOf(hostile)).toEqual({})
  expect(form.settingsOf(Object.create({ name: 'inherited' }) as JsonObject)).toEqual({})
  expect(form.configOf(Object.create({ name: 'inherited' }) as JsonObject)).toEqual({})
})

test('text that is no JSON is a fault of its field on the way back', () => {
  const fault = faultOf(() => form.configOf({ tags: 'SECRET', extra: '{', days: '7' }))
  expect(fault.faults).toEqual([
    { field: 'days', problem: 'Give a number, not a string.' },
    { field: 'tags', problem: 'Give a list, as JSON.' },
    { field: 'extra', problem: 'Give an object, as JSON.' },
  ])
})

test('a property may have the name of something that every object has', () => {
  const config = { name: 'n', auth: { kind: 'login', user: 'u', deep: { constructor: 'c' } } }
  expect(form.configOf(form.settingsOf(config))).toEqual(config)
  expect(Object.getPrototypeOf(form.configOf({}))).toBe(Object.prototype)
})

describe('the round trip', () => {
  const word = fc.string({ minLength: 1 })
  const json = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown)
  const configs = fc.record(
    {
      name: word,
      days: fc.integer(),
      rate: fc.double({ noNaN: true, noDefaultInfinity: true }),
      dry: fc.boolean(),
      tags: fc.array(word),
      extra: fc.dictionary(word, json),
      proxy: fc.oneof(fc.record({ host: word, port: fc.integer() }), fc.record({ host: word })),
      auth: fc.oneof(
        fc.record({ kind: fc.constant('key'), key: word }),
        fc.record({ kind: fc.constant('login'), user: word }),
      ),
    },
    { requiredKeys: ['name'] },
  )

  test('a configuration comes back as it was', () => {
    fc.assert(
      fc.property(configs, (config) => {
        const settings = form.settingsOf(config as JsonObject)
        expect(form.configOf(settings)).toEqual(config)
        expect(form.settingsOf(form.configOf(settings))).toEqual(settings)
        expect(Object.values(settings).every((value) => typeof value !== 'object')).toBe(true)
      }),
    )
  })

  test('what the form makes of the settings gives the same configuration', () => {
    fc.assert(
      fc.property(configs, (config) => {
        const settings = form.settingsOf({ ...config, name: 'n', extra: {}, tags: [] })
        const plain = checkForm(form.fields, settings)
        // Free text may be refused (blanks at its ends, invisible characters); what is accepted is unchanged.
        for (const [name, value] of Object.entries(plain.settings)) expect(value).toBe(settings[name])
      }),
    )
  })
})
