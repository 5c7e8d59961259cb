import { describe, expect, test } from '@jest/globals'
import { formOf, type SchemaDialect, type SchemaForm } from '@latchkey/core/definition'
import { checkFields } from '../../src/fields/definition.ts'

const dialect: SchemaDialect = { secret: (property) => property['airbyte_secret'] === true, at: 'spec' }

const form = (properties: object, more: object = {}, own: Partial<SchemaDialect> = {}): SchemaForm => {
  const result = formOf({ type: 'object', properties, ...more }, { ...dialect, ...own })
  checkFields(result.fields)
  return result
}

describe('a property becomes a field', () => {
  test('with its words, its order, and what must be given', () => {
    const { fields, warnings } = form(
      {
        note: { type: 'string' },
        api_key: {
          type: 'string',
          title: 'API key',
          description: 'From the settings page',
          examples: ['k-1', 2],
          airbyte_secret: true,
          order: 1,
        },
        days: { type: 'integer', default: 7, order: 0 },
        dry: { type: 'boolean', default: false, order: 2 },
      },
      { required: ['api_key'] },
    )
    expect(Object.entries(fields)).toEqual([
      ['days', { type: 'number', label: 'Days', public: true, default: 7 }],
      [
        'api_key',
        {
          type: 'password',
          label: 'API key',
          description: 'From the settings page',
          examples: ['k-1'],
          required: true,
        },
      ],
      ['dry', { type: 'boolean', label: 'Dry', public: true, default: false }],
      ['note', { type: 'string', label: 'Note', public: true }],
    ])
    expect(warnings).toEqual([])
  })

  test('the dialect judges what is secret, by the property and its path', () => {
    const asked: string[] = []
    const { fields } = form(
      { a: { type: 'object', properties: { token: { type: 'string', writeOnly: true } } } },
      {},
      {
        secret: (property, path) => {
          asked.push(path.join('/'))
          return property['writeOnly'] === true
        },
      },
    )
    expect(asked).toEqual(['a/token'])
    expect(fields).toEqual({ 'a.token': { type: 'password', label: 'Token' } })
  })

  test.each([
    ['uri', 'url'],
    ['url', 'url'],
    ['hostname', 'hostname'],
    ['email', 'email'],
    ['uuid', 'uuid'],
    ['date-time', undefined],
    ['constructor', undefined],
  ])('the format %s is our %s', (format, ours) => {
    expect(form({ a: { type: 'string', format } }).fields['a']).toEqual({
      type: 'string',
      label: 'A',
      public: true,
      ...(ours && { format: ours }),
    })
  })

  test('a list of values, constants with titles and records are choices', () => {
    const { fields } = form(
      {
        region: { enum: ['eu', 'us', null] },
        plan: { oneOf: [{ const: 'f', title: 'Free' }, { const: 't' }] },
        team: { type: 'string', referenceRecords: [{ id: '1', name: 'One' }, { id: '2' }] },
        open: { type: 'string', enum: ['x'], allowCustom: true },
        kind: { const: 'fixed' },
      },
      { required: ['kind'] },
    )
    expect(fields).toEqual({
      region: { type: 'string', label: 'Region', public: true, choices: ['eu', 'us'] },
      plan: {
        type: 'string',
        label: 'Plan',
        public: true,
        choices: [
          { value: 'f', label: 'Free' },
          { value: 't', label: 't' },
        ],
      },
      team: {
        type: 'string',
        label: 'Team',
        public: true,
        choices: [
          { value: '1', label: 'One' },
          { value: '2', label: '2' },
        ],
      },
      open: { type: 'string', label: 'Open', public: true },
      kind: {
        type: 'string',
        label: 'Kind',
        public: true,
        choices: ['fixed'],
        default: 'fixed',
        required: true,
      },
    })
  })

  test('lists and free objects are text that holds JSON', () => {
    const { fields } = form({
      tags: { type: 'array', items: { type: 'string' }, default: ['a'], examples: [['x', 'y']] },
      extra: { type: 'object', additionalProperties: true },
    })
    expect(fields).toEqual({
      tags: {
        type: 'string',
        label: 'Tags',
        help: 'JSON, such as ["…"].',
        public: true,
        multiline: true,
        examples: ['["x","y"]'],
        default: '["a"]',
      },
      extra: {
        type: 'string',
        label: 'Extra',
        help: 'JSON, such as {"…": "…"}.',
        public: true,
        multiline: true,
      },
    })
  })

  test('what users do not see is for the operator, and what is for reading only is not asked', () => {
    const { fields, warnings } = form({
      hidden: { type: 'string', airbyte_hidden: true },
      made: { type: 'string', readOnly: true },
      pem: { type: 'string', multiline: true },
    })
    expect(fields).toEqual({
      hidden: { type: 'string', label: 'Hidden', public: true, owner: 'app' },
      pem: { type: 'string', label: 'Pem', public: true, multiline: true },
    })
    expect(warnings).toEqual([
      { path: 'spec.properties.made', message: 'This is for reading only, so nobody is asked for it.' },
    ])
  })

  test('null is no type, and of several types the form takes text', () => {
    const { fields, warnings } = form({
      a: { type: ['null', 'integer'] },
      b: { anyOf: [{ type: 'string', title: 'Bee' }, { type: 'null' }] },
      c: { type: ['integer', 'string'] },
      d: { type: ['integer', 'number'] },
    })
    expect(Object.values(fields).map(({ type, label }) => [type, label])).toEqual([
      ['number', 'A'],
      ['string', 'Bee'],
      ['string', 'C'],
      ['number', 'D'],
    ])
    expect(warnings.map(({ path }) => path)).toEqual(['spec.properties.c.type'])
  })

  test('what an optional object must have is not asked of those who leave it out', () => {
    const inner = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] }
    const { fields } = form({ may: inner, must: inner }, { required: ['must'] })
    expect([fields['may.a']?.required, fields['must.a']?.required]).toEqual([undefined, true])
  })
})
