import { defineConnector, type Connector } from '@latchkey/core'
import { oauth2, type OAuth2Strategy } from './oauth2.ts'
import type { GivenFields, OAuth2Options } from './options.ts'

/** What is to be said of a protected resource besides its address. */
export type ProtectedOptions<F extends GivenFields> = Omit<
  OAuth2Options<F>,
  'protectedResource' | 'issuer'
> & {
  /** Default: the host name. */
  readonly key?: string
  readonly name?: string
}

/**
 * A connector for a resource that says itself who protects it, such as an MCP server: its 401 or its well-known metadata
 * name the authorization server, and the client is registered there unless one is given. RFC 9728 section 5.
 * @throws {TypeError} for an address that is no URL
 */
export function fromProtectedResource<const F extends GivenFields>(
  url: string,
  options: ProtectedOptions<F> = {},
): Connector<OAuth2Strategy<F>> {
  const { hostname, origin } = new URL(url)
  const { key = hostname, name = hostname, ...rest } = options
  const registered = rest.registration !== undefined || rest.clientId !== undefined
  const auth = oauth2<F>({
    ...(!registered && { registration: { client_name: 'Latchkey' } }),
    ...rest,
    protectedResource: url,
  })
  return defineConnector({ key, name, auth, baseUrl: url, origins: [origin] })
}
