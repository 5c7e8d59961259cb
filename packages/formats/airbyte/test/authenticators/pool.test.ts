import { describe, expect, test } from '@jest/globals'
import { strategyOf } from '../../src/authenticators/index.ts'
import {
  api,
  asked,
  epoch,
  graph,
  graphql,
  hour,
  pool,
  rest,
  status,
  tokenIn,
  url,
  used,
  type Api,
} from './pool-support.ts'
import { connected, failure, start, whereOf } from './support.ts'

describe('the tokens', () => {
  test('each is asked about once, before the first of 50 concurrent requests', async () => {
    const world = api()
    await Promise.all(Array.from({ length: 50 }, () => world.connection.fetch(url)))
    expect([asked(world), used(world)]).toEqual(['abc', 'a'.repeat(50)])
  })

  test.each([
    ['a', {}, 'Bearer a'],
    ['a', { auth_method: 'token' }, 'token a'],
    ['a', { auth_method: '', header: 'X-Token' }, 'a'],
    ['a;b', { token_delimiter: ';' }, 'Bearer a'],
    ['x', { tokens: ["{{ config['tokens'] }}", 'y'] }, 'Bearer x'],
  ])('%j with %j', async (tokens, more, expected) => {
    const world = api({}, { tokens }, more)
    await world.connection.fetch(url)
    const name = 'header' in more ? 'x-token' : 'authorization'
    expect([...new Set(world.sent.map(({ headers }) => headers.get(name)))][0]).toBe(expected)
  })

  test('none at all is an error that names the field', async () => {
    const { code, field } = await failure(() => api({}, { tokens: ' , ' }).connection.fetch(url))
    expect([code, field]).toEqual(['settings_invalid', 'tokens'])
  })

  test('one that the API does not take is named by its place, and nothing is sent', async () => {
    const world = connected(pool(), {
      settings: { tokens: 'a,b' },
      answer: (request) => new Response('{}', { status: tokenIn(request) === 'b' ? 401 : 500 }),
    })
    const { message } = await failure(() => world.connection.fetch(url))
    expect(message).toMatch(
      /^Token [12] of 2: https:\/\/api\.example answered with the status (?:401|500)\.$/,
    )
    expect(used(world)).toBe('')
  })
})

describe('a request', () => {
  test('is charged to one token until that has nothing left, then to the next', async () => {
    const world = api({ left: { a: 2, b: 0, c: 3 } })
    for (let count = 0; count < 5; count++) await world.connection.fetch(url)
    expect([used(world), asked(world)]).toEqual(['aaccc', 'abc'])
  })

  test('of another quota is counted apart', async () => {
    const world = api({ left: { a: 1 } })
    for (const to of [graphql, url, graphql, url, graphql])
      await world.connection.fetch(to, { method: 'POST', body: '{}' })
    expect(used(world)).toBe('aaabb')
  })

  test('that no quota counts is counted by the first', async () => {
    const search = { ...rest, name: 'search', matchers: [{ url_path_pattern: '^/search' }] }
    const world = api({ left: { a: 1 } }, undefined, { quotas: [search] })
    await world.connection.fetch(url)
    await world.connection.fetch(url)
    expect(used(world)).toBe('ab')
  })

  test.each([
    [{ url_base: 'https://api.example/' }, true],
    [{ url_base: 'https://other.example' }, false],
    [{ params: { page: '1' } }, true],
    [{ params: { page: 2 } }, false],
    [{ headers: { 'X-Kind': "{{ config['kind'] }}" } }, true],
    [{ method: 'get', headers: { 'x-kind': 'other' } }, false],
  ])('is of a quota whose matcher is %j: %s', async (matcher, fits) => {
    const own = { ...graph, name: 'own', matchers: [matcher] }
    const world = api({ left: { a: 0 } }, { tokens: 'a,b', kind: 'k' }, { quotas: [rest, own] })
    await world.connection.fetch(`${url}?page=1`, { headers: { 'x-kind': 'k' } })
    expect(used(world)).toBe(fits ? 'a' : 'b')
  })
})

describe('where all tokens are spent', () => {
  test('nobody sleeps: the error says how long to wait, and nothing is asked again until then', async () => {
    const world = api({ left: { a: 0, b: 1, c: 0 } })
    await world.connection.fetch(url)
    for (let count = 0; count < 3; count++) {
      const error = await world.connection.fetch(url).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: 'provider_unavailable', retryAfter: hour })
    }
    expect([used(world), asked(world)]).toEqual(['b', 'abc'])
  })

  test('after the reset they are asked about once more, by all that wait together', async () => {
    const world = api({ left: { a: 0, b: 0, c: 0 } })
    await failure(() => world.connection.fetch(url))
    world.clock.now += hour
    world.left = {}
    world.resetAt = start + 2 * hour
    await Promise.all(Array.from({ length: 10 }, () => world.connection.fetch(url)))
    expect([used(world), asked(world)]).toEqual(['a'.repeat(10), 'abcabc'])
  })

  test('a reset that lies in the past is asked about again after five seconds only', async () => {
    const world = api({ left: { a: 0, b: 0, c: 0 }, resetAt: start - hour })
    for (let count = 0; count < 3; count++) {
      const error = await world.connection.fetch(url).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: 'provider_unavailable', retryAfter: 5_000 })
    }
    expect(asked(world)).toBe('abc')
    world.clock.now += 5_000
    await failure(() => world.connection.fetch(url))
    expect(asked(world)).toBe('abcabc')
  })
})

describe('what responses say', () => {
  const says =
    (headers: Record<string, string>, code = 200, token = 'a'): Api['reply'] =>
    (request) =>
      tokenIn(request) === token ? new Response('', { status: code, headers }) : new Response('ok')
  const same = String(epoch(start + hour))

  test('a lower count in the same window is believed, a higher one is not', async () => {
    const lower = api({ reply: says({ 'x-remaining': '1', 'x-reset': same }) })
    for (let count = 0; count < 3; count++) await lower.connection.fetch(url)
    expect(used(lower)).toBe('aab')
    const spent = api({ reply: says({ 'x-remaining': '0', 'x-reset': same }) })
    for (let count = 0; count < 2; count++) await spent.connection.fetch(url)
    expect(used(spent)).toBe('ab')
    const higher = api({ left: { a: 2 }, reply: says({ 'x-remaining': '90', 'x-reset': same }) })
    for (let count = 0; count < 3; count++) await higher.connection.fetch(url)
    expect(used(higher)).toBe('aab')
  })

  test('a later reset is a new window, with its own numbers or the limit; an earlier one is passed over', async () => {
    const later = String(epoch(start + 2 * hour))
    const own = api({ left: { a: 1 }, reply: says({ 'x-remaining': '5', 'x-reset': later }) })
    for (let count = 0; count < 3; count++) await own.connection.fetch(url)
    expect(used(own)).toBe('aaa')
    const refilled = api({ left: { a: 1 }, reply: says({ 'x-reset': later, 'x-limit': '50' }) })
    for (let count = 0; count < 3; count++) await refilled.connection.fetch(url)
    expect(used(refilled)).toBe('aaa')
    const old = api({ reply: says({ 'x-remaining': '0', 'x-reset': String(epoch(start)) }) })
    for (let count = 0; count < 3; count++) await old.connection.fetch(url)
    expect(used(old)).toBe('aaa')
  })

  test('a refusal because of the quota is sent once more with another token, in the place of an error', async () => {
    const world = api({ reply: says({ 'x-remaining': '0', 'x-reset': String(epoch(start)) }, 403) })
    const response = await world.connection.fetch(url)
    await world.connection.fetch(url)
    expect([response.status, used(world), asked(world)]).toEqual([200, 'abb', 'abc'])
  })

  test('any other refusal is the caller’s, and the token stays', async () => {
    const world = api({ reply: says({ 'x-remaining': '7' }, 403) })
    const response = await world.connection.fetch(url)
    await world.connection.fetch(url)
    expect([response.status, used(world)]).toEqual([403, 'aa'])
  })

  test('a refusal of the only token is the caller’s', async () => {
    const world = api({ reply: says({ 'x-remaining': '0' }, 403) }, { tokens: 'a' })
    expect([(await world.connection.fetch(url)).status, used(world)]).toEqual([403, 'a'])
  })
})

test('where the API counts nothing, the tokens take turns and nobody waits', async () => {
  const source = {
    url: status,
    unavailable_status_codes: [404],
    request_headers: { Accept: "{{ config['type'] }}" },
  }
  const world = connected(pool({ quota_status_source: source }), {
    settings: { tokens: 'a,b,c', type: 'x/y' },
    answer: (request) => new Response('', { status: request.url === status ? 404 : 200 }),
  })
  for (let count = 0; count < 5; count++) await world.connection.fetch(url)
  expect([used(world), asked(world), world.sent[0]?.headers.get('accept')]).toEqual(['abcab', 'abc', 'x/y'])
})

test('a status without the number that the manifest speaks of is an error that names its path', async () => {
  const world = connected(pool(), {
    settings: { tokens: 'a' },
    answer: () => Response.json({ resources: {} }),
  })
  const { code, message } = await failure(() => world.connection.fetch(url))
  expect([code, message]).toEqual([
    'response_invalid',
    'The status of the quota "rest" has nothing at resources.core.remaining that could be used.',
  ])
})

test.each([
  [pool({ quotas: [] }), /^auth\.quotas: this must be a list of at least one quota/],
  [pool({ quotas: [{ ...rest, reset_path: undefined }] }), /^auth\.quotas\[0\]\.reset_path: /],
  [
    pool({ quotas: [{ ...rest, matchers: [{ url_path_pattern: '(?<!a)b' }] }] }),
    /^auth\.quotas\[0\]\.matchers\[0\]\.url_path_pattern: /,
  ],
  [pool({ max_wait_time: 'P1M' }), /^auth\.max_wait_time: this must be an ISO 8601 duration without months/],
  [pool({ quota_status_source: undefined }), /^auth\.quota_status_source: /],
  [
    pool({ quota_status_source: { url: status, http_method: 'PUT' } }),
    /^auth\.quota_status_source\.http_method: /,
  ],
  [pool({ tokens: undefined }), /^auth\.tokens: this must be a text/],
])('%j is refused when it is read', async (definition, message) => {
  const failed = await failure(() => strategyOf(definition, whereOf({})))
  expect(failed.code).toBe('definition_invalid')
  expect(failed.message).toMatch(message)
})

test('each token is a secret by itself, although the setting is all of them', async () => {
  const location = 'https://other.example/?t=ghp_second'
  const world = api(
    { reply: () => new Response('', { status: 302, headers: { location } }) },
    { tokens: 'ghp_first,ghp_second' },
  )
  const { code, message } = await failure(() => world.connection.fetch(url))
  expect([code, message.includes('its address carries a credential')]).toEqual(['origin_forbidden', true])
})
