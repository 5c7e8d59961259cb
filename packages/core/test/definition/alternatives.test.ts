import { describe, expect, test } from '@jest/globals'
import { credentials, is, read, text } from './alternatives-support.ts'
import { faultOf } from './support.ts'

describe('elsewhere', () => {
  const form = read({ auth: credentials }, { required: ['auth'] })

  test('alternatives are a choice, and fields under the condition of that choice', () => {
    const either = { field: 'auth.kind', is: ['oauth', 'key'] }
    expect(form.fields).toEqual({
      'auth.kind': {
        type: 'string',
        label: 'How to sign in',
        required: true,
        public: true,
        choices: [
          { value: 'oauth', label: 'Sign in', description: 'With a browser' },
          { value: 'key', label: 'Key' },
        ],
      },
      'auth.client_id': {
        type: 'string',
        label: 'Client ID',
        public: true,
        required: true,
        when: { field: 'auth.kind', is: 'oauth' },
      },
      'auth.region': {
        type: 'string',
        label: 'Region',
        public: true,
        required: { field: 'auth.kind', is: 'key' },
        when: either,
      },
      'auth.key': {
        type: 'password',
        label: 'Key',
        required: true,
        when: { field: 'auth.kind', is: 'key' },
      },
    })
  })

  test('a field whose condition does not hold is not written', () => {
    expect(form.configOf({ 'auth.kind': 'oauth', 'auth.client_id': 'c', 'auth.key': 'left over' })).toEqual({
      auth: { kind: 'oauth', client_id: 'c' },
    })
  })

  test('alternatives inside alternatives hold under both conditions', () => {
    const inner = {
      oneOf: [
        { properties: { how: is('file'), path: text }, required: ['how', 'path'] },
        { properties: { how: is('text'), content: text } },
      ],
    }
    const nested = read({
      a: { oneOf: [{ properties: { t: is('x'), key: inner } }, { properties: { t: is('y'), key: inner } }] },
    })
    const both = (t: string) => ({
      all: [
        { field: 'a.t', is: t },
        { field: 'a.key.how', is: 'file' },
      ],
    })
    expect(nested.fields['a.key.path']).toEqual({
      type: 'string',
      label: 'Path',
      public: true,
      required: true,
      when: { any: [both('x'), both('y')] },
    })
    const config = { a: { t: 'y', key: { how: 'text', content: 'c' } } }
    expect(nested.configOf(nested.settingsOf(config))).toEqual(config)
  })

  test('a constant that differs is a choice of all its values', () => {
    const { fields } = read({
      a: {
        oneOf: ['1', '2', '3'].map((t) => ({
          required: ['t', 'v'],
          properties: { t: is(t), v: is(t === '3' ? 'b' : 'a') },
        })),
      },
    })
    expect(fields['a.v']).toEqual({
      type: 'string',
      label: 'V',
      public: true,
      choices: [
        { value: 'a', label: 'a' },
        { value: 'b', label: 'b' },
      ],
      required: true,
      when: { field: 'a.t', is: ['1', '2', '3'] },
    })
  })

  test('a list of one value tells apart as a constant does, a reference too', () => {
    const { fields } = read(
      {
        a: {
          anyOf: [
            { properties: { t: { $ref: '#/$defs/x' } } },
            { properties: { t: { enum: ['y'] }, v: text } },
          ],
        },
      },
      { $defs: { x: { enum: ['x'] } } },
    )
    expect(Object.keys(fields)).toEqual(['a.t', 'a.v'])
  })

  test('types that differ are a warning', () => {
    const { warnings } = read({
      a: {
        oneOf: [
          { properties: { t: is('x'), v: text } },
          { properties: { t: is('y'), v: { type: 'number' } } },
        ],
      },
    })
    expect(warnings).toEqual([
      {
        path: 'properties.a.oneOf',
        message: '"a.v" has several types here; the form takes that of the first alternative.',
      },
    ])
  })
})

describe('without a constant', () => {
  const form = read({
    a: {
      oneOf: [
        { title: 'User', required: ['user', 'password'], properties: { user: text, password: text } },
        { title: 'Token', required: ['token'], properties: { token: text, option: text } },
        { title: 'Token', required: ['user'], properties: { user: text } },
      ],
    },
  })

  test('the form asks with a field of its own, made of the titles, and says so', () => {
    expect(form.fields['a.option_']).toEqual({
      type: 'string',
      label: 'A',
      public: true,
      choices: [
        { value: 'User', label: 'User' },
        { value: 'Token', label: 'Token' },
        { value: 'Token 3', label: 'Token' },
      ],
    })
    expect(form.warnings).toEqual([
      {
        path: 'properties.a.oneOf',
        message: 'No constant tells these apart, so the form asks with a field of its own, "a.option_".',
      },
    ])
  })

  test.each([
    [{ user: 'u', password: 'p' }, 'User'],
    [{ token: 't' }, 'Token'],
    [{ user: 'u' }, 'Token 3'],
    [{ user: 'u', other: 1 }, 'Token 3'],
  ])('%j is known by its members', (a, option) => {
    const settings = form.settingsOf({ a })
    expect(settings['a.option_']).toBe(option)
    const { other: _other, ...known } = a as Record<string, unknown>
    expect(form.configOf(settings)).toEqual({ a: known })
  })

  test('what none of them fits is a fault', () => {
    expect(faultOf(() => form.settingsOf({ a: { password: 'SECRET' } })).message).toBe(
      'The configuration is not valid. a.option_: Choose one of: User, Token, Token 3.',
    )
  })
})

test('which fields must be given together is a warning', () => {
  const { fields, warnings } = read({ a: text }, { anyOf: [{ required: ['a'] }, { required: ['b'] }] })
  expect([Object.keys(fields), warnings]).toEqual([
    ['a'],
    [
      {
        path: 'anyOf',
        message: 'Which of the fields must be given together is not checked on the form.',
      },
    ],
  ])
})
