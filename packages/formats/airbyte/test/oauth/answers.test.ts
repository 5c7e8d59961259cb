import { expect, test } from '@jest/globals'
import type { JsonObject } from '@latchkey/core/definition'
import { api, config, json, manifestOf, oauth, opened, rejection, type World } from './support.ts'

const now = 1_749_988_800_000
const hour = 3_600_000

/** A connection whose provider answers so. */
const answered = (body: unknown, members: JsonObject = {}, status = 200): World =>
  opened(manifestOf({ ...oauth, ...members }), config, () => json(body, { status }))

/** What is stored after one request. */
async function kept(body: unknown, members: JsonObject = {}): Promise<unknown> {
  const world = answered(body, members)
  await world.connection.fetch(api)
  return await world.credentials()
}

test.each([
  ['at the root', { access_token: 't-root', expires_in: 60 }],
  ['in an object', { data: { access_token: 't-root', expires_in: 60 } }],
  ['in a list', { data: [{ x: 1 }, { access_token: 't-root', expires_in: 60 }] }],
  ['five levels deep', { a: { b: { c: { d: { e: { access_token: 't-root', expires_in: 60 } } } } } }],
  ['in a list that is the whole answer', [{ access_token: 't-root', expires_in: 60 }]],
])('a token is found %s', async (_, body) => {
  expect(await kept(body)).toMatchObject({ accessToken: 't-root', expiresAt: now + 60_000 })
})

test('a token six levels deep is none', async () => {
  const world = answered({ a: { b: { c: { d: { e: { f: { access_token: 't' } } } } } } })
  expect(await rejection(world.connection.fetch(api))).toMatchObject({ code: 'response_invalid' })
})

test('deep branches beside the token do no harm', async () => {
  const meta = { a: { b: { c: { d: { e: { f: { g: 1 } } } } } } }
  expect(await kept({ meta, access_token: 't-root' })).toMatchObject({ accessToken: 't-root' })
})

test('the token nearest to the root counts, then the one with its relatives beside it, then the first', async () => {
  expect(await kept({ user: { access_token: 'decoy' }, access_token: 'real' })).toMatchObject({
    accessToken: 'real',
  })
  expect(
    await kept({
      user: { access_token: 'decoy' },
      result: { access_token: 'real', expires_in: 60, refresh_token: 'next' },
    }),
  ).toMatchObject({ accessToken: 'real', refreshToken: 'next', expiresAt: now + 60_000 })
  expect(await kept({ a: { access_token: 'first' }, b: { access_token: 'second' } })).toMatchObject({
    accessToken: 'first',
  })
})

test('what belongs to the token is read beside it before anywhere else', async () => {
  const body = { expires_in: 5, data: { access_token: 'real', expires_in: 60 } }
  expect(await kept(body)).toMatchObject({ accessToken: 'real', expiresAt: now + 60_000 })
})

test('the answer has the names that the definition gives', async () => {
  const members = { access_token_name: 'jwt', expires_in_name: 'valid_for', refresh_token_name: 'next' }
  expect(
    await kept({ access_token: 'decoy', result: { jwt: 'real', valid_for: 60, next: 'n1' } }, members),
  ).toEqual(expect.objectContaining({ accessToken: 'real', expiresAt: now + 60_000, refreshToken: 'n1' }))
})

test.each([
  [3600, now + hour],
  [3600.5, now + hour + 500],
  ['3600', now + hour],
  ['3599.9', now + hour - 100],
  [now / 1000 + 60, now + 60_000],
  [now + 60_000, now + 60_000],
  ['2025-06-15T13:00:00Z', now + hour],
  ['2025-06-15T13:00:00.500000+00:00', now + hour + 500],
  ['2025-06-15T13:00:00', now + hour],
  ['2025-06-16', now + 12 * hour],
  ['Sun, 15 Jun 2025 13:00:00 GMT', now + hour],
])('an expiry of %p is understood, whether or not a format is given', async (expires_in, expiresAt) => {
  for (const members of [{}, { token_expiry_date_format: '%Y-%m-%d' }])
    expect(await kept({ access_token: 't-root', expires_in }, members)).toMatchObject({ expiresAt })
})

test('a moment under a name that speaks of seconds is not read as seconds from now', async () => {
  const body = { access_token: 't-root', expires_at: now / 1000 + 21_600 }
  expect(await kept(body, { expires_in_name: 'expires_at' })).toMatchObject({ expiresAt: now + 6 * hour })
})

test.each([[undefined], [null], [0], [-5], ['soon'], [{}]])(
  'where the expiry is %p the token lasts an hour, as at home',
  async (expires_in) => {
    expect(await kept({ access_token: 't-root', expires_in })).toMatchObject({ expiresAt: now + hour })
  },
)

test('an answer in form encoding is read too', async () => {
  const world = opened(
    manifestOf(oauth),
    config,
    () => new Response('access_token=t-form&expires_in=60', { headers: { 'content-type': 'text/plain' } }),
  )
  await world.connection.fetch(api)
  expect(await world.credentials()).toMatchObject({ accessToken: 't-form', expiresAt: now + 60_000 })
})

const rule = {
  refresh_token_error_status_codes: [400, 403],
  refresh_token_error_key: 'code',
  refresh_token_error_values: ['expired', 17],
}

test.each([
  [400, { code: 'expired' }, 'credentials_rejected'],
  [403, { code: 17 }, 'credentials_rejected'],
  [400, { code: 'other' }, 'response_invalid'],
  [418, { code: 'expired' }, 'response_invalid'],
  [400, { error: 'expired' }, 'response_invalid'],
  [400, ['expired'], 'response_invalid'],
  [400, { error: 'invalid_grant' }, 'credentials_rejected'],
  [401, { error: 'invalid_client' }, 'client_rejected'],
  [500, { code: 'expired' }, 'provider_unavailable'],
  [429, {}, 'provider_unavailable'],
])('status %p with %p means %s', async (status, body, code) => {
  expect(await rejection(answered(body, rule, status).connection.fetch(api))).toMatchObject({ code })
})

test('the rule may stand in the updater, and its key may be a path', async () => {
  const updater = { refresh_token_updater: { ...rule, refresh_token_error_key: 'error.code' } }
  const world = answered({ error: { code: 'expired' } }, updater, 400)
  expect(await rejection(world.connection.fetch(api))).toMatchObject({ code: 'credentials_rejected' })
})

test('a rule that lacks one of its three parts means nothing', async () => {
  const { refresh_token_error_values: _, ...rest } = rule
  const world = answered({ code: 'expired' }, rest, 400)
  expect(await rejection(world.connection.fetch(api))).toMatchObject({ code: 'response_invalid' })
})

test('an error inside a 200 is an error, and a page of HTML is the gateway', async () => {
  const world = answered({ error: 'invalid_grant' })
  expect(await rejection(world.connection.fetch(api))).toMatchObject({ code: 'credentials_rejected' })
  const html = opened(manifestOf(oauth), config, () => new Response('<html>', { status: 400 }))
  expect(await rejection(html.connection.fetch(api))).toMatchObject({ code: 'provider_unavailable' })
})

test('what the provider repeats of the request is in no error', async () => {
  const world = answered(
    { error: 'invalid_grant', error_description: 'bad seed-token of the-secret' },
    {},
    400,
  )
  const error = await rejection(world.connection.fetch(api))
  expect((error as Error).message).not.toMatch(/seed-token|the-secret/)
})
