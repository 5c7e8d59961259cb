import { expect, test } from '@jest/globals'
import { checkSettings } from '@latchkey/core'
import { fromSegment } from '@latchkey/format-segment'
import { faultsOf, fieldsOf, read } from './form.ts'
import { api, destination, field, open, rejection, thrown } from './support.ts'

test('a list is one value a line on the form, and a list for the functions and in Segment’s settings', async () => {
  const fields = {
    ids: field({ multiple: true, type: 'number' }),
    regions: field({ multiple: true, choices: ['eu', 'us'] }),
  }
  const seen: unknown[] = []
  const definition = destination(
    { extendRequest: ({ settings }: { settings: unknown }) => (seen.push(settings), {}) },
    { fields },
  )
  const { settingsOf, configOf } = fromSegment(definition, { origins: [api] })
  const settings = settingsOf({ ids: [7, '8'], regions: ['eu', 'us'] })
  expect(settings).toEqual({ ids: '7\n8', regions: 'eu\nus' })
  expect(configOf(settings)).toEqual({ ids: [7, 8], regions: ['eu', 'us'] })
  await open(definition, { settings }).connection.fetch(api)
  expect(seen.at(-1)).toEqual({ ids: [7, 8], regions: ['eu', 'us'] })
  expect(faultsOf(fields, { ids: '7\nx', regions: 'eu\nasia' })).toEqual([
    { field: 'ids', problem: 'Give a number, not a string.' },
    { field: 'regions', problem: 'Choose one of: eu, us.' },
  ])
  expect(thrown(() => settingsOf({ regions: ['a\nb'] }))).toMatchObject({
    code: 'settings_invalid',
    field: 'regions',
  })
})

test('depends_on decides what is shown, required and kept', () => {
  const condition = (value: unknown, operator = 'is') => ({ fieldKey: 'way', operator, value })
  const fields = {
    way: field({ required: true, choices: ['key', 'login', 'none'] }),
    key: field({ type: 'password', required: true, depends_on: { conditions: [condition('key')] } }),
    user: field({
      required: true,
      depends_on: { match: 'any', conditions: [condition('login'), condition('x')] },
    }),
    more: field({
      depends_on: { match: 'all', conditions: [condition(['key', 'login']), condition('none', 'is_not')] },
    }),
  }
  expect(faultsOf(fields, { way: 'none' })).toBeUndefined()
  expect(faultsOf(fields, { way: 'key' })).toEqual([
    { field: 'key', problem: 'Enter a value: this field is required.' },
  ])
  const { auth } = read(fields).connector
  expect(checkSettings(auth, { way: 'login', key: 'hidden', user: 'u', more: 'm' }).settings).toEqual({
    way: 'login',
    user: 'u',
    more: 'm',
  })
})

test('required may be a condition', () => {
  const required = { conditions: [{ fieldKey: 'on', operator: 'is', value: true }] }
  const fields = { on: field({ type: 'boolean' }), key: field({ required }) }
  expect(faultsOf(fields, { on: false })).toBeUndefined()
  expect(faultsOf(fields, { on: true })).toEqual([
    { field: 'key', problem: 'Enter a value: this field is required.' },
  ])
})

test('whether a listed field has a value can be a condition; of any other field it is a warning', () => {
  const on = (fieldKey: string) => ({ conditions: [{ fieldKey, operator: 'is_not' }] })
  const fields = {
    region: field({ choices: ['eu', 'us'] }),
    free: field(),
    one: field({ depends_on: on('region') }),
    two: field({ depends_on: on('free') }),
    three: field({ depends_on: on('gone') }),
    four: field({ depends_on: {} }),
  }
  const { connector, warnings } = read(fields)
  expect(connector.auth.fields['one']!.when).toEqual({ field: 'region', is: ['eu', 'us'] })
  expect(connector.auth.fields['two']!.when).toBeUndefined()
  expect(warnings.slice(0, 3).map(({ path }) => path)).toEqual([
    'authentication.fields.two.depends_on.conditions[0]',
    'authentication.fields.three.depends_on.conditions[0]',
    'authentication.fields.four.depends_on',
  ])
})

test('a default is applied, and one that the form would refuse is a warning', () => {
  const fields = {
    region: field({ choices: ['eu', 'us'], default: 'eu', required: true }),
    size: field({ type: 'number', default: 5 }),
    wrong: field({ choices: ['a'], default: 'DEFAULT' }),
    empty: field({ default: '' }),
  }
  const { connector, warnings } = read(fields)
  expect(checkSettings(connector.auth, {}).settings).toEqual({ region: 'eu', size: 5 })
  expect(warnings[0]).toEqual({
    path: 'authentication.fields.wrong.default',
    message: 'The form would not take this default, so there is none.',
  })
})

test('an empty or missing value is not a value: required fields refuse both', () => {
  const fields = { apiKey: field({ type: 'password', required: true }) }
  const fault = [{ field: 'apiKey', problem: 'Enter a value: this field is required.' }]
  expect(faultsOf(fields, { apiKey: '' })).toEqual(fault)
  expect(faultsOf(fields, {})).toEqual(fault)
  expect(read(fields).settingsOf({ apiKey: null })).toEqual({})
})

test('settings are never re-typed or changed; what Segment kept as text is read where nothing is lost', () => {
  const fields = { key: field(), n: field({ type: 'number' }), b: field({ type: 'boolean' }) }
  const { settingsOf } = read(fields)
  const config = Object.freeze({ key: '007', n: '5', b: 'false', extra: 'x' })
  expect(settingsOf(config)).toEqual({ key: '007', n: 5, b: false })
  expect(settingsOf({ key: '1e10', n: 0, b: true })).toEqual({ key: '1e10', n: 0, b: true })
  expect(settingsOf({ key: 123 })).toEqual({ key: '123' })
  for (const [name, value] of [
    ['n', '1e3'],
    ['n', '07'],
    ['b', 'True'],
    ['key', ['c']],
    ['key', 1.5],
  ] as const)
    expect(thrown(() => settingsOf({ [name]: value }))).toMatchObject({
      code: 'settings_invalid',
      field: name,
    })
  expect(faultsOf(fields, { n: '5' })).toEqual([{ field: 'n', problem: 'Give a number, not a string.' }])
})

test('what Segment fills in or hides is the operator’s', () => {
  const fields = fieldsOf({ a: field({ readOnly: true }), b: field({ unsafe_hidden: true }), c: field() })
  expect(Object.values(fields).map(({ owner }) => owner)).toEqual(['app', 'app', undefined])
})

test('how Segment’s own form shows a field is no warning, a null that becomes nothing is one', () => {
  const fields = {
    a: field({ category: 'config', displayMode: 'collapsed', disabledInputMethods: [], allowNull: true }),
  }
  expect(read(fields).warnings).toEqual([
    {
      path: 'authentication.fields.a.allowNull',
      message: 'A null is kept as nothing at all: the functions see undefined in its place.',
    },
  ])
})

test('dynamic choices are asked of the account once it is signed in', async () => {
  const dynamic = async (request: (url: string) => Promise<{ data: string[] }>, given: unknown) => {
    expect(given).toMatchObject({ settings: { apiKey: 'c4n4ry-key' } })
    const { data } = await request(`${api}/lists`)
    return { choices: data.map((value) => ({ label: value.toUpperCase(), value })) }
  }
  const fields = {
    apiKey: field({ type: 'password', required: true }),
    list: field({ required: true, dynamic }),
  }
  const { connection, sent } = open(destination({}, { fields }), {
    answer: () => Response.json(['one', 'two']),
  })
  expect((await connection.questions()).map(({ name, choices }) => ({ name, choices }))).toEqual([
    {
      name: 'list',
      choices: [
        { value: 'one', label: 'ONE' },
        { value: 'two', label: 'TWO' },
      ],
    },
  ])
  expect(sent[0]!.headers.get('x-key')).toBe('c4n4ry-key')
  const failing = {
    ...fields,
    list: field({ dynamic: async () => ({ choices: [], error: { code: '1', message: 'm' } }) }),
  }
  const refused = await rejection(open(destination({}, { fields: failing })).connection.questions())
  expect(refused).toMatchObject({ code: 'response_invalid' })
})

test('a key in several lines is taken with its line breaks', () => {
  const pem = '-----BEGIN KEY-----\nabc\n-----END KEY-----\n'
  expect(faultsOf({ sftp_ssh_key: field({ type: 'password' }) }, { sftp_ssh_key: pem })).toBeUndefined()
})
