import { expect, test } from '@jest/globals'
import type { Fields } from '../../src/fields/field.ts'
import { checkFields, fieldsOf } from '../../src/fields/settings.ts'
import { check, form, text } from './support.ts'

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
