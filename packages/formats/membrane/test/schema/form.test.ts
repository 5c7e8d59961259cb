import { expect, test } from '@jest/globals'
import { formOfSchema } from '../../src/schema/index.ts'

test('a schema is a form whose secrets are masked, whether or not the schema says so', () => {
  const { fields, warnings } = formOfSchema(
    {
      type: 'object',
      properties: {
        subdomain: { type: 'string', title: 'Subdomain' },
        apiKey: { type: 'string', title: 'API Key' },
        account: { type: 'string', title: 'Secret number' },
        shown: { type: 'string', title: 'Public key', isSensitive: false },
        password: { type: 'string', format: 'password' },
        environment: {
          type: 'string',
          referenceRecords: [
            { id: 'eu', name: 'Europe' },
            { id: 'us', name: 'America' },
          ],
          default: 'eu',
        },
        tokens: { type: 'integer' },
        monkey: { type: 'string' },
      },
      required: ['apiKey'],
    },
    'inputSchema',
  )
  expect(
    Object.entries(fields).map(([name, field]) => [
      name,
      field.type,
      field.public ?? false,
      field.required ?? false,
    ]),
  ).toEqual([
    ['subdomain', 'string', true, false],
    ['apiKey', 'password', false, true],
    ['account', 'password', false, false],
    ['shown', 'string', true, false],
    ['password', 'password', false, false],
    ['environment', 'string', true, false],
    ['tokens', 'number', true, false],
    ['monkey', 'string', true, false],
  ])
  expect(fields.environment).toMatchObject({
    choices: [
      { value: 'eu', label: 'Europe' },
      { value: 'us', label: 'America' },
    ],
    default: 'eu',
  })
  expect(warnings).toEqual([])
})

test('no schema asks for nothing', () => {
  expect([undefined, null].map((schema) => formOfSchema(schema, 'inputSchema').fields)).toEqual([{}, {}])
})

test('what a formula computes is left out of the form, with a warning', () => {
  const { fields, warnings } = formOfSchema(
    {
      type: 'object',
      properties: {
        region: { type: 'string', enum: { $var: 'connectorParameters.regions' } },
        zone: { $case: [{ value: { type: 'number' } }] },
      },
    },
    'inputSchema',
  )
  expect(Object.entries(fields).map(([name, { type }]) => [name, type])).toEqual([
    ['region', 'string'],
    ['zone', 'string'],
  ])
  expect(warnings.map(({ path }) => path)).toEqual([
    'inputSchema.properties.region.enum',
    'inputSchema.properties.zone',
  ])
})

test('settings and the configuration of the source are each other', () => {
  const form = formOfSchema(
    {
      type: 'object',
      properties: { a: { type: 'string' }, n: { type: 'object', properties: { b: { type: 'boolean' } } } },
    },
    'inputSchema',
  )
  const config = { a: '007', n: { b: true } }
  expect(form.settingsOf(config)).toEqual({ a: '007', 'n.b': true })
  expect(form.configOf(form.settingsOf(config))).toEqual(config)
})
