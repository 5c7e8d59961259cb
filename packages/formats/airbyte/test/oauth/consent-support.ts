import type { Json } from '@latchkey/core'
import type { JsonObject } from '@latchkey/core/definition'
import {
  manifestOf,
  oauth,
  open,
  opened,
  pairs,
  redirectUri,
  secret,
  type Seen,
  type World,
} from './support.ts'

/** A property that a consent fills in. */
export const path = (name: string): object => ({ type: 'string', path_in_connector_config: [name] })
export const specification = {
  consent_url:
    'https://as.example.com/consent?response_type=code&{{client_id_param}}&{{redirect_uri_param}}&{{scope_param}}&{{state_param}}',
  access_token_url: 'https://as.example.com/exchange',
  scope: 'read write',
  access_token_params: {
    grant_type: 'authorization_code',
    code: '{{ auth_code_value }}',
    client_id: '{{ client_id_value }}',
    client_secret: '{{ client_secret_value }}',
    redirect_uri: '{{ redirect_uri_value }}',
  },
  access_token_headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  extract_output: ['access_token', 'refresh_token', 'expires_in'],
}

/** What `spec.advanced_auth` says. */
export const advanced = (shape: object | undefined, more: object = {}): object => ({
  advanced_auth: {
    auth_flow_type: 'oauth2.0',
    oauth_config_specification: {
      ...(shape && { oauth_connector_input_specification: shape }),
      complete_oauth_output_specification: {
        properties: { refresh_token: path('refresh_token'), access_token: path('access_token') },
      },
      complete_oauth_server_input_specification: { properties: { client_id: {}, client_secret: {} } },
      complete_oauth_server_output_specification: {
        properties: { client_id: path('client_id'), client_secret: path('client_secret') },
      },
      ...more,
    },
  },
})

export const properties = { client_id: open, client_secret: secret, refresh_token: secret }
export const client = { client_id: 'the id&x', client_secret: 'the-secret' }

/** A consent that has begun. */
export interface Begun extends World {
  readonly url: URL
  readonly pending: Json & { readonly state: string; readonly verifier?: string }
  complete(query?: string): Promise<boolean>
}

/** Begins a consent. */
export async function begun(
  shape: object = {},
  provider: (request: Seen, nth: number) => Response = pairs,
  given: {
    readonly more?: object
    readonly config?: JsonObject
    readonly properties?: object
    readonly authenticator?: object
  } = {},
): Promise<Begun> {
  const manifest = manifestOf(
    given.authenticator ?? oauth,
    given.properties ?? properties,
    advanced({ ...specification, ...shape }, given.more),
  )
  const world = opened(manifest, given.config ?? client, provider)
  const { url, pending } = await world.connection.authorize.begin({ redirectUri })
  const held = pending as Begun['pending']
  return {
    ...world,
    url: new URL(url),
    pending: held,
    complete: (query = `code=c%2F1&state=${held.state}`) =>
      world.connection.authorize.complete(pending, query),
  }
}
