import { isAuthError } from '@latchkey/core'
import { expect, test } from '@jest/globals'
import { checkFormulas } from '../../src/formula/check.ts'
import { locatorsIn } from '../../src/formula/index.ts'

const warned = (value: unknown): readonly string[] =>
  checkFormulas(value, 'm').map(({ path, message }) => `${path}: ${message}`)

test('what means something else than it seems to is a warning with its place', () => {
  expect(warned({ h: { $conca: ['a'] } })).toEqual([
    'm.h.$conca: "$conca" is no formula but plain data. Did you mean "$concat"?',
  ])
  expect(warned({ $eval: 1, equals: 1 })[0]).toMatch(/^m\.equals: .*always holds\.$/)
  expect(warned({ $eval: 1 })).toEqual(['m: A condition without an operator always holds.'])
  expect(warned({ $map: { value: 1, mappings: [] } })[0]).toMatch(/^m\.\$map\.mappings: .*"mapping"\?$/)
  expect(warned({ $case: { cases: [{ filter: false, value: 1 }] } })).toEqual([
    'm.$case.cases[0].filter: A filter that is no formula always holds, whatever it is.',
  ])
  expect(warned({ $case: { cases: [{ filter: [{ field: 'a', operator: 'isnt' }], value: 1 }] } })[0]).toMatch(
    /^m\.\$case\.cases\[0\]\.filter\[0\]\.isnt: /,
  )
  expect(warned({ x: 1, $var: 'a' })).toEqual([
    'm.$var: A formula must be the first member of its object; this is plain data.',
  ])
  expect(warned({ $var: 'a', x: 1 })).toEqual([
    'm.x: Only the first member counts beside $var; this is passed over.',
  ])
  expect(warned({ $var: '$x' })).toEqual([
    'm.$var: This is no locator such as credentials.apiKey: it gives null.',
  ])
})

test('what is right, or plain, is no warning', () => {
  expect(
    warned({
      a: { $eval: { $var: 'a' }, isNotEmpty: true },
      b: { $plain: { $oops: 1 } },
      c: { $case: [{ value: { $template: '${a.b}' } }] },
      d: { $jsonata: '$sum(list)' },
      e: [null, 1, 'x'],
    }),
  ).toEqual([])
})

test.each([
  [{ a: { $jsonata: '1 +' } }, 'm.a.$jsonata: the JSONata expression failed at character 3 (S0207)'],
  [{ a: { $jsonata: { $var: 'x' } } }, 'm.a.$jsonata: must be a text; it cannot be computed.'],
  [{ a: { $var: { $concat: ['a'] } } }, 'm.a.$var: must be a text; it cannot be computed.'],
  [{ a: { $template: 'x ${' } }, 'm.a.$template: a ${ has no } that ends it'],
  [
    { a: { $template: '${hash(a)}' } },
    'm.a.$template: hash() is not known here; base64() is the only function.',
  ],
  [{ a: { $template: '${a +}' } }, 'm.a.$template: a slot may hold names with dots'],
  [{ a: { $template: '${a[b]}' } }, 'm.a.$template: a slot may hold names with dots'],
  [{ a: { $template: "${base64('a'}" } }, 'm.a.$template: a slot may hold names with dots'],
])('%j is refused before anything is evaluated', (value, message) => {
  try {
    warned(value)
    expect('refused').toBe('accepted')
  } catch (error) {
    expect(isAuthError(error) && error.code).toBe('definition_invalid')
    expect((error as Error).message).toContain(message)
  }
})

test('the variables of a mapping are found wherever they stand', () => {
  const mapping = {
    a: { $var: 'credentials.a' },
    b: { $template: "${base64(credentials.b + ':' + connectionInput.c)}" },
    c: { $jsonata: '"x" & connectionInput.d & $lowercase(credentials.e)' },
    d: [{ $concat: ['x', { $firstNotEmpty: [{ $var: '$.credentials.f' }] }] }],
    e: { $plain: { $var: 'credentials.g' } },
  }
  expect([...locatorsIn(mapping)].sort()).toEqual([
    '$.credentials.f',
    'connectionInput.c',
    'connectionInput.d',
    'credentials.a',
    'credentials.b',
    'credentials.e',
  ])
})
