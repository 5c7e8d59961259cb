import { describe, expect, test } from '@jest/globals'
import { answers, hour, loginUrl, logins, session, tokens, url } from './session-support.ts'
import { base64, connected, failure } from './support.ts'

describe('the session', () => {
  test('is one login for 50 concurrent requests, until it is rejected where no duration is given', async () => {
    let rejected = 's0'
    const answer = answers()
    const { connection, sent, clock } = connected(session(), {
      answer: (request, count) =>
        request.headers.get('authorization') === `Bearer ${rejected}`
          ? new Response('', { status: 401 })
          : answer(request, count),
    })
    await Promise.all(Array.from({ length: 50 }, () => connection.fetch(url)))
    expect([logins(sent).length, new Set(tokens(sent))]).toEqual([1, new Set(['Bearer s1'])])
    clock.now += 1000 * hour
    await connection.fetch(url)
    expect(logins(sent).length).toBe(1)
    rejected = 's1'
    const responses = await Promise.all(Array.from({ length: 5 }, () => connection.fetch(url)))
    expect([logins(sent).length, responses.map(({ status }) => status)]).toEqual([
      2,
      [200, 200, 200, 200, 200],
    ])
  })

  test.each([
    ['PT1H', hour],
    ['P1M', 31 * 24 * hour],
    ['P1Y', 366 * 24 * hour],
    ['7200', 2 * hour],
    [7200, 2 * hour],
  ])('that lasts %j is one login within it, and two after it', async (expiration_duration, length) => {
    const { connection, sent, clock } = connected(session({ expiration_duration }), { answer: answers() })
    await connection.fetch(url)
    clock.now += length / 2
    await connection.fetch(url)
    expect(logins(sent).length).toBe(1)
    clock.now += length / 2 + 1
    await connection.fetch(url)
    expect([logins(sent).length, tokens(sent)]).toEqual([2, ['Bearer s1', 'Bearer s1', 'Bearer s2']])
  })

  test.each([
    ['{{ session_token }}', 's1'],
    ['Token {{ session_token }}', 'Token s1'],
    ['Custom-{{ session_token }}', 'Custom-s1'],
    ["realm={{ config['realm'] }}, token={{ session_token }}", 'realm=xyz, token=s1'],
    ['{{ session_token | base64encode }}', base64('s1')],
    [undefined, 's1'],
  ])('is used as %j says', async (api_token, expected) => {
    const use = { type: 'ApiKey', inject_into: { inject_into: 'header', field_name: 'X-Session' }, api_token }
    const { connection, sent } = connected(session({ request_authentication: use }), {
      settings: { realm: 'xyz' },
      answer: answers(),
    })
    await connection.fetch(url)
    await connection.fetch(url)
    expect([tokens(sent, 'x-session'), logins(sent).length]).toEqual([[expected, expected], 1])
  })

  test('in the query it is put anew after a rejection', async () => {
    const use = { type: 'ApiKey', inject_into: { inject_into: 'request_parameter', field_name: 'sid' } }
    const answer = answers()
    const { connection, sent } = connected(session({ request_authentication: use }), {
      answer: (request, count) =>
        request.url.endsWith('sid=s1') ? new Response('', { status: 401 }) : answer(request, count),
    })
    const response = await connection.fetch(url)
    expect([response.status, sent.map((each) => each.url)]).toEqual([
      200,
      [loginUrl, `${url}?sid=s1`, loginUrl, `${url}?sid=s2`],
    ])
  })

  test('a token that is a number is text, one in XML is found by its path from the root', async () => {
    const number = connected(session(), { answer: answers(() => '{"data":{"id":1000000000}}') })
    await number.connection.fetch(url)
    expect(tokens(number.sent)).toEqual(['Bearer 1000000000'])
    const xml = connected(session({ decoder: { type: 'XmlDecoder' } }), {
      answer: answers((id) => `<?xml version="1.0"?><data><id>${id}</id></data>`),
    })
    await xml.connection.fetch(url)
    expect(tokens(xml.sent)).toEqual(['Bearer s1'])
  })
})

describe('a login that fails', () => {
  const filters = (...response_filters: object[]): { readonly error_handler: object } => ({
    error_handler: { type: 'DefaultErrorHandler', response_filters },
  })
  test.each([
    [401, '', {}, 'credentials_rejected'],
    [503, '', {}, 'provider_unavailable'],
    [404, '', {}, 'response_invalid'],
    [200, '{"error":"no"}', {}, 'credentials_rejected'],
    [403, '', filters({ action: 'RETRY', http_codes: [403] }), 'provider_unavailable'],
    [500, '', filters({ action: 'FAIL', http_codes: ['500'] }), 'response_invalid'],
    [401, '', filters({ action: 'IGNORE', http_codes: [401] }), 'credentials_rejected'],
    [404, '', filters({ action: 'IGNORE', http_codes: [404] }), 'response_invalid'],
    [
      422,
      '',
      filters({ action: 'FAIL', failure_type: 'config_error', http_codes: [422] }),
      'credentials_rejected',
    ],
    [
      401,
      '',
      filters({ action: 'FAIL', failure_type: 'transient_error', http_codes: [401] }),
      'provider_unavailable',
    ],
    [
      200,
      '{"code":9}',
      filters({ action: 'RATE_LIMITED', predicate: '{{ response.code == 9 }}' }),
      'provider_unavailable',
    ],
    [200, 'slow down', filters({ action: 'RETRY', error_message_contains: 'slow' }), 'provider_unavailable'],
    [
      400,
      '',
      {
        error_handler: {
          type: 'CompositeErrorHandler',
          error_handlers: [filters({ action: 'RETRY', http_codes: [400] }).error_handler],
        },
      },
      'provider_unavailable',
    ],
  ] as [number, string, { error_handler?: object }, string][])(
    '%i %s %j is %s',
    async (status, body, login, code) => {
      const { connection, sent } = connected(session({}, login), {
        answer: () => new Response(body, { status }),
      })
      const failed = await failure(() => connection.fetch(url))
      expect([failed.code, tokens(sent)]).toEqual([code, []])
    },
  )

  test('SUCCESS goes on with what the answer has', async () => {
    const { connection, sent } = connected(session({}, filters({ action: 'SUCCESS', http_codes: [400] })), {
      answer: (request) =>
        request.url === url ? new Response() : new Response('{"data":{"id":"s"}}', { status: 400 }),
    })
    await connection.fetch(url)
    expect(tokens(sent)).toEqual(['Bearer s'])
  })

  test('says what the handler says, unless that speaks of the answer', async () => {
    const said = async (error_message: string): Promise<string> =>
      (
        await failure(() =>
          connected(session({}, filters({ action: 'FAIL', http_codes: [401], error_message })), {
            answer: () => new Response('{"hint":"s3cret"}', { status: 401 }),
          }).connection.fetch(url),
        )
      ).message
    expect(await said('The password is wrong.')).toBe('The password is wrong.')
    expect(await said("No: {{ response['hint'] }}")).not.toContain('s3cret')
  })
})
