import { expect, test } from '@jest/globals'
import { defineConnector } from '../src/connector.ts'
import { checkFields } from '../src/fields/settings.ts'
import { options } from '../src/options.ts'
import { defineStrategy } from '../src/strategy.ts'

const text = { label: 'Text', type: 'string' } as const
const apiKey = defineStrategy({
  scheme: 'key',
  fields: { apiKey: { label: 'Key', type: 'password', required: true } },
  apply: (request, c) => request.headers.set('x-key', c.settings.apiKey),
})
const login = defineStrategy({
  scheme: 'login',
  title: 'User and password',
  description: 'For old accounts.',
  fields: { user: { ...text, required: true }, password: { label: 'Password', type: 'password' } },
  apply: (request, c) => request.headers.set('x-user', c.settings.user),
})

test.each<[string, () => unknown, string]>([
  ['no options', () => options({}), 'options(): give at least one option'],
  [
    'a default that is no option',
    () => options({ key: apiKey }, { default: 'toString' as never }),
    'options(): default "toString" is not one of the options',
  ],
  [
    'a common field named as the discriminator',
    () => options({ key: apiKey }, { fields: { option: text } }),
    'options(): the common field "option" has the name of the discriminator; rename one',
  ],
  [
    'an option field named as the discriminator',
    () => options({ key: apiKey }, { discriminator: 'apiKey' }),
    'options(): a field of option "key" has the name of the discriminator "apiKey"; give another discriminator',
  ],
  [
    'a nested selector by the same discriminator',
    () => options({ in: options({ key: apiKey }) }),
    'options(): option "in" is a selector by "option" too; give one of them another discriminator',
  ],
  [
    'a selector nested deeper by the same discriminator',
    () => options({ in: options({ deep: options({ key: apiKey }) }, { discriminator: 'x' }) }),
    'options(): option "in" is a selector by "option" too; give one of them another discriminator',
  ],
])('%s is a TypeError that says so', (_, make, message) => {
  expect(make).toThrow(TypeError)
  expect(make).toThrow(message)
})

test('a condition of an option on a field that is not common is a mistake in the definition', () => {
  const auth = options({ key: { strategy: apiKey, when: { field: 'user', is: 'x' } }, login })
  expect(() => checkFields(auth.fields, auth.choices)).toThrow(
    'field "option": a condition names the unknown field "user"',
  )
})

test('a connector is refused for a mistake in the form of any of its options', () => {
  const auth = options({ key: { ...apiKey, fields: { apiKey: { ...text, pattern: '(' } } } })
  expect(() =>
    defineConnector({ key: 'demo', name: 'Demo', auth, baseUrl: 'https://api.example.com' }),
  ).toThrow('field "apiKey": pattern is not a regular expression')
})
