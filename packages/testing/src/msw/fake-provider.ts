import { http, type HttpHandler } from 'msw'
import { signsOf } from './signs.ts'
import { createTokens, type IssuedTokens, type TokenRules } from './tokens.ts'

export interface FakeProviderOptions {
  /** Default `https://provider.latchkey.test`. */
  readonly origin?: string | undefined
  /** Passwords by name: for Basic, `/login`, and as clients of `/token`. */
  readonly users?: Readonly<Record<string, string>> | undefined
  /** API keys that are good. */
  readonly keys?: readonly string[] | undefined
  readonly tokens?: TokenRules | undefined
  /** Epoch milliseconds; default: the system's clock. */
  readonly now?: (() => number) | undefined
  /** Recognises a scheme of your own: who sends the request; undefined: not known. */
  readonly recognise?: ((request: Request) => string | undefined | Promise<string | undefined>) | undefined
}

/** A request that came, and what was answered. */
export interface LoggedRequest {
  readonly method: string
  readonly url: URL
  readonly headers: Headers
  readonly body: string
  /** Who it was recognised as. */
  readonly user: string | undefined
  readonly status: number
}

/** A small API with its own sign-in, for msw's `setupServer(...provider.handlers)`. */
export interface FakeProvider {
  readonly origin: string
  readonly handlers: HttpHandler[]
  /** Every request that came to the origin, in order. */
  readonly requests: readonly LoggedRequest[]
  /** Signs a user in at once. */
  issue(user: string): IssuedTokens
  /** Ends one access token or session, or all of them, as if their time had passed; refresh tokens stay good. */
  expire(token?: string): void
  /** Ends a token and all that came of the same sign-in. */
  revoke(token: string): void
  /** The next requests (default: one) to `/me` and `/echo` are answered 401, whatever stands on them. */
  reject(times?: number): void
  /** The next requests (default: one) to `/login` and `/token` are answered with this status. */
  fail(status: number, times?: number): void
  /** A new key takes the place of an old one. */
  rotateKey(old: string, next: string): void
}

/**
 * Answers `GET /me` (`{ id }`), any `/echo`, `POST /login` (JSON `username`, `password` → `token`, and a cookie
 * `session`), `POST /token` (`refresh_token` with rotation and reuse detection, `client_credentials`) and `POST /revoke`.
 */
export function fakeProvider(options: FakeProviderOptions = {}): FakeProvider {
  const { origin = 'https://provider.latchkey.test', users = {}, now = Date.now, recognise } = options
  const tokens = createTokens(options.tokens ?? {}, now)
  const keys = new Set(options.keys)
  const requests: LoggedRequest[] = []
  let rejecting = 0
  let failing: readonly number[] = []

  const knows = (name: string, password: string): boolean =>
    Object.hasOwn(users, name) && users[name] === password

  const userOf = async (request: Request): Promise<string | undefined> => {
    const { key, bearer, session, basic } = signsOf(new URL(request.url), request.headers)
    if (key !== undefined && keys.has(key)) return `key:${key}`
    if (basic !== undefined && knows(...basic)) return basic[0]
    const token = bearer ?? session
    return (token === undefined ? undefined : tokens.userOf(token)) ?? (await recognise?.(request.clone()))
  }

  const login = (body: string): Response => {
    const { username, password } = json(body) as { readonly username?: unknown; readonly password?: unknown }
    if (typeof username !== 'string' || typeof password !== 'string' || !knows(username, password)) {
      return refused(401)
    }
    const { access_token: token, expires_in } = tokens.issue(username)
    return Response.json(
      { token, expires_in },
      { headers: { 'set-cookie': `session=${token}; HttpOnly; Secure` } },
    )
  }

  const grant = (body: string, headers: Headers): Response => {
    const form = new URLSearchParams(body)
    const [id, secret] = signsOf(new URL(origin), headers).basic ?? [
      form.get('client_id') ?? '',
      form.get('client_secret') ?? '',
    ]
    const type = form.get('grant_type')
    if (type === 'client_credentials') {
      return knows(id, secret)
        ? answer(tokens.issue(id))
        : Response.json({ error: 'invalid_client' }, { status: 401 })
    }
    if (type !== 'refresh_token') return Response.json({ error: 'unsupported_grant_type' }, { status: 400 })
    const next = tokens.refresh(form.get('refresh_token') ?? '')
    return next === undefined ? Response.json({ error: 'invalid_grant' }, { status: 400 }) : answer(next)
  }

  const revoke = (body: string): Response => {
    tokens.revoke(new URLSearchParams(body).get('token') ?? '')
    return new Response(null, { status: 200 })
  }

  const respond = (request: Request, body: string, user: string | undefined): Response => {
    const { method, url, headers } = request
    const { pathname } = new URL(url)
    if (method === 'POST' && (pathname === '/login' || pathname === '/token')) {
      const [status, ...later] = failing
      failing = later
      if (status !== undefined) return new Response(null, { status })
      return pathname === '/login' ? login(body) : grant(body, headers)
    }
    if (method === 'POST' && pathname === '/revoke') return revoke(body)
    if (pathname !== '/me' && pathname !== '/echo') return new Response(null, { status: 404 })
    rejecting -= 1
    if (user === undefined || rejecting >= 0) return refused(401)
    return pathname === '/me' ? Response.json({ id: user }) : Response.json({ method, url, body })
  }

  return {
    origin,
    requests,
    handlers: [
      http.all(`${origin}/*`, async ({ request }) => {
        const body = await request.clone().text()
        const user = await userOf(request)
        const response = respond(request, body, user)
        const { method, headers } = request
        requests.push({ method, url: new URL(request.url), headers, body, user, status: response.status })
        return response
      }),
    ],
    issue: tokens.issue,
    expire: tokens.expire,
    revoke: tokens.revoke,
    reject(times = 1) {
      rejecting = times
    },
    fail(status, times = 1) {
      failing = Array.from({ length: times }, () => status)
    },
    rotateKey(old, next) {
      keys.delete(old)
      keys.add(next)
    },
  }
}

const answer = (body: IssuedTokens): Response =>
  // RFC 6749 section 5.1.
  Response.json(body, { headers: { 'cache-control': 'no-store', pragma: 'no-cache' } })

// RFC 9110 section 15.5.2: a 401 carries a challenge.
const refused = (status: number): Response =>
  new Response(null, { status, headers: { 'www-authenticate': 'Basic realm="fake", Bearer realm="fake"' } })

const json = (text: string): object => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}
