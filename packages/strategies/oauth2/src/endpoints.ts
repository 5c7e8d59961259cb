import { AuthError } from '@latchkey/core'
import { matchesOrigin, renderUrl } from '@latchkey/core/http'
import { discover, issuerOfResource, type Metadata } from './discovery.ts'
import type { OAuth2Credentials } from './credentials.ts'
import type { AnyOptions, Context, Endpoint, Given, StandardField } from './options.ts'
import { settingOf, slotsOf, type Plan } from './plan.ts'

/** The endpoints by option, and what the metadata of RFC 8414, RFC 8628, RFC 9126 and OpenID Connect call them. */
const inMetadata = {
  authorizationUrl: 'authorization_endpoint',
  tokenUrl: 'token_endpoint',
  deviceUrl: 'device_authorization_endpoint',
  pushedUrl: 'pushed_authorization_request_endpoint',
  revocationUrl: 'revocation_endpoint',
  introspectionUrl: 'introspection_endpoint',
  userinfoUrl: 'userinfo_endpoint',
  registrationUrl: 'registration_endpoint',
} as const satisfies Partial<Record<keyof AnyOptions, string>>

export type EndpointName = keyof typeof inMetadata

/** The authorization server of a connection. */
export interface Server {
  /** As its metadata or the definition spells it; undefined where nobody says. */
  issuer(): Promise<string | undefined>
  /** Undefined where there is nothing to discover. */
  metadata(): Promise<Metadata | undefined>
  find(name: EndpointName): Promise<string | undefined>
  /** @throws {AuthError} definition_invalid where there is none */
  need(name: EndpointName): Promise<string>
}

/** Nothing is asked before it is needed, and metadata are remembered in the connection's memory for an hour. */
export function serverOf(plan: Plan, c: Context, given: Given): Server {
  const { options } = plan
  const render = (endpoint: Endpoint | undefined): string | undefined =>
    endpoint === undefined ? undefined : renderEndpoint(endpoint, options, given)
  const bound = given.credentials?.issuer
  let named: Promise<string | undefined> | undefined
  const issuer = (): Promise<string | undefined> =>
    (named ??= (async () => {
      const fixed = render(options.issuer)
      if (fixed !== undefined) return sameIssuer(fixed, given.credentials)
      // RFC 9728: whoever issued the tokens keeps them, whatever the resource names today.
      if (bound !== undefined) return bound
      const resource = render(options.protectedResource)
      return resource === undefined ? undefined : (await issuerOfResource(c, resource)).issuer
    })())
  const metadata = async (): Promise<Metadata | undefined> => {
    const name = await issuer()
    return name === undefined ? undefined : await discover(c, name)
  }
  const find = async (name: EndpointName): Promise<string | undefined> => {
    const managed = options.managed && settingOf(plan, given.settings, name as StandardField)
    const own = managed || render(options[name])
    if (own !== undefined) return safe(own)
    const discoverable = options.issuer !== undefined || options.protectedResource !== undefined
    const found = discoverable ? (await metadata())?.[inMetadata[name]] : undefined
    return typeof found === 'string' ? safe(found) : undefined
  }
  return {
    issuer,
    metadata,
    find,
    async need(name) {
      const url = await find(name)
      if (url !== undefined) return url
      throw new AuthError(
        'definition_invalid',
        `Neither the options nor the metadata of the authorization server name ${name}`,
        { scheme: plan.scheme },
      )
    },
  }
}

function sameIssuer(issuer: string, credentials: OAuth2Credentials | undefined): string {
  // RFC 9700 section 4.4: what one server has issued is never shown to another.
  if (credentials?.issuer === undefined || credentials.issuer === issuer) return issuer
  throw new AuthError(
    'credentials_rejected',
    'These tokens were issued by another authorization server; sign in again',
  )
}

/** Any host at all: for software that its users host themselves. */
export const anywhere = 'https://*'

/** @throws {AuthError} settings_invalid for a value that does not fit its slot, origin_forbidden for a computed URL outside `endpointOrigins` */
export function renderEndpoint(endpoint: Endpoint, options: AnyOptions, given: Given): string {
  if (typeof endpoint === 'string') {
    if (!endpoint.includes('{')) return endpoint
    const url = renderUrl(endpoint, slotsOf(given), { allow: 'private' })
    // An issuer is compared character by character, and the URL parser adds a slash.
    return url.endsWith('/') && !endpoint.endsWith('/') ? url.slice(0, -1) : url
  }
  return checkEndpoint(endpoint(given), options)
}

/** A computed URL, if it may be called. @throws {AuthError} origin_forbidden outside `endpointOrigins` */
export function checkEndpoint(url: string, options: AnyOptions): string {
  const origin = URL.canParse(url) ? new URL(url).origin : undefined
  const fits = (pattern: string): boolean =>
    origin !== undefined &&
    (pattern === anywhere ? origin.startsWith('https:') : matchesOrigin(pattern, origin))
  if (options.endpointOrigins?.some(fits)) return url
  throw new AuthError(
    'origin_forbidden',
    `A computed endpoint matches none of endpointOrigins${origin === undefined ? '' : `: ${origin}`}`,
  )
}

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

/** A URL that secrets, or a person, may be sent to: https, or http on loopback. RFC 6749 sections 3.1 and 3.2. */
function safe(url: string): string {
  const { protocol, hostname, hash, username, password } = URL.canParse(url)
    ? new URL(url)
    : new URL('about:blank')
  const secure = protocol === 'https:' || (protocol === 'http:' && loopback.test(hostname))
  if (secure && username + password === '' && (hash === '' || hash === '#')) return url
  throw new AuthError('origin_forbidden', `An endpoint of the authorization server is no https URL`)
}
