import { isAuthError } from '@latchkey/core'
import { expect, test } from '@jest/globals'
import { evaluate, parseLocator, textOf, type EvaluateOptions } from '../../src/formula/index.ts'

const variables = {
  credentials: { apiKey: 'k-1', empty: '', zero: 0, no: false, nil: null, pw: 'pa$$w$&d' },
  connectionInput: { sub: 'acme', tags: ['x', 'y'] },
  list: [{ n: 1 }],
  numbers: [0, 1, 2],
}

const of = (value: unknown, options: EvaluateOptions = {}): unknown =>
  evaluate(value, variables, 'here', options)
const strictly = (value: unknown, optional?: (locator: string) => boolean): unknown =>
  of(value, { missing: 'error', optional })
const codeOf = (run: () => unknown): unknown => {
  try {
    return run()
  } catch (error) {
    return isAuthError(error) ? `${error.code}: ${error.message}` : error
  }
}

test('a second evaluation with other variables gives the values of the second', () => {
  const value = { $formula: { key: { $var: 'credentials.apiKey' } } }
  const keys = ['a', 'b'].map((apiKey) => evaluate(value, { credentials: { apiKey } }, 'here'))
  expect(keys).toEqual([{ key: 'a' }, { key: 'b' }])
})

test('where a value must not be missing, the error names its locator and who must act', () => {
  const errors = [
    { $concat: ['Bearer ', { $var: 'credentials.nope' }] },
    { $var: 'credentials.empty' },
    { $template: "Basic ${base64(connectionInput.user + ':')}" },
    { $tpl: { template: 'k={k}', values: { k: { $var: 'connectorParameters.key' } } } },
    { $firstNotEmpty: [{ $var: 'credentials.a' }, { $var: 'credentials.b' }] },
    { $jsonata: '"Basic " & $base64encode(credentials.nope & ":x")' },
    { $jsonata: 'response.token' },
  ].map((value) => codeOf(() => strictly(value)))
  expect(errors).toEqual([
    'credentials_missing: credentials.nope is missing (here["$concat"][1]["$var"]), and nothing is sent without it: connect again.'
      .replaceAll('["$concat"]', '.$concat')
      .replaceAll('["$var"]', '.$var'),
    'credentials_missing: credentials.empty is missing (here.$var), and nothing is sent without it: connect again.',
    'settings_invalid: connectionInput.user is missing (here.$template), and nothing is sent without it: fill it in on the form.',
    'settings_invalid: connectorParameters.key is missing (here.$tpl.values.k.$var), and nothing is sent without it: the operator must set it.',
    'credentials_missing: credentials.a or credentials.b is missing (here.$firstNotEmpty), and nothing is sent without it: connect again.',
    'credentials_missing: credentials.nope is missing (here.$jsonata), and nothing is sent without it: connect again.',
    "response_invalid: response.token is missing (here.$jsonata), and nothing is sent without it: the provider's answer does not have it.",
  ])
})

test('where a value must not be missing, a condition and an alternative may still look for it', () => {
  const value = {
    a: { $firstNotEmpty: [{ $var: 'credentials.nope' }, { $var: 'credentials.apiKey' }] },
    b: { $case: { cases: [{ filter: { $eval: { $var: 'nope' }, isEmpty: true }, value: 'v' }] } },
    c: { $map: { value: { $var: 'nope' }, mapping: [], default: '' } },
    d: { $concat: ['x', { $case: { cases: [], default: '' } }] },
  }
  expect(strictly(value)).toEqual({ a: 'k-1', b: 'v', c: '', d: 'x' })
})

test('what may be missing is left out, but a text is never made of nothing else', () => {
  const optional = (locator: string): boolean => locator !== 'credentials.apiKey'
  expect(strictly({ h: { $var: 'credentials.nope' }, i: 1 }, optional)).toEqual({ i: 1 })
  expect(strictly({ $template: "${base64(credentials.apiKey + ':' + credentials.nope)}" }, optional)).toBe(
    'ay0xOg==',
  )
  expect(codeOf(() => strictly({ $concat: ['Bearer ', { $var: 'credentials.nope' }] }, optional))).toMatch(
    /^credentials_missing/,
  )
  expect(codeOf(() => strictly({ $template: 'Bearer ${credentials.nope}' }, optional))).toMatch(
    /^credentials_missing/,
  )
})

test('what looks up records cannot be a credential', () => {
  expect(codeOf(() => strictly({ $lookup: { x: 1 } }))).toMatch(/^unsupported: here\.\$lookup/)
})

test('an object is no text, and the error does not show it', () => {
  expect(codeOf(() => of({ $concat: ['a', { $var: 'credentials' }] }))).toBe(
    'definition_invalid: here.$concat[1]: an object or nothing at all stands where a text is made; name a member of it.',
  )
  expect(textOf([1, 'a', null, true], 'here')).toBe('1,a,,true')
})

test('a copy of a copy is refused', () => {
  expect(codeOf(() => of({ a: { $copy: 'b' }, b: { $copy: 'c' }, c: 1 }))).toBe(
    'definition_invalid: here.a.$copy: b is a copy itself.',
  )
})

test('prototypes are neither read nor written', () => {
  const hostile = JSON.parse(
    '{"__proto__": {"polluted": 1}, "a": {"constructor": {"prototype": {"polluted": 1}}}}',
  ) as unknown
  for (const locator of [
    '__proto__',
    'constructor',
    'credentials.__proto__',
    'list.constructor.prototype',
    'numbers.push',
  ])
    expect(of({ $var: locator })).toBe(undefined)
  const made = of({ $mergeObjects: [{ $plain: hostile }, { b: 1 }] }) as object
  expect(Object.getPrototypeOf(made)).toBe(Object.prototype)
  expect(Object.keys(of(hostile) as object)).toEqual(['__proto__', 'a'])
  expect(({} as { readonly polluted?: unknown }).polluted).toBe(undefined)
})

test('a locator has names, indices and escapes', () => {
  expect(
    ['$', '$.a.b[0]', 'a\\.b', 'a[b]', 'a[', '', '$x', '[0][1]', 'a]', 'a..b', 'a\\'].map(parseLocator),
  ).toEqual([
    [],
    ['a', 'b', 0],
    ['a.b'],
    undefined,
    undefined,
    undefined,
    undefined,
    [0, 1],
    ['a]'],
    ['a', '', 'b'],
    ['a\\'],
  ])
})
