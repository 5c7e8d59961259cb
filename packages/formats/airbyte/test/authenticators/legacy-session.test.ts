import { describe, expect, test } from '@jest/globals'
import { strategyOf } from '../../src/authenticators/index.ts'
import { connected, failure, whereOf, type Given, type World } from './support.ts'

const definition = {
  type: 'LegacySessionTokenAuthenticator',
  header: 'X-Metabase-Session',
  login_url: 'session',
  validate_session_url: 'user/current',
  session_token_response_key: 'id',
  session_token: "{{ config['session'] }}",
  username: "{{ config['user'] }}",
  password: "{{ config['word'] }}",
}
const api = 'https://api.example/v1'
const url = `${api}/items`

/** An API at which the session of the user's is `given`, unless it has ended, and a login gives `s1`, `s2`, … */
function api1(settings: Record<string, string>, ended: readonly string[] = [], status = 401): World {
  let logins = 0
  const answer: Given['answer'] = ({ url: sentTo, headers }) => {
    if (sentTo === `${api}/session`) return new Response(`{"id":"s${++logins}"}`)
    return new Response('', {
      status: ended.includes(headers.get('x-metabase-session') ?? '') ? status : 200,
    })
  }
  return connected(definition, {
    settings,
    fields: ['session?', 'user?', 'word?'],
    where: { requester: { url_base: '{{ "https://api.example" }}/v1/' } },
    answer,
  })
}
const seen = ({ sent }: World): string[] =>
  sent.map(
    ({ url: sentTo, headers }) => `${sentTo.slice(api.length)} ${headers.get('x-metabase-session') ?? ''}`,
  )

describe('a session that the user brings', () => {
  test('is asked about once, and used', async () => {
    const world = api1({ session: 'mine' })
    await world.connection.fetch(url)
    await world.connection.fetch(url)
    expect(seen(world)).toEqual(['/user/current mine', '/items mine', '/items mine'])
  })

  test('that has ended is replaced by a login', async () => {
    const world = api1({ session: 'mine', user: 'u', word: '1e5' }, ['mine'])
    await Promise.all([world.connection.fetch(url), world.connection.fetch(url)])
    expect(seen(world)).toEqual(['/user/current mine', '/session ', '/items s1', '/items s1'])
    expect(world.sent[1]?.body).toBe('{"username":"u","password":"1e5"}')
  })

  test('that ends later is replaced by a login too; it is asked about again before the next one', async () => {
    const ended: string[] = []
    const world = api1({ session: 'mine', user: 'u', word: 'w' }, ended)
    await world.connection.fetch(url)
    ended.push('mine')
    await world.connection.fetch(url)
    ended.push('s1')
    await world.connection.fetch(url)
    expect(seen(world)).toEqual([
      '/user/current mine',
      '/items mine',
      '/items mine',
      '/session ',
      '/items s1',
      '/items s1',
      '/user/current mine',
      '/session ',
      '/items s2',
    ])
  })

  test('is not given up because the API is down', async () => {
    const world = api1({ session: 'mine', user: 'u', word: 'w' }, ['mine'], 503)
    const { code } = await failure(() => world.connection.fetch(url))
    expect([code, seen(world)]).toEqual(['provider_unavailable', ['/user/current mine']])
  })
})

test('without a session user name and password log in, once for many requests', async () => {
  const world = api1({ user: 'u', word: 'w' })
  await Promise.all(Array.from({ length: 5 }, () => world.connection.fetch(url)))
  expect(seen(world)).toEqual(['/session ', ...Array<string>(5).fill('/items s1')])
})

test('with neither, or with a session that has ended and nothing else, the settings are at fault', async () => {
  const nothing = await failure(() => api1({}).connection.fetch(url))
  expect([nothing.code, nothing.field]).toEqual(['settings_invalid', 'session'])
  const ended: string[] = []
  const world = api1({ session: 'mine' }, ended)
  await world.connection.fetch(url)
  ended.push('mine')
  const { code, field } = await failure(() => world.connection.fetch(url))
  expect([code, field]).toEqual(['settings_invalid', 'user'])
})

test('needs the base URL of its requester', async () => {
  const { message } = await failure(() => strategyOf(definition, whereOf({})))
  expect(message).toBe('auth: a LegacySessionTokenAuthenticator needs the url_base of its requester.')
})
