import { expect, test } from '@jest/globals'
import { connect, connections, defineConnector, memoryStore } from '@latchkey/core'
import { fromProtectedResource, oauth2, type OAuth2Credentials } from '@latchkey/oauth2'
import {
  api,
  app,
  authorizationUrl,
  json,
  open,
  redirectUri,
  rejection,
  tokenUrl,
  world,
  type Answer,
} from './support.ts'

const issuer = 'https://as.example.com/tenant'
const metadata = { issuer, authorization_endpoint: authorizationUrl, token_endpoint: tokenUrl }
const token = { access_token: 'first-access-token', expires_in: 60 }
const nowhere = new Response('', { status: 404 })

test('metadata are looked for where RFC 8414 and OpenID put them, in that order, and remembered for an hour', async () => {
  const provider = world(({ url }) =>
    url === `${issuer}/.well-known/openid-configuration`
      ? json(metadata)
      : url === tokenUrl
        ? json(token)
        : nowhere.clone(),
  )
  const { connection } = open(oauth2({ issuer, grant: 'client_credentials' }), provider)
  await connection.fetch(api)
  await connection.refresh()
  expect(provider.asked.map(({ url }) => url)).toEqual([
    'https://as.example.com/.well-known/oauth-authorization-server/tenant',
    'https://as.example.com/.well-known/openid-configuration/tenant',
    `${issuer}/.well-known/openid-configuration`,
    tokenUrl,
    tokenUrl,
  ])
  await provider.clock.advance(3_600_000)
  await connection.fetch(api)
  expect(provider.asked).toHaveLength(9)
})

test.each<[string, Answer, string]>([
  ['of another issuer', () => json({ ...metadata, issuer: 'https://evil.example' }), 'response_invalid'],
  ['that are nowhere', () => nowhere.clone(), 'response_invalid'],
  ['that are no JSON', () => new Response('<html>'), 'response_invalid'],
  ['of a server that is busy', () => new Response('', { status: 503 }), 'provider_unavailable'],
  [
    'with an endpoint that is no https URL',
    () => json({ ...metadata, token_endpoint: 'http://as.example.com/token' }),
    'origin_forbidden',
  ],
  [
    'with a script for an endpoint',
    () => json({ ...metadata, token_endpoint: 'javascript:alert(1)' }),
    'origin_forbidden',
  ],
  ['without a token endpoint', () => json({ ...metadata, token_endpoint: undefined }), 'definition_invalid'],
])('metadata %s lead nowhere', async (_, answer, code) => {
  const provider = world(answer)
  const { connection } = open(oauth2({ issuer, grant: 'client_credentials' }), provider)
  expect(await rejection(connection.fetch(api))).toMatchObject({ code })
  expect(provider.asked.every(({ body }) => body === '')).toBe(true)
})

test('tokens of one authorization server are never shown to another', async () => {
  const provider = world(() => json(token))
  const credentials: OAuth2Credentials = {
    accessToken: 'a',
    refreshToken: 'old-refresh-token',
    expiresAt: 1,
    issuer: 'https://old.example',
  }
  const { connection } = open(oauth2({ issuer, tokenUrl }), provider, { credentials })
  expect(await rejection(connection.fetch(api))).toMatchObject({ code: 'credentials_rejected' })
  expect(provider.asked).toHaveLength(0)
})

const resource = 'https://mcp.example.com/mcp'
const said = { resource, authorization_servers: [issuer], scopes_supported: ['read'] }

function resourceWorld(
  about: object,
  challenge = `Bearer resource_metadata="https://mcp.example.com/about"`,
): Answer {
  return ({ url }) => {
    if (url === resource) return new Response('', { status: 401, headers: { 'www-authenticate': challenge } })
    if (url.startsWith('https://mcp.example.com/')) return json(about)
    if (url.includes('.well-known'))
      return json({ ...metadata, registration_endpoint: 'https://as.example.com/register' })
    return url.endsWith('/register') ? json({ client_id: 'registered' }, { status: 201 }) : json(token)
  }
}

test('a resource names its server, where a client is registered; consent and tokens are for that resource alone', async () => {
  const provider = world(resourceWorld(said))
  const { fetch, clock } = provider
  const store = memoryStore()
  const connection = connect(fromProtectedResource(resource), { settings: {}, fetch, now: clock.now, store })
  const { url, pending } = await connection.authorize.begin({ redirectUri })
  expect(Object.fromEntries(new URL(url).searchParams)).toMatchObject({ client_id: 'registered', resource })
  await connection.authorize.complete(pending, `code=c&state=${(pending as { state: string }).state}`)
  expect(provider.asked.map((each) => each.url)).toEqual([
    resource,
    'https://mcp.example.com/about',
    'https://as.example.com/.well-known/oauth-authorization-server/tenant',
    'https://as.example.com/register',
    tokenUrl,
  ])
  expect(JSON.parse(provider.asked[3]?.body ?? '')).toMatchObject({
    redirect_uris: [redirectUri],
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
  })
  expect(provider.asked[4]?.form.get('resource')).toBe(resource)
  expect((await connection.credentials()).client?.clientId).toBe('registered')
})

test.each<[string, object, string?]>([
  ['of another resource', { ...said, resource: 'https://evil.example/mcp' }],
  ['of another part of the resource', { ...said, resource: 'https://mcp.example.com/mcp/deeper' }],
  ['without a server', { ...said, authorization_servers: [] }],
  ['that name no URL', { ...said, authorization_servers: ['x'] }],
])('metadata of a resource %s are refused', async (_, about) => {
  const { fetch } = world(resourceWorld(about))
  const connection = connect(fromProtectedResource(resource), { settings: {}, fetch })
  expect(await rejection(connection.authorize.begin({ redirectUri }))).toMatchObject({
    code: 'response_invalid',
  })
})

test('a challenge cannot lead to another origin', async () => {
  const provider = world(resourceWorld(said, 'Bearer resource_metadata="https://evil.example/about"'))
  const connection = connect(fromProtectedResource(resource), { settings: {}, fetch: provider.fetch })
  await connection.authorize.begin({ redirectUri })
  expect(provider.asked.some(({ url }) => url.includes('evil'))).toBe(false)
  expect(provider.asked[1]?.url).toBe('https://mcp.example.com/.well-known/oauth-protected-resource/mcp')
})

test("a client's metadata document is its id where the server says that it takes one", async () => {
  const takes =
    (client_id_metadata_document_supported: boolean): Answer =>
    ({ url }) =>
      url.endsWith('/register')
        ? json({ client_id: 'registered' })
        : json({
            ...metadata,
            registration_endpoint: 'https://as.example.com/register',
            client_id_metadata_document_supported,
          })
  const document = 'https://host.example/client.json'
  const auth = oauth2({ issuer, clientMetadataUrl: document, registration: {} })
  const idWith = async (supported: boolean): Promise<string | null> => {
    const { connection } = open(auth, world(takes(supported)), { settings: {} })
    return new URL((await connection.authorize.begin({ redirectUri })).url).searchParams.get('client_id')
  }
  expect([await idWith(true), await idWith(false)]).toEqual([document, 'registered'])
})

test('a connection may bring its own app, on refresh too', async () => {
  const provider = world(() => json(token))
  const { fetch, clock } = provider
  const connector = defineConnector({ key: 'demo', name: 'Demo', auth: oauth2({ tokenUrl }), baseUrl: api })
  const all = connections({
    connectors: { demo: connector },
    store: memoryStore({ now: clock.now }),
    app: () => app,
    fetch,
    now: clock.now,
  })
  const credentials = { accessToken: 'a', refreshToken: 'r', expiresAt: 1 }
  await (await all.create('demo', { settings: {}, credentials })).fetch('/')
  const own = await all.create('demo', {
    settings: {},
    credentials,
    app: { clientId: 'own-id', clientSecret: 'own-secret' },
    key: 'own',
  })
  await own.fetch('/')
  expect(provider.asked.map(({ form }) => form.get('client_id'))).toEqual(['the-client-id', 'own-id'])
})

test('what only the account can name is asked after consent, and may decide the base URL', async () => {
  const provider = world(() => json(token))
  const auth = oauth2({
    authorizationUrl,
    tokenUrl,
    fields: {
      site: {
        type: 'string',
        label: 'Site',
        choices: async ({ http }) => (
          await http.get('sites').json<object>(),
          [{ value: 'acme', label: 'Acme' }]
        ),
      },
    },
  })
  const connector = defineConnector({
    key: 'sites',
    name: 'Sites',
    auth,
    baseUrl: ({ settings }) =>
      settings['site'] === undefined ? api : `${api}/sites/${settings['site'] as string}`,
    originPatterns: ['https://*.example.com'],
  })
  const { fetch, clock } = provider
  const all = connections({
    connectors: { sites: connector },
    store: memoryStore({ now: clock.now }),
    app: () => app,
    fetch,
    now: clock.now,
  })
  const connection = await all.create('sites', { settings: {}, key: 'c1' })
  const { pending } = await connection.authorize.begin({ redirectUri })
  await connection.authorize.complete(pending, `code=c&state=${(pending as { state: string }).state}`)
  expect(await connection.questions()).toMatchObject([
    { name: 'site', choices: [{ value: 'acme', label: 'Acme' }] },
  ])
  await all.update('c1', { site: 'acme' })
  await (await all.get('c1')).fetch('things')
  expect(provider.sent.map(({ url }) => url)).toEqual([`${api}/sites`, `${api}/sites/acme/things`])
  expect(provider.asked).toHaveLength(1)
})
