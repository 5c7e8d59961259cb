import { expect, test } from '@jest/globals'
import { connect, type AuthStrategy } from '@latchkey/core'
import { basic } from '@latchkey/basic'
import { network } from '../../../../tools/network.ts'

const api = 'https://api.example.com'
const origins = [api]

/** User name and password as they go out for one call. */
async function pairFor(auth: AuthStrategy, settings: object, headers: Record<string, string> = {}) {
  const { fetch, sent } = network()
  await connect(auth, { settings, origins, fetch }).fetch(api, { headers })
  expect(sent).toHaveLength(1)
  const [, value] = /^Basic (.*)$/.exec(sent[0]!.headers.get('authorization') ?? '') ?? []
  return atob(value!)
}

test('user name and password are required by default, and the password may hold colons', async () => {
  expect(await pairFor(basic(), { username: 'ada', password: 'a:b:c' })).toBe('ada:a:b:c')
  expect(() => connect(basic(), { settings: { username: 'ada' } as never, origins })).toThrow(
    'password: Enter a value',
  )
})

test('an Authorization header that the caller set in another case is replaced', async () => {
  expect(await pairFor(basic(), { username: 'a', password: 'b' }, { AUTHORIZATION: 'Bearer mine' })).toBe(
    'a:b',
  )
})

test('a fixed password needs no field: a key stands for the user name', async () => {
  const auth = basic({
    username: '{apiKey}',
    password: 'X',
    fields: { apiKey: { type: 'password', label: 'API key', required: true } },
  })
  expect(Object.keys(auth.fields)).toEqual(['apiKey'])
  expect(await pairFor(auth, { apiKey: 'k-1' })).toBe('k-1:X')
})

test('an empty part needs no field, and both empty are refused', async () => {
  const nameOnly = basic({ password: '' })
  expect(Object.keys(nameOnly.fields)).toEqual(['username'])
  expect(await pairFor(nameOnly, { username: 'sk_test' })).toBe('sk_test:')
  const passwordOnly = basic({ username: '' })
  expect(Object.keys(passwordOnly.fields)).toEqual(['password'])
  expect(await pairFor(passwordOnly, { password: 'p' })).toBe(':p')
  await expect(pairFor(basic({ username: '', password: '' }), {})).rejects.toMatchObject({
    code: 'settings_invalid',
  })
})

test('an optional password may be left empty, and a required one is not sent empty', async () => {
  const optional = basic({ fields: { username: {}, password: { required: false } } })
  expect(await pairFor(optional, { username: 'ada' })).toBe('ada:')
  const apply = () =>
    basic().apply(
      { headers: new Headers() } as never,
      { settings: { username: 'ada', password: '' } } as never,
    )
  expect(apply).toThrow('Field "password" is empty')
})

test('a template puts fixed text around a field, and a value is not read as a template', async () => {
  const auth = basic({
    username: '{email}/token',
    fields: { email: { type: 'string', label: 'Email', required: true }, password: { label: 'API token' } },
  })
  expect(await pairFor(auth, { email: 'ada@example.com', password: '{email}' })).toBe(
    'ada@example.com/token:{email}',
  )
})

test('names and labels can be replaced', async () => {
  const auth = basic({
    username: '{accountSid}',
    password: '{authToken}',
    fields: {
      accountSid: { type: 'string', label: 'Account SID', required: true, public: true },
      authToken: { type: 'password', label: 'Auth token', required: true },
    },
  })
  expect(await pairFor(auth, { accountSid: 'AC1', authToken: 't' })).toBe('AC1:t')
  expect(basic({ fields: { username: { label: 'Login' }, password: {} } }).fields.username).toMatchObject({
    type: 'string',
    label: 'Login',
    required: true,
  })
})

test('a fault names the field that a person filled in', () => {
  const auth = basic({
    username: '{sid}',
    password: '',
    fields: { sid: { type: 'string', label: 'SID', required: true } },
  })
  expect(() => connect(auth, { settings: { sid: 'a:b' }, origins })).toThrow('sid: A user name has no colon')
  const apply = () => auth.apply({ headers: new Headers() } as never, { settings: { sid: 'a:b' } } as never)
  expect(thrownBy(apply)).toMatchObject({ code: 'settings_invalid', field: 'sid' })
})

test('latin-1 is ISO-8859-1, and what it does not have is refused at validation too', async () => {
  const auth = basic({ charset: 'latin-1' })
  expect(await pairFor(auth, { username: 'é', password: 'ÿ' })).toBe('é:ÿ')
  expect(() => connect(auth, { settings: { username: 'a', password: '€' }, origins })).toThrow(
    'password: This API takes West European letters only',
  )
})

test('testRequest gets a client that signs in on the base URL, and names the account', async () => {
  const { fetch, sent } = network(() => Response.json({ name: 'Ada' }))
  const auth = basic({
    async testRequest(request, { settings }) {
      const { data } = await request<{ name: string }>('/me.json', {
        searchParams: { as: settings.username },
      })
      return { id: 7, name: data.name }
    },
  })
  const connection = connect(auth, {
    settings: { username: 'a', password: 'b' },
    baseUrl: `${api}/v1`,
    fetch,
  })
  expect(await connection.test()).toEqual({ id: '7', label: 'Ada' })
  expect(sent[0]).toMatchObject({ method: 'GET', url: `${api}/v1/me.json?as=a` })
  expect(sent[0]!.headers.get('authorization')).toBe('Basic YTpi')
})

test('testRequest fails where its request is answered with an error', async () => {
  const { fetch } = network(() => new Response('no', { status: 401 }))
  const auth = basic({ testRequest: (request) => request('https://api.example.com/me') })
  const connection = connect(auth, { settings: { username: 'a', password: 'SECRET' }, origins, fetch })
  await expect(connection.test()).rejects.toMatchObject({ name: 'AuthError', code: 'credentials_rejected' })
})

test('options that cannot work are refused at construction, by name', () => {
  const cases: [unknown, string][] = [
    [{ username: '{email}' }, 'basic: fields has no field "email"'],
    [{ username: 'a:{username}' }, 'basic: username must not contain a colon'],
    [{ fields: { username: {} } }, 'basic: fields has no field "password"'],
    [{ charset: 'utf-16' }, "basic: charset must be 'utf-8' or 'latin-1'"],
  ]
  for (const [options, message] of cases) {
    const make = () => basic(options as Parameters<typeof basic>[0])
    expect(make).toThrow(TypeError)
    expect(make).toThrow(message)
  }
})

function thrownBy(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  return undefined
}
