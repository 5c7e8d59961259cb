import { describe, expect, test } from '@jest/globals'
import type { JsonObject } from '@latchkey/core/definition'
import { extrasKey, strategyOf, withExtras } from '../../src/authenticators/index.ts'
import { connectedTo, failure, type Given, type World } from './support.ts'

const url = 'https://api.example/items'
const bearer = { type: 'BearerAuthenticator', api_token: "{{ config['token'] }}" }

function connected(
  requesters: readonly object[],
  given: Given,
  authenticator?: object,
): World & { sent_: string[] } {
  const sent_: string[] = []
  const world = connectedTo((where) => {
    const requests = requesters.map((requester, index) => ({
      requester: requester as JsonObject,
      at: `r${index}`,
    }))
    const { strategy, sent } = withExtras(strategyOf(authenticator, where), requests, where)
    sent_.push(...sent)
    return strategy
  }, given)
  return { ...world, sent_ }
}

describe('what a requester sends for its account comes along', () => {
  test('headers that speak of the configuration, next to the authenticator', async () => {
    const requester = {
      request_headers: {
        'X-Account': "{{ config['account'] }}",
        'X-Key': "key {{ config['key'] }}",
        Accept: 'application/json',
        'X-Page': '{{ next_page_token }}',
      },
    }
    const settings = { token: 't', account: 'a', key: '1e5' }
    const fields = ['token', 'account+', 'key']
    const { connection, sent, sent_, warnings } = connected([requester], { settings, fields }, bearer)
    await connection.fetch(url, { headers: { 'x-account': 'theirs' } })
    expect(Object.fromEntries(sent[0]?.headers ?? [])).toEqual({
      authorization: 'Bearer t',
      'x-account': 'a',
      'x-key': 'key 1e5',
    })
    expect([sent_, warnings]).toEqual([['X-Account', 'X-Key'], []])
  })

  test('parameters that speak of a secret or a client; others and those of a stream are the caller’s', async () => {
    const requester = {
      request_parameters: {
        key: "{{ config['key'] }}",
        client_id: "{{ config['client'] }}",
        lat: "{{ config['lat'] }}",
        since: "{{ stream_slice['start'] }}{{ config['key'] }}",
        limit: 10,
      },
    }
    const { connection, sent } = connected([requester], {
      settings: { key: 'a&b', client: 'c', lat: '1' },
      fields: ['key', 'client+', 'lat+'],
    })
    await connection.fetch(`${url}?key=old&limit=5`)
    expect(sent[0]?.url).toBe(`${url}?limit=5&key=a%26b&client_id=c`)
  })

  test('parameters that stand in the path', async () => {
    const path = "/fonts?key={{ config['key'] }}&sort={{ config['sort'] or 'a?b' }}"
    const { connection, sent } = connected([{ path }], {
      settings: { key: 'k', sort: 's' },
      fields: ['key', 'sort+'],
    })
    await connection.fetch(url)
    expect(sent[0]?.url).toBe(`${url}?key=k`)
  })

  test.each([
    [
      {
        request_body_json: {
          secret: "{{ config['key'] }}",
          client_id: "{{ config['client'] }}",
          options: { token: "{{ config['key'] }}", limit: 1 },
          day: "{{ config['day'] }}",
        },
      },
    ],
    [
      {
        request_body: {
          type: 'RequestBodyJsonObject',
          value: {
            secret: "{{ config['key'] }}",
            client_id: "{{ config['client'] }}",
            options: { token: "{{ config['key'] }}" },
          },
        },
      },
    ],
  ])('members of a JSON body: %j', async (requester) => {
    const { connection, sent } = connected([requester], {
      settings: { key: '007', client: 'c', day: 'd' },
      fields: ['key', 'client+', 'day+'],
    })
    await connection.fetch(url, { method: 'POST', body: '{"limit":5}' })
    expect(JSON.parse(sent[0]?.body ?? '')).toEqual({
      limit: 5,
      secret: '007',
      client_id: 'c',
      options: { token: '007' },
    })
  })

  test('fields of a form', async () => {
    const { connection, sent } = connected([{ request_body_data: { api_key: "{{ config['key'] }}" } }], {
      settings: { key: 'k' },
    })
    await connection.fetch(url, { method: 'POST', body: new URLSearchParams({ a: '1' }) })
    expect(sent[0]?.body).toBe('a=1&api_key=k')
  })

  test('each choice of a selector has them', async () => {
    const selective = {
      type: 'SelectiveAuthenticator',
      authenticator_selection_path: ['type'],
      authenticators: { token: bearer, none: { type: 'NoAuth' } },
    }
    const requester = { request_headers: { 'X-Org': "{{ config['org'] }}" } }
    for (const [type, authorization] of [
      ['token', 'Bearer t'],
      ['none', null],
    ]) {
      const { connection, sent } = connected(
        [requester],
        { settings: { type: type as string, token: 't', org: 'o' } },
        selective,
      )
      await connection.fetch(url)
      expect([sent[0]?.headers.get('x-org'), sent[0]?.headers.get('authorization')]).toEqual([
        'o',
        authorization,
      ])
    }
  })

  test('a value that is missing is an error that names it, unless the form does not demand it', async () => {
    const requester = { request_headers: { 'X-Org': "{{ config['org'] }}" } }
    const optional = connected([requester], { fields: ['org?'] })
    await optional.connection.fetch(url)
    expect([...(optional.sent[0]?.headers ?? [])]).toEqual([])
    const { code, field } = await failure(() => connected([requester], {}).connection.fetch(url))
    expect([code, field]).toEqual(['settings_invalid', 'org'])
  })
})

describe('what only some requests send', () => {
  const shared = { key: "{{ config['key'] }}" }
  const requesters = [
    { request_parameters: { ...shared, org: "urn:{{ config['secret'] }}" }, path: '/a' },
    { request_parameters: shared, path: "/b/{{ config['key'] }}" },
    { request_parameters: shared, request_body_data: "a={{ config['key'] }}" },
    { request_parameters: shared, request_headers: "{{ {'X-Key': config['key']} }}" },
    { request_parameters: shared, request_headers: { 'X-Key': "{{ config['key' }}" } },
  ]

  test('is the caller’s, and a warning says so; so are texts with a secret in them', async () => {
    const { connection, sent, warnings } = connected(requesters, { settings: { key: 'k', secret: 's' } })
    await connection.fetch(url)
    expect(sent[0]?.url).toBe(`${url}?key=k`)
    expect(warnings).toEqual([
      {
        path: 'r0.request_parameters',
        message: '"org" is sent by some requests only, so it is the caller’s to send.',
      },
      { path: 'r1.path', message: 'This text has a secret in it, so it is the caller’s to write.' },
      {
        path: 'r2.request_body_data',
        message: 'This text has a secret in it, so it is the caller’s to write.',
      },
      {
        path: 'r3.request_headers',
        message: 'This text has a secret in it, so it is the caller’s to write.',
      },
      {
        path: 'r4.request_headers.X-Key',
        message: 'This template cannot be read, so it is the caller’s to send.',
      },
    ])
  })

  test('tells requests apart that have no authenticator', () => {
    const isSecret = (path: readonly string[]): boolean => path[0] === 'key' || path[0] === 'secret'
    const keys = requesters.map((requester) => extrasKey(requester, isSecret))
    expect([keys[0] === keys[1], keys[1] === keys[2], keys[1] === '']).toEqual([false, true, false])
  })
})
