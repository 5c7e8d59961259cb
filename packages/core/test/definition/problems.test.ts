import { expect, test } from '@jest/globals'
import {
  below,
  invalid,
  isObject,
  memberAt,
  nearest,
  unknownMembers,
  unsupported,
} from '@latchkey/core/definition'

test('a problem names its place, and the whole where there is none', () => {
  const cause = new Error('c')
  const wrong = invalid('a.b', 'this is wrong', cause)
  expect([wrong.code, wrong.message, wrong.cause]).toEqual([
    'definition_invalid',
    'a.b: this is wrong',
    cause,
  ])
  expect(invalid('', 'x').message).toBe('The definition: x')
  expect([unsupported('', 'x').code, unsupported('a', 'x').message]).toEqual(['unsupported', 'a: x'])
})

test.each<[string, string | number, string]>([
  ['', 'a', 'a'],
  ['a', 'b-c$', 'a.b-c$'],
  ['a', 0, 'a[0]'],
  ['a', 'x y', 'a["x y"]'],
  ['', 'a.b', '["a.b"]'],
  ['a', '', 'a[""]'],
  ['a', 'line\nbreak', 'a["line\\nbreak"]'],
])('below %j, %j stands at %s', (path, name, expected) => {
  expect(below(path, name)).toBe(expected)
})

test('an object is neither a list nor nothing', () => {
  expect([{}, Object.create(null), [], null, 'a', () => 1].map(isObject)).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
  ])
})

test('only own members are found, at any depth, in lists too', () => {
  const value = { a: [{ b: 1 }], n: null, [Symbol.iterator]: 1 }
  expect(memberAt(value, ['a', 0, 'b'])).toBe(1)
  expect(memberAt(value, ['n'])).toBe(null)
  expect(memberAt(value, [])).toBe(value)
  for (const path of [
    ['constructor'],
    ['__proto__'],
    ['a', 'map'],
    ['n', 'x'],
    ['a', 1],
    ['a', 0, 'b', 'c'],
  ]) {
    expect([path, memberAt(value, path)]).toEqual([path, undefined])
  }
  expect(memberAt('text', ['length'])).toBe(undefined)
})

test('an unknown member is named, with the known one that it resembles', () => {
  const known = ['title', 'token_refresh_endpoint', 'ids', 'on']
  const value = { title: 1, tittle: 1, tokenRefreshEndpoint: 1, idz: 1, of: 1, something: 1, 'a b': 1 }
  expect(
    unknownMembers(value, known, 'x').map(({ path, message }) => [
      path,
      message.slice(message.indexOf('.') + 2),
    ]),
  ).toEqual([
    ['x.tittle', 'Did you mean "title"?'],
    ['x.tokenRefreshEndpoint', 'Did you mean "token_refresh_endpoint"?'],
    ['x.idz', 'Did you mean "ids"?'],
    ['x.of', 'Did you mean "on"?'],
    ['x.something', ''],
    ['x["a b"]', ''],
  ])
  expect(unknownMembers({ zz: 1 }, [], '')).toEqual([
    { path: 'zz', message: '"zz" means nothing here and is passed over.' },
  ])
})

test('a misspelt name has a known one that it resembles, or none', () => {
  expect(nearest('api_tokn', ['header', 'api_token'])).toBe('api_token')
  expect(nearest('whatever', ['header', 'api_token'])).toBe(undefined)
})
