import { apiKey } from '@latchkey/api-key'
import { basic } from '@latchkey/basic'
import { bearer } from '@latchkey/bearer'
import { defineConnector, defineStrategy, options, type Connector } from '@latchkey/core'
import { api, type Seen } from './support.ts'

/** Unlike any other text, so that it is found wherever it leaks. */
export const canary = 'c4n4ry-s3cr3t-0001'

const me = async ({ http }: { http: (path: string) => { json: () => Promise<unknown> } }) => {
  const { id, name } = (await http('me').json()) as { id: string; name: string }
  return { id, label: name }
}

export const keyed = defineConnector({
  key: 'acme',
  name: 'Acme',
  auth: apiKey({ in: 'header', name: 'x-api-key' }),
  baseUrl: 'https://api.acme.test/v1',
  test: me,
})

export const chosen = defineConnector({
  key: 'choice',
  name: 'Choice',
  description: 'An API with two ways in.',
  helpUrl: 'https://acme.test/help',
  auth: options({
    key: {
      strategy: apiKey({ in: 'header', name: 'x-api-key' }),
      title: 'API key',
      description: 'For servers',
      helpUrl: 'https://acme.test/help/keys',
    },
    login: { strategy: basic(), title: 'Password' },
  }),
  baseUrl: 'https://api.acme.test/v1',
  test: me,
})

export const untested = defineConnector({
  key: 'untested',
  name: 'Untested',
  auth: bearer(),
  baseUrl: 'https://api.acme.test/v1',
})

/** Earns a session from the operator's values and the user's; ends it when the connection is removed. */
export const session = defineConnector({
  key: 'session',
  name: 'Session',
  auth: defineStrategy({
    scheme: 'session',
    fields: {
      clientSecret: { type: 'password', label: 'Client secret', owner: 'app', required: true },
      pin: { type: 'number', label: 'PIN', required: true },
      region: { type: 'string', label: 'Region', public: true, choices: ['eu', 'us'], default: 'eu' },
      workspace: {
        type: 'string',
        label: 'Workspace',
        public: true,
        required: true,
        choices: async ({ http }) => {
          const list = await http('workspaces').json<{ id: string; name: string }[]>()
          return list.map(({ id, name }) => ({ value: id, label: name }))
        },
      },
    },
    acquire: async ({ http, settings: { clientSecret, pin } }) =>
      http.post('https://api.acme.test/v1/login', { json: { clientSecret, pin } }).json<{ sid: string }>(),
    revoke: async ({ http, credentials: { sid } }) => {
      await http.post('https://api.acme.test/v1/logout', { json: { sid } })
    },
    apply: ({ headers }, { credentials: { sid } }) => headers.set('x-session', sid),
  }),
  baseUrl: 'https://api.acme.test/v1',
  test: me,
})

/** A person signs in on another device with a code. */
export const device = defineConnector({
  key: 'device',
  name: 'Device',
  auth: defineStrategy<{ token: string }>()({
    scheme: 'device',
    fields: {},
    authorize: {
      begin: async () => ({
        url: 'https://acme.test/device',
        userCode: 'WDJB-MJHT',
        pending: { deviceCode: canary },
        intervalMs: 5_000,
        expiresAt: 1_700_000_900_000,
      }),
      complete: async ({ http }) => {
        const { token } = await http('https://api.acme.test/v1/device').json<{ token?: string }>()
        return token === undefined ? undefined : { token }
      },
    },
    apply: ({ headers }, { credentials: { token } }) => headers.set('authorization', `Bearer ${token}`),
  }),
  baseUrl: 'https://api.acme.test/v1',
  test: me,
})

/** A person signs in with a browser that is sent back. */
export const browser = defineConnector({
  key: 'browser',
  name: 'Browser',
  auth: defineStrategy<{ token: string }>()({
    scheme: 'browser',
    fields: {},
    authorize: {
      begin: async () => ({ url: 'https://acme.test/authorize', pending: null }),
      complete: async ({ callback }) => {
        const token = callback.get('token')
        return token === null ? undefined : { token }
      },
    },
    apply: ({ headers }, { credentials: { token } }) => headers.set('authorization', `Bearer ${token}`),
  }),
  baseUrl: 'https://api.acme.test/v1',
  test: me,
})

const modules: Readonly<Record<string, Connector>> = { keyed, chosen, untested, session, device, browser }

/** The connectors as modules of the fake machine. */
export const asModules = Object.fromEntries(
  Object.entries(modules).map(([name, connector]) => [`/work/${name}.ts`, { default: connector }]),
)

const json = (value: unknown, status = 200): Response => Response.json(value, { status })

/** An API that knows the canary as key, password, session and token; `more` answers before it does. */
export const acmeApi = (
  more: (seen: Seen) => Response | undefined = () => undefined,
): ReturnType<typeof api> =>
  api((seen) => {
    const early = more(seen)
    if (early !== undefined) return early
    const { pathname } = new URL(seen.url)
    if (pathname === '/v1/login')
      return json(
        seen.body === `{"clientSecret":"${canary}","pin":42}` ? { sid: canary } : {},
        seen.body.includes(canary) ? 200 : 401,
      )
    const accepted = [
      ['x-api-key', canary],
      ['x-session', canary],
      ['authorization', `Bearer ${canary}`],
      ['authorization', `Basic ${btoa(`ada:${canary}`)}`],
    ] as const
    if (!accepted.some(([name, value]) => seen.headers[name] === value))
      return json({ error: 'unauthorized' }, 401)
    if (pathname === '/v1/me') return json({ id: 'u-1', name: 'Ada' })
    if (pathname === '/v1/workspaces')
      return json([
        { id: 'w-1', name: 'One' },
        { id: 'w-2', name: 'Two' },
      ])
    if (pathname === '/v1/echo')
      return json({ method: seen.method, url: seen.url, body: seen.body, type: seen.headers['content-type'] })
    return json({ error: 'not_found' }, 404)
  })
