import { expect, test } from '@jest/globals'
import { connect, defineConnector, defineStrategy, type Connector } from '@latchkey/core'
import { network } from '../support.ts'

const auth = defineStrategy<{ token: string; host?: string }>()({
  scheme: 't',
  fields: { site: { type: 'string', label: 'Site', public: true }, key: { type: 'password', label: 'Key' } },
  apply: (request, c) => request.headers.set('x-token', String(c.settings.key)),
})
const connector = (given: Partial<Connector<typeof auth>>): Connector<typeof auth> =>
  defineConnector({ key: 'demo', name: 'Demo', auth, ...given })

const faulty: [string, Partial<Connector<typeof auth>>][] = [
  ['a raw template in an origin', { origins: ['https://{site}.example.com'] }],
  ['another raw template', { origins: ['https://${site}.example.com'] }],
  ['a text where a list belongs', { origins: 'https://api.example.com' as never }],
  ['a path in an origin', { origins: ['https://api.example.com/v1'] }],
  ['http', { origins: ['http://api.example.com'] }],
  ['http in the base URL', { baseUrl: 'http://api.example.com' }],
  ['a wildcard over a top-level domain', { origins: ['https://*.com'] }],
  ['a wildcard inside', { origins: ['https://api.*.example.com'] }],
  ['a user name', { origins: ['https://u@api.example.com'] }],
  ['a base URL whose domain a setting chooses', { baseUrl: 'https://{site}.com' }],
  ['a computed base URL without patterns', { baseUrl: () => 'https://api.example.com' }],
  ['computed origins without patterns', { origins: () => ['https://api.example.com'] }],
  ['an empty key', { key: '' }],
  ['grace without graceMs', { rotation: 'grace' }],
]
test.each(faulty)('%s is refused when the connector is defined', (_, given) => {
  expect(() => connector(given)).toThrow(TypeError)
  expect(() => connector(given)).toThrow(/defineConnector/)
})

const cases: {
  given: Partial<Connector<typeof auth>>
  settings?: { site: string }
  credentials?: { token: string; host?: string }
  yes: string[]
  no: string[]
}[] = [
  {
    given: { baseUrl: 'https://api.example.com/v1' },
    yes: ['https://api.example.com'],
    no: [
      'https://example.com',
      'https://x.api.example.com',
      'https://api.example.com:444',
      'http://api.example.com',
    ],
  },
  {
    given: { baseUrl: 'https://{site}.example.com' },
    settings: { site: 'acme' },
    yes: ['https://acme.example.com', 'https://ACME.example.com'],
    no: ['https://other.example.com', 'https://example.com'],
  },
  {
    given: { origins: ['https://*.example.com'] },
    yes: ['https://a.example.com'],
    no: [
      'https://a.b.example.com',
      'https://example.com',
      'https://evilexample.com',
      'https://a.example.com.evil.com',
      'https://a.example.com.',
    ],
  },
  {
    given: {
      baseUrl: ({ credentials }) => `https://${String(credentials?.['host'])}`,
      originPatterns: ['https://*.example.com'],
    },
    credentials: { token: 't', host: 'eu.example.com' },
    yes: ['https://eu.example.com'],
    no: ['https://us.example.com'],
  },
  {
    given: {
      origins: ({ settings }) => [`https://${String(settings['site'])}.example.com`],
      originPatterns: ['https://*.example.com'],
    },
    settings: { site: 'acme' },
    yes: ['https://acme.example.com'],
    no: ['https://b.example.com'],
  },
  {
    given: { baseUrl: ({ settings }) => String(settings['site']), originPatterns: ['https://*'] },
    settings: { site: 'https://anything.test/api' },
    yes: ['https://anything.test'],
    no: ['https://else.test'],
  },
]
test.each(cases)(
  'credentials reach only the origins that the connector names: case %#',
  async ({ given, settings, credentials, yes, no }) => {
    const { fetch, sent } = network()
    const c = connect(connector(given), { settings: { key: 'CANARY', ...settings }, credentials, fetch })
    for (const origin of yes) await c.fetch(`${origin}/x`)
    expect(sent.length).toBe(yes.length)
    for (const origin of no)
      await expect(c.fetch(`${origin}/x`)).rejects.toMatchObject({ code: 'origin_forbidden' })
    expect(sent.length).toBe(yes.length)
  },
)

test('a computed address outside the declared patterns is refused, and nothing is sent', async () => {
  const hostile = [
    'evil.com/.example.com',
    'evil.com#.example.com',
    'a.b.example.com',
    'example.com',
    'x@evil.com',
    'acme.example.com.',
  ]
  for (const host of hostile) {
    const { fetch, sent } = network()
    const given = {
      baseUrl: ({ credentials }: { credentials: Record<string, unknown> | undefined }) =>
        `https://${String(credentials?.['host'])}`,
      originPatterns: ['https://*.example.com'],
    }
    const c = connect(connector(given), { settings: {}, credentials: { token: 't', host }, fetch })
    await expect(c.fetch('/x')).rejects.toMatchObject({ code: 'origin_forbidden' })
    expect(sent).toEqual([])
  }
})

test('a setting that does not fit its slot is refused, naming the field', async () => {
  const { fetch } = network()
  const c = connect(connector({ baseUrl: 'https://{site}.example.com' }), {
    settings: { site: 'evil.com/' },
    fetch,
  })
  await expect(c.fetch('/x')).rejects.toMatchObject({
    code: 'settings_invalid',
    field: 'site',
    remedy: 'settings',
  })
})

test('a bare strategy must say where its credentials may go', () => {
  expect(() => connect(auth, { settings: {} })).toThrow(/origins must say/)
})

test('ky works below a base URL that only the credentials name', async () => {
  const { fetch, sent } = network(() => Response.json({ ok: true }))
  const given = {
    baseUrl: ({ credentials }: { credentials: Record<string, unknown> | undefined }) =>
      `https://${String(credentials?.['host'])}/api/`,
    originPatterns: ['https://*.example.com'],
  }
  const c = connect(connector(given), {
    settings: { key: 'K' },
    credentials: { token: 't', host: 'eu.example.com' },
    fetch,
  })
  expect(await c.http.get('me', { searchParams: { a: 'b' } }).json()).toEqual({ ok: true })
  expect(sent[0]?.url).toBe('https://eu.example.com/api/me?a=b')
})

test('a base URL given to connect stands in the place of every address that code names', async () => {
  const { fetch, sent } = network()
  const moved = connector({
    auth: { ...auth, baseUrl: 'https://{site}.example.com' },
    baseUrl: 'https://api.example.com',
    origins: ['https://*.example.com'],
  })
  const c = connect(moved, { settings: { site: 'acme', key: 'K' }, baseUrl: 'http://127.0.0.1:9/v1', fetch })
  await c.fetch('/me')
  expect(sent[0]?.url).toBe('http://127.0.0.1:9/v1/me')
  await expect(c.fetch('https://acme.example.com/')).rejects.toMatchObject({ code: 'origin_forbidden' })
})

test('a strategy that computes its base URL lets credentials reach that one, not all that its pattern matches', async () => {
  const { fetch, sent } = network()
  const computed = {
    ...auth,
    baseUrl: ({ settings }: { settings: Readonly<Record<string, unknown>> }) =>
      `https://${String(settings['site'])}.example.com`,
    origins: ['https://*.example.com', 'https://files.example.com'],
  }
  const c = connect(computed, { settings: { site: 'acme', key: 'K' }, fetch })
  await c.fetch('/me')
  await c.fetch('https://files.example.com/x')
  await expect(c.fetch('https://other.example.com/')).rejects.toMatchObject({ code: 'origin_forbidden' })
  expect(sent.length).toBe(2)
})

test('a host that a value chooses is a public one, unless the host allows others', async () => {
  const { fetch, sent } = network()
  const anywhere = {
    baseUrl: ({ settings }: { settings: Readonly<Record<string, unknown>> }) => String(settings['site']),
    originPatterns: ['https://*'],
  }
  for (const site of [
    'https://169.254.169.254/',
    'https://10.0.0.1/',
    'https://localhost/',
    'https://[::1]/',
  ]) {
    const c = connect(connector(anywhere), { settings: { site }, fetch })
    await expect(c.fetch('/x')).rejects.toMatchObject({ code: 'origin_forbidden' })
  }
  expect(sent).toEqual([])
  const allowed = connect(connector(anywhere), {
    settings: { site: 'https://10.0.0.1/' },
    network: { allow: 'private' },
    fetch,
  })
  expect((await allowed.fetch('/x')).status).toBe(200)
})
