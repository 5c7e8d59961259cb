import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A token as the provider keeps it. */
export interface Kept {
  readonly accountId?: string
  readonly jkt?: string
  destroy(): Promise<void>
}

interface Model {
  find(value: string): Promise<Kept | undefined>
}

/** What a grant handler gets of a request. */
export interface GrantContext {
  status: number
  body: unknown
  readonly oidc: { readonly params?: Readonly<Record<string, string>> }
}

/** The provider, as far as the tests use it: the package has no types of its own. */
export interface Provider {
  readonly AccessToken: Model
  readonly RefreshToken: Model
  readonly ClientCredentials: Model
  callback(): RequestListener
  registerGrantType(name: string, handler: (ctx: GrantContext) => unknown, parameters: string[]): void
}

const packageName = 'oidc-provider'

/** A certified OpenID provider on loopback. */
export interface Oidc {
  readonly issuer: string
  readonly provider: Provider
  close(): Promise<void>
}

export interface OidcParts {
  readonly configuration: object
  /** Grant handlers and the like, before the first request. */
  prepare?(provider: Provider): void
}

export const redirectUri = 'http://127.0.0.1:9/callback'

/** Starts a provider on a free port. */
export async function startOidc(parts: (issuer: string) => OidcParts): Promise<Oidc> {
  const { default: Constructor } = await quietly(
    () =>
      import(packageName) as Promise<{ readonly default: new (issuer: string, options: object) => Provider }>,
  )
  const server: Server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { configuration, prepare } = parts(issuer)
  const provider = await quietly(() => new Constructor(issuer, configuration))
  prepare?.(provider)
  server.on('request', provider.callback())
  return {
    issuer,
    provider,
    close: () => new Promise((done) => (server.closeAllConnections(), server.close(() => done()))),
  }
}

/**
 * The provider copies its clients with `structuredClone`, whose objects belong to Node and not to Jest's environment, and
 * then finds that they are not plain. Its warnings are about running it in production.
 */
async function quietly<T>(make: () => T | Promise<T>): Promise<T> {
  const { structuredClone } = globalThis
  const { warn } = console
  globalThis.structuredClone = <V>(value: V): V => JSON.parse(JSON.stringify(value)) as V
  console.warn = () => undefined
  try {
    return await make()
  } finally {
    globalThis.structuredClone = structuredClone
    console.warn = warn
  }
}

/** A browser that keeps cookies and fills in the forms of `devInteractions`; ends at the redirect URI, or at a page without a form. */
export async function browse(
  start: string,
  answers: Readonly<Record<string, string>> = { login: 'ann', password: 'x' },
): Promise<{ readonly url: string; readonly page: string }> {
  const jar = new Map<string, string>()
  let request: { url: string; init: RequestInit } = { url: start, init: {} }
  for (let steps = 0; steps < 20; steps++) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(request.url, {
      ...request.init,
      redirect: 'manual',
      headers: { cookie, ...(request.init.headers as Record<string, string>) },
    })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '') jar.delete(name)
      else jar.set(name, value)
    }
    const location = response.headers.get('location')
    if (location !== null) {
      const url = new URL(location, request.url).href
      if (url.startsWith(redirectUri)) return { url, page: '' }
      request = { url, init: {} }
      continue
    }
    const page = await response.text()
    const form = formOf(page, request.url, answers)
    if (form === undefined) return { url: request.url, page }
    request = form
  }
  throw new Error('the browser goes round in circles')
}

function formOf(
  page: string,
  base: string,
  answers: Readonly<Record<string, string>>,
): { url: string; init: RequestInit } | undefined {
  const [, attributes = '', inner = ''] = /<form([^>]*)>([\s\S]*?)<\/form>/.exec(page) ?? []
  if (inner === '') return undefined
  const action = /action="([^"]*)"/.exec(attributes)?.[1]?.replaceAll('&amp;', '&') ?? base
  const fields = new URLSearchParams()
  for (const [tag] of inner.matchAll(/<(?:input|button)[^>]*>/g)) {
    const name = /name="([^"]*)"/.exec(tag)?.[1]
    const value = /value="([^"]*)"/.exec(tag)?.[1]
    if (name !== undefined && name !== 'abort') fields.set(name, answers[name] ?? value ?? '')
  }
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  return { url: new URL(action, base).href, init: { method: 'POST', headers, body: fields.toString() } }
}
