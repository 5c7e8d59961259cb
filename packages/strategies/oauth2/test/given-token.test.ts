import { expect, test } from '@jest/globals'
import { oauth2, type OAuth2Options } from '@latchkey/oauth2'
import { base, begun } from './begun.ts'
import { api, app, authorizationUrl, json, open, redirectUri, rejection, tokenUrl, world } from './support.ts'

const brought = { grant: 'refresh_token', tokenUrl } as const satisfies OAuth2Options
const settings = { ...app, refreshToken: 'brought-refresh-token' }

test('a refresh token that the user brings earns the first access token', async () => {
  const provider = world(() => json({ access_token: 'first-access-token', expires_in: 3600 }))
  const { connection, credentials } = open(oauth2(brought), provider, { settings })
  await connection.fetch(api)
  expect(provider.asked.map(({ body }) => body)).toEqual([
    'grant_type=refresh_token&refresh_token=brought-refresh-token&client_id=the-client-id&client_secret=the-client-secret',
  ])
  expect(provider.sent[0]?.headers.get('authorization')).toBe('Bearer first-access-token')
  expect((await credentials())?.refreshToken).toBe('brought-refresh-token')
})

test('a token that was rotated wins over the one that was brought, and the settings stay as they are', async () => {
  const provider = world((_, nth) =>
    json({ access_token: `access-token-${nth}`, refresh_token: `rotated-token-${nth}`, expires_in: 3600 }),
  )
  const { connection, credentials, store } = open(oauth2(brought), provider, { settings })
  await connection.fetch(api)
  await provider.clock.advance(3_600_000)
  await connection.fetch(api)
  expect(provider.asked.map(({ form }) => form.get('refresh_token'))).toEqual([
    'brought-refresh-token',
    'rotated-token-1',
  ])
  expect((await credentials())?.refreshToken).toBe('rotated-token-2')
  expect((await store.read('c1'))?.settings).toMatchObject({ refreshToken: 'brought-refresh-token' })
})

test('where a rotated token is refused a person must act: the spent one is not tried again', async () => {
  const provider = world((_, nth) =>
    nth === 1
      ? json({ access_token: 'first-access-token', refresh_token: 'rotated-token', expires_in: 3600 })
      : json({ error: 'invalid_grant' }, { status: 400 }),
  )
  const { connection } = open(oauth2(brought), provider, { settings })
  await connection.fetch(api)
  await provider.clock.advance(3_600_000)
  for (let time = 0; time < 2; time++)
    expect(await rejection(connection.fetch(api))).toMatchObject({
      code: 'credentials_rejected',
      remedy: 'reconnect',
    })
  expect(provider.asked.map(({ form }) => form.get('refresh_token'))).toEqual([
    'brought-refresh-token',
    'rotated-token',
  ])
})

test('with a consent the refresh token need not be brought, and without either nobody has signed in', async () => {
  const auth = oauth2({ ...brought, authorizationUrl })
  expect(auth.fields['refreshToken']).toMatchObject({ required: false })
  expect(oauth2(brought).fields['refreshToken']).toMatchObject({ required: true })
  const provider = world(() => json({ access_token: 'consented-access-token', expires_in: 3600 }))
  const { connection } = open(auth, provider)
  expect(await rejection(connection.fetch(api))).toMatchObject({ code: 'credentials_missing' })
  const { pending } = await connection.authorize.begin({ redirectUri })
  await connection.authorize.complete(pending, `code=c&state=${(pending as { state: string }).state}`)
  await connection.fetch(api)
  expect(provider.sent[0]?.headers.get('authorization')).toBe('Bearer consented-access-token')
})

test('computed values see the standard parameters of their request, those that are left out too', async () => {
  const { connection, url, pending, provider, state } = await begun({
    ...base,
    authorizationUrl: ({ parameters = {} }) =>
      `https://as.example.com/go/${parameters['client_id'] ?? ''}?s=${parameters['state'] ?? ''}`,
    tokenUrl: ({ parameters = {} }) => `https://as.example.com/token/${parameters['code'] ?? ''}`,
    endpointOrigins: ['https://*'],
    authorize: { omit: ['client_id', 'response_type', 'scope', 'state', 'redirect_uri'] },
    token: {
      omit: ['code', 'redirect_uri', 'code_verifier', 'grant_type'],
      params: ({ parameters = {} }) => ({
        assertion: [parameters['code'], parameters['state'], parameters['client_secret']].join(),
      }),
      headers: ({ parameters = {} }) => ({ 'x-verifier': parameters['code_verifier'] }),
    },
  })
  expect(url.pathname).toBe('/go/the-client-id')
  expect([...url.searchParams.keys()]).toEqual(['s', 'code_challenge', 'code_challenge_method'])
  expect(url.searchParams.get('s')).toBe(state)
  await connection.authorize.complete(pending, `code=c1&state=${state}`)
  expect(provider.asked.map((request) => [request.url, request.body])).toEqual([
    [
      'https://as.example.com/token/c1',
      `client_id=the-client-id&client_secret=the-client-secret&assertion=c1%2C${state}%2C`,
    ],
  ])
  expect(provider.asked[0]?.headers.get('x-verifier')).toBe((pending as { verifier: string }).verifier)
})

test('any host at all is any https host', async () => {
  const options = {
    grant: 'client_credentials',
    tokenUrl: () => 'http://as.example.com/token',
    endpointOrigins: ['https://*'],
  } as const
  const provider = world(() => json({}))
  const { connection } = open(oauth2(options), provider)
  expect(await rejection(connection.fetch(api))).toMatchObject({ code: 'origin_forbidden' })
  expect(provider.asked).toEqual([])
})

test('an answer of another form is read as the definition reshapes it', async () => {
  const seen: string[] = []
  const provider = world((_, nth) => json([{ token: { value: `access-token-${nth}`, next: 'rotated' } }]))
  const { connection, credentials } = open(
    oauth2({
      ...brought,
      response: {
        defaultLifetime: 3600,
        body(body, request) {
          seen.push(request)
          const [first] = body as readonly { readonly token: { value: string; next: string } }[]
          return { access_token: first?.token.value, refresh_token: first?.token.next }
        },
      },
    }),
    provider,
    { settings },
  )
  await connection.fetch(api)
  expect(await credentials()).toMatchObject({ accessToken: 'access-token-1', refreshToken: 'rotated' })
  expect(seen).toEqual(['refresh'])
})
