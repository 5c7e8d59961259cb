import { expect, test } from '@jest/globals'
import { memberAt } from '@latchkey/core/definition'
import { authenticatorsOf, resolveManifest, sameAuthenticator } from '../../src/resolve/index.ts'
import { refusal } from '../template/scope.ts'

const bearer = { type: 'BearerAuthenticator', api_token: "{{ config['token'] }}" }
const stream = (more: object, requester: object = {}): object => ({
  type: 'DeclarativeStream',
  retriever: {
    type: 'SimpleRetriever',
    requester: { type: 'HttpRequester', url_base: 'https://api.example.com', path: '/a', ...requester },
  },
  ...more,
})

test('a reference is filled in, and its own members win, one by one', () => {
  const resolved = resolveManifest({
    definitions: {
      auth: { ...bearer, header: 'a' },
      base: { auth: { $ref: '#/definitions/auth', header: 'b' }, text: '#/definitions/auth/api_token' },
      again: { $ref: '#/definitions/base', text: 'own' },
      list: ['#/definitions/auth', { $ref: '#/definitions/list_of/1' }],
      list_of: [1, 'two'],
      'with/slash': { deep: 'x' },
      through: '#/definitions/with/slash/deep',
    },
  })
  expect(memberAt(resolved, ['definitions', 'again'])).toEqual({
    auth: { ...bearer, header: 'b' },
    text: 'own',
  })
  expect(memberAt(resolved, ['definitions', 'base', 'text'])).toBe("{{ config['token'] }}")
  expect(memberAt(resolved, ['definitions', 'list'])).toEqual([{ ...bearer, header: 'a' }, 'two'])
  expect(memberAt(resolved, ['definitions', 'through'])).toBe('x')
})

test('a reference that leads nowhere or back to itself is named by its place', () => {
  const cases: [unknown, RegExp][] = [
    [{ a: { b: ['#/x/y'] } }, /^a\.b\[0\]: the reference #\/x\/y leads nowhere\.$/],
    [{ a: { $ref: '#/__proto__' } }, /^a\.\$ref: the reference #\/__proto__ leads nowhere/],
    [{ a: '#/constructor/name' }, /leads nowhere/],
    [{ a: '#/b', b: '#/c', c: '#/a' }, /leads back to itself/],
    [{ a: { x: { $ref: '#/a' } } }, /leads back to itself/],
    [[], /a manifest is an object/],
    ['version: 1', /a manifest is an object/],
    [null, /a manifest is an object/],
  ]
  for (const [manifest, message] of cases) {
    const error = refusal(() => resolveManifest(manifest))
    expect(error).toMatchObject({ code: 'definition_invalid', remedy: 'code' })
    expect(error.message).toMatch(message)
  }
})

test('parameters are handed down by name, own ones win, and what is written wins over both unless it is empty', () => {
  const resolved = resolveManifest({
    streams: [
      stream(
        { $parameters: { name: 'things', path: '/p', field_name: 'X-Key', extra: 1 } },
        {
          path: '',
          $parameters: { extra: 2 },
          authenticator: {
            type: 'ApiKeyAuthenticator',
            inject_into: { type: 'RequestOption', inject_into: 'header' },
          },
        },
      ),
    ],
  })
  const requester = ['streams', 0, 'retriever', 'requester']
  expect(memberAt(resolved, ['streams', 0, 'name'])).toBe('things')
  expect(memberAt(resolved, [...requester, 'path'])).toBe('/p')
  expect(memberAt(resolved, [...requester, 'extra'])).toBe(2)
  expect(memberAt(resolved, [...requester, 'authenticator', 'inject_into', 'field_name'])).toBe('X-Key')
  expect(memberAt(resolved, [...requester, 'authenticator', 'path'])).toBeUndefined()
  expect(memberAt(resolved, [...requester, 'authenticator', '$parameters'])).toEqual({
    name: 'things',
    path: '/p',
    field_name: 'X-Key',
    extra: 2,
  })
})

test('a component without a type has the one of its place; a JSON Schema and a plain object stay as they are', () => {
  const resolved = resolveManifest({
    spec: {
      connection_specification: { type: 'object', properties: { path: {} } },
      $parameters: { path: 'x' },
    },
    streams: [
      {
        $parameters: { path: '/p' },
        retriever: {
          requester: {
            url_base: 'https://a.example.com',
            request_headers: {},
            authenticator: { class_name: 'a.B' },
          },
        },
        schema_loader: { type: 'InlineSchemaLoader', schema: { type: 'object' } },
      },
    ],
  })
  expect(memberAt(resolved, ['streams', 0, 'retriever', 'requester'])).toMatchObject({
    type: 'HttpRequester',
    path: '/p',
    request_headers: {},
    authenticator: { type: 'CustomAuthenticator', class_name: 'a.B' },
  })
  expect(memberAt(resolved, ['streams', 0, 'schema_loader', 'schema'])).toEqual({ type: 'object' })
  expect(memberAt(resolved, ['spec', 'connection_specification'])).toEqual({
    type: 'object',
    properties: { path: {} },
  })
})

test('the manifest that was given is not changed', () => {
  const manifest = {
    definitions: { a: bearer },
    streams: [stream({ $parameters: { path: 'x' } }, { authenticator: '#/definitions/a' })],
  }
  const before = structuredClone(manifest)
  resolveManifest(manifest)
  expect(manifest).toEqual(before)
})

test('every request of every stream says how it is authenticated: its own, its parents, dynamic ones', () => {
  const resolved = resolveManifest({
    definitions: { auth: bearer },
    streams: [
      stream({
        name: 'children',
        retriever: {
          type: 'SimpleRetriever',
          partition_router: {
            type: 'SubstreamPartitionRouter',
            parent_stream_configs: [
              { stream: stream({ name: 'parents' }, { authenticator: '#/definitions/auth' }) },
            ],
          },
          requester: {
            type: 'HttpRequester',
            url: "https://{{ config['x'] }}.example.com",
            authenticator: { type: 'NoAuth' },
          },
        },
      }),
    ],
    dynamic_streams: [
      {
        type: 'DynamicDeclarativeStream',
        stream_template: stream({ name: 'each' }, { authenticator: '#/definitions/auth' }),
        components_resolver: { retriever: { requester: { path: '/list' } } },
      },
    ],
  })
  expect(
    authenticatorsOf(resolved).map(({ stream: name, at, isSecondary, urlBase, path, authenticator }) => [
      name,
      at,
      isSecondary,
      urlBase,
      path,
      authenticator?.['type'],
    ]),
  ).toEqual([
    [
      'children',
      'streams[0].retriever.requester',
      false,
      "https://{{ config['x'] }}.example.com",
      undefined,
      'NoAuth',
    ],
    [
      'children',
      'streams[0].retriever.partition_router.parent_stream_configs[0].stream.retriever.requester',
      true,
      'https://api.example.com',
      '/a',
      'BearerAuthenticator',
    ],
    [
      'each',
      'dynamic_streams[0].stream_template.retriever.requester',
      false,
      'https://api.example.com',
      '/a',
      'BearerAuthenticator',
    ],
    [
      'each',
      'dynamic_streams[0].components_resolver.retriever.requester',
      true,
      undefined,
      '/list',
      undefined,
    ],
  ])
})

test('authenticators are the same in any order of their members and with members that mean nothing', () => {
  const a = { type: 'BasicHttpAuthenticator', username: 'u', password: 'p' }
  expect(sameAuthenticator(a, { password: 'p', username: 'u', type: 'BasicHttpAuthenticator' })).toBe(true)
  expect(sameAuthenticator(a, { ...a, name: 'stream', $parameters: { x: 1 } })).toBe(true)
  expect(sameAuthenticator(a, { ...a, password: 'q' })).toBe(false)
  const selective = {
    type: 'SelectiveAuthenticator',
    authenticator_selection_path: ['a'],
    authenticators: { a },
  }
  expect(sameAuthenticator(selective, { ...selective, authenticators: { a: { ...a, path: '/' } } })).toBe(
    true,
  )
  expect(sameAuthenticator(selective, { ...selective, authenticators: { b: a } })).toBe(false)
  const custom = { type: 'CustomAuthenticator', class_name: 'a.B' }
  expect(sameAuthenticator(custom, { ...custom, name: 'x' })).toBe(false)
})
