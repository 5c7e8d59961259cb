import { expect, test } from '@jest/globals'
import { connect, type Fields } from '@latchkey/core'
import { custom, type RequestTemplate } from '@latchkey/custom'
import { network } from '../../../../tools/network.ts'
import { thrownBy } from './support.ts'

const definition = {
  fields: {
    subdomain: { type: 'string', label: 'Subdomain', required: true, public: true },
    apiKey: { type: 'password', label: 'API key', required: true },
    account: { type: 'string', label: 'Account' },
    limit: { type: 'number', label: 'Limit' },
  },
  request: {
    prefixUrl: 'https://{subdomain}.example.com/api/{account}',
    headers: { authorization: 'Bearer {apiKey}', 'x-account': '{account}', 'x-braces': '{ "a": {} }' },
    searchParams: { account: '{account}', v: '2' },
    json: {
      auth: { key: '{apiKey}', account: '{account}' },
      limit: '{limit}',
      text: 'at most {limit}',
      list: ['{account}', 1, true, null],
    },
  },
} as const

test('a definition in plain JSON works, also after it has been stored as text', async () => {
  const stored = JSON.parse(JSON.stringify(definition)) as typeof definition
  for (const auth of [custom(definition), custom(stored)]) {
    const { fetch, sent } = network()
    const settings = { subdomain: 'acme', apiKey: 'k-1', account: 'a b/c', limit: 3 }
    await connect(auth, { settings, fetch }).fetch('things?v=1', { method: 'POST', body: '{}' })
    expect(sent[0]!.url).toBe('https://acme.example.com/api/a%20b%2Fc/things?v=1&account=a+b%2Fc')
    expect(sent[0]!.headers.get('authorization')).toBe('Bearer k-1')
    expect(sent[0]!.headers.get('x-account')).toBe('a b/c')
    expect(sent[0]!.headers.get('x-braces')).toBe('{ "a": {} }')
    expect(JSON.parse(sent[0]!.body)).toEqual({
      auth: { key: 'k-1', account: 'a b/c' },
      limit: 3,
      text: 'at most 3',
      list: ['a b/c', 1, true, null],
    })
  }
})

test('an entry whose optional field was left empty is left out', async () => {
  const { prefixUrl: _, ...request } = definition.request
  const { fetch, sent } = network()
  const auth = custom({ fields: definition.fields, request })
  const connection = connect(auth, {
    settings: { subdomain: 'acme', apiKey: 'k-1' },
    origins: ['https://acme.example.com'],
    fetch,
  })
  await connection.fetch('https://acme.example.com/', { method: 'POST' })
  expect(sent[0]!.url).toBe('https://acme.example.com/?v=2')
  expect(sent[0]!.headers.has('x-account')).toBe(false)
  expect(sent[0]!.body).toBe('{"auth":{"key":"k-1"},"list":[1,true,null]}')
})

test('a required value is never sent empty', () => {
  const auth = custom({
    fields: definition.fields,
    request: { headers: { authorization: 'Bearer {apiKey}' } },
  })
  const headers = new Headers()
  const refused = thrownBy(() =>
    auth.apply(
      { headers, url: new URL('https://a.example') } as never,
      { settings: { apiKey: '' } } as never,
    ),
  )
  expect(refused).toMatchObject({ code: 'settings_invalid', field: 'apiKey' })
  expect([...headers]).toEqual([])
})

test('user name and password are Basic', async () => {
  const { fetch, sent } = network()
  const auth = custom({
    fields: { key: { type: 'password', label: 'Key', required: true } },
    request: { prefixUrl: 'https://api.example.com', username: '{key}', password: 'X' },
  })
  await connect(auth, { settings: { key: 'k' }, fetch }).fetch('/')
  expect(sent[0]!.headers.get('authorization')).toBe('Basic azpY')
  expect(() => connect(auth, { settings: { key: 'a:b' } })).toThrow('key: A user name has no colon.')
})

test('a base URL with a slot is the only place that its account’s credentials go', async () => {
  const { fetch, sent } = network()
  const auth = custom({
    fields: { subdomain: { type: 'string', label: 'Subdomain', required: true } },
    request: { prefixUrl: 'https://{subdomain}.example.com', headers: { 'x-key': 'k' } },
  })
  const connection = connect(auth, { settings: { subdomain: 'acme' }, fetch })
  await expect(connection.fetch('https://other.example.com/')).rejects.toMatchObject({
    code: 'origin_forbidden',
  })
  expect(sent).toEqual([])
})

test('fields are guarded by the places that they go to', () => {
  const { fields } = custom(definition)
  expect(fields.subdomain).toMatchObject({ format: 'subdomain' })
  expect(fields.apiKey).toMatchObject({ pattern: '[\\x20-\\x7e]+' })
  expect(definition.fields.subdomain).not.toHaveProperty('format')
  const whole = custom({
    fields: {
      host: { type: 'string', label: 'Host', required: true },
      own: { type: 'string', label: 'Own', format: 'email' },
    },
    request: { prefixUrl: 'https://{host:host}/{own}' },
  })
  expect(whole.fields).toMatchObject({ host: { format: 'hostname' }, own: { format: 'email' } })
})

test('a slot without a field is refused at construction, by name, wherever it stands', () => {
  const fields: Fields = { apiKey: { type: 'password', label: 'API key', required: true } }
  const templates: RequestTemplate[] = [
    { prefixUrl: 'https://{nope}.example.com' },
    { prefixUrl: 'https://example.com/{nope}' },
    { headers: { a: '{apiKey} {nope}' } },
    { searchParams: { a: '{nope}' } },
    { json: { a: [{ b: '{nope}' }] } },
    { username: '{nope}' },
    { password: '{nope}' },
  ]
  for (const request of templates) {
    const refused = thrownBy(() => custom({ fields, request }))
    expect(refused).toBeInstanceOf(TypeError)
    expect((refused as Error).message).toBe(
      'custom: request has a slot {nope}, and fields has no field of that name',
    )
  }
  expect(thrownBy(() => custom({ fields, request: { prefixUrl: 'https://{apiKey}.com' } }))).toBeInstanceOf(
    TypeError,
  )
})
