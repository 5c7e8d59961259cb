import { invalid, type JsonObject } from '@latchkey/core/definition'
import type { Expires, Take } from '@latchkey/session'
import { sessionOf, type SessionParts } from '../session/session-token.ts'
import { expiresIn } from '../session/expires.ts'
import { textIn } from '../text.ts'
import type { StrategyOf, Where } from '../where.ts'
import { memberOf, type Equivalent } from './equivalent.ts'

const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
const bearer = 'Bearer {{ session_token }}'

interface Session {
  readonly login: JsonObject
  readonly token: string
  readonly take?: Readonly<Record<string, Take>>
  readonly expires?: Expires | undefined
  /** The header or query parameter of the token; default the header Authorization. */
  readonly header?: string
  readonly query?: string
  /** What goes there, as a template over `session_token`; default after `Bearer`. */
  readonly value?: string
}

function sessionLike(given: Session, where: Where, strategyOf: StrategyOf): ReturnType<typeof sessionOf> {
  const { at } = where
  const { login, token, take, expires, header = 'Authorization', query, value = bearer } = given
  const place =
    query === undefined ? ({ in: 'header', name: header } as const) : ({ in: 'query', name: query } as const)
  const parts: SessionParts = {
    login: { type: 'HttpRequester', http_method: 'POST', ...login },
    loginAt: at,
    take: { ...take, token: { json: token } },
    expires,
    use: { place: { in: place.in, name: [textIn(place.name, at)] }, value: textIn(value, at) },
  }
  return sessionOf(parts, where, strategyOf)
}

const seconds = (name: string): Expires => ({ json: name, format: 'seconds', optional: true })

/** Looker: the token after `token`, for as long as the answer says. */
const looker: Equivalent = {
  className: 'LookerAuthenticator',
  members: [],
  strategy: (_, where, strategyOf) =>
    sessionLike(
      {
        login: {
          url: "https://{{ config['domain'] }}/api/4.0/login",
          request_headers: form,
          request_body_data: {
            client_id: "{{ config['client_id'] }}",
            client_secret: "{{ config['client_secret'] }}",
          },
        },
        token: 'access_token',
        expires: seconds('expires_in'),
        value: 'token {{ session_token }}',
      },
      where,
      strategyOf,
    ),
}

/** Facebook: the token of a page, which the token of a user gives, in the query. */
const facebookPage: Equivalent = {
  className: 'AuthenticatorFacebookPageAccessToken',
  members: ['page_id', 'access_token'],
  strategy: (definition, where, strategyOf) =>
    sessionLike(
      {
        login: {
          url: `https://graph.facebook.com/${memberOf(definition, 'page_id', where.at)}`,
          http_method: 'GET',
          request_parameters: {
            fields: 'access_token',
            access_token: memberOf(definition, 'access_token', where.at),
          },
        },
        token: 'access_token',
        query: 'access_token',
        value: '{{ session_token }}',
      },
      where,
      strategyOf,
    ),
}

/** Railz: a login with GET and Basic; the token lasts as long as the manifest says. */
const railz: Equivalent = {
  className: 'ShortLivedTokenAuthenticator',
  of: /railz/i,
  members: ['client_id', 'secret_key', 'url'],
  strategy(definition, where, strategyOf) {
    const { at } = where
    const { token_key: token = 'access_token', lifetime = 'PT3600S' } = definition
    if (typeof token !== 'string' || token.includes('{{')) throw invalid(at, 'token_key must be a name.')
    return sessionLike(
      {
        login: {
          url: memberOf(definition, 'url', at),
          http_method: 'GET',
          authenticator: {
            type: 'BasicHttpAuthenticator',
            username: memberOf(definition, 'client_id', at),
            password: memberOf(definition, 'secret_key', at),
          },
        },
        token,
        expires: expiresIn(lifetime, at),
      },
      where,
      strategyOf,
    )
  },
}

/** Younium: a password grant; the token stands after the type that the answer names. */
const younium: Equivalent = {
  className: 'CustomYouniumAuthenticator',
  members: ['username', 'password', 'legal_entity', 'grant_type', 'client_id', 'scope'],
  strategy(definition, where, strategyOf) {
    const names = ['username', 'password', 'legal_entity', 'grant_type', 'client_id', 'scope']
    const server = "younium-identity-server{{ '-sandbox' if config.get('playground') else '' }}"
    return sessionLike(
      {
        login: {
          url: `https://${server}.azurewebsites.net/connect/token`,
          request_headers: form,
          request_body_data: Object.fromEntries(
            names.map((name) => [name, memberOf(definition, name, where.at)]),
          ),
        },
        token: 'access_token',
        take: { token_type: { json: 'token_type', optional: true } },
        expires: seconds('expires_in'),
        value: "{{ token_type | default('Bearer') }} {{ session_token }}",
      },
      where,
      strategyOf,
    )
  },
}

/** My Hours: a password for a token that lasts as long as the answer says. */
const myHours: Equivalent = {
  className: 'CustomAuthenticator',
  of: /my-?_?hours/i,
  members: ['email', 'password'],
  strategy(definition, where, strategyOf) {
    const { at } = where
    const inner = sessionLike(
      {
        login: {
          url: 'https://api2.myhours.com/api/tokens/login',
          request_headers: { 'api-version': '1.0' },
          request_body_json: {
            email: memberOf(definition, 'email', at),
            password: memberOf(definition, 'password', at),
            grantType: 'password',
            clientId: 'api',
          },
        },
        token: 'accessToken',
        expires: seconds('expiresIn'),
      },
      where,
      strategyOf,
    )
    return {
      ...inner,
      apply(request, c: never) {
        request.headers.set('accept', 'application/json')
        request.headers.set('api-version', '1.0')
        return inner.apply(request, c)
      },
    }
  },
}

export const sessionEquivalents: readonly Equivalent[] = [looker, facebookPage, railz, younium, myHours]
