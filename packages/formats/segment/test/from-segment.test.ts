import { expect, test } from '@jest/globals'
import { fromSegment } from '@latchkey/format-segment'
import { api, client, destination, field, open, thrown, tokens, withTokens } from './support.ts'

const origins = [api]

test('the slug is the key, and a name without one becomes one', () => {
  expect(fromSegment(destination(), { origins }).connector).toMatchObject({
    key: 'actions-acme',
    name: 'Acme (Actions)',
  })
  expect(fromSegment(destination({ slug: undefined }), { origins }).connector.key).toBe('acme-actions')
  expect(fromSegment(destination(), { origins, key: 'mine' }).connector.key).toBe('mine')
})

test('what extendRequest returns is put on each request, and what the request says itself wins', async () => {
  const definition = destination({
    extendRequest: () => ({ headers: { 'X-Key': 'k', 'x-Version': 1 }, searchParams: { team: 't' } }),
  })
  const { connection, sent } = open(definition)
  await connection.fetch(`${api}/things?q=1`, { headers: { 'x-version': '2' } })
  expect(sent[0]!.url).toBe(`${api}/things?q=1&team=t`)
  expect(sent[0]!.headers.get('x-key')).toBe('k')
  expect(sent[0]!.headers.get('x-version')).toBe('2')
})

test('extendRequest sees settings, an auth without tokens, and no payload', async () => {
  const seen: unknown[] = []
  const definition = destination({ extendRequest: (given: unknown) => (seen.push(given), {}) })
  await open(definition).connection.fetch(api)
  expect(seen.at(-1)).toEqual({
    settings: { apiKey: 'c4n4ry-key' },
    auth: { accessToken: undefined, refreshToken: undefined, refreshTokenUrl: undefined },
    payload: undefined,
  })
})

test('the basic scheme of the documentation has fields and header by itself, where the definition says neither', async () => {
  const { connector, warnings } = fromSegment({ name: 'A', authentication: { scheme: 'basic' } }, { origins })
  expect(Object.keys(connector.auth.fields)).toEqual(['username', 'password'])
  expect(warnings).toEqual([
    {
      path: 'extendRequest',
      message: 'There is none, so requests carry Authorization: Basic with username and password.',
    },
  ])
  const { connection, sent } = open(
    { name: 'A', authentication: { scheme: 'basic' } },
    { settings: { username: 'ada', password: 'pw' } },
  )
  await connection.fetch(api)
  expect(sent[0]!.headers.get('authorization')).toBe('Basic YWRhOnB3')
})

test('a basic scheme that sends something else sends that alone, and has its own fields alone', async () => {
  const definition = destination({}, { scheme: 'basic' })
  expect(Object.keys(fromSegment(definition, { origins }).connector.auth.fields)).toEqual(['apiKey'])
  const { connection, sent } = open(definition)
  await connection.fetch(api)
  expect(sent[0]!.headers.has('authorization')).toBe(false)
})

test('OAuth without extendRequest is a bearer token, custom without it is nothing, and both are said', async () => {
  const { connection, sent } = open(
    { name: 'A', authentication: { scheme: 'oauth2' } },
    { settings: {}, credentials: tokens },
  )
  await connection.fetch(api)
  expect(sent[0]!.headers.get('authorization')).toBe('Bearer c4n4ry-access-1')
  const { warnings } = fromSegment(destination({ extendRequest: undefined }), { origins })
  expect(warnings.map(({ path }) => path)).toEqual(['extendRequest'])
})

test('a definition without authentication connects and adds nothing', async () => {
  const { connection, sent } = open({ name: 'Open', actions: {} }, { settings: {} })
  await connection.fetch(api)
  expect([...sent[0]!.headers.keys()]).toEqual([])
})

test('an unknown key is a warning with the name that it resembles', () => {
  const definition = destination(
    { extendRequests: 1 },
    { testAuthenticaton: 1, fields: { a: field({ requierd: true }) } },
  )
  expect(
    fromSegment(definition, { origins }).warnings.map(({ path, message }) => `${path}: ${message}`),
  ).toEqual([
    'extendRequests: "extendRequests" means nothing here and is passed over. Did you mean "extendRequest"?',
    'authentication.testAuthenticaton: "testAuthenticaton" means nothing here and is passed over. Did you mean "testAuthentication"?',
    'authentication.fields.a.requierd: "requierd" means nothing here and is passed over. Did you mean "required"?',
  ])
})

test('members of an extension that have no effect are warnings', () => {
  const extendRequest = () => ({
    'Content-Type': 'x',
    agent: {},
    afterResponse: [],
    responseType: 'json',
    headers: {},
  })
  expect(fromSegment(destination({ extendRequest }), { origins }).warnings.map(({ path }) => path)).toEqual([
    'extendRequest.agent',
    'extendRequest.afterResponse',
    'extendRequest.Content-Type',
  ])
})

test.each([
  [undefined, 'The definition: it must be the object that a destination exports.'],
  [{ name: 'A', authentication: 1 }, 'authentication: it must be an object.'],
  [
    { name: 'A', authentication: { scheme: 'digest' } },
    'authentication.scheme: it must be one of basic, custom, oauth2, oauth-managed.',
  ],
  [{ authentication: { scheme: 'basic' } }, 'name: it is missing; it names the connector.'],
  [
    destination({ extendRequest: 'code' }),
    'extendRequest: it must be a function; import the module instead of reading it as data.',
  ],
  [destination({}, { fields: [] }), 'authentication.fields: it must be an object of fields by name.'],
  [destination({}, { fields: { a: 1 } }), 'authentication.fields.a: a field must be an object.'],
  [
    destination({}, { fields: { a: field({ type: 'object' }) } }),
    'authentication.fields.a.type: it must be string, password, number or boolean.',
  ],
])('a part that means nothing is definition_invalid and names its place: %#', (definition, message) => {
  const error = thrown(() => fromSegment(definition as object, { origins }))
  expect(error).toMatchObject({ code: 'definition_invalid', message })
})

test('refreshAccessToken of a scheme without tokens, and a second test, are warnings', () => {
  const authentication = { refreshAccessToken: () => ({}), testRequest: () => 1, testAuthentication: () => 1 }
  expect(fromSegment(destination({}, authentication), { origins }).warnings.map(({ path }) => path)).toEqual([
    'authentication.testRequest',
    'authentication.refreshAccessToken',
  ])
})

test("Segment's settings become ours, the client the operator's, the tokens credentials, and all of it the way back", () => {
  const definition = withTokens({ fields: { subdomain: field({ required: true }) } })
  const { connector, settingsOf, credentialsOf, configOf } = fromSegment(definition, { origins })
  const oauth = {
    access_token: 'a-1',
    refresh_token: 'r-1',
    clientId: 'c-1',
    clientSecret: 's-1',
    refresh_token_url: `${api}/token`,
  }
  const config = { subdomain: 'acme', oauth, subscriptions: [{}], subscription: {}, leftover: 1 }
  const settings = settingsOf(config)
  expect(settings).toEqual({
    subdomain: 'acme',
    'oauth.clientId': 'c-1',
    'oauth.clientSecret': 's-1',
    'oauth.refresh_token_url': `${api}/token`,
  })
  const { fields } = connector.auth
  expect(Object.keys(fields).filter((name) => fields[name]!.owner === 'app')).toEqual([
    'oauth.refresh_token_url',
    'oauth.clientId',
    'oauth.clientSecret',
  ])
  expect(credentialsOf!(config)).toEqual({ accessToken: 'a-1', refreshToken: 'r-1' })
  expect(configOf(settings, credentialsOf!(config))).toEqual({ subdomain: 'acme', oauth })
  expect(configOf(settings, { accessToken: 'a-2', refreshToken: 'r-2' })).toEqual({
    subdomain: 'acme',
    oauth: { ...oauth, access_token: 'a-2', refresh_token: 'r-2' },
  })
  expect(credentialsOf!({ subdomain: 'acme' })).toBeUndefined()
  expect(configOf({ subdomain: 'acme' })).toEqual({ subdomain: 'acme' })
})

test('a field named like one of the client is the definition’s own', async () => {
  const fields = { clientId: field({ required: true }), clientSecret: field({ type: 'password' }) }
  const seen: unknown[] = []
  const { connection } = open(
    withTokens(
      { fields },
      { extendRequest: ({ settings }: { settings: unknown }) => (seen.push(settings), {}) },
    ),
    { settings: { ...client, clientId: 'mine', clientSecret: 'of mine' }, credentials: tokens },
  )
  await connection.fetch(api)
  expect(seen.at(-1)).toEqual({ clientId: 'mine', clientSecret: 'of mine' })
})

test('settings that choose another scheme behind the definition are unsupported', () => {
  const { settingsOf } = fromSegment(destination(), { origins })
  expect(thrown(() => settingsOf({ dynamicAuthSettings: {} }))).toMatchObject({
    code: 'unsupported',
    message: 'dynamicAuthSettings: it chooses another scheme than the definition; write a connector for it.',
  })
})

test('two definitions of one name do not share a form', () => {
  const second = destination({}, { fields: { other: field({ required: true }) } })
  fromSegment(destination(), { origins })
  expect(fromSegment(second, { origins }).settingsOf({ other: 'x', apiKey: 'y' })).toEqual({ other: 'x' })
})
