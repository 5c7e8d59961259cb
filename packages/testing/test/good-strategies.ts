import { AuthError, defineStrategy, type CredentialContext, type OutgoingRequest } from '@latchkey/core'
import { base64Encode, headerValue } from '@latchkey/core/http'
import type { StrategyCase } from '@latchkey/testing'

const password = { type: 'password', label: 'Secret', required: true } as const

/** A key in a header. */
export const headerKey = defineStrategy({
  scheme: 'header-key',
  fields: { key: password },
  apply({ headers }, { settings }) {
    headers.set('x-key', headerValue(settings.key, 'key'))
  },
  async test({ http }) {
    await http.get('me')
  },
})

export const headerKeyCase: StrategyCase<typeof headerKey> = {
  settings: { key: 'header-key-8d1f' },
  accepts: ({ headers }, { settings }) => headers.get('x-key') === settings.key,
}

/** A key in the query. */
export const queryKey = defineStrategy({
  scheme: 'query-key',
  fields: { key: password },
  apply({ url }, { settings }) {
    url.searchParams.set('key', settings.key)
  },
})

export const queryKeyCase: StrategyCase<typeof queryKey> = {
  settings: { key: 'query-key-51c0' },
  accepts: ({ url }, { settings }) => url.searchParams.get('key') === settings.key,
}

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)

const hmac = async (secret: string, text: string): Promise<string> => {
  const how = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', bytesOf(secret), how, false, ['sign'])
  return base64Encode(new Uint8Array(await crypto.subtle.sign('HMAC', key, bytesOf(text))))
}

/** A signature over method, address, body, time and nonce. */
export const signer = defineStrategy({
  scheme: 'signer',
  fields: {
    keyId: { type: 'string', label: 'Key id', required: true, public: true, pattern: '[\\w-]+' },
    key: password,
  },
  async apply(request, { settings, now, random }) {
    const { method, url, headers } = request
    const nonce = base64Encode(random(12))
    const body = new TextDecoder().decode(await request.bytes())
    const text = [method, url.href, String(now()), nonce, body].join('\n')
    headers.set('x-signature', `${settings.keyId} ${now()} ${nonce} ${await hmac(settings.key, text)}`)
  },
})

export const signerCase: StrategyCase<typeof signer> = {
  settings: { keyId: 'key-1', key: 'signer-key-77aa' },
  invalid: [{ settings: { keyId: 'a b', key: 'signer-key-77aa' }, field: 'keyId' }],
  async accepts({ method, url, headers, text, at }, { settings }) {
    const [id, time, nonce, signature] = headers.get('x-signature')?.split(' ') ?? []
    const signed = [method, url.href, time, nonce, text].join('\n')
    return id === settings.keyId && Number(time) === at && signature === (await hmac(settings.key, signed))
  },
}

interface Session {
  readonly token: string
  readonly expiresAt: number
}

const loginUrl = 'https://auth.latchkey.test/login'

/** Logs in with name and password; the session ends after ten minutes. */
export const session = defineStrategy({
  scheme: 'session',
  fields: { user: { type: 'string', label: 'User', required: true }, password },
  async acquire({ http, settings, now }): Promise<Session> {
    const { token } = await http.post(loginUrl, { json: settings }).json<{ token?: string }>()
    if (typeof token !== 'string') throw new AuthError('response_invalid', 'The log-in gave no token')
    return { token, expiresAt: now() + 600_000 }
  },
  async revoke({ http, credentials }) {
    await http.delete(loginUrl, { headers: { 'x-session': credentials.token } })
  },
  async test({ fetch, baseUrl }) {
    const { ok } = await fetch(`${baseUrl}/me`)
    if (!ok) throw new AuthError('credentials_rejected', 'The session is refused')
  },
  apply({ headers }, { credentials }) {
    headers.set('x-session', credentials.token)
  },
})

export const sessionCase: StrategyCase<typeof session> = {
  settings: { user: 'user-canary-1', password: 'password-canary-1' },
  accepts: ({ headers }, { credentials }) => headers.get('x-session') === credentials?.token,
  provider: ({ url, text }, { settings, nth }) =>
    url.href === loginUrl
      ? Response.json({ token: text === '' ? undefined : `${settings.user.length}-token-${nth}` })
      : undefined,
}

interface Tokens {
  readonly access_token: string
  readonly refresh_token: string
  readonly expiresAt: number
}

const tokenUrl = 'https://auth.latchkey.test/token'

/** A person signed in; what came of it is refreshed. */
export const refreshing = defineStrategy<Tokens>()({
  scheme: 'refreshing',
  fields: { clientSecret: password },
  async refresh({ http, settings, credentials, now }) {
    const body = new URLSearchParams({
      secret: settings.clientSecret,
      refresh_token: credentials.refresh_token,
    })
    const answer = await http.post(tokenUrl, { body }).json<Partial<Tokens>>()
    if (typeof answer.access_token !== 'string')
      throw new AuthError('response_invalid', 'The answer has no access_token')
    // RFC 6749 section 6: without a new refresh token the old one stays.
    const { refresh_token = credentials.refresh_token } = answer
    return { access_token: answer.access_token, refresh_token, expiresAt: now() + 3_600_000 }
  },
  apply({ headers }, { credentials }) {
    headers.set('authorization', `Bearer ${credentials.access_token}`)
  },
})

export const refreshingCase: StrategyCase<typeof refreshing> = {
  settings: { clientSecret: 'client-secret-canary' },
  credentials: (now) => ({
    access_token: 'first-access',
    refresh_token: 'first-refresh',
    expiresAt: now + 3_600_000,
  }),
  accepts: ({ headers }, { credentials }) =>
    headers.get('authorization') === `Bearer ${credentials?.access_token}`,
  provider({ url, text }, { nth, credentials }) {
    if (url.href !== tokenUrl) return undefined
    const given = new URLSearchParams(text).get('refresh_token')
    if (given !== credentials?.refresh_token)
      return Response.json({ error: 'invalid_grant' }, { status: 400 })
    return Response.json({
      access_token: `access-${nth}-canary`,
      ...(nth % 2 === 1 && { refresh_token: `refresh-${nth}-canary` }),
    })
  },
}

/** Learns a nonce from the first refusal; forgets it when it grows old. */
export const learner = defineStrategy({
  scheme: 'learner',
  fields: { key: password },
  inspect(response, { memory }) {
    const nonce = response.headers.get('x-nonce')
    if (nonce === null || memory.get('nonce') === nonce) return undefined
    memory.set('nonce', nonce)
    return response.status === 401 ? 'retry' : undefined
  },
  async apply(request, c: CredentialContext<{ readonly key: string }, undefined>) {
    await proof(request, c)
  },
})

const proof = async (
  { url, headers }: OutgoingRequest,
  c: CredentialContext<{ readonly key: string }, undefined>,
): Promise<void> => {
  const nonce = c.memory.get('nonce')
  if (typeof nonce === 'string') headers.set('x-proof', await hmac(c.settings.key, `${nonce} ${url.href}`))
}

export const learnerCase: StrategyCase<typeof learner> = {
  settings: { key: 'learner-key-90bb' },
  accepts: async ({ url, headers }, { settings }) =>
    headers.get('x-proof') === (await hmac(settings.key, `n1 ${url.href}`)),
  refuse: () => new Response('challenge', { status: 401, headers: { 'x-nonce': 'n1' } }),
}
