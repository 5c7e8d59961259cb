import { expect, test } from '@jest/globals'
import { readFileSync } from 'node:fs'
import {
  AuthError,
  connect,
  connections,
  defineConnector,
  defineStrategy,
  isAuthError,
  memoryStore,
  remedyOf,
  type AuthErrorCode,
  type AuthStrategy,
  type Remedy,
} from '@latchkey/core'
import { api, network, rig, settings, tokenStrategy, type Provider, type Token } from './support.ts'

const secret = 'CANARY-secret'
const key = defineStrategy({
  scheme: 'key',
  fields: { apiKey: { type: 'password', label: 'Key', required: true } },
  apply: (request, c) => request.headers.set('x-key', c.settings.apiKey),
  test: async (c) => {
    await c.http.get(`${api}/me`)
  },
})
const keyed = (answer?: () => Response, own: Partial<AuthStrategy> = {}) =>
  connect({ ...key, ...own } as typeof key, {
    settings: { apiKey: secret },
    origins: [api],
    fetch: network(answer).fetch,
  })
const ended: Token = { token: secret, expiresAt: 1 }
const status = (code: number, headers = {}) => new Response(`body with ${secret}`, { status: code, headers })
/** A connection whose provider is asked at the first request. */
const earning = (provider: Provider) => rig().open(tokenStrategy(provider))
const consenting = (code: AuthErrorCode) =>
  rig().open({
    ...tokenStrategy({}),
    authorize: {
      begin: () => Promise.resolve({ url: `${api}/consent`, pending: {} }),
      complete: () => Promise.reject(new AuthError(code, `the person or the browser said ${secret}`)),
    },
  })
const paused = async (): Promise<unknown> => {
  const all = connections({
    connectors: { k: defineConnector({ key: 'k', name: 'K', auth: key, baseUrl: api }) },
    store: memoryStore(),
    fetch: network().fetch,
  })
  const connection = await all.create('k', { settings: { apiKey: secret }, key: 'one' })
  await all.pause('one')
  return connection.fetch('/x')
}
const stream = (): RequestInit =>
  ({ method: 'POST', body: new Blob(['x']).stream(), duplex: 'half' }) as RequestInit

interface Row {
  readonly remedy: Remedy
  readonly law: string
  readonly reach: () => unknown
}

// That each code stands here and no other does is for the compiler to say.
const table: Readonly<Record<AuthErrorCode, Row>> = {
  settings_invalid: {
    remedy: 'settings',
    law: 'a form with a faulty field is refused before anything is sent',
    reach: () => connect(key, { settings: { apiKey: `${secret}\n` }, origins: [api] }),
  },
  credentials_missing: {
    remedy: 'reconnect',
    law: 'nobody has signed in yet',
    reach: () => consenting('authorization_denied').fetch(api),
  },
  credentials_expired: {
    remedy: 'reconnect',
    law: 'credentials that have ended and that nothing can renew',
    reach: () => rig().open(tokenStrategy({}), { credentials: ended }).fetch(api),
  },
  credentials_rejected: {
    remedy: 'reconnect',
    law: 'the API says no to the credentials when the connection is tested',
    reach: () => keyed(() => status(401)).test(),
  },
  authorization_denied: {
    remedy: 'reconnect',
    law: 'the person said no',
    reach: () => consenting('authorization_denied').authorize.complete({ verifier: secret }, ''),
  },
  authorization_mismatch: {
    remedy: 'reconnect',
    law: 'what came back does not belong to the sign-in that began',
    reach: () => consenting('authorization_mismatch').authorize.complete({ verifier: secret }, ''),
  },
  provider_unavailable: {
    remedy: 'retry',
    law: 'the provider is overloaded',
    reach: () => keyed(() => status(503, { 'retry-after': '7' })).test(),
  },
  store_unavailable: {
    remedy: 'retry',
    law: 'the store does not answer',
    reach: () => {
      const world = rig()
      const store = { ...world.store, read: () => Promise.reject(new Error(secret)) }
      return world
        .open(tokenStrategy({ acquire: () => Promise.resolve({ token: secret }) }), { store })
        .fetch(api)
    },
  },
  client_rejected: {
    remedy: 'operator',
    law: "the provider does not accept the app's own registration",
    reach: () =>
      earning({
        acquire: () => Promise.reject(new AuthError('client_rejected', `invalid_client: ${settings.secret}`)),
      }).fetch(api),
  },
  connection_paused: { remedy: 'operator', law: 'the operator has paused the connection', reach: paused },
  response_invalid: {
    remedy: 'operator',
    law: 'the provider answers with something that it never should',
    reach: () => keyed(() => status(404)).test(),
  },
  origin_forbidden: {
    remedy: 'code',
    law: 'a request to an origin that the connector does not name',
    reach: () => keyed().fetch('https://other.example.com/'),
  },
  body_not_replayable: {
    remedy: 'code',
    law: 'a stream that would have to be read twice',
    reach: () =>
      keyed(undefined, {
        apply: async (request) => {
          await request.bytes()
        },
      }).fetch(api, stream()),
  },
  definition_invalid: {
    remedy: 'code',
    law: 'a strategy that throws what is no AuthError',
    reach: () =>
      keyed(undefined, {
        apply: () => {
          throw new TypeError(secret)
        },
      }).fetch(api),
  },
  unsupported: {
    remedy: 'code',
    law: 'a verb that the scheme does not have',
    reach: () => keyed().authorize.begin(),
  },
}
const codes = Object.keys(table) as AuthErrorCode[]
const rows = Object.entries(table) as [AuthErrorCode, Row][]

/** What a call throws or rejects with. */
async function thrownBy(reach: () => unknown): Promise<unknown> {
  try {
    await reach()
  } catch (error) {
    return error
  }
  return undefined
}

test.each(rows)('%s: $law', async (code, { remedy, reach }) => {
  const error = await thrownBy(reach)
  expect(isAuthError(error)).toBe(true)
  expect(error).toMatchObject({ name: 'AuthError', code, remedy })
  expect(remedyOf(code)).toBe(remedy)
})

test('no error of the table shows a secret, whatever provider, store or strategy said', async () => {
  const shown = await Promise.all(
    rows.map(async ([, { reach }]) => {
      const error = (await thrownBy(reach)) as AuthError
      return `${String(error)} ${JSON.stringify(error)} ${String(error.stack)} ${JSON.stringify(error.cause)}`
    }),
  )
  expect(shown.filter((text) => text.includes('CANARY'))).toEqual([])
})

test('an error of another copy of the core is recognised, and what only looks like one is not', async () => {
  const address: string = '../src/errors.ts?another-copy'
  const copy = (await import(address)) as { AuthError: typeof AuthError }
  const foreign = new copy.AuthError('credentials_missing', 'of another copy')
  expect([foreign instanceof AuthError, isAuthError(foreign)]).toEqual([false, true])
  expect(isAuthError({ name: 'AuthError', code: 'credentials_missing', remedy: 'reconnect' })).toBe(false)
})

const text = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')
const page = text('../../../docs/errors.md')

test('the table has the codes of the closed set and no others', () => {
  const [, members = ''] = /const remedies = \{(.*?)\} as const/s.exec(text('../src/errors.ts')) ?? []
  expect([...members.matchAll(/^ {2}(\w+):/gm)].map(([, code]) => code).sort()).toEqual([...codes].sort())
})

test('docs/errors.md has a section for each code under the one who must act, with cause and cure', () => {
  const documented = page.split(/^## /m).flatMap((part) => {
    const [, remedy] = /^`(\w+)`/.exec(part) ?? []
    return part
      .split(/^### /m)
      .slice(1)
      .map((section) => ({
        code: /^`(\w+)`\n/.exec(section)?.[1],
        remedy,
        cause: /^\*\*Cause\.\*\* \S/m.test(section),
        cure: /^\*\*Cure\.\*\* \S/m.test(section),
      }))
  })
  const byCode = (a: { code?: string | undefined }, b: { code?: string | undefined }) =>
    String(a.code) < String(b.code) ? -1 : 1
  expect(documented.sort(byCode)).toEqual(
    rows.map(([code, { remedy }]) => ({ code, remedy, cause: true, cure: true })).sort(byCode),
  )
})
