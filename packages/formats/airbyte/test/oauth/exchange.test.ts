import { createHash } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { begun, client, path, properties } from './consent-support.ts'
import { json, open, pairs, redirectUri, rejection, sorted } from './support.ts'

test.each([
  '{{ state_value | codeChallengeS256 }}',
  '{{ {{state_value}} | codechallengeS256 }}',
  "{{ state_value | codechallengeS256 | replace('+','-') | replace('/','_') | replace('=','') }}",
])(
  'where the template hashes the state (%s), the challenge is that of RFC 7636 over a secret of its own',
  async (challenge) => {
    const world = await begun({
      consent_url: `https://as.example.com/consent?{{client_id_param}}&{{state_param}}&code_challenge=${challenge}&code_challenge_method=S256`,
      access_token_params: {
        code: '{{ auth_code_value }}',
        code_verifier: '{{ state_value }}',
        state: '{{ state_value }}',
      },
      state: { min: 43, max: 128 },
    })
    await world.complete()
    const { state, verifier = '' } = world.pending
    expect(verifier).toMatch(/^[\w-]{43}$/)
    expect(verifier).not.toBe(state)
    expect(world.url.searchParams.get('code_challenge')).toBe(
      createHash('sha256').update(verifier).digest('base64url'),
    )
    const body = new URLSearchParams(world.asked[0]?.body)
    expect(body.get('code_verifier')).toBe(verifier)
    expect(body.get('state')).toBe(state)
  },
)

test('a template that asks for no challenge gets none', async () => {
  const world = await begun()
  expect(world.pending.verifier).toBe(undefined)
})

test.each([
  ['no headers', undefined, 'application/json'],
  ['another header', { 'X-Version': '2' }, 'application/json'],
  ['JSON', { 'Content-Type': 'application/json' }, 'application/json'],
  ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 'application/x-www-form-urlencoded'],
])('parameters are JSON unless the headers say otherwise: %s', async (_, access_token_headers, type) => {
  const world = await begun({ access_token_headers, access_token_params: { code: '{{ auth_code_value }}' } })
  await world.complete()
  const [{ headers, body } = { headers: new Headers(), body: '' }] = world.asked
  expect(headers.get('content-type')).toBe(type)
  expect(
    type === 'application/json'
      ? (JSON.parse(body) as unknown)
      : Object.fromEntries(new URLSearchParams(body)),
  ).toEqual({
    code: 'c/1',
  })
})

test('without parameters all is in the URL, encoded, and the body is empty', async () => {
  const world = await begun({
    access_token_url:
      'https://as.example.com/exchange?{{client_id_param}}&{{client_secret_param}}&{{auth_code_param}}&{{redirect_uri_param}}&{{scope_param}}&{{state_param}}',
    access_token_params: undefined,
    access_token_headers: undefined,
  })
  await world.complete()
  const [{ url, body } = { url: '', body: 'x' }] = world.asked
  expect(body).toBe('')
  expect(sorted(new URL(url).search)).toEqual([
    'client_id=the id&x',
    'client_secret=the-secret',
    'code=c/1',
    `redirect_uri=${redirectUri}`,
    'scope=read write',
    `state=${world.pending.state}`,
  ])
})

test('headers of the exchange may be made of the client', async () => {
  const world = await begun({
    access_token_headers: {
      Authorization: "Basic {{ (client_id_value ~ ':' ~ client_secret_value) | b64encode }}",
      'Content-Type': 'application/x-www-form-urlencoded',
    },
    access_token_params: { code: '{{ auth_code_value }}' },
  })
  await world.complete()
  expect(world.asked[0]?.headers.get('authorization')).toBe(
    `Basic ${Buffer.from('the id&x:the-secret').toString('base64')}`,
  )
  expect(world.asked[0]?.body).toBe('code=c%2F1')
})

test('what the user filled in may complete the URLs, and cannot name another host', async () => {
  const more = {
    oauth_user_input_from_connector_config_specification: { properties: { subdomain: path('subdomain') } },
  }
  const shape = {
    consent_url:
      'https://{{subdomain}}.example.com/consent?{{client_id_param}}&{{state_param}}&site={{ subdomain }}',
    access_token_url: 'https://{{subdomain}}.example.com/exchange',
  }
  const given = (subdomain: string): Parameters<typeof begun>[2] => ({
    more,
    config: { ...client, subdomain },
    properties: { ...properties, subdomain: open },
  })
  const world = await begun(shape, pairs, given('acme'))
  expect(world.url.host).toBe('acme.example.com')
  expect(world.url.searchParams.get('site')).toBe('acme')
  await world.complete()
  expect(world.asked[0]?.url).toBe('https://acme.example.com/exchange')
  for (const evil of ['evil.test/', 'a.evil.test#', 'x@evil.test/', 'evil.test?'])
    expect(await rejection(begun(shape, pairs, given(evil)))).toMatchObject({
      code: expect.stringMatching(/settings_invalid|definition_invalid/) as never,
    })
})

test('outputs are read where the specification says and shown where it says', async () => {
  const more = {
    complete_oauth_output_specification: {
      properties: {
        refresh_token: path('refresh_token'),
        access_token: path('access_token'),
        token_expiry_date: path('ends'),
        instance: { ...path('instance'), path_in_oauth_response: ['data', 'site', 'url'] },
      },
    },
  }
  const world = await begun(
    { extract_output: ['data.access_token', 'data.refresh_token', 'data.expires_in'] },
    () =>
      json({
        data: {
          access_token: 'nested-access',
          refresh_token: 'nested-refresh',
          expires_in: 7200,
          site: { url: 'https://eu.example.com' },
        },
      }),
    { more },
  )
  await world.complete()
  expect(await world.config()).toEqual({
    ...client,
    refresh_token: 'nested-refresh',
    access_token: 'nested-access',
    ends: '2025-06-15T14:00:00.000Z',
    instance: 'https://eu.example.com',
  })
})
