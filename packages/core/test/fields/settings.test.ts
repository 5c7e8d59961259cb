import { expect, test } from '@jest/globals'
import { inspect } from 'node:util'
import type { Fields } from '../../src/fields/field.ts'
import { checkSettings } from '../../src/fields/settings.ts'
import { check, faults, form, missing, refusal, secret, text } from './support.ts'

test('settings come back as a new frozen object with known fields only, defaults applied, and the input is left alone', () => {
  const input = Object.freeze({ key: 'k', extra: undefined })
  const fields = {
    key: secret,
    region: { ...text, default: 'eu' },
    limit: { label: 'Limit', type: 'number', default: 0 },
  } as const
  const checked = checkSettings(form(fields), input)
  expect(checked.settings).toEqual({ key: 'k', region: 'eu', limit: 0 })
  expect(Object.isFrozen(checked.settings)).toBe(true)
  expect(checked.settings).not.toBe(input)
  expect(checked.leaf.scheme).toBe('demo')
  expect(checked.fields).toEqual(fields)
  expect(input).toEqual({ key: 'k', extra: undefined })
})

test('settings that were checked are accepted again, unchanged', () => {
  const fields: Fields = {
    mode: { ...text, choices: ['a', 'b'], default: 'a' },
    a: { ...text, when: { field: 'mode', is: 'a' }, default: '' },
    b: { ...text, when: { field: 'mode', is: 'b' }, required: true },
  }
  const once = check(fields, { b: 'dropped' })
  expect(once).toEqual({ mode: 'a', a: '' })
  expect(check(fields, once)).toEqual(once)
})

test('text that looks like a number or a boolean stays text', () => {
  const values = { a: '1e10', b: 'True', c: '007', d: 'null' }
  expect(check({ a: text, b: text, c: text, d: text }, values)).toEqual(values)
})

test('a value of another type is a fault that says which, and never what', () => {
  const fields: Fields = {
    a: text,
    b: text,
    c: text,
    n: { label: 'N', type: 'number' },
    o: { label: 'O', type: 'boolean' },
  }
  expect(faults(fields, { a: 424242, b: null, c: ['x'], n: '5', o: 'true' })).toEqual({
    a: 'Give text, not a number.',
    b: 'Give text, not null.',
    c: 'Give text, not a list.',
    n: 'Give a number, not a string.',
    o: 'Give true or false, not a string.',
  })
  expect(faults(fields, { n: Number.NaN })).toEqual({ n: 'Give a finite number.' })
})

test('all faults come at once, in the order of the form, with the remedy settings', () => {
  const error = refusal(
    { user: { ...text, required: true }, key: secret, region: { ...text, choices: ['eu', 'us'] } },
    { region: 'xx', key: 'k\n' },
  )
  expect(error).toMatchObject({ code: 'settings_invalid', remedy: 'settings', field: 'user', scheme: 'demo' })
  expect(error.faults).toEqual([
    { field: 'user', problem: missing },
    { field: 'key', problem: 'Remove the blank or line break at the end.' },
    { field: 'region', problem: 'Choose one of: eu, us.' },
  ])
  expect(error.message).toBe(
    'The settings for "demo" are not valid. user: Enter a value: this field is required. ' +
      'key: Remove the blank or line break at the end. region: Choose one of: eu, us.',
  )
})

test('no fault repeats a value', () => {
  const fields: Fields = {
    ...Object.fromEntries(
      (['url', 'hostname', 'subdomain', 'email', 'uuid'] as const).map((format) => [
        format,
        { ...text, format },
      ]),
    ),
    pattern: { ...text, pattern: '[0-9]+' },
    choice: { ...text, choices: ['a'] },
    blank: text,
    line: text,
    number: { label: 'N', type: 'number' },
  }
  const input = Object.fromEntries(
    [...Object.keys(fields), 'stranger'].map((name) => [name, 'hunter2 hunter2']),
  )
  const error = refusal(fields, { ...input, blank: ' hunter2', line: 'hun\nhunter2' })
  expect(error.faults).toHaveLength(11)
  expect(`${inspect(error, { depth: 9 })} ${JSON.stringify(error.faults)}`).not.toContain('hunter2')
})

test('a required field that is missing, empty or only line breaks is a fault', () => {
  for (const input of [undefined, {}, { key: '' }, { key: undefined }])
    expect(faults({ key: secret }, input)).toEqual({ key: missing })
  expect(faults({ key: { ...secret, multiline: true } }, { key: '\n\r\n' })).toEqual({ key: missing })
  expect(faults({ n: { label: 'N', type: 'number', required: true } }, { n: '' })).toEqual({ n: missing })
})

test('an empty optional text counts as not given, so that its default applies and its format is not asked', () => {
  const fields: Fields = { site: { ...text, format: 'url' }, region: { ...text, default: 'eu' } }
  expect(check(fields, { site: '', region: '' })).toEqual({ region: 'eu' })
})

test('a field may be required under a condition', () => {
  const fields: Fields = {
    mode: { ...text, default: 'a' },
    key: { ...text, required: { field: 'mode', is: ['b', 'c'] } },
  }
  expect(check(fields, {})).toEqual({ mode: 'a' })
  expect(faults(fields, { mode: 'c' })).toEqual({ key: missing })
})

test('a field whose condition does not hold is neither required, nor judged, nor kept, wherever it stands', () => {
  const fields: Fields = {
    host: { ...text, format: 'hostname', required: true, when: { field: 'plan', is: 'own' } },
    port: { label: 'Port', type: 'number', default: 443, when: { field: 'host', isNot: 'x.example.com' } },
    plan: { ...text, choices: ['own', 'cloud'], when: { field: 'legacy', isNot: true } },
    legacy: { label: 'Legacy', type: 'boolean' },
  }
  expect(check(fields, { host: 'not a host' })).toEqual({ port: 443 })
  expect(check(fields, { plan: 'own', host: 'a.example.com' })).toEqual({
    plan: 'own',
    host: 'a.example.com',
    port: 443,
  })
  expect(faults(fields, { plan: 'own' })).toEqual({ host: missing })
  expect(check(fields, { plan: 'own', legacy: true })).toEqual({ legacy: true, port: 443 })
  // A choice that is itself faulty asks for nothing more.
  expect(faults(fields, { plan: 'other' })).toEqual({ plan: 'Choose one of: own, cloud.' })
})

test('a choice whose condition does not hold is not offered', () => {
  const fields: Fields = {
    sandbox: { label: 'Sandbox', type: 'boolean', default: false },
    region: {
      ...text,
      choices: ['eu', { value: 'test', label: 'Test', when: { field: 'sandbox', is: true } }],
    },
  }
  expect(check(fields, { region: 'test', sandbox: true })).toEqual({ sandbox: true, region: 'test' })
  expect(faults(fields, { region: 'test' })).toEqual({ region: 'Choose one of: eu.' })
})

test('choices that only the signed-in account can name are not required before signing in, and kept when given', () => {
  const fields: Fields = { account: { ...text, required: true, choices: async () => ['a'] } }
  expect(check(fields, {})).toEqual({})
  expect(check(fields, { account: 'a' })).toEqual({ account: 'a' })
})

test('what is not a field is a fault that offers the nearest one', () => {
  const fields: Fields = { apiKey: text, subdomain: text }
  expect(faults(fields, { api_key: 'x', subdomian: 'x', constructor: 'x', 'a\nb': 'x' })).toEqual({
    api_key: 'This is not a field of "demo"; did you mean "apiKey"?',
    subdomian: 'This is not a field of "demo"; did you mean "subdomain"?',
    constructor: 'This is not a field of "demo".',
    'a?b': 'This is not a field of "demo".',
  })
})

test('names that every object inherits mean nothing', () => {
  const fields: Fields = { constructor: { ...text, required: true }, toString: text }
  expect(faults(fields, {})).toEqual({ constructor: missing })
  expect(check(fields, { constructor: 'x' })).toEqual({ constructor: 'x' })
  const polluted: unknown = JSON.parse('{"__proto__":{"constructor":"x"}}')
  expect(refusal(fields, polluted).faults).toEqual([
    { field: 'constructor', problem: missing },
    { field: '__proto__', problem: 'This is not a field of "demo".' },
  ])
  expect(faults({ key: secret }, Object.create({ key: 'inherited' }))).toEqual({ key: missing })
})

test('settings that are no object are refused', () => {
  for (const input of ['key', 5, null, [], true]) {
    expect(() => check({ key: secret }, input)).toThrow(
      'The settings must be an object that holds values by field name',
    )
  }
})
