import { expect, test } from '@jest/globals'
import { mergeJsonBody, replaceBody, textBody } from '@latchkey/core/http'
import type { OutgoingRequest } from '@latchkey/core'

const requestOf = (
  body: string | null,
  headers: Record<string, string> = {},
  method = 'POST',
): OutgoingRequest => ({
  method,
  url: new URL('https://api.example.com'),
  headers: new Headers(headers),
  body,
  bytes: async () => new TextEncoder().encode(body ?? ''),
})

test('members that are new are put in front, and nothing else is spelled anew', async () => {
  const request = requestOf('{ "n": 1e400, "$&": "\\u0041" }')
  await mergeJsonBody(request, { 'a"b': '$&', left: undefined }, () => 'never')
  expect(request.body).toBe('{"a\\"b":"$&", "n": 1e400, "$&": "\\u0041" }')
})

test('a member that is there is decided by the clash, object by object', async () => {
  const request = requestOf('{"a":{"b":1,"c":2}}')
  const asked: unknown[] = []
  await mergeJsonBody(request, { a: { b: 3, d: 4 } }, (theirs, ours) => {
    asked.push([theirs, ours])
    return theirs
  })
  expect(request.body).toBe('{"a":{"b":1,"c":2,"d":4}}')
  expect(asked).toEqual([[1, 3]])
})

test('no additions change nothing', async () => {
  const request = requestOf(' {"a":1}', { 'content-type': 'text/plain;charset=UTF-8' })
  await mergeJsonBody(request, {}, () => 'never')
  expect(request.body).toBe(' {"a":1}')
  expect(request.headers.get('content-type')).toBe('text/plain;charset=UTF-8')
})

test('what cannot carry JSON is refused without being quoted', async () => {
  const requests = [
    requestOf(null, {}, 'GET'),
    requestOf('SECRET', {}),
    requestOf('null'),
    requestOf('{}', { 'content-type': 'text/csv' }),
    requestOf('{}', { 'content-type': 'application/jsonp' }),
  ]
  for (const request of requests) {
    const refused = await mergeJsonBody(request, { a: 1 }, () => 1).catch((error: unknown) => error as Error)
    expect(refused).toMatchObject({ code: 'unsupported', remedy: 'code' })
    expect((refused as Error).message).not.toContain('SECRET')
  }
})

test('a body that was replaced has no length of the old one, and keeps a type that was named', async () => {
  const request = requestOf('old', { 'content-length': '3', 'content-type': 'application/vnd.api+json' })
  replaceBody(request, '{}', 'application/json')
  expect([...request.headers]).toEqual([['content-type', 'application/vnd.api+json']])
  expect(await textBody(request, '')).toBe('{}')
})
