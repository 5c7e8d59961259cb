import { isObject, memberAt, type JsonObject } from '@latchkey/core/definition'
import { basicOf } from '../header.ts'
import { selectedBy } from '../selective.ts'
import type { StrategyOf, Where } from '../where.ts'
import { memberOf, type Equivalent } from './equivalent.ts'

/** FastBill and Qualaroo: Basic in ISO-8859-1. */
const latin1: Equivalent = {
  className: 'CustomAuthenticator',
  of: /fastbill|qualaroo/i,
  members: ['username', 'password'],
  strategy: (definition, where) =>
    basicOf(
      {
        username: memberOf(definition, 'username', where.at),
        password: memberOf(definition, 'password', where.at),
      },
      where,
      'latin-1',
    ),
}

/** Okta: a token of its own after `SSWS`. */
const ssws: Equivalent = {
  className: 'CustomBearerAuthenticator',
  of: /okta/i,
  members: [],
  strategy: (_, where, strategyOf) =>
    strategyOf(
      {
        type: 'ApiKeyAuthenticator',
        header: 'Authorization',
        api_token: "SSWS {{ config['credentials']['api_token'] }}",
      },
      where,
    ),
}

/** One of several authenticators, by what the configuration has. */
function chosen(
  names: readonly string[],
  field: string,
  pick: (config: JsonObject, members: JsonObject) => string | undefined,
): Equivalent['strategy'] {
  return (definition: JsonObject, where: Where, strategyOf: StrategyOf) => {
    const branches = names.flatMap((name) => {
      const branch = definition[name]
      return isObject(branch) ? [[name, { definition: branch, at: `${where.at}.${name}` }] as const] : []
    })
    return selectedBy(
      where,
      strategyOf,
      Object.fromEntries(branches),
      (config) => pick(config, definition),
      field,
    )
  }
}

const given = (config: JsonObject, ...path: readonly string[]): boolean => Boolean(memberAt(config, path))
const typeIn = (config: JsonObject): unknown => memberAt(config, ['credentials', 'auth_type'])

const retently: Equivalent = {
  className: 'AuthenticatorRetently',
  members: ['api_auth', 'oauth'],
  strategy: chosen(['api_auth', 'oauth'], 'credentials.api_key', (config) =>
    given(config, 'credentials', 'api_key') ? 'api_auth' : 'oauth',
  ),
}

const typeform: Equivalent = {
  className: 'TypeformAuthenticator',
  members: ['token_auth', 'oauth2'],
  strategy: chosen(['token_auth', 'oauth2'], 'credentials.auth_type', (config) =>
    typeIn(config) === 'access_token' ? 'token_auth' : 'oauth2',
  ),
}

const zendeskTypes: Readonly<Record<string, string>> = {
  api_token: 'basic_auth',
  'oauth2.0': 'oauth',
  oauth2_refresh: 'oauth_refresh',
}

/** Zendesk Talk: a token of the old form first, then what the type says. */
const zendeskTalk: Equivalent = {
  className: 'ZendeskTalkAuthenticator',
  members: ['legacy_basic_auth', 'basic_auth', 'oauth'],
  strategy: chosen(
    ['legacy_basic_auth', 'basic_auth', 'oauth', 'oauth_refresh'],
    'credentials.auth_type',
    (config) => {
      if (given(config, 'access_token') && given(config, 'email')) return 'legacy_basic_auth'
      const type = typeIn(config)
      return typeof type === 'string' && Object.hasOwn(zendeskTypes, type) ? zendeskTypes[type] : undefined
    },
  ),
}

export const fixedEquivalents: readonly Equivalent[] = [latin1, ssws, retently, typeform, zendeskTalk]
