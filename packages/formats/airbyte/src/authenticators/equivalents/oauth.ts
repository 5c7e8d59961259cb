import type { AuthStrategy } from '@latchkey/core'
import type { JsonObject } from '@latchkey/core/definition'
import { basicTemplate, memberOf, type Equivalent } from './equivalent.ts'
import { sentAs } from './sent-as.ts'
import type { Where } from '../where.ts'

/** The free members of a class that extends Airbyte's OAuth authenticator, as that authenticator has them. */
function asOAuth({ class_name: _, ...members }: JsonObject, more: JsonObject = {}): JsonObject {
  return { ...members, ...more, type: 'OAuthAuthenticator' }
}

const basicHeader = (id: string, secret: string, at: string): JsonObject => ({
  refresh_request_headers: { Authorization: basicTemplate(id, secret, at) },
})

const ownBasic = (definition: JsonObject, { at }: Where): JsonObject =>
  basicHeader(memberOf(definition, 'client_id', at), memberOf(definition, 'client_secret', at), at)

const config = (...path: readonly string[]): string =>
  `{{ config${path.map((name) => `['${name}']`).join('')} }}`

const client = ['client_id', 'client_secret', 'token_refresh_endpoint']

/** PayPal: the client in Basic. */
const paypal: Equivalent = {
  className: 'PayPalOauth2Authenticator',
  members: client,
  strategy: (definition, where) => where.oauth(asOAuth(definition, ownBasic(definition, where)), where),
}

/** Okta's refresh tokens: the client in Basic, and the token after `SSWS`. */
const okta: Equivalent = {
  className: 'CustomOauth2Authenticator',
  of: /okta/i,
  members: client,
  strategy(definition, where) {
    const inner = where.oauth(asOAuth(definition, ownBasic(definition, where)), where)
    return sentAs(inner, (token, { headers }) => headers.set('authorization', `SSWS ${token}`))
  },
}

/** Zoom's account credentials: Basic, and all parameters in the query. */
const zoom: Equivalent = {
  className: 'ServerToServerOauthAuthenticator',
  members: ['account_id', 'client_id', 'client_secret', 'authorization_endpoint'],
  strategy(definition, where) {
    const { at } = where
    const member = (name: string): string => memberOf(definition, name, at)
    return where.oauth(
      {
        type: 'OAuthAuthenticator',
        client_id: member('client_id'),
        client_secret: member('client_secret'),
        token_refresh_endpoint: member('authorization_endpoint'),
        grant_type: 'account_credentials',
        refresh_request_body: { account_id: member('account_id') },
        send_refresh_request_as_query_params: true,
        ...ownBasic(definition, where),
      },
      where,
    )
  },
}

/** commercetools: client credentials of one project, Basic, all parameters in the query. */
const commercetools: Equivalent = {
  className: 'CommerceToolsOauth2Authenticator',
  members: [],
  strategy: (_, where) =>
    where.oauth(
      {
        type: 'OAuthAuthenticator',
        client_id: config('client_id'),
        client_secret: config('client_secret'),
        token_refresh_endpoint: `https://auth.${config('region')}.${config('host')}.commercetools.com/oauth/token`,
        grant_type: 'client_credentials',
        refresh_request_body: { scope: `manage_project:${config('project_key')}` },
        send_refresh_request_as_query_params: true,
        ...basicHeader(config('client_id'), config('client_secret'), where.at),
      },
      where,
    ),
}

/** Salesloft: refresh tokens that are used once. */
const salesloft: Equivalent = {
  className: 'SingleUseOauth2Authenticator',
  of: /salesloft/i,
  members: [],
  strategy: (definition, where) =>
    where.oauth(
      {
        client_id: config('credentials', 'client_id'),
        client_secret: config('credentials', 'client_secret'),
        refresh_token: config('credentials', 'refresh_token'),
        ...asOAuth(definition),
        token_refresh_endpoint: 'https://accounts.salesloft.com/oauth/token',
        refresh_token_updater: {},
      },
      where,
    ),
}

const expired = 'The access token you provided has expired.'

/** Amazon's Selling Partner API: the token and the date in headers of their own; a 403 may mean that it has ended. */
const sellingPartner: Equivalent = {
  className: 'AmazonSPOauthAuthenticator',
  members: client,
  strategy(definition, where) {
    const { host: _, ...members } = definition
    const inner = where.oauth(asOAuth(members), where)
    const strategy: AuthStrategy = {
      ...sentAs(inner, (token, { headers }, { now }) => {
        const iso = new Date(now()).toISOString()
        headers.set('x-amz-access-token', token)
        headers.set('x-amz-date', `${iso.slice(0, 19).replace(/[-:]/g, '')}Z`)
      }),
      inspect(response, c) {
        if (response.status === 403)
          return response
            .clone()
            .text()
            .then((text) => (text.includes(expired) ? 'renew' : undefined))
        return inner.inspect ? inner.inspect(response, c) : response.status === 401 ? 'renew' : undefined
      },
    }
    return strategy
  },
}

export const oauthEquivalents: readonly Equivalent[] = [
  paypal,
  okta,
  zoom,
  commercetools,
  salesloft,
  sellingPartner,
]
