import { expect, test } from '@jest/globals'
import { wholly } from '../../src/fields/value.ts'
import { formOf } from '@latchkey/core/definition'

const read = (pattern: unknown) => {
  const property = { type: 'string', pattern, pattern_descriptor: 'YYYY-MM-DD' }
  const { fields, warnings } = formOf({ properties: { a: property } }, { secret: () => false, at: 's' })
  const [field] = Object.values(fields)
  return { pattern: field && 'pattern' in field ? field.pattern : undefined, field, warnings }
}

test.each<[string, string]>([
  ['^[0-9]{4}-[0-9]{2}$', '[0-9]{4}-[0-9]{2}'],
  ['^(sandbox|live)_.+$', '(sandbox|live)_.+'],
  ['^[|$]$', '[|$]'],
  ['[0-9]{2}', '(?=[^]*?(?:[0-9]{2}))[^]*'],
  ['^https://', '(?=[^]*?(?:^https://))[^]*'],
  ['^$|^a$', '(?=[^]*?(?:^$|^a$))[^]*'],
  ['^a\\$', '(?=[^]*?(?:^a\\$))[^]*'],
  // Only flag u forbids these.
  ['^[\\w\\-]+\\@\\_$', '[\\w\\-]+@_'],
  ['^a\\-b$', 'a-b'],
])('%s wants the whole value as %s', (given, ours) => {
  expect([read(given).pattern, read(given).warnings]).toEqual([ours, []])
})

test('where both are patterns of one value, both say the same', () => {
  for (const given of ['[0-9]{2}', '^ab', 'ab$', '^ab$', '^$|^ab$', '^(?!ab)', '(?:^|x)ab']) {
    for (const value of ['ab', 'xab', 'abx', '12', 'x12x', 'x\nab', '']) {
      expect([given, value, wholly(read(given).pattern ?? '(?!)').test(value)]).toEqual([
        given,
        value,
        new RegExp(given, 'u').test(value),
      ])
    }
  }
})

test('what describes the pattern becomes its hint', () => {
  expect(read('^[0-9]$').field).toEqual({
    type: 'string',
    label: 'A',
    public: true,
    pattern: '[0-9]',
    patternHint: 'Enter it as YYYY-MM-DD.',
  })
})

test.each<[string, unknown, string]>([
  ['no expression', '(', 'this is not a regular expression of ECMAScript (flag u)'],
  ['another language', '(?P<year>x)', 'this is not a regular expression of ECMAScript (flag u)'],
  ['a number', 7, 'a pattern must be text'],
  ['a long one', 'a'.repeat(501), 'a pattern may have at most 500 characters'],
  ...[
    '^(a+)+$',
    '^(a|a)*$',
    '^(a|aa)+$',
    '^(.*)*$',
    '(x+x+)+y',
    '^(([a-z])+.)+[A-Z]([a-z])+$',
    '^.*.*.*=x$',
    '\\s+$',
    '^\\d{0,100}\\d{0,100}$',
    '^(?=(a+)+b)a*$',
    '^((a{1,50}){1,50}){1,50}$',
  ].map((hostile): [string, string, string] => [
    hostile,
    hostile,
    'a hostile value could make this pattern take very long',
  ]),
])('%s is left out, with a warning', (_, given, problem) => {
  const { pattern, warnings } = read(given)
  expect(pattern).toBe(undefined)
  expect(warnings).toEqual([
    { path: 's.properties.a.pattern', message: `The pattern is not checked: ${problem}.` },
  ])
})
