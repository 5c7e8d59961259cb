import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { expect, test } from '@jest/globals'
import { isAuthError } from '@latchkey/core'
import { oauth2, type OAuth2Options } from '@latchkey/oauth2'
import { api, open, rejection, tokenUrl, world } from './support.ts'

interface Row {
  readonly id: string
  readonly status: number
  readonly content_type: string | null
  readonly body?: string
  readonly body_gen?: string
  readonly dpop?: boolean
  readonly retry_after?: string
  readonly location?: string
  readonly www_authenticate?: string
  readonly expect: {
    readonly ok: boolean
    readonly class?: string
    readonly header?: string
    readonly expires_in?: number
    readonly wait_s?: number
    readonly refresh_token?: string
    readonly keep_refresh_token?: string
  }
}

const { cases } = JSON.parse(
  readFileSync(new URL('./vectors/token-responses.json', import.meta.url), 'utf8'),
) as { readonly cases: readonly Row[] }

/** What the rows' definitions say: the two that need a word of their own. */
const said: Readonly<Record<string, OAuth2Options>> = {
  '403-atlassian': { errors: { unauthorized_client: 'rejected' } },
  'dpop-requested-bearer-returned': { dpop: true },
}

const codes: Readonly<Record<string, string>> = {
  invalid_grant: 'credentials_rejected',
  invalid_client: 'client_rejected',
  transient: 'provider_unavailable',
  throttled: 'provider_unavailable',
  timeout: 'provider_unavailable',
  bad_response: 'response_invalid',
  ambiguous: 'response_invalid',
}

function answerTo(row: Row): Response {
  const headers = new Headers()
  const { content_type, retry_after, location, www_authenticate } = row
  const given = {
    'content-type': content_type,
    'retry-after': retry_after,
    location,
    'www-authenticate': www_authenticate,
  }
  for (const [name, value] of Object.entries(given)) if (value != null) headers.set(name, value)
  if (row.id === 'drip')
    return new Response(new ReadableStream({ pull: () => new Promise<void>(() => undefined) }), { headers })
  const text =
    row.id === 'access_token-64k' ? JSON.stringify({ access_token: 'x'.repeat(65_536) }) : (row.body ?? '')
  return new Response(new TextEncoder().encode(text), { status: row.status, headers })
}

const old = { accessToken: 'old-access-token', refreshToken: 'old-refresh-token', expiresAt: 1 }

test.each(cases.filter(({ id }) => id !== 'drip'))('$id: as the vector says', async (row) => {
  const provider = world(() => answerTo(row))
  const auth = oauth2({ tokenUrl, ...said[row.id] })
  const { connection, credentials } = open(auth, provider, { credentials: old })
  const result = await connection.fetch(`${api}/things`).catch((error: unknown) => error)
  const stored = await credentials()
  // One request, in one style, whatever came back.
  expect(provider.asked.map(({ url, method }) => `${method} ${url}`)).toEqual([`POST ${tokenUrl}`])

  const issued = /"refresh_token"\s*:\s*"([^"]+)"|refresh_token=([^&]+)/.exec(row.body ?? '')
  // What the provider has issued survives, and what it did not replace stays.
  expect(stored?.refreshToken).toBe(issued?.[1] ?? issued?.[2] ?? 'old-refresh-token')
  if (row.expect.keep_refresh_token !== undefined)
    expect(stored?.refreshToken).toBe(row.expect.keep_refresh_token)

  if (row.expect.ok) {
    expect(result).toBeInstanceOf(Response)
    const token = /access_token(?:"\s*:\s*"|=)([^"&]+)/.exec(row.body ?? '')?.[1] ?? ''
    expect(provider.sent[0]?.headers.get('authorization')).toBe(row.expect.header ?? `Bearer ${token}`)
    if (row.expect.expires_in !== undefined)
      expect(stored?.expiresAt).toBe(provider.clock.now() + row.expect.expires_in * 1000)
    return
  }
  expect(isAuthError(result)).toBe(true)
  const code =
    row.expect.class === undefined ? 'response_invalid' : codes[/^\w+/.exec(row.expect.class)?.[0] ?? '']
  expect(result).toMatchObject({ code })
  expect(provider.sent).toHaveLength(0)
  for (const secret of ['old-access-token', 'old-refresh-token', 'RT2', 'the-client-secret'])
    expect(inspect(result, { depth: 9 })).not.toContain(secret)
  if (row.expect.class?.startsWith('ambiguous')) {
    if (issued === null) expect(result).toMatchObject({ ambiguous: true })
  }
  if (row.expect.wait_s !== undefined) expect(result).toMatchObject({ retryAfter: row.expect.wait_s * 1000 })
})

test.each([
  'expires_in-null',
  'expires_in-zzz',
  'expires_in-3600abc',
  'expires_in-1e999',
  'expires_in-negative',
])('%s: the end is unknown, and the token is used until it is rejected', async (id) => {
  const row = cases.find((each) => each.id === id) as Row
  const provider = world(() => answerTo(row))
  const { connection, credentials } = open(oauth2({ tokenUrl }), provider, { credentials: old })
  for (let day = 0; day < 3; day++) {
    await connection.fetch(`${api}/things`)
    await provider.clock.advance(86_400_000)
  }
  expect((await credentials())?.expiresAt).toBe(undefined)
  expect(provider.asked).toHaveLength(1)
})

test('expires_at-iso: a date without a zone is UTC', async () => {
  const row = cases.find(({ id }) => id === 'expires_at-iso') as Row
  const provider = world(() => answerTo(row))
  provider.clock.jump(Date.UTC(2023, 11, 11) - provider.clock.now())
  const { connection, credentials } = open(oauth2({ tokenUrl }), provider, { credentials: old })
  await connection.fetch(`${api}/things`)
  expect((await credentials())?.expiresAt).toBe(Date.UTC(2023, 11, 12))
})

test('text-plain-form: what is left of an old kind of answer is understood, its end too', async () => {
  const row = cases.find(({ id }) => id === 'text-plain-form') as Row
  const provider = world(() => answerTo(row))
  const { connection, credentials } = open(oauth2({ tokenUrl }), provider, { credentials: old })
  await connection.fetch(`${api}/things`)
  expect((await credentials())?.expiresAt).toBe(provider.clock.now() + 5_184_000_000)
})

test('proto-key: an answer cannot reach a prototype', async () => {
  const row = cases.find(({ id }) => id === 'proto-key') as Row
  const provider = world(() => answerTo(row))
  const auth = oauth2({ tokenUrl, response: { keep: ['__proto__', 'isAdmin'] } })
  const { connection, credentials } = open(auth, provider, { credentials: old })
  await connection.fetch(`${api}/things`)
  expect(({} as { isAdmin?: boolean }).isAdmin).toBe(undefined)
  expect(((await credentials())?.metadata as { isAdmin?: boolean } | undefined)?.isAdmin).toBe(undefined)
})

test('drip: one time limit holds over the whole answer', async () => {
  const row = cases.find(({ id }) => id === 'drip') as Row
  const provider = world(() => answerTo(row))
  const { connect } = await import('@latchkey/core')
  const connection = connect(oauth2({ tokenUrl }), {
    settings: { clientId: 'a', clientSecret: 'b' },
    origins: [api],
    fetch: provider.fetch,
    credentials: old,
    network: { timeoutMs: 30 },
  })
  expect(await rejection(connection.fetch(api))).toMatchObject({
    code: 'provider_unavailable',
    ambiguous: true,
  })
})

test('after a spoilt answer the connection comes again with the new refresh token, half a minute later', async () => {
  const provider = world((_, nth) =>
    nth === 1
      ? new Response('{"access_token":7,"refresh_token":"second-refresh-token"}')
      : new Response('{"access_token":"second-access-token"}'),
  )
  const { connection, credentials } = open(oauth2({ tokenUrl }), provider, { credentials: old })
  const failure = await rejection(connection.fetch(api))
  expect(failure).toMatchObject({
    code: 'response_invalid',
    message: 'The last answer of the provider has an access token that is no text; it will be asked again',
  })
  expect(await rejection(connection.fetch(api))).toMatchObject({ code: 'response_invalid' })
  expect(provider.asked).toHaveLength(1)
  await provider.clock.advance(30_000)
  await connection.fetch(api)
  expect(provider.asked[1]?.form.get('refresh_token')).toBe('second-refresh-token')
  expect(await credentials()).toMatchObject({
    accessToken: 'second-access-token',
    refreshToken: 'second-refresh-token',
  })
})

test('a spoilt answer while the old token lives is not noticed by callers, and costs no token', async () => {
  const provider = world(
    () => new Response('{"token_type":"mac","access_token":"a","refresh_token":"second-refresh-token"}'),
  )
  const started = provider.clock.now()
  const { connection, credentials } = open(oauth2({ tokenUrl }), provider, {
    credentials: { ...old, expiresAt: started + 60_000 },
  })
  await connection.refresh()
  await connection.fetch(api)
  expect(provider.sent[0]?.headers.get('authorization')).toBe('Bearer old-access-token')
  expect(await credentials()).toMatchObject({
    refreshToken: 'second-refresh-token',
    expiresAt: started + 60_000,
  })
})
