import { expect, test } from '@jest/globals'
import { allOf } from '../src/all-of.ts'
import { isAuthError } from '../src/errors.ts'
import { checkSchema, checkSettings } from '../src/fields/settings.ts'
import { toJsonSchema } from '../src/fields/json-schema.ts'
import { options } from '../src/options.ts'
import { defineStrategy, type AuthStrategy, type OutgoingRequest } from '../src/strategy.ts'
import { validator } from './fields/validator.ts'

const text = { label: 'Text', type: 'string' } as const
const apiKey = defineStrategy({
  scheme: 'key',
  fields: { apiKey: { label: 'Key', type: 'password', required: true } },
  apply: (request, c) => request.headers.append('x-key', c.settings.apiKey),
})
const login = defineStrategy({
  scheme: 'login',
  fields: { user: { ...text, required: true } },
  apply: (request, c) => request.headers.append('x-key', c.settings.user),
})

const request = (): OutgoingRequest => ({ headers: new Headers() }) as OutgoingRequest
const applied = (auth: AuthStrategy, input: unknown): string | null => {
  const open = request()
  const { leaf, settings } = checkSettings(auth, input)
  expect(leaf.apply(open, { settings, memory: new Map(), credentials: undefined } as never)).toBeUndefined()
  return open.headers.get('x-key')
}

test('the forms are one, and each part applies its own settings, in order and at once', () => {
  const auth = allOf(apiKey, login)
  expect(auth.scheme).toBe('all-of(key+login)')
  expect(auth.fields).toEqual({ ...apiKey.fields, ...login.fields })
  expect(applied(auth, { apiKey: 'k', user: 'u' })).toBe('k, u')
})

test('parts that have names put them before their fields, so that one scheme can stand there twice', () => {
  const auth = allOf({ app: apiKey, user: apiKey })
  expect(Object.keys(auth.fields)).toEqual(['app.apiKey', 'user.apiKey'])
  expect(applied(auth, { 'app.apiKey': 'a', 'user.apiKey': 'b' })).toBe('a, b')
  expect(() => checkSettings(auth, { 'app.apiKey': 'a' })).toThrow(
    'user.apiKey: Enter a value: this field is required.',
  )
})

test('an apply that waits is waited for before the next', async () => {
  const order: string[] = []
  const part = (scheme: string, wait: boolean): AuthStrategy => ({
    scheme,
    fields: {},
    apply() {
      order.push(`${scheme} begins`)
      return wait ? Promise.resolve().then(() => void order.push(`${scheme} ends`)) : undefined
    },
  })
  await allOf(part('a', false), part('b', true), part('c', true), part('d', false)).apply(request(), {
    settings: {},
    memory: new Map(),
  } as never)
  expect(order).toEqual(['a begins', 'b begins', 'b ends', 'c begins', 'c ends', 'd begins'])
})

test('a part sees its own settings and memory only, under the names that it knows', () => {
  const seen: unknown[] = []
  const spy: AuthStrategy = {
    scheme: 'spy',
    fields: { a: text },
    apply(_, c) {
      seen.push(c.settings)
      c.memory.set('count', Number(c.memory.get('count') ?? 0) + 1)
      seen.push(c.memory.get('count'))
    },
  }
  const memory = new Map()
  const auth = allOf({ one: spy, two: spy })
  const settings = { 'one.a': '1', 'two.a': '2', 'one.b': 'x' }
  for (let times = 0; times < 2; times++) void auth.apply(request(), { settings, memory } as never)
  expect(seen).toEqual([{ a: '1' }, 1, { a: '2' }, 1, { a: '1' }, 2, { a: '2' }, 2])
})

test('conditions and choices of a named part speak of its own fields', async () => {
  const asked: unknown[] = []
  const part: AuthStrategy = {
    scheme: 'part',
    apply() {},
    fields: {
      mode: {
        ...text,
        choices: ['a', { value: 'b', label: 'B', when: { field: 'pro', is: true } }],
        default: 'a',
      },
      pro: { label: 'Pro', type: 'boolean', default: false },
      key: {
        ...text,
        required: { any: [{ field: 'mode', isNot: 'a' }] },
        when: { all: [{ field: 'pro', is: true }] },
      },
      account: {
        ...text,
        choices: async (c) => {
          asked.push(c.settings)
          return ['x']
        },
      },
    },
  }
  const auth = allOf({ app: part })
  expect(checkSettings(auth, {}).settings).toEqual({ 'app.mode': 'a', 'app.pro': false })
  expect(() => checkSettings(auth, { 'app.mode': 'b' })).toThrow('app.mode: Choose one of: a.')
  expect(() => checkSettings(auth, { 'app.mode': 'b', 'app.pro': true })).toThrow('app.key: Enter a value')
  const { account } = { account: auth.fields['app.account'] }
  if (account?.type === 'string' && typeof account.choices === 'function') {
    await account.choices({ settings: { 'app.mode': 'a', other: 1 }, memory: new Map() } as never)
  }
  expect(asked).toEqual([{ mode: 'a' }])
})

test.each<[string, () => unknown, string]>([
  [
    'a field that two parts ask for',
    () => allOf(apiKey, login, apiKey),
    'allOf(): the field "apiKey" stands in key and in key; name the parts, allOf({ app: …, user: … }), or rename one of the fields',
  ],
  [
    'a field that clashes with that of an option',
    () => allOf(login, options({ a: apiKey, b: login })),
    'allOf(): the field "user" stands in login and in login',
  ],
  ['no strategy', () => allOf({}), 'allOf(): give at least one strategy'],
  ['nothing at all', () => (allOf as () => unknown)(), 'allOf(): give at least one strategy'],
])('%s is a TypeError that says so', (_, make, message) => {
  expect(make).toThrow(TypeError)
  expect(make).toThrow(message)
})

test('a selector among the parts makes a selector of the whole', () => {
  const auth = allOf(
    options({ key: apiKey, open: { ...login, title: 'Log in' } }, { default: 'key', fields: { shop: text } }),
    {
      ...apiKey,
      fields: { extra: { ...text, required: true } },
      apply: (open, c) => open.headers.append('x-key', (c.settings as Record<string, string>)['extra'] ?? ''),
    },
  )
  expect(auth.discriminator).toBe('option')
  expect(Object.keys(auth.fields)).toEqual(['option', 'shop', 'extra'])
  expect(applied(auth, { apiKey: 'k', extra: 'e' })).toBe('k, e')
  expect(applied(auth, { option: 'open', user: 'u', extra: 'e', apiKey: 'left out' })).toBe('u, e')
  expect(checkSettings(auth, { option: 'open', user: 'u', extra: 'e' }).leaf).toMatchObject({
    scheme: 'all-of(login+key)',
    title: 'Log in',
  })
  const open = request()
  void auth.apply(open, { settings: { option: 'open', user: 'u', extra: 'e' }, memory: new Map() } as never)
  expect(open.headers.get('x-key')).toBe('u, e')
})

test('two selectors by name are followed one after the other, and the form says so', () => {
  const pick = options({ key: apiKey, login }, { default: 'key' })
  const auth = allOf({ app: pick, user: pick })
  const input = { 'app.apiKey': 'a', 'user.option': 'login', 'user.user': 'b' }
  expect(applied(auth, input)).toBe('a, b')
  expect(checkSettings(auth, input).settings).toEqual({ ...input, 'app.option': 'key' })
  const valid = validator(toJsonSchema(auth))
  expect(valid(input)).toBe(true)
  expect(valid({ ...input, 'user.user': 5 })).toBe(false)
  expect(valid({ 'app.apiKey': 'a', 'user.option': 'login' })).toBe(false)
  expect(() => checkSettings(auth, { 'app.option': 'login', 'user.option': 'cookie' })).toThrow(
    'app.user: Enter a value',
  )
})

test('a selector that chooses by itself is followed inside allOf', () => {
  const third: AuthStrategy = {
    scheme: 'third',
    fields: { how: text },
    select: ({ how }) => (how === 'a' ? apiKey : login),
    apply() {},
  }
  expect(
    applied(allOf({ app: third, user: login }), { 'app.how': 'a', 'app.apiKey': 'k', 'user.user': 'u' }),
  ).toBe('k, u')
})

test('the base URL and origins are those of the first part that implies any, from its own settings and credentials', async () => {
  const given: unknown[] = []
  const computed = { ...login, baseUrl: (known: unknown) => void given.push(known) }
  const auth = allOf({
    app: { ...apiKey, baseUrl: 'https://{shop}.example.com/{zone:host}', origins: ['https://*.example.com'] },
    user: computed,
  })
  expect(auth.baseUrl).toBe('https://{app.shop}.example.com/{app.zone:host}')
  expect(auth.origins).toEqual(['https://*.example.com'])
  const other = allOf({ app: apiKey, user: computed })
  if (typeof other.baseUrl === 'function') {
    await other.baseUrl({
      settings: { 'user.user': 'u', 'app.apiKey': 'k' },
      credentials: { parts: [null, { token: 't' }] },
    })
    await other.baseUrl({ settings: {}, credentials: undefined })
  }
  expect(given).toEqual([
    { settings: { user: 'u' }, credentials: { token: 't' } },
    { settings: {}, credentials: undefined },
  ])
})

test('the schemas of parts see their own settings and name the fields of the whole', async () => {
  const seen: unknown[] = []
  const schema: AuthStrategy['schema'] = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate(value) {
        seen.push(value)
        return { issues: [{ message: 'No.', path: ['apiKey', 'x'] }, { message: 'Not at all.' }] }
      },
    },
  }
  const auth = allOf({ app: { ...apiKey, schema }, user: login })
  const checked = checkSettings(auth, { 'app.apiKey': 'k', 'user.user': 'u' })
  const error: unknown = await Promise.resolve(
    checkSchema(auth.schema as never, checked.settings, checked.fields),
  ).catch((thrown: unknown) => thrown)
  expect(isAuthError(error) && error.faults).toEqual([
    { field: 'app.apiKey', problem: 'No.' },
    { field: '', problem: 'Not at all.' },
  ])
  expect(seen).toEqual([{ apiKey: 'k' }])
  expect(allOf(apiKey).schema).toBeUndefined()
})
