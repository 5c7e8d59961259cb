import { expect, test } from '@jest/globals'
import { inspect } from 'node:util'
import { isAuthError, type AuthError } from '../../src/errors.ts'
import type { Fields } from '../../src/fields/field.ts'
import { checkFields, checkSettings, fieldsOf } from '../../src/fields/settings.ts'
import type { AuthStrategy } from '../../src/strategy.ts'

const form = (fields: Fields): AuthStrategy => ({ scheme: 'demo', fields, apply() {} })

const check = (fields: Fields, input: unknown): Readonly<Record<string, unknown>> =>
  checkSettings(form(fields), input).settings

function refusal(fields: Fields, input: unknown): AuthError {
  try {
    check(fields, input)
  } catch (error) {
    if (isAuthError(error)) return error
    throw error
  }
  throw new Error('the settings were accepted')
}

const faults = (fields: Fields, input: unknown): Record<string, string> =>
  Object.fromEntries((refusal(fields, input).faults ?? []).map(({ field, problem }) => [field, problem]))

const text = { label: 'Text', type: 'string' } as const
const secret = { label: 'Key', type: 'password', required: true } as const
const missing = 'Enter a value: this field is required.'

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

test('blanks at the ends, line breaks and invisible characters are refused with what to do', () => {
  const problem = (value: string, multiline = false): string | undefined =>
    faults({ key: { ...text, multiline } }, { key: value })['key']
  for (const blank of [' ', '\t', '\n', '\r\n', '\u00a0', '\u2003', '\u2028', '\ufeff']) {
    expect(problem(`${blank}abc`)).toBe('Remove the blank or line break at the start.')
    expect(problem(`abc${blank}`)).toBe('Remove the blank or line break at the end.')
  }
  for (const lineBreak of ['\n', '\r', '\r\n', '\v', '\f', '\u0085', '\u2028', '\u2029']) {
    expect(problem(`ab${lineBreak}c`)).toBe('Remove the line break in it: this is one line.')
  }
  const invisible = 'Remove the invisible character in it: type the value, or copy it as plain text.'
  for (const char of ['\u200b', '\u200c', '\u200d', '\u2060', '\0', '\x1b', '\x7f', '\x9f', '\ud800']) {
    for (const value of [`${char}abc`, `ab${char}c`, `abc${char}`]) {
      expect(problem(value)).toBe(invisible)
      expect(problem(value, true)).toBe(invisible)
    }
  }
  expect(problem('ab\ufeffc')).toBe(invisible)
  expect(problem('ab\tc')).toBe(invisible)
  expect(problem(' -----BEGIN', true)).toBe('Remove the blank or line break at the start.')
  expect(problem('-----END \n', true)).toBe('Remove the blank or line break at the end.')
})

test('a multiline field keeps its lines, tabs and a line break at the end; spaces inside one line are kept too', () => {
  const pem = '-----BEGIN KEY-----\r\n\tabc\n-----END KEY-----\n'
  expect(check({ pem: { ...text, multiline: true } }, { pem })).toEqual({ pem })
  expect(check({ a: text }, { a: 'correct horse – bättery 🔑' })).toEqual({ a: 'correct horse – bättery 🔑' })
})

test('a single line ends at 16,384 characters and lines at 65,536, and a long blank end is judged at once', () => {
  const both: Fields = { a: text, b: { ...text, multiline: true } }
  expect(check(both, { a: 'x'.repeat(16_384), b: 'x'.repeat(65_536) })).toHaveProperty('b')
  expect(faults(both, { a: 'x'.repeat(16_385), b: 'x'.repeat(65_537) })).toEqual({
    a: 'Enter at most 16384 characters; was more than this one value pasted?',
    b: 'Enter at most 65536 characters; was more than this one value pasted?',
  })
  const started = performance.now()
  check(both, { b: `x${'\n'.repeat(65_000)}x${'\n'.repeat(500)}` })
  expect(performance.now() - started).toBeLessThan(500)
})

test('a pattern must match the whole value, in Unicode, and may speak for itself', () => {
  const fields: Fields = {
    a: { ...text, pattern: 'a|b+' },
    b: { ...text, pattern: '.', patternHint: 'One letter.' },
  }
  expect(check(fields, { a: 'bbb', b: '🔑' })).toEqual({ a: 'bbb', b: '🔑' })
  expect(faults(fields, { a: 'ax', b: 'xy' })).toEqual({
    a: 'This does not look as it should: compare it with the place where it was copied from.',
    b: 'One letter.',
  })
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

test.each<[string, Fields, string]>([
  ['an invalid pattern', { a: { ...text, pattern: '(' } }, 'field "a": pattern is not a regular expression'],
  [
    'a pattern that leaves its anchors',
    { a: { ...text, pattern: 'a)|(b' } },
    'field "a": pattern is not a regular expression',
  ],
  [
    'a faulty default',
    { a: { ...text, choices: ['x'], default: 'y' } },
    'field "a": its default is faulty. Choose one of: x.',
  ],
  ['an empty list of choices', { a: { ...text, choices: [] } }, 'field "a": choices is empty'],
  [
    'a condition on nothing',
    { a: { ...text, when: { field: 'b', is: 1 } } },
    'field "a": a condition names the unknown field "b"',
  ],
  [
    'a required on nothing',
    { a: { ...text, required: { all: [{ field: 'b', is: 1 }] } } },
    'field "a": a condition names the unknown field "b"',
  ],
  [
    'a condition on itself',
    {
      a: { ...text, when: { field: 'b', is: 'x' } },
      b: { ...text, when: { any: [{ field: 'a', is: 'x' }] } },
    },
    'field "a": its condition depends on itself',
  ],
  [
    'a name that is no name',
    JSON.parse('{"__proto__":{"label":"x","type":"string"}}') as Fields,
    'field "__proto__": this cannot be the name of a field',
  ],
])('%s is a mistake in the definition, whoever meets it first', (_, fields, message) => {
  for (const meet of [() => checkFields(fields), () => check(fields, {})]) {
    expect(meet).toThrow(TypeError)
    expect(meet).toThrow(message)
  }
})

test('the forms of choices are checked with the fields that stand above them', () => {
  const inner = form({ a: { ...text, when: { field: 'outer', is: 'x' } } })
  expect(() => checkFields({ outer: text }, { inner })).not.toThrow()
  expect(() => checkFields({}, { inner })).toThrow('field "a": a condition names the unknown field "outer"')
})

test('fieldsOf lists the fields of every option', () => {
  const auth = {
    ...form({ a: text }),
    choices: { x: form({ b: text }), y: { ...form({}), choices: { z: form({ c: text }) } } },
  }
  expect(Object.keys(fieldsOf(auth)).sort()).toEqual(['a', 'b', 'c'])
})
