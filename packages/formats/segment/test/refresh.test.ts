import { expect, test } from '@jest/globals'
import { connect, memoryStore, type Connection } from '@latchkey/core'
import { fromSegment, type SegmentRequest } from '@latchkey/format-segment'
import { network } from '../../../../tools/network.ts'
import { openWith, provider, refreshes } from './provider.ts'
import { api, client, rejection, tokens, withTokens } from './support.ts'

test('a refused request is refreshed with the client and the refresh token, and sent once more', async () => {
  const { connection, sent } = openWith(withTokens())
  expect((await connection.fetch(`${api}/things`)).status).toBe(200)
  expect(sent.map(({ url }) => url)).toEqual([`${api}/things`, `${api}/token`, `${api}/things`])
  expect(sent[1]!.body).toBe(
    'grant_type=refresh_token&refresh_token=c4n4ry-refresh-1&client_id=c-1&client_secret=c4n4ry-client-secret',
  )
})

test('the refresh carries what the extension adds, except what is made of the token', async () => {
  const extendRequest = ({ auth }: { auth: { accessToken: string } }) => ({
    headers: {
      Authorization: `Bearer ${auth.accessToken}`,
      'Access-Token': auth.accessToken,
      'x-version': '7',
    },
    searchParams: { access_token: auth.accessToken, v: '1' },
  })
  const { connection, sent } = openWith(withTokens({}, { extendRequest }), provider({ accepts: () => true }))
  await connection.fetch(`${api}/things`)
  const { url, headers } = refreshes(sent)[0] ?? sent[1]!
  expect(url).toBe(`${api}/token?v=1`)
  expect([headers.has('authorization'), headers.has('access-token'), headers.get('x-version')]).toEqual([
    false,
    false,
    '7',
  ])
})

test('fifty requests with a stale token are one refresh', async () => {
  const { connection, sent } = openWith(withTokens())
  const answers = await Promise.all(Array.from({ length: 50 }, () => connection.fetch(`${api}/things`)))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  expect(refreshes(sent)).toHaveLength(1)
  expect(sent).toHaveLength(101)
})

test('two connections on one store are one refresh', async () => {
  const { connector } = fromSegment(withTokens(), { origins: [api] })
  const { fetch, sent } = network(provider())
  const store = memoryStore()
  const one = (): Connection => connect(connector, { settings: client, credentials: tokens, store, fetch })
  const both = [one(), one()]
  const answers = await Promise.all(both.map((each) => each.fetch(`${api}/things`)))
  expect(answers.map(({ status }) => status)).toEqual([200, 200])
  expect(refreshes(sent)).toHaveLength(1)
})

test('a request that is always refused is refreshed once and sent twice', async () => {
  const { connection, sent } = openWith(withTokens(), provider({ accepts: () => false }))
  expect((await connection.fetch(`${api}/things`)).status).toBe(401)
  expect(sent.map(({ url }) => url)).toEqual([`${api}/things`, `${api}/token`, `${api}/things`])
})

test('a status other than 401 is no reason to refresh', async () => {
  const { connection, sent } = openWith(withTokens(), () => new Response(null, { status: 403 }))
  expect((await connection.fetch(`${api}/things`)).status).toBe(403)
  expect(sent).toHaveLength(1)
})

test('a rotated refresh token is kept, also where the function drops it', async () => {
  const answer = (count: number) => ({
    access_token: `c4n4ry-access-${count}`,
    refresh_token: `c4n4ry-refresh-${count}`,
    expires_in: 3600,
  })
  const definition = withTokens()
  const { connection, sent } = openWith(definition, provider({ answer }))
  await connection.fetch(`${api}/things`)
  const held = await connection.credentials()
  expect(held).toMatchObject({ accessToken: 'c4n4ry-access-2', refreshToken: 'c4n4ry-refresh-2' })
  expect(typeof (held as { expiresAt: unknown }).expiresAt).toBe('number')
  const { configOf } = fromSegment(definition, { origins: [api] })
  expect(configOf(client, held)['oauth']).toEqual({
    access_token: 'c4n4ry-access-2',
    refresh_token: 'c4n4ry-refresh-2',
    clientId: 'c-1',
    clientSecret: 'c4n4ry-client-secret',
  })
  await connection.refresh()
  expect(refreshes(sent)[1]!.body).toContain('refresh_token=c4n4ry-refresh-2')
})

test('a function that hands back the old refresh token does not hide a newer one', async () => {
  const refreshAccessToken = async (
    request: SegmentRequest,
    { auth }: { auth: { refreshToken: string } },
  ) => {
    const { data } = await request<Record<string, string>>(`${api}/token`, { method: 'POST' })
    return { accessToken: data['access_token']!, refreshToken: auth.refreshToken }
  }
  const answer = () => ({ access_token: 'c4n4ry-new', refresh_token: 'c4n4ry-newer-refresh' })
  const { connection } = openWith(withTokens({ refreshAccessToken }), provider({ answer }))
  await connection.refresh()
  expect(await connection.credentials()).toMatchObject({ refreshToken: 'c4n4ry-newer-refresh' })
})

test('the body of a refresh is its own, also where the extension has JSON', async () => {
  const extendRequest = ({ auth }: { auth: { accessToken: string } }) => ({
    json: { k: 1, t: auth.accessToken },
  })
  const { connection, sent } = openWith(withTokens({}, { extendRequest }))
  await connection.refresh()
  expect(sent[0]!.body.startsWith('grant_type=refresh_token&')).toBe(true)
})

test('a refresh token of another answer than the one with the token is not taken', async () => {
  const refreshAccessToken = async (request: SegmentRequest) => {
    const { data } = await request<Record<string, string>>(`${api}/token`, { method: 'POST' })
    return { accessToken: `${data['access_token']!}-of-mine` }
  }
  const answer = () => ({ access_token: 'c4n4ry-other', refresh_token: 'c4n4ry-other-refresh' })
  const { connection } = openWith(
    withTokens({ refreshAccessToken }),
    provider({ answer, accepts: () => true }),
  )
  await connection.refresh()
  expect(await connection.credentials()).toMatchObject({ refreshToken: 'c4n4ry-refresh-1' })
})

test('a refresh that brings no token is an error, and nothing is sent with it', async () => {
  for (const said of [{}, undefined, { accessToken: '' }]) {
    const { connection, sent } = openWith(withTokens({ refreshAccessToken: async () => said }))
    expect(await rejection(connection.fetch(`${api}/things`))).toMatchObject({ code: 'response_invalid' })
    expect(sent).toHaveLength(1)
  }
})

const refusals: readonly [string, () => Response, string][] = [
  ['invalid_grant', () => Response.json({ error: 'invalid_grant' }, { status: 400 }), 'credentials_rejected'],
  ['invalid_client', () => Response.json({ error: 'invalid_client' }, { status: 401 }), 'client_rejected'],
  ['an outage', () => new Response(null, { status: 503 }), 'provider_unavailable'],
]
test.each(refusals)('a refresh that meets %s says who must act', async (_, answer, code) => {
  const { connection } = openWith(withTokens(), provider({ answer }))
  expect(await rejection(connection.fetch(`${api}/things`))).toMatchObject({ code })
})

test('a refresh that throws an error of its own with a status is told by it; without, it is tried again later', async () => {
  const thrower = (error: Error) => withTokens({ refreshAccessToken: () => Promise.reject(error) })
  const expired = Object.assign(new Error('c4n4ry-refresh-1'), { status: 401, code: 'REFRESH_TOKEN_EXPIRED' })
  const rejected = await rejection(openWith(thrower(expired)).connection.fetch(api))
  expect(rejected).toMatchObject({ code: 'credentials_rejected', cause: { status: 401 } })
  const down = await rejection(openWith(thrower(new Error('c4n4ry idp down'))).connection.fetch(api))
  expect(down).toMatchObject({ code: 'response_invalid', ambiguous: true })
  for (const { message } of [rejected, down]) expect(message).not.toContain('c4n4ry')
})

test('a function may look at the answer that refused it', async () => {
  const refreshAccessToken = async (request: SegmentRequest) => {
    try {
      await request(`${api}/token`, { method: 'POST', json: {} })
    } catch (error) {
      const { response } = error as { response: { status: number; data: { error: string } } }
      if (response.data.error === 'invalid_grant')
        throw Object.assign(new Error('gone'), { status: response.status })
    }
    return {}
  }
  const answer = () => Response.json({ error: 'invalid_grant' }, { status: 400 })
  const { connection } = openWith(withTokens({ refreshAccessToken }), provider({ answer }))
  expect(await rejection(connection.refresh())).toMatchObject({ code: 'credentials_rejected' })
})
