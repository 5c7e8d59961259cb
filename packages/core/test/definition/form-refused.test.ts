import { describe, expect, test } from '@jest/globals'
import { formOf, type SchemaDialect, type SchemaForm } from '@latchkey/core/definition'
import { checkFields } from '../../src/fields/definition.ts'
import { faultOf } from './support.ts'

const dialect: SchemaDialect = { secret: (property) => property['airbyte_secret'] === true, at: 'spec' }

const form = (properties: object, more: object = {}, own: Partial<SchemaDialect> = {}): SchemaForm => {
  const result = formOf({ type: 'object', properties, ...more }, { ...dialect, ...own })
  checkFields(result.fields)
  return result
}

describe('what cannot be taken over is said', () => {
  test('a default that the form would refuse is passed over', () => {
    const { fields, warnings } = form({
      a: { type: 'integer', default: '7' },
      b: { type: 'string', enum: ['x'], default: 'y' },
    })
    expect([fields['a']?.default, fields['b']?.default]).toEqual([undefined, undefined])
    expect(warnings).toEqual([
      {
        path: 'spec.properties.a.default',
        message: 'The default is passed over, because the form would refuse it. Give a number, not a string.',
      },
      {
        path: 'spec.properties.b.default',
        message: 'The default is passed over, because the form would refuse it. Choose one of: x.',
      },
    ])
  })

  test('a keyword that nobody knows, and one that the form does not check', () => {
    const { warnings } = form({
      a: { type: 'integer', tittle: 'A', maximum: 3, 'x-own': 1 },
      b: { type: 'string', minLength: 1 },
      c: { type: 'integer', enum: [1, 2] },
    })
    expect(warnings).toEqual([
      {
        path: 'spec.properties.a.tittle',
        message: '"tittle" means nothing here and is passed over. Did you mean "title"?',
      },
      {
        path: 'spec.properties.a.maximum',
        message: '"maximum" is not checked on the form; a value against it is for the API to refuse.',
      },
      {
        path: 'spec.properties.c.enum',
        message: '"enum" is checked of texts only; a value against it is for the API to refuse.',
      },
    ])
  })

  test.each<[string, object, string, string]>([
    ['no schema', { a: 1 }, 'definition_invalid', 'spec.properties.a: this must be a schema'],
    [
      'an unknown type',
      { a: { type: 'file' } },
      'definition_invalid',
      'spec.properties.a.type: a type is one of',
    ],
    ['two types', { a: { type: ['integer', 'boolean'] } }, 'unsupported', 'spec.properties.a.type: a field'],
    [
      'no value',
      { a: { type: 'string', enum: [] } },
      'definition_invalid',
      'spec.properties.a.enum: the values',
    ],
    [
      'an object or a text',
      { a: { oneOf: [{ type: 'string' }, { properties: { b: {} } }] } },
      'unsupported',
      'spec.properties.a.oneOf: these are objects and others',
    ],
    ['no name', { '': {} }, 'definition_invalid', 'spec.properties[""]: a property cannot have this name'],
    [
      'the name of a prototype',
      JSON.parse('{"a":{"type":"object","properties":{"__proto__":{"type":"string"}}}}') as object,
      'definition_invalid',
      'spec.properties.a.properties.__proto__: a property cannot have this name',
    ],
    [
      'one name for two',
      { 'a.b': { type: 'string' }, a: { type: 'object', properties: { b: { type: 'string' } } } },
      'definition_invalid',
      'a.b: two properties have this name on the form',
    ],
  ])('%s', (_, properties, code, message) => {
    const fault = faultOf(() => form(properties))
    expect([fault.code, fault.message.slice(0, message.length)]).toEqual([code, message])
  })
})

describe('references', () => {
  test('are followed inside the schema, and what stands beside them wins', () => {
    const { fields } = form(
      {
        a: { $ref: '#/definitions/key', title: 'Mine' },
        b: { $ref: '#/$defs/x~1y' },
        c: { allOf: [{ properties: { d: { type: 'string' } } }, { properties: { e: { type: 'number' } } }] },
      },
      {
        definitions: { key: { type: 'string', title: 'Key', description: 'One' } },
        $defs: { 'x/y': { $ref: '#/definitions/key' } },
      },
    )
    expect(fields).toEqual({
      a: { type: 'string', label: 'Mine', description: 'One', public: true },
      b: { type: 'string', label: 'Key', description: 'One', public: true },
      'c.d': { type: 'string', label: 'D', public: true },
      'c.e': { type: 'number', label: 'E', public: true },
    })
  })

  test.each<[string, string, string]>([
    ['#/definitions/none', 'definition_invalid', 'spec.properties.a.$ref: this reference leads nowhere'],
    ['#/constructor', 'definition_invalid', 'spec.properties.a.$ref: this reference leads nowhere'],
    [
      'https://x.example/s.json',
      'unsupported',
      'spec.properties.a.$ref: only references into the same schema',
    ],
    ['#/properties/a', 'definition_invalid', 'spec needs more than 64 levels'],
    ['#', 'definition_invalid', 'spec needs more than 64 levels'],
  ])('%s is refused', ($ref, code, message) => {
    const fault = faultOf(() => form({ a: { $ref } }))
    expect([fault.code, fault.message.slice(0, message.length)]).toEqual([code, message])
  })

  test('that multiply end at a number of steps', () => {
    const definitions = Object.fromEntries(
      Array.from({ length: 40 }, (_, at) => {
        const next = at === 39 ? { type: 'string' } : { $ref: `#/definitions/d${at + 1}` }
        return [`d${at}`, { type: 'object', properties: { l: next, r: next } }]
      }),
    )
    const fault = faultOf(() => form({ a: { $ref: '#/definitions/d0' } }, { definitions }))
    expect([fault.code, fault.message]).toEqual([
      'definition_invalid',
      'spec needs more than 20000 steps: the author of the definition must make it simpler.',
    ])
  })
})
