import { expect, test } from '@jest/globals'
import { connect } from '@latchkey/core'
import { fromSegment, probeOrigins, type SegmentOptions, type SegmentRequest } from '@latchkey/format-segment'
import { network } from '../../../../tools/network.ts'
import { client, destination, field, rejection, thrown, tokens, withTokens } from './support.ts'

type Given = { settings: Record<string, string> }

const fields = { subdomain: field({ required: true }), apiKey: field({ type: 'password' }) }

/** Stamps the subdomain into the base URL, and calls it by itself too. */
const stamped = destination(
  {
    extendRequest: ({ settings }: Given) => ({
      prefixUrl: `https://${settings['subdomain']}.example.com/api`,
      headers: { 'x-key': settings['apiKey'] },
    }),
  },
  {
    fields,
    testAuthentication: (request: SegmentRequest, { settings }: Given) =>
      request(`https://${settings['subdomain']}.example.com/api/me`),
  },
)

const connected = (definition: object, subdomain: string, options?: SegmentOptions, more: object = {}) => {
  const { fetch, sent } = network()
  const { connector } = fromSegment(definition, options)
  const settings = { subdomain, apiKey: 'c4n4ry-key', ...more }
  return { connection: connect(connector, { settings, fetch, credentials: tokens }), sent }
}

const hostile = [
  'evil.com/',
  'evil.com#',
  'evil.com?',
  'a.evil.com?',
  'evil.com\\',
  'evil.com:443/',
  'x@evil',
  'x:y@evil.com/',
  'evil.com%2f',
  'evil\u3002com/',
  'evil\uff0ecom/',
  'evil\uff61com#',
  'ev\u00adil',
  'a.b',
  '../evil',
  '//evil.com/',
  ' evil.com/',
  'evil.com/\t',
  'xn--',
  '',
]

test('the origins of a prefixUrl with settings in it are derived, one label wide, and the form asks for one label', () => {
  const { connector } = fromSegment(stamped)
  expect(connector.auth.origins).toEqual(['https://*.example.com'])
  expect(connector.auth.fields['subdomain']).toMatchObject({ format: 'subdomain' })
})

test('a good subdomain is called, and no other host of the same domain', async () => {
  const { connection, sent } = connected(stamped, 'acme')
  await connection.fetch('me')
  await connection.test()
  expect(sent.map(({ url }) => url)).toEqual([
    'https://acme.example.com/api/me',
    'https://acme.example.com/api/me',
  ])
  expect(await rejection(connection.fetch('https://other.example.com/'))).toMatchObject({
    code: 'origin_forbidden',
  })
})

test.each(hostile)(
  'the hostile subdomain %j is refused by the form, before anything is sent',
  (subdomain) => {
    expect(thrown(() => connected(stamped, subdomain))).toMatchObject({
      code: 'settings_invalid',
      field: 'subdomain',
    })
  },
)

/** The same with stated origins: nothing is known of the field then, and each use of it is checked. */
const stated = { origins: ['https://*.example.com'] }
const plain = {
  ...stamped,
  extendRequest: ({ settings }: Given) => ({ headers: { 'x-key': settings['apiKey'] } }),
}

test.each(hostile.filter((subdomain) => subdomain !== ''))(
  'the hostile subdomain %j in an absolute URL reaches nobody else',
  async (subdomain) => {
    const reached: string[] = []
    try {
      const { connection, sent } = connected(plain, subdomain, stated)
      await connection.test().catch(() => undefined)
      reached.push(...sent.map(({ url }) => new URL(url).hostname))
    } catch {
      // The form refuses blanks and what cannot be seen.
    }
    expect(reached.filter((host) => !/^[a-z0-9-]+\.example\.com$/.test(host))).toEqual([])
  },
)

test.each(hostile.filter((subdomain) => subdomain !== ''))(
  'the hostile subdomain %j brings no refresh token and no client secret to anybody else',
  async (subdomain) => {
    const refreshAccessToken = async (
      request: SegmentRequest,
      { settings, auth }: Given & { auth: Record<string, string> },
    ) => {
      const body = new URLSearchParams({
        refresh_token: auth['refreshToken']!,
        client_secret: auth['clientSecret']!,
      })
      const { data } = await request<Record<string, string>>(
        `https://${settings['subdomain']}.example.com/oauth2/token`,
        { method: 'POST', body },
      )
      return { accessToken: data['access_token']! }
    }
    const definition = withTokens({ fields: { subdomain: field({ required: true }) }, refreshAccessToken })
    const reached: string[] = []
    try {
      const { fetch, sent } = network(() => Response.json({ access_token: 'new' }))
      const { connector } = fromSegment(definition, stated)
      const connection = connect(connector, {
        settings: { subdomain, ...client },
        credentials: tokens,
        fetch,
      })
      await connection.refresh().catch(() => undefined)
      reached.push(...sent.map(({ url }) => new URL(url).hostname))
    } catch {
      // The form refuses blanks and what cannot be seen.
    }
    expect(reached.filter((host) => !/^[a-z0-9-]+\.example\.com$/.test(host))).toEqual([])
  },
)

test('a refresh to another host than the stated ones is origin_forbidden and names the option', async () => {
  const { fetch, sent } = network()
  const { connector } = fromSegment(withTokens(), { origins: ['https://other.example.com'] })
  const connection = connect(connector, { settings: client, credentials: tokens, fetch })
  expect(await rejection(connection.refresh())).toMatchObject({
    code: 'origin_forbidden',
    message:
      'refreshAccessToken must not send secrets to https://api.example.com; name it in the option origins if it is part of the API.',
  })
  expect(sent).toEqual([])
})

test('regions are one origin each, and a value that nobody listed reaches none of them', async () => {
  const regions = field({ required: true, choices: ['eu', 'us'] })
  const definition = destination(
    {
      extendRequest: ({ settings }: Given) => ({
        prefixUrl: settings['region'] === 'eu' ? 'https://eu.example.com' : 'https://us.example.net',
      }),
    },
    { fields: { region: regions } },
  )
  const { connector } = fromSegment(definition)
  expect(connector.auth.origins).toEqual(['https://eu.example.com', 'https://us.example.net'])
  const { fetch, sent } = network()
  await connect(connector, { settings: { region: 'us' }, fetch }).fetch('/a')
  expect(sent[0]!.url).toBe('https://us.example.net/a')
})

test('a base URL that made-up settings did not lead to is refused', async () => {
  const definition = destination(
    {
      extendRequest: ({ settings }: Given) => ({
        prefixUrl: settings['apiKey']!.startsWith('x')
          ? 'https://other.example.com'
          : 'https://api.example.com',
      }),
    },
    { fields: { apiKey: field({ required: true }) } },
  )
  const { connector } = fromSegment(definition)
  const { fetch } = network()
  const connection = connect(connector, { settings: { apiKey: 'x1' }, fetch })
  expect(await rejection(connection.fetch('/a'))).toMatchObject({ code: 'origin_forbidden' })
})

test.each([
  ['no prefixUrl', {}],
  ['a whole host', { prefixUrl: 'HOST' }],
  ['a label that is not the first', { prefixUrl: 'https://api.HOST.example.com' }],
  ['a domain', { prefixUrl: 'https://HOST.com' }],
  ['a port', { prefixUrl: 'https://api.example.com:HOST' }],
  ['plain http', { prefixUrl: 'http://HOST.example.com' }],
])('origins must be stated where the definition gives %s', (_, { prefixUrl }: { prefixUrl?: string }) => {
  const extendRequest = ({ settings }: Given) => ({
    prefixUrl: prefixUrl?.replace('HOST', settings['subdomain']!),
  })
  const error = thrown(() => fromSegment(destination({ extendRequest }, { fields })))
  expect(error).toMatchObject({ code: 'definition_invalid' })
  expect(error.message).toContain('State the option origins')
})

test('a stated base URL guards its own slots, and wins over the prefixUrl', async () => {
  const options = { baseUrl: 'https://{subdomain}.example.com/v2' }
  const { connection, sent } = connected(stamped, 'acme', options)
  await connection.fetch('me')
  expect(sent[0]!.url).toBe('https://acme.example.com/v2/me')
  for (const subdomain of hostile.slice(0, 8))
    expect(thrown(() => connected(plain, subdomain, options))).toMatchObject({ code: 'settings_invalid' })
})

test('what the functions of a definition call can be listed, and nothing is sent for it', async () => {
  const definition = withTokens({
    fields: { subdomain: field(), region: field({ choices: ['eu', 'us'] }) },
    testAuthentication: (request: SegmentRequest, { settings }: Given) =>
      request(
        settings['region'] === 'eu'
          ? 'https://eu.example.net/me'
          : `https://${settings['subdomain']}.example.org/me`,
      ),
  })
  expect(await probeOrigins(definition)).toEqual([
    'https://*.example.org',
    'https://api.example.com',
    'https://eu.example.net',
  ])
})
