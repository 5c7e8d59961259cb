import { expect, test } from '@jest/globals'
import { connect, type AuthStrategy } from '@latchkey/core'
import { bearer } from '@latchkey/bearer'
import { network } from '../../../../tools/network.ts'

const origins = ['https://api.example.com']

/** The headers that go out for one call. */
async function headersFor(auth: AuthStrategy, token: string, headers: Record<string, string> = {}) {
  const { fetch, sent } = network()
  await connect(auth, { settings: { token }, origins, fetch }).fetch('https://api.example.com/', { headers })
  expect(sent).toHaveLength(1)
  return sent[0]!.headers
}

const thrownBy = (run: () => unknown): unknown => {
  try {
    run()
  } catch (error) {
    return error
  }
  return undefined
}

test('the token follows the word Bearer and one space', async () => {
  expect((await headersFor(bearer(), 'abc.def~g+/==')).get('authorization')).toBe('Bearer abc.def~g+/==')
})

test('header and word can be replaced, and a word is followed by one space', async () => {
  const cases: [Parameters<typeof bearer>[0], string, string][] = [
    [{ prefix: 'Token' }, 'authorization', 'Token t-1'],
    [{ prefix: 'SSWS' }, 'authorization', 'SSWS t-1'],
    [{ prefix: 'Token ' }, 'authorization', 'Token t-1'],
    [{ prefix: 'Token token=' }, 'authorization', 'Token token=t-1'],
    [{ header: 'x-amz-access-token', prefix: '' }, 'x-amz-access-token', 't-1'],
  ]
  for (const [options, header, value] of cases) {
    const headers = await headersFor(bearer(options), 't-1')
    expect([...headers].filter(([name]) => name === header)).toEqual([[header, value]])
  }
})

test("the strategy's header wins over one that the caller set in another case", async () => {
  const headers = await headersFor(bearer(), 't-1', { Authorization: 'Basic mine' })
  expect(headers.get('authorization')).toBe('Bearer t-1')
})

test('a prefix that was pasted along is refused with a hint, at validation and at use', () => {
  const cases: [AuthStrategy, string, string][] = [
    [bearer(), 'Bearer abc', 'without “Bearer” before it'],
    [bearer(), 'bEARER  abc', 'without “Bearer” before it'],
    [bearer({ prefix: 'SSWS' }), 'ssws abc', 'without “SSWS” before it'],
    [bearer({ prefix: 'SSWS' }), 'Bearer abc', 'without “SSWS” before it'],
    [bearer({ prefix: 'key=' }), 'KEY=abc', 'without “key=” before it'],
    [bearer({ header: 'x-token', prefix: '' }), 'Bearer abc', 'without a word such as “Bearer” before it'],
  ]
  for (const [auth, token, hint] of cases) {
    const apply = () => auth.apply({ headers: new Headers() } as never, { settings: { token } } as never)
    for (const use of [() => connect(auth, { settings: { token }, origins }), apply]) {
      const refused = thrownBy(use)
      expect(refused).toMatchObject({
        code: 'settings_invalid',
        remedy: 'settings',
        field: 'token',
        scheme: 'bearer',
      })
      expect((refused as Error).message).toContain(hint)
      expect((refused as Error).message).not.toContain('abc')
    }
  }
})

test('a token that merely begins like the prefix is a token', async () => {
  expect((await headersFor(bearer(), 'bearerabc')).get('authorization')).toBe('Bearer bearerabc')
  expect((await headersFor(bearer({ prefix: 'key=' }), 'keyabc')).get('authorization')).toBe('key=keyabc')
})

test('an empty token is never sent', () => {
  const refused = thrownBy(() =>
    bearer().apply({ headers: new Headers() } as never, { settings: {} } as never),
  )
  expect(refused).toMatchObject({
    code: 'settings_invalid',
    message: 'Field "token" is empty',
    field: 'token',
  })
  expect(thrownBy(() => connect(bearer(), { settings: { token: '' }, origins }))).toMatchObject({
    field: 'token',
  })
})

test('the field can say where to find the token, and others can stand beside it', async () => {
  const auth = bearer({
    prefix: 'SSWS',
    fields: {
      domain: { type: 'string', label: 'Okta domain', format: 'subdomain', required: true, public: true },
      token: { label: 'API token', help: 'Security → API → Tokens' },
    },
    baseUrl: 'https://{domain}.okta.com/api/v1',
    title: 'API token',
  })
  expect(auth).toMatchObject({ title: 'API token', scheme: 'bearer' })
  expect(Object.keys(auth.fields)).toEqual(['domain', 'token'])
  expect(auth.fields.token).toMatchObject({ type: 'password', required: true, label: 'API token' })
  const { fetch, sent } = network()
  await connect(auth, { settings: { domain: 'acme', token: 't' }, fetch }).http('users')
  expect(sent[0]).toMatchObject({ url: 'https://acme.okta.com/api/v1/users' })
})

test('options that cannot work are refused at construction, by name', () => {
  const cases: [unknown, string][] = [
    [{ header: 'host' }, 'The header host'],
    [{ header: 'x y' }, 'The header name "x y"'],
    [{ prefix: 'Tokén' }, 'bearer: prefix must be printable ASCII'],
    [{ fields: { key: { label: 'Key' } } }, 'bearer: fields must have a field "token"'],
  ]
  for (const [options, message] of cases) {
    const make = () => bearer(options as Parameters<typeof bearer>[0])
    expect(make).toThrow(TypeError)
    expect(make).toThrow(message)
  }
})
