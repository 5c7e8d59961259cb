import { describe, expect, test } from '@jest/globals'
import { connect } from '@latchkey/core'
import { oauth1 } from '@latchkey/oauth1'
import { network, type Sent } from '../../../../tools/network.ts'
import { access, answer, api, auth, consent, open, settings, standard, temporary } from './provider.ts'
import { headerParams, seen, verifies } from './verify.ts'

describe('a token that ends', () => {
  const renewable = { ...access, oauth_expires_in: '3600', oauth_session_handle: 'sh', guid: 'g' }

  test('is renewed by its session handle, and what the answer leaves out stays', async () => {
    let turn = 0
    const { connection, sent, clock } = open(
      (request, path) => {
        if (path !== '/access') return standard(request, path)
        return (turn += 1) === 1
          ? answer(renewable)
          : answer({ oauth_token: `at${turn}`, oauth_token_secret: `ats${turn}`, oauth_expires_in: '3600' })
      },
      { refresh: true },
    )
    await consent(connection)
    clock.now += 3_600_000
    await connection.fetch(api)
    clock.now += 3_600_000
    await connection.fetch(api)
    const renewals = sent.filter(({ url }) => url === `${auth}/access`).slice(1)
    expect(renewals.map(({ headers }) => headerParams(headers)['oauth_session_handle'])).toEqual(['sh', 'sh'])
    expect(verifies(seen(renewals[0]!), { consumerSecret: 'cs-secret', tokenSecret: 'ats-secret' })).toBe(
      true,
    )
    expect(await connection.credentials()).toEqual({
      token: 'at3',
      tokenSecret: 'ats3',
      expiresAt: clock.now + 3_600_000,
      sessionHandle: 'sh',
      values: { guid: 'g' },
    })
  })

  test('is renewed where the option says, and once a 401 says that it has ended', async () => {
    let ended = false
    const { connection, sent } = open(
      (request, path) => {
        if (path === '/refresh') {
          ended = false
          return answer({ ...renewable, oauth_token: 'at2' })
        }
        if (path === '/access') return answer(renewable)
        return ended ? new Response('', { status: 401 }) : standard(request, path)
      },
      { refresh: `${auth}/refresh` },
    )
    await consent(connection)
    ended = true
    expect((await connection.fetch(`${api}/me`)).status).toBe(200)
    expect(sent.slice(2).map(({ url }) => url)).toEqual([`${api}/me`, `${auth}/refresh`, `${api}/me`])
  })

  test('asks for a person where there is no session handle, or the provider refuses it', async () => {
    const without = open(
      (request, path) =>
        path === '/access' ? answer({ ...access, oauth_expires_in: '60' }) : standard(request, path),
      { refresh: true },
    )
    await consent(without.connection)
    without.clock.now += 60_000
    await expect(without.connection.fetch(api)).rejects.toMatchObject({ remedy: 'reconnect' })
    const refused = open(
      (request, path) =>
        path === '/refresh'
          ? new Response('oauth_problem=token_expired&oauth_problem_advice=ats-secret', { status: 401 })
          : path === '/access'
            ? answer(renewable)
            : standard(request, path),
      { refresh: `${auth}/refresh` },
    )
    await consent(refused.connection)
    refused.clock.now += 3_600_000
    for (let turn = 0; turn < 2; turn++)
      await expect(refused.connection.fetch(api)).rejects.toMatchObject({
        code: 'credentials_rejected',
        message: 'auth.example.com refused to give a token (token_expired)',
      })
    expect(refused.sent.filter(({ url }) => url === `${auth}/refresh`)).toHaveLength(1)
  })
})

describe('two legs', () => {
  const reply = (_: Sent, path: string): Response =>
    path === '/request' ? answer(temporary) : path === '/access' ? answer(access) : new Response('ok')

  test('an access token is fetched without a person, directly or through a temporary one', async () => {
    for (const requestToken of [undefined, `${auth}/request`]) {
      const { fetch, sent } = network((request) => reply(request, new URL(request.url).pathname))
      const strategy = oauth1({
        flow: 'two-legged',
        accessToken: { url: `${auth}/access`, params: { x_auth_mode: 'client_auth' } },
        ...(requestToken && { requestToken }),
      })
      await connect(strategy, { settings, origins: [api], fetch }).fetch(api)
      expect(sent.map(({ url }) => url)).toEqual([
        ...(requestToken ? [requestToken] : []),
        `${auth}/access`,
        `${api}/`,
      ])
      const tokenSecret = requestToken ? 'rts-secret' : ''
      expect(verifies(seen(sent.at(-2)!), { consumerSecret: 'cs-secret', tokenSecret })).toBe(true)
      expect(verifies(seen(sent.at(-1)!), { consumerSecret: 'cs-secret', tokenSecret: 'ats-secret' })).toBe(
        true,
      )
    }
  })
})
