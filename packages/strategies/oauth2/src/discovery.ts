import { AuthError, type Json } from '@latchkey/core'
import { parseChallenges, toAuthError } from '@latchkey/core/http'
import {
  processDiscoveryResponse,
  processResourceDiscoveryResponse,
  type AuthorizationServer,
  type ResourceServer,
} from 'oauth4webapi'
import type { Context } from './options.ts'

/** The metadata of an authorization server. RFC 8414 section 2. */
export type Metadata = AuthorizationServer

/** What a protected resource says of itself. RFC 9728 section 2. */
export interface Resource {
  readonly issuer: string
  readonly resource: string
  readonly scopes: readonly string[]
}

const rememberedMs = 3_600_000

/** Remembers an answer in the connection's memory; a failure is not remembered. */
async function remembered<T>(c: Context, key: string, ask: () => Promise<T>): Promise<T> {
  const known = c.memory.get(key) as { readonly value: T; readonly at: number } | undefined
  const age = known && c.now() - known.at
  if (known !== undefined && age !== undefined && age >= 0 && age < rememberedMs) return known.value
  const value = await ask()
  c.memory.set(key, { value, at: c.now() })
  return value
}

/**
 * The metadata of an issuer, which must name itself as that issuer.
 * @throws {AuthError} response_invalid, provider_unavailable
 */
export function discover(c: Context, issuer: string): Promise<Metadata> {
  return remembered(c, `oauth2 metadata ${issuer}`, async () => {
    const response = await first(c, wellKnown(issuer), 'The metadata of the authorization server')
    const metadata = await understood(processDiscoveryResponse(new URL(issuer), response))
    // oauth4webapi compares URLs; RFC 8414 section 3.3 wants the same text, save the slash that a URL parser adds.
    if (bare(metadata.issuer) === bare(issuer)) return metadata
    throw invalid('The metadata of the authorization server name another issuer')
  })
}

const bare = (issuer: string): string => issuer.replace(/\/$/, '')

/** RFC 8414 section 3.1 first, then OpenID Connect Discovery as section 5 writes it, then as OpenID does. */
function wellKnown(issuer: string): string[] {
  const { origin, pathname } = new URL(issuer)
  const path = pathname === '/' ? '' : pathname.replace(/\/$/, '')
  return [
    `${origin}/.well-known/oauth-authorization-server${path}`,
    ...(path === '' ? [] : [`${origin}/.well-known/openid-configuration${path}`]),
    `${origin}${path}/.well-known/openid-configuration`,
  ]
}

/**
 * The authorization server of a protected resource: from the challenge of a bare request, else from its well-known place.
 * @throws {AuthError} response_invalid where the metadata are of another resource or name no server
 */
export function issuerOfResource(c: Context, url: string): Promise<Resource> {
  return remembered(c, `oauth2 resource ${url}`, async () => {
    const { origin, pathname, search } = new URL(url)
    const { at, scope } = await challengeOf(c, url)
    const path = pathname === '/' ? '' : pathname
    const places = [
      ...(at === undefined ? [] : [at]),
      `${origin}/.well-known/oauth-protected-resource${path}${search}`,
      ...(path === '' ? [] : [`${origin}/.well-known/oauth-protected-resource`]),
    ]
    const response = await first(c, places, 'The metadata of the protected resource')
    const said = (await response
      .clone()
      .json()
      .catch(() => ({}))) as { readonly resource?: unknown }
    const resource = typeof said.resource === 'string' && URL.canParse(said.resource) ? said.resource : ''
    // RFC 9728 section 3.3: metadata of another resource must not be used; a resource may be a part of the one named.
    const within = resource !== '' && covers(new URL(resource), new URL(url))
    if (!within) throw invalid('The metadata of the protected resource are those of another resource')
    const metadata: ResourceServer = await understood(
      processResourceDiscoveryResponse(new URL(resource), response),
    )
    const issuer = metadata.authorization_servers?.[0]
    if (issuer === undefined || !URL.canParse(issuer))
      throw invalid('The metadata of the protected resource name no authorization server')
    return { issuer, resource, scopes: scope?.split(' ') ?? metadata.scopes_supported ?? [] }
  })
}

function covers(resource: URL, url: URL): boolean {
  const folder = resource.pathname.endsWith('/') ? resource.pathname : `${resource.pathname}/`
  return (
    resource.origin === url.origin && (url.pathname === resource.pathname || url.pathname.startsWith(folder))
  )
}

/** RFC 9728 section 5.1. */
async function challengeOf(
  c: Context,
  url: string,
): Promise<{ readonly at: string | undefined; readonly scope: string | undefined }> {
  const response = await c.fetch(url, { headers: { accept: 'application/json, text/event-stream' } })
  const challenges = response.status === 401 ? parseChallenges(response.headers.get('www-authenticate')) : []
  const params = challenges.find(({ params: given }) => given['resource_metadata'] !== undefined)?.params
  const at = params?.['resource_metadata']
  // The challenge must not lead elsewhere: whoever can write a header there would choose the authorization server.
  const same = at !== undefined && URL.canParse(at) && new URL(at).origin === new URL(url).origin
  return { at: same ? at : undefined, scope: params?.['scope'] }
}

/** The first of these places that has something. */
async function first(c: Context, places: readonly string[], what: string): Promise<Response> {
  for (const place of places) {
    const response = await c.fetch(place, { headers: { accept: 'application/json' } })
    if (response.status === 200) return response
    if (response.status === 429 || response.status >= 500)
      throw new AuthError('provider_unavailable', `${what} cannot be read at ${new URL(place).origin} now`)
  }
  throw invalid(`${what} are nowhere at ${new URL(places[0] ?? '').origin}`)
}

async function understood<T>(processed: Promise<T>): Promise<T> {
  try {
    return await processed
  } catch (error) {
    if (toAuthError(error).code === 'provider_unavailable') throw toAuthError(error)
    throw invalid('The metadata are not as their standard wants them')
  }
}

const invalid = (problem: string): AuthError => new AuthError('response_invalid', problem)

/** A text member of metadata, as far as it is one. */
export function listIn(metadata: Metadata | undefined, name: string): readonly Json[] | undefined {
  const value = metadata?.[name]
  return Array.isArray(value) ? value : undefined
}
