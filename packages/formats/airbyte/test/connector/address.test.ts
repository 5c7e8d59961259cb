import { expect, test } from '@jest/globals'
import { connect } from '@latchkey/core'
import type { JsonObject } from '@latchkey/core/definition'
import { fromAirbyte } from '@latchkey/format-airbyte'
import { network } from '../../../../../tools/network.ts'
import { json, manifestOf, open, opened, rejection, secret } from '../oauth/support.ts'

const bearer = { type: 'BearerAuthenticator', api_token: "{{ config['token'] }}" }

/** A manifest whose requests have these base URLs. */
function based(urls: readonly string[], properties: object = {}): JsonObject {
  const manifest = manifestOf(
    urls.map(() => bearer),
    { token: secret, ...properties },
  )
  const streams = manifest['streams'] as unknown as { retriever: { requester: JsonObject } }[]
  streams.forEach(({ retriever }, at) => {
    retriever.requester = { ...retriever.requester, url_base: urls[at] }
  })
  return manifest
}

async function reached(manifest: JsonObject, settings: object, url: string): Promise<string | undefined> {
  const { fetch, sent } = network()
  const { connector } = fromAirbyte(manifest)
  await connect(connector, { settings: { token: 'the-token', ...settings } as never, fetch }).fetch(url)
  return sent[0]?.headers.get('authorization') ?? undefined
}

test('the token goes to the base URL and to no other host', async () => {
  const manifest = based(['https://api.example.com/v1/'])
  expect(await reached(manifest, {}, 'https://api.example.com/v2/x')).toBe('Bearer the-token')
  expect(await rejection(reached(manifest, {}, 'https://other.example.com/'))).toMatchObject({
    code: 'origin_forbidden',
  })
})

test('several base URLs are several hosts', async () => {
  const manifest = based([
    'https://api.example.com/v1',
    'https://files.example.com',
    'https://api.example.com/v1',
  ])
  for (const host of ['api', 'files'])
    expect(await reached(manifest, {}, `https://${host}.example.com/x`)).toBe('Bearer the-token')
})

test('a value that completes the host is one label of it', async () => {
  const manifest = based(["https://{{ config['site'] }}.example.com/api"], { site: open })
  expect(fromAirbyte(manifest).warnings).toEqual([])
  expect(await reached(manifest, { site: 'acme' }, 'https://acme.example.com/x')).toBe('Bearer the-token')
  expect(await rejection(reached(manifest, { site: 'acme' }, 'https://other.example.com/'))).toMatchObject({
    code: 'origin_forbidden',
  })
  for (const site of ['evil.test/', 'a@evil.test', 'evil.test#', 'a.b'])
    expect(await rejection(reached(manifest, { site }, 'https://acme.example.com/'))).toMatchObject({
      code: 'settings_invalid',
      field: 'site',
    })
})

test('what the form offers was written by the author', async () => {
  const manifest = based(["https://api{{ '-eu' if config['region'] == 'EU' else '' }}.example.com"], {
    region: { type: 'string', enum: ['EU', 'US'] },
  })
  expect(fromAirbyte(manifest).warnings).toEqual([])
  expect(await reached(manifest, { region: 'EU' }, 'https://api-eu.example.com/x')).toBe('Bearer the-token')
})

test('a user who may name any host is a warning, and the host must be public and https', async () => {
  const manifest = based(["{{ config['url'] }}/api"], { url: open })
  expect(fromAirbyte(manifest).warnings).toEqual([
    {
      path: 'streams[0].retriever.requester.url_base',
      message: expect.stringContaining('"url" may name any host') as never,
    },
  ])
  expect(await reached(manifest, { url: 'https://acme.test' }, 'https://acme.test/api/x')).toBe(
    'Bearer the-token',
  )
  for (const url of ['http://acme.test', 'https://127.0.0.1', 'ftp://x', 'acme.test'])
    expect(await rejection(reached(manifest, { url }, 'https://acme.test/api'))).toMatchObject({
      field: 'url',
    })
})

test('relative requests start at the base URL', async () => {
  const world = opened(based(['https://api.example.com/v1/']), { token: 'the-token' })
  await world.connection.http.get('things')
  expect(world.sent[0]?.url).toBe('https://api.example.com/v1/things')
})

/** What the test of a manifest sends, and whether it passes. */
async function tested(
  requester: JsonObject,
  status = 200,
): Promise<{
  sent: readonly string[]
  passes: boolean
  warnings: readonly string[]
  accept: string | null | undefined
}> {
  const manifest = based(['https://api.example.com/v1/'], { account: open })
  const [stream] = manifest['streams'] as unknown as { retriever: { requester: JsonObject } }[]
  if (stream) stream.retriever.requester = { ...stream.retriever.requester, ...requester }
  const world = opened(manifest, { token: 'the-token', account: 'a/1' }, undefined, {}, () =>
    json({}, { status }),
  )
  const passes = await world.connection.test().then(
    () => true,
    () => false,
  )
  return {
    sent: world.sent.map(({ url }) => url),
    passes,
    warnings: world.imported.warnings.map(({ path }) => path),
    accept: world.sent[0]?.headers.get('accept'),
  }
}

test('the test reads what the manifest’s own check reads', async () => {
  expect(
    await tested({
      path: "/accounts/{{ config['account'] }}/things",
      request_parameters: { limit: '1', account: "{{ config['account'] }}" },
      request_headers: { Accept: 'application/vnd.example+json' },
    }),
  ).toEqual({
    sent: ['https://api.example.com/v1/accounts/a%2F1/things?limit=1&account=a%2F1'],
    passes: true,
    warnings: [],
    accept: 'application/vnd.example+json',
  })
})

test.each([
  [{ http_method: 'POST' }],
  [{ path: '/things/{{ stream_slice.id }}' }],
  [{ path: '/things/{{ stream_partition["id"] }}' }],
  [{ request_parameters: { since: "{{ stream_interval['start_time'] }}" } }],
  [{ request_parameters: { page: '{{ next_page_token }}' } }],
])('a stream that needs more than the settings (%j) is no test, which is a warning', async (requester) => {
  expect(await tested(requester)).toMatchObject({ sent: [], warnings: ['check'] })
})

const filter = (action: string, status: number): JsonObject => ({
  error_handler: {
    type: 'DefaultErrorHandler',
    response_filters: [{ type: 'HttpResponseFilter', action, http_codes: [status] }],
  },
})

test.each([
  [{}, 200, true],
  [{}, 401, false],
  [{}, 403, false],
  [{}, 500, false],
  [filter('IGNORE', 403), 403, true],
  [filter('SUCCESS', 403), 403, true],
  [filter('FAIL', 403), 403, false],
  [
    {
      error_handler: {
        type: 'CompositeErrorHandler',
        error_handlers: [filter('IGNORE', 404)['error_handler'] as JsonObject],
      },
    },
    404,
    true,
  ],
  // At home an ignored 401 passes the check; a proof it is not.
  [filter('IGNORE', 401), 401, false],
])('with the error handler %j a status of %p passes: %p', async (requester, status, passes) => {
  expect((await tested(requester, status)).passes).toBe(passes)
})

test('a manifest may say itself when a token has ended', () => {
  const manifest = based(['https://api.example.com'])
  const [stream] = manifest['streams'] as unknown as { retriever: { requester: JsonObject } }[]
  if (stream)
    stream.retriever.requester = { ...stream.retriever.requester, ...filter('REFRESH_TOKEN_THEN_RETRY', 403) }
  expect(fromAirbyte(manifest).connector.renewWhen).toEqual({ status: [401, 403] })
})

test('a base URL that a consent brings is where the connection goes', async () => {
  const bearer = { type: 'BearerAuthenticator', api_token: "{{ config['access_token'] }}" }
  const place = (name: string): object => ({ type: 'string', path_in_connector_config: [name] })
  const manifest = manifestOf(
    bearer,
    { access_token: secret, instance_url: open },
    {
      advanced_auth: {
        auth_flow_type: 'oauth2.0',
        oauth_config_specification: {
          oauth_connector_input_specification: {
            consent_url: 'https://as.example.com/consent?{{client_id_param}}&{{state_param}}',
            access_token_url: 'https://as.example.com/token?{{auth_code_param}}',
          },
          complete_oauth_output_specification: {
            properties: { access_token: place('access_token'), instance_url: place('instance_url') },
          },
          complete_oauth_server_output_specification: {
            properties: { client_id: place('client_id'), client_secret: place('client_secret') },
          },
        },
      },
    },
  )
  const [stream] = manifest['streams'] as unknown as { retriever: { requester: JsonObject } }[]
  if (stream)
    stream.retriever.requester = {
      ...stream.retriever.requester,
      url_base: "{{ config['instance_url'] }}/v1",
    }
  const { fetch, sent } = network(() =>
    json({ access_token: 'consented-token', instance_url: 'https://acme.example.com' }),
  )
  const { connector } = fromAirbyte(manifest)
  const connection = connect(connector, { settings: { client_id: 'i', client_secret: 's' } as never, fetch })
  const { pending } = await connection.authorize.begin({ redirectUri: 'https://host.example/cb' })
  await connection.authorize.complete(pending, `code=c&state=${(pending as { state: string }).state}`)
  await connection.http.get('things')
  expect(sent.map(({ url }) => url)).toEqual([
    'https://as.example.com/token?code=c',
    'https://acme.example.com/v1/things',
  ])
  expect(sent[1]?.headers.get('authorization')).toBe('Bearer consented-token')
})
