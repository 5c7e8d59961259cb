import { isAuthError } from '@latchkey/core'
import { expect, test } from '@jest/globals'
import jsonata from 'jsonata'
import { evaluate, type EvaluateOptions } from '../../src/formula/index.ts'

const variables = {
  credentials: { apiKey: 'K-1', accents: 'p:ä', wide: 'ключ' },
  list: [{ n: 1 }, { n: 2 }],
  response: { data: { items: ['b', 'a'] } },
}
const of = (expression: unknown, options: EvaluateOptions = {}): unknown =>
  evaluate({ $jsonata: expression }, variables, 'here', options)
const problemOf = (run: () => unknown): unknown => {
  try {
    return run()
  } catch (error) {
    return isAuthError(error) ? `${error.code}: ${error.message}` : error
  }
}

test.each([
  ['$sum($.list.n)', 3],
  ['"Basic " & $base64encode(credentials.apiKey & ":x")', 'Basic Sy0xOng='],
  ['$base64encode(credentials.accents)', 'cDrk'],
  ['$base64decode("cDrk")', 'p:ä'],
  ['nope.x', undefined],
  ['[]', []],
  ['null', null],
  ['$map(list, function($v) { $v.n * 2 })', [2, 4]],
  ['list[n > 1].n', 2],
  ['$sort(response.data.items)', ['a', 'b']],
  ['$replace("a-b-c", /-/, "+")', 'a+b+c'],
  ['$match("ab12cd3", /[0-9]+/).match', ['12', '3']],
  ['$split("a1b2c", /[0-9]/)', ['a', 'b', 'c']],
  ['$contains("Hello", /ELL/i)', true],
  ['$join(response.data.items, ", ")', 'b, a'],
  ['$pad("7", -3, "0")', '007'],
  ['$toMillis("1970-01-01T00:00:01.000Z")', 1000],
  ['$reduce(list.n, function($a, $b) { $a + $b })', 3],
  ['credentials.apiKey = "K-1" ? "yes" : "no"', 'yes'],
  ['{ "a": list.n }', { a: [1, 2] }],
  ['$distinct([1, 1, 2])', [1, 2]],
  ['$lookup(list, "n")', [1, 2]],
  ['function($x) { $x }', undefined],
])('%s', (expression, result) => {
  const before = JSON.stringify(variables)
  expect(of(expression)).toEqual(result)
  expect(JSON.stringify(variables)).toBe(before)
})

test('an error is an error, with its place and code and none of the values', () => {
  expect(problemOf(() => of('1 +'))).toBe(
    'definition_invalid: here.$jsonata: the JSONata expression failed at character 3 (S0207); its author must correct it.',
  )
  expect(problemOf(() => of('credentials.apiKey + 1'))).toMatch(
    /^definition_invalid: here\.\$jsonata: .*\(T2001\)/,
  )
  expect(String(problemOf(() => of('$error(credentials.apiKey)')))).not.toContain('K-1')
})

test('the expression is written out, not computed', () => {
  expect(problemOf(() => of({ $var: 'credentials.apiKey' }))).toBe(
    'definition_invalid: here.$jsonata: an expression must be written out as a text; it cannot be computed.',
  )
})

test('what Latin-1 does not have is not encoded as something else', () => {
  expect(problemOf(() => of('$base64encode(credentials.wide)'))).toMatch(
    /^settings_invalid: A value has a character/,
  )
})

test('the clock is the one that is given', () => {
  const now = (): number => 1_000
  expect([of('$millis()', { now }), of('$now()', { now })]).toEqual([1000, '1970-01-01T00:00:01.000Z'])
  expect(problemOf(() => of('$millis()'))).toBe(
    'unsupported: here.$jsonata: the expression asks for the time, which is not given here.',
  )
})

test('what runs text, draws lots or changes its input is refused', () => {
  for (const expression of [
    '$eval("1")',
    '$random()',
    '$shuffle([1])',
    '$ ~> |list|{"n": 0}|',
    '$toMillis("1", "[Y]")',
    '$parseInteger("1", "0")',
  ])
    expect(problemOf(() => of(expression))).toMatch(/^unsupported: here\.\$jsonata: /)
})

test('other users of the library in the process keep their regular expressions', () => {
  const theirs = jsonata('$match("aa", /a(?=a)/).match')
  expect(of('$contains("a", /a/)')).toBe(true)
  expect(theirs.evaluate({})).toBe('a')
  expect(of('$contains("a", /a/)')).toBe(true)
  expect((jsonata as unknown as { readonly RegexEngine: unknown }).RegexEngine).toBe(RegExp)
})

test('no prototype can be reached', () => {
  for (const expression of [
    '$.__proto__',
    'list.constructor',
    '$sum.implementation',
    '$lookup($, "__proto__")',
  ])
    expect(of(expression)).toBe(undefined)
  of('{"__proto__": {"polluted": 1}}')
  of('$merge([{"__proto__": {"polluted": 1}}])')
  expect(({} as { readonly polluted?: unknown }).polluted).toBe(undefined)
})
