import { expect, test } from '@jest/globals'
import { isAuthError } from '../src/errors.ts'
import { checkSettings } from '../src/fields/settings.ts'
import { none } from '../src/none.ts'
import { options } from '../src/options.ts'
import {
  defineStrategy,
  type AuthStrategy,
  type CredentialContext,
  type OutgoingRequest,
} from '../src/strategy.ts'

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

const faultsOf = (auth: AuthStrategy, input: unknown): unknown => {
  try {
    checkSettings(auth, input)
  } catch (error) {
    if (isAuthError(error)) return error.faults
    throw error
  }
  throw new Error('the settings were accepted')
}
const missing = 'Enter a value: this field is required.'

test('the first question is which option, then come the common fields and those of the option', () => {
  const auth = options(
    { key: { strategy: apiKey, title: 'API key', when: { field: 'region', is: 'eu' } }, login, open: none() },
    { title: 'Sign in by', default: 'key', fields: { region: { ...text, default: 'eu' } } },
  )
  expect(auth.scheme).toBe('options')
  expect(auth.discriminator).toBe('option')
  expect(auth.fields).toEqual({
    option: {
      type: 'string',
      label: 'Sign in by',
      required: true,
      public: true,
      default: 'key',
      choices: [
        { value: 'key', label: 'API key', when: { field: 'region', is: 'eu' } },
        { value: 'login', label: 'User and password', description: 'For old accounts.' },
        { value: 'open', label: 'No authentication' },
      ],
    },
    region: { ...text, default: 'eu' },
  })
  const { leaf, fields, settings } = checkSettings(auth, { apiKey: 'k' })
  expect(settings).toEqual({ option: 'key', region: 'eu', apiKey: 'k' })
  expect(Object.keys(fields)).toEqual(['option', 'region', 'apiKey'])
  expect(leaf).toMatchObject({ scheme: 'key', title: 'API key' })
})

test('what belongs to another option is left out without a word, what belongs to none is a fault', () => {
  const auth = options({ key: apiKey, login })
  expect(checkSettings(auth, { option: 'login', user: 'u', apiKey: 'stale' }).settings).toEqual({
    option: 'login',
    user: 'u',
  })
  expect(faultsOf(auth, { option: 'login', user: 'u', apikey: 'k' })).toEqual([
    { field: 'apikey', problem: 'This is not a field of "options"; did you mean "apiKey"?' },
  ])
})

test('without a default the option must be named, and one of those that there are', () => {
  const auth = options({ key: apiKey, login }, { fields: { shop: { ...text, required: true } } })
  expect(faultsOf(auth, { apiKey: 'k' })).toEqual([
    { field: 'option', problem: missing },
    { field: 'shop', problem: missing },
  ])
  for (const option of ['cookie', 'constructor', '__proto__']) {
    expect(faultsOf(auth, { option, shop: 's' })).toEqual([
      { field: 'option', problem: 'Choose one of: key, login.' },
    ])
  }
  expect(faultsOf(auth, { option: 7, shop: 's' })).toEqual([
    { field: 'option', problem: 'Give text, not a number.' },
  ])
})

test('all faults of the selector and of the chosen option come at once', () => {
  const auth = options({ key: apiKey, login }, { fields: { shop: { ...text, required: true } } })
  expect(faultsOf(auth, { option: 'login', password: ' p' })).toEqual([
    { field: 'shop', problem: missing },
    { field: 'user', problem: missing },
    { field: 'password', problem: 'Remove the blank or line break at the start.' },
  ])
})

test('an option is offered only while its condition holds of the common fields', () => {
  const auth = options(
    { key: apiKey, login: { strategy: login, when: { field: 'plan', is: 'pro' } } },
    { fields: { plan: { ...text, choices: ['free', 'pro'], default: 'free' } } },
  )
  expect(faultsOf(auth, { option: 'login', user: 'u' })).toEqual([
    { field: 'option', problem: 'Choose one of: key.' },
  ])
  expect(checkSettings(auth, { option: 'login', user: 'u', plan: 'pro' }).leaf.scheme).toBe('login')
})

test("an option's own test, base URL, origins and fields win over the strategy's, and these over the common ones", async () => {
  const says = (id: string) => async () => ({ id })
  const own = { ...login, test: says('strategy'), baseUrl: 'https://strategy.example.com' }
  const auth = options(
    {
      a: apiKey,
      b: own,
      c: {
        strategy: own,
        test: says('option'),
        baseUrl: 'https://option.example.com',
        fields: { user: { ...text, label: 'Name' } },
      },
    },
    {
      test: says('common'),
      baseUrl: 'https://common.example.com',
      origins: ['https://common.example.com'],
      fields: { user: { ...text, label: 'Common' } },
    },
  )
  const told = await Promise.all(
    Object.values(auth.choices).map(async ({ test: prove, baseUrl, origins, fields }) => [
      (await prove?.({} as never))?.id,
      baseUrl,
      origins,
      fields['user']?.label,
    ]),
  )
  expect(told).toEqual([
    ['common', 'https://common.example.com', ['https://common.example.com'], 'Common'],
    ['strategy', 'https://strategy.example.com', ['https://common.example.com'], 'Text'],
    ['option', 'https://option.example.com', ['https://common.example.com'], 'Name'],
  ])
  expect(own).toEqual({ ...login, test: own.test, baseUrl: 'https://strategy.example.com' })
})

test('selectors nest, and what is common to the outer reaches the innermost option', () => {
  const inner = options(
    { key: apiKey, login },
    { default: 'login', fields: { shop: { ...text, required: true } } },
  )
  const auth = options(
    { token: apiKey, account: { strategy: inner, title: 'Account', baseUrl: 'https://account.example.com' } },
    { discriminator: 'kind', fields: { zone: { ...text, default: 'z' } }, baseUrl: 'https://example.com' },
  )
  const { leaf, settings, fields } = checkSettings(auth, { kind: 'account', user: 'u', shop: 's' })
  expect(settings).toEqual({ kind: 'account', zone: 'z', option: 'login', shop: 's', user: 'u' })
  expect(leaf).toMatchObject({
    scheme: 'login',
    title: 'User and password',
    baseUrl: 'https://account.example.com',
  })
  expect(Object.keys(leaf.fields)).toEqual(['zone', 'shop', 'user', 'password'])
  expect(Object.keys(fields)).toEqual(['kind', 'zone', 'option', 'shop', 'user', 'password'])
  expect(auth.choices.account.choices?.['login']).toBe(leaf)
  expect(
    checkSettings(auth, { kind: 'token', apiKey: 'k', user: 'other', option: 'login' }).settings,
  ).toEqual({
    kind: 'token',
    zone: 'z',
    apiKey: 'k',
  })
  expect(faultsOf(auth, { kind: 'account', option: 'login' })).toEqual([
    { field: 'shop', problem: missing },
    { field: 'user', problem: missing },
  ])
})

test('a selector that a third party wrote with select alone is followed too', () => {
  const auth = options(
    {
      own: {
        scheme: 'third',
        fields: { how: text },
        select: ({ how }) => (how === 'a' ? apiKey : login),
        apply() {},
      },
    },
    { default: 'own', baseUrl: 'https://example.com' },
  )
  expect(checkSettings(auth, { how: 'a', apiKey: 'k' }).leaf).toMatchObject({
    scheme: 'key',
    baseUrl: 'https://example.com',
  })
})

test('no verb of an option that was not chosen ever runs, and a verb that the chosen one lacks is absent', async () => {
  const never = (): never => {
    throw new Error('not chosen')
  }
  const trap: AuthStrategy = {
    scheme: 'trap',
    fields: {},
    apply: never,
    acquire: never,
    refresh: never,
    inspect: never,
    revoke: never,
    test: never,
    select: undefined as never,
  }
  const { select: _, ...trapped } = trap
  const auth = options({ key: apiKey, trap: trapped }, { default: 'key' })
  const request = { headers: new Headers() } as OutgoingRequest
  const { leaf, settings } = checkSettings(auth, { apiKey: 'k' })
  await leaf.apply(request, { settings } as never)
  expect(request.headers.get('x-key')).toBe('k')
  expect(Object.keys(leaf).sort()).toEqual(['apply', 'fields', 'scheme'])
  // As a plain strategy it delegates too.
  await auth.apply(request, { settings: { option: 'key', apiKey: 'other' } } as CredentialContext<
    never,
    never
  >)
  expect(request.headers.get('x-key')).toBe('other')
  expect(['acquire', 'refresh', 'inspect', 'revoke', 'test'].filter((verb) => verb in auth)).toEqual([])
})

test('select refuses an option that there is not, and takes the default where none is named', () => {
  const auth = options({ key: apiKey, login }, { default: 'login' })
  expect(auth.select({} as never).scheme).toBe('login')
  expect(() => auth.select({ option: 'toString' } as never)).toThrow('option: Choose one of: key, login.')
})
