import { expect, test } from '@jest/globals'
import { evaluate } from '../../src/formula/index.ts'

const variables = {
  credentials: { apiKey: 'k-1', empty: '', zero: 0, no: false, nil: null, pw: 'pa$$w$&d' },
  connectionInput: { sub: 'acme', tags: ['x', 'y'] },
  list: [{ n: 1 }, { n: 0 }],
  numbers: [0, 1, 2],
  'a.b': { 'c[d': ['first'] },
}

const of = (value: unknown): unknown => evaluate(value, variables, 'here')

const rows: readonly (readonly [law: string, value: unknown, result: unknown])[] = [
  ['a variable is read', { $var: 'credentials.apiKey' }, 'k-1'],
  ['the leading $. is optional', { $var: '$.credentials.apiKey' }, 'k-1'],
  ['$ alone is everything', { $var: '$' }, variables],
  ['a backslash makes a dot or bracket part of a name', { $var: 'a\\.b.c\\[d[0]' }, 'first'],
  ['an index of a falsy element gives the element', { $var: 'numbers[0]' }, 0],
  ['an invalid locator gives null', { $var: '$x' }, null],
  ['what is missing leaves its object', { a: { $var: 'nope' }, b: 1 }, { b: 1 }],
  ['an object left empty leaves as well', { a: { b: { $var: 'nope' } }, c: 1 }, { c: 1 }],
  ['what was empty stays', { a: {}, b: [], c: null }, { a: {}, b: [], c: null }],
  [
    'only the first member makes a formula',
    { x: 1, $var: 'credentials.apiKey' },
    { x: 1, $var: 'credentials.apiKey' },
  ],
  [
    'an unknown formula is data, evaluated inside',
    { $other: { $var: 'connectionInput.sub' } },
    { $other: 'acme' },
  ],
  [
    'blank parts of a text are left out',
    { $concat: ['a', { $var: 'nope' }, { $var: 'credentials.zero' }] },
    'a0',
  ],
  [
    'a delimiter stands between parts',
    { $concat: { values: ['a', { $var: 'credentials.empty' }, 'b'], delimiter: '-' } },
    'a-b',
  ],
  ['a computed list is data', { $concat: { values: { $var: 'connectionInput.tags' } } }, 'xy'],
  ['a text with no parts is nothing', { $concat: [{ $var: 'nope' }] }, undefined],
  [
    'a value keeps its dollar signs',
    { $tpl: { template: 'p={p}', values: { p: { $var: 'credentials.pw' } } } },
    'p=pa$$w$&d',
  ],
  [
    'values are not scanned for placeholders',
    { $tpl: { template: '{a}{b}', values: { a: '{b}', b: 'z' } } },
    '{b}z',
  ],
  ['an unknown placeholder stays', { $tpl: { template: '{zz}', values: {} } }, '{zz}'],
  ['a template holds variables', { $template: 'Bearer ${credentials.apiKey}' }, 'Bearer k-1'],
  ['a template encodes', { $template: "Basic ${base64(credentials.apiKey + ':' + 'ä')}" }, 'Basic ay0xOsOk'],
  ['a template of missing values is nothing', { $template: 'Bearer ${credentials.nope}' }, undefined],
  [
    'equality is loose',
    [
      { $eval: 1, is: '1' },
      { $eval: null, is: { $var: 'nope' } },
      { $eval: ['a'], is: 'a' },
    ],
    [true, true, true],
  ],
  ['objects are equal to nothing', { $eval: { a: 1 }, is: { a: 1 } }, false],
  [
    'one of a list is exact',
    [
      { $eval: 1, oneOf: ['1'] },
      { $eval: 'a', oneOf: ['a'] },
      { $eval: 'a', noneOf: 'a' },
    ],
    [false, true, true],
  ],
  [
    'text contains text in any case',
    [
      { $eval: 'HeLLo', contains: 'ell' },
      { $eval: ['A'], contains: 'a' },
    ],
    [true, false],
  ],
  [
    'a comparison with no number is false',
    [
      { $eval: 'x', lt: 4 },
      { $eval: '5', gt: 4 },
      { $eval: 3, lte: 3 },
    ],
    [false, true, true],
  ],
  [
    '0 and false are not empty',
    [
      { $eval: 0, isEmpty: true },
      { $eval: [], isEmpty: true },
    ],
    [false, true],
  ],
  ['no known operator holds', [{ $eval: 1 }, { $eval: 1, matches: 2 }], [true, true]],
  [
    'and and or pass over what is missing',
    [{ $and: [1, { $var: 'nope' }] }, { $or: [0, null] }, { $and: [null] }],
    [true, false],
  ],
  [
    'the first case that matches is taken',
    { $case: { cases: [{ filter: { $eval: 1, is: 2 }, value: 'a' }, { value: 'b' }], default: 'c' } },
    'b',
  ],
  [
    'a list of filters must hold in all',
    {
      $case: {
        cases: [
          {
            filter: [
              { field: 'connectionInput.sub', operator: 'is', value: 'acme' },
              { field: 'numbers[1]', operator: 'more_than', value: 5 },
            ],
            value: 'a',
          },
        ],
        default: 'd',
      },
    },
    'd',
  ],
  [
    'a mapping compares deeply',
    { $map: { value: { x: 1 }, mapping: [{ from: { x: 1 }, to: 'one' }] } },
    'one',
  ],
  ['a mapping without a match has its default', { $map: { value: 'q', mapping: [], default: 'd' } }, 'd'],
  [
    'an iteration keeps what is falsy',
    { $iterate: { source: { $var: 'numbers' }, item: { $var: 'item' } } },
    [0, 1, 2],
  ],
  [
    'an iteration sees its parent',
    {
      $iterate: {
        source: { $var: 'list' },
        item: { p: { $var: 'parent.connectionInput.sub' }, i: { $var: 'index' }, n: { $var: 'item.n' } },
      },
    },
    [
      { p: 'acme', i: 0, n: 1 },
      { p: 'acme', i: 1, n: 0 },
    ],
  ],
  [
    'the first that is there is taken, an empty text too',
    { $firstNotEmpty: [{ $var: 'credentials.nil' }, { $var: 'credentials.empty' }] },
    '',
  ],
  [
    'objects are merged, the last wins',
    { $mergeObjects: [{ a: 1, b: 1 }, { $var: 'nope' }, { b: 2 }] },
    { a: 1, b: 2 },
  ],
  [
    'a copy takes from the whole result',
    { a: { b: { $var: 'connectionInput.sub' } }, c: { d: { $copy: 'a.b' } } },
    { a: { b: 'acme' }, c: { d: 'acme' } },
  ],
  ['a copy of nothing is left out', { a: 1, b: { $copy: 'nope' } }, { a: 1 }],
  ['plain is untouched', { $plain: { $var: 'x' } }, { $var: 'x' }],
  [
    'a formula resolves variables alone',
    { $formula: { $firstNotEmpty: [{ $var: 'connectionInput.sub' }, { $var: 'nope' }] } },
    { $firstNotEmpty: ['acme'] },
  ],
  [
    'names come apart',
    [
      { $firstName: 'John Snow' },
      { $lastName: 'John van Dyke' },
      { $lastName: 'Cher' },
      { $firstName: 'Cher' },
    ],
    ['John', 'van Dyke', 'Cher'],
  ],
  [
    'titles and suffixes are no names, and a comma turns round',
    [
      { $firstName: 'Dr. John B. Snow Jr.' },
      { $lastName: 'Dr. John B. Snow Jr.' },
      { $firstName: 'Snow, John' },
    ],
    ['John', 'Snow', 'John'],
  ],
  [
    'an address has one domain',
    [{ $domainFromEmail: 'a@b.example' }, { $domainFromEmail: 'a@b@c' }],
    ['b.example'],
  ],
  [
    'a moment has a date and a time in UTC',
    [
      { $extractDate: '2024-05-06T23:08:09+05:00' },
      { $extractTime: '2024-05-06T23:08:09+05:00' },
      { $extractDate: 'zz' },
    ],
    ['2024-05-06', '18:08:09'],
  ],
  ['a record is its id', { $record: { id: { $var: 'connectionInput.sub' } } }, 'acme'],
  [
    'a lookup without records stays',
    { $lookup: { recordId: { $var: 'connectionInput.sub' } } },
    { $lookup: { recordId: 'acme' } },
  ],
  ['a reference to a schema is nothing', { $dataSchemaRef: { type: 'x' } }, undefined],
]

test.each(rows)('%s', (_, value, result) => {
  const before = JSON.stringify([value, variables])
  expect(of(value)).toEqual(result)
  expect(JSON.stringify([value, variables])).toBe(before)
})
