import { expect, test } from '@jest/globals'
import type { SegmentRequest } from '@latchkey/format-segment'
import { openWith, provider, refreshes } from './provider.ts'
import { api, client, field, open, rejection, tokens, withTokens } from './support.ts'

test('a client or a refresh token that is not there is never sent as the word undefined', async () => {
  const without = openWith(withTokens(), provider(), {})
  expect(await rejection(without.connection.refresh())).toMatchObject({
    code: 'settings_invalid',
    field: 'oauth.clientId',
  })
  expect(without.sent).toEqual([])
  const tokenless = openWith(withTokens(), provider(), client, { accessToken: 'c4n4ry-access-1' })
  expect(await rejection(tokenless.connection.refresh())).toMatchObject({ code: 'credentials_missing' })
  expect(tokenless.sent).toEqual([])
})

test('a definition whose refresh needs settings alone earns its first token by it', async () => {
  const refreshAccessToken = async (
    request: SegmentRequest,
    { settings }: { settings: Record<string, string> },
  ) => {
    const { data } = await request<Record<string, string>>(`${api}/token`, {
      method: 'POST',
      json: {
        grant_type: 'client_credentials',
        client_id: settings['id'],
        client_secret: settings['secret'],
      },
    })
    return { accessToken: data['access_token']! }
  }
  const fields = { id: field({ required: true }), secret: field({ type: 'password', required: true }) }
  const definition = withTokens({ refreshAccessToken, fields })
  const { connection, sent } = open(definition, {
    settings: { id: 'i', secret: 'c4n4ry-s' },
    answer: provider(),
  })
  expect((await connection.fetch(`${api}/things`)).status).toBe(200)
  expect(sent.map(({ url }) => url)).toEqual([`${api}/token`, `${api}/things`])
})

test('a definition whose refresh needs a person’s token says so before anything is sent', async () => {
  const { connection, sent } = open(withTokens(), { settings: client })
  expect(await rejection(connection.fetch(api))).toMatchObject({ code: 'credentials_missing' })
  expect(sent).toEqual([])
})

test('the token URL of an oauth-managed client reaches the function, and may be called', async () => {
  const seen: unknown[] = []
  const refreshAccessToken = async (
    request: SegmentRequest,
    { auth }: { auth: { refreshTokenUrl: string; refreshToken: string } },
  ) => {
    seen.push(auth)
    const body = new URLSearchParams({ refresh_token: auth.refreshToken })
    const { data } = await request<Record<string, string>>(auth.refreshTokenUrl, { method: 'POST', body })
    return { accessToken: data['access_token']! }
  }
  const definition = withTokens({ scheme: 'oauth-managed', refreshAccessToken })
  const settings = { ...client, 'oauth.refresh_token_url': 'https://login.example.net/token' }
  const { connection, sent } = openWith(definition, provider(), settings)
  expect((await connection.fetch(`${api}/things`)).status).toBe(200)
  expect(refreshes(sent).map(({ url }) => url)).toEqual(['https://login.example.net/token'])
  expect(seen).toEqual([
    {
      ...tokens,
      clientId: 'c-1',
      clientSecret: 'c4n4ry-client-secret',
      refreshTokenUrl: 'https://login.example.net/token',
    },
  ])
})

test('oauth-managed without functions refreshes at the token URL that the operator gave', async () => {
  const definition = { name: 'A', authentication: { scheme: 'oauth-managed' } }
  const settings = { ...client, 'oauth.refresh_token_url': `${api}/token` }
  const answer = (count: number) => ({ access_token: `c4n4ry-access-${count}`, token_type: 'Bearer' })
  const { connection, sent } = openWith(definition, provider({ answer }), settings)
  expect((await connection.fetch(`${api}/things`)).status).toBe(200)
  expect(refreshes(sent)).toHaveLength(1)
})
