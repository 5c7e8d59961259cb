import { expect, test } from '@jest/globals'
import { isObject, memberAt, type JsonObject } from '@latchkey/core/definition'
import { fromAirbyte, link, sharedAuthenticators, unlink } from '@latchkey/format-airbyte'
import { manifestOf, secret } from '../oauth/support.ts'

const key = (name: string, header = 'X-Key'): JsonObject => ({
  type: 'ApiKeyAuthenticator',
  api_token: `{{ config['${name}'] }}`,
  inject_into: { type: 'RequestOption', inject_into: 'header', field_name: header },
})
const at = (stream: number): string => `streams[${stream}].retriever.requester.authenticator`
const reference = { $ref: '#/definitions/linked/HttpRequester/authenticator' }
const properties = { a: secret, b: secret }

/** Streams that share a requester by reference, and one with its own. */
const referring = {
  ...manifestOf([], properties),
  definitions: {
    requester: {
      type: 'HttpRequester',
      url_base: 'https://api.example.com',
      authenticator: { $ref: '#/definitions/auth' },
    },
    auth: key('a'),
    streams: {
      third: {
        type: 'DeclarativeStream',
        name: 'third',
        retriever: { type: 'SimpleRetriever', requester: { $ref: '#/definitions/requester', path: '/3' } },
      },
    },
  },
  streams: [
    {
      type: 'DeclarativeStream',
      name: 'first',
      retriever: { type: 'SimpleRetriever', requester: { $ref: '#/definitions/requester', path: '/1' } },
    },
    {
      type: 'DeclarativeStream',
      name: 'second',
      retriever: { type: 'SimpleRetriever', requester: '#/definitions/requester' },
    },
    { $ref: '#/definitions/streams/third' },
  ],
} as unknown as JsonObject

const manifestIn = (linked: ReturnType<typeof link>): JsonObject => {
  if ('manifest' in linked) return linked.manifest
  throw new Error('they differ')
}
/** What each place comes to. */
const resolvedAt = (manifest: JsonObject): Record<string, unknown> =>
  Object.fromEntries(
    sharedAuthenticators(manifest).flatMap(({ paths, authenticator }) =>
      paths.map((path) => [path, authenticator['api_token']]),
    ),
  )

test('authenticators that are equal after references are one, with their places and streams', () => {
  expect(sharedAuthenticators(referring)).toEqual([
    { authenticator: key('a'), paths: [at(0), at(1), at(2)], streams: ['first', 'second', 'third'] },
  ])
  expect(
    sharedAuthenticators(manifestOf([key('b'), key('a'), key('a')], properties)).map(
      ({ streams }) => streams,
    ),
  ).toEqual([['things 2', 'things 3'], ['things']])
})

test('equal ones are linked: the value moves to the definitions, and each place refers to it', () => {
  const manifest = manifestOf([key('a'), key('a')], properties)
  const before = JSON.stringify(manifest)
  const linked = manifestIn(link(manifest, [at(0), at(1)]))
  expect(memberAt(linked, ['definitions', 'linked', 'HttpRequester', 'authenticator'])).toEqual(key('a'))
  for (const stream of [0, 1])
    expect(memberAt(linked, ['streams', stream, 'retriever', 'requester', 'authenticator'])).toEqual(
      reference,
    )
  expect(JSON.stringify(manifest)).toBe(before)
})

test('where they differ nothing is linked before somebody has said which to keep', () => {
  const manifest = manifestOf([key('a'), key('b', 'X-Other'), key('a')], properties)
  expect(link(manifest, [at(0), at(1), at(2)])).toEqual({
    differences: [
      {
        member: 'api_token',
        values: [
          { value: "{{ config['a'] }}", paths: [at(0), at(2)] },
          { value: "{{ config['b'] }}", paths: [at(1)] },
        ],
      },
      {
        member: 'inject_into.field_name',
        values: [
          { value: 'X-Key', paths: [at(0), at(2)] },
          { value: 'X-Other', paths: [at(1)] },
        ],
      },
    ],
  })
  const linked = manifestIn(link(manifest, [at(0), at(1), at(2)], at(1)))
  expect(Object.values(resolvedAt(linked))).toEqual([
    "{{ config['b'] }}",
    "{{ config['b'] }}",
    "{{ config['b'] }}",
  ])
  expect(fromAirbyte(manifest).connector.auth.choices).not.toBe(undefined)
  expect(fromAirbyte(linked).connector.auth.choices).toBe(undefined)
})

test('a member that one of them lacks is a difference', () => {
  const { inject_into: _, ...rest } = key('a')
  expect(
    link(manifestOf([key('a'), { ...rest, header: 'X-Key' }], properties), [at(0), at(1)]),
  ).toMatchObject({
    differences: [
      { member: 'inject_into.type', values: [{ value: 'RequestOption' }, { value: undefined }] },
      { member: 'inject_into.inject_into' },
      { member: 'inject_into.field_name' },
      { member: 'header', values: [{ value: undefined }, { value: 'X-Key' }] },
    ],
  })
})

test('a place gets an authenticator of its own, and the others keep theirs', () => {
  const manifest = manifestIn(link(manifestOf([key('a'), key('a')], properties), [at(0), at(1)]))
  const apart = unlink(manifest, at(1))
  expect(memberAt(apart, ['streams', 1, 'retriever', 'requester', 'authenticator'])).toEqual(key('a'))
  expect(memberAt(apart, ['streams', 0, 'retriever', 'requester', 'authenticator'])).toEqual(reference)
})

test.each([0, 1, 2])('a place that is reached through references is changed alone (%p)', (stream) => {
  const manifest = manifestIn(link(referring, [at(0), at(1), at(2)]))
  const own = JSON.parse(JSON.stringify(unlink(manifest, at(stream)))) as JsonObject
  const changed = link({ ...own, spec: referring['spec'] }, [at(stream)])
  expect(resolvedAt(manifestIn(changed))).toEqual(resolvedAt(referring))
  // Whatever the way there, another value at one place leaves the others what they were.
  const other = manifestIn(
    link(
      {
        ...referring,
        streams: [
          ...(referring['streams'] as never[]),
          (manifestOf(key('b'), properties)['streams'] as never[])[0],
        ],
      },
      [at(stream), at(3)],
      at(3),
    ),
  )
  expect(resolvedAt(other)).toEqual({
    ...resolvedAt(referring),
    [at(stream)]: "{{ config['b'] }}",
    [at(3)]: "{{ config['b'] }}",
  })
})

test('a reference that nothing else uses is followed, so that nothing is written out', () => {
  const once = { ...referring, streams: [{ $ref: '#/definitions/streams/third' }] } as unknown as JsonObject
  const apart = unlink(once, at(0))
  expect(apart['streams']).toEqual(once['streams'])
  const third = ['definitions', 'streams', 'third', 'retriever', 'requester']
  expect(memberAt(apart, third)).toEqual({
    $ref: '#/definitions/requester',
    path: '/3',
    authenticator: key('a'),
  })
})

test('a link that is there is used again, another value gets a name of its own', () => {
  const manifest = manifestOf([key('a'), key('a'), key('b'), key('b')], properties)
  const first = manifestIn(link(manifest, [at(0), at(1)]))
  const second = manifestIn(link(first, [at(2), at(3)]))
  const linked = memberAt(second, ['definitions', 'linked', 'HttpRequester'])
  expect(isObject(linked) ? Object.keys(linked) : []).toEqual(['authenticator', 'authenticator_2'])
  expect(manifestIn(link(second, [at(0), at(1)]))).toEqual(second)
})

test.each([
  [
    'a place without an authenticator',
    [at(0), 'streams[7].retriever'],
    undefined,
    /streams\[7\]\.retriever: there is no authenticator here/,
  ],
  ['nothing', [], undefined, /name the places/],
  ['a value to keep that is not among them', [at(0)], at(1), /none of the places/],
])('%s is refused', (_, paths, keep, message) => {
  expect(() => link(manifestOf([key('a'), key('a')], properties), paths, keep)).toThrow(message)
})
