import { isObject, type JsonObject } from '@latchkey/core/definition'
import { listOf, mapped, nothing, placed, text, type Config, type Expected, type Oracle } from './expected.ts'
import { read } from './reading.ts'
import { legacyOracle, sessionOracle } from './sessions.ts'

/** What an authenticator of the table must do under a configuration; undefined for one that is code. */
export function oracleOf(definition: JsonObject, config: Config, base = ''): Oracle | undefined {
  const at = (name: string): string => read(text(definition[name]), config)
  switch (definition['type']) {
    case 'NoAuth':
      return { api: () => nothing }
    case 'BearerAuthenticator':
      return { api: () => ({ ...nothing, headers: { authorization: `Bearer ${at('api_token')}` } }) }
    case 'BasicHttpAuthenticator': {
      const pair = Buffer.from(`${at('username')}:${at('password')}`, 'utf8').toString('base64')
      return { api: () => ({ ...nothing, headers: { authorization: `Basic ${pair}` } }) }
    }
    case 'ApiKeyAuthenticator': {
      const { inject_into: place, header } = definition
      const option = isObject(place) ? place : { inject_into: 'header', field_name: header }
      return {
        api: () => placed(option, at('api_token'), config),
      }
    }
    case 'OAuthAuthenticator':
      return oauthOracle(definition, config)
    case 'SessionTokenAuthenticator':
      return sessionOracle(definition, config, oracleOf)
    case 'LegacySessionTokenAuthenticator':
      return legacyOracle(definition, config, base)
    default:
      return undefined
  }
}

function oauthOracle(definition: JsonObject, config: Config): Oracle {
  const at = (name: string, standard = ''): string => read(text(definition[name] ?? standard), config)
  const api = (token: string): Expected => ({ ...nothing, headers: { authorization: `Bearer ${token}` } })
  const endpoint = at('token_refresh_endpoint')
  if (endpoint === '') return { api: () => api(at('access_token_value')) }
  const updater = isObject(definition['refresh_token_updater'])
    ? definition['refresh_token_updater']
    : undefined
  const path = (name: string): readonly string[] =>
    updater?.[`${name}_config_path`] === undefined
      ? ['credentials', name]
      : listOf(updater[`${name}_config_path`])
  const grant = at('grant_type', 'refresh_token')
  const answerOf = (token: string, now: number): { body: JsonObject; refreshToken?: string } => {
    const expires = at('expires_in_name', 'expires_in')
    const end = new Date(now + 3_600_000).toISOString()
    // A name that speaks of a moment is answered with one: epoch seconds, or a date where a format is declared.
    const value = definition['token_expiry_date_format']
      ? end
      : /_at$/.test(expires)
        ? Math.floor(now / 1000) + 3600
        : 3600
    const refreshToken = `refresh-${token}`
    return {
      body: {
        [at('access_token_name', 'access_token')]: token,
        [expires]: value,
        token_type: 'bearer',
        ...(updater && { [text(updater['refresh_token_name'] ?? 'refresh_token')]: refreshToken }),
      },
      ...(updater && { refreshToken }),
    }
  }
  return {
    api,
    ...(updater && { paths: { access: path('access_token'), refresh: path('refresh_token') } }),
    issuer: {
      method: 'POST',
      url: endpoint,
      lifetime: 3_600_000,
      answer: answerOf,
      request({ refreshToken }) {
        const headers = Object.fromEntries(
          Object.entries(mapped(definition['refresh_request_headers'], config))
            .filter(([name]) => name.toLowerCase() !== 'content-type')
            .map(([name, value]) => [name.toLowerCase(), value]),
        )
        if (definition['use_profile_assertion'] === true)
          return {
            ...nothing,
            headers,
            isAssertion: true,
            form: { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer' },
          }
        const stored = updater
          ? path('refresh_token').reduce<unknown>((value, name) => (value as Config)[name], config)
          : at('refresh_token')
        // A path that no form asks for holds nothing before the first refresh; the member beside the updater is read then.
        const refresh = refreshToken ?? text(stored ?? read(text(definition['refresh_token']), config))
        const standard = {
          [at('grant_type_name', 'grant_type')]: grant,
          ...(!Object.hasOwn(headers, 'authorization') && {
            [at('client_id_name', 'client_id')]: at('client_id'),
            [at('client_secret_name', 'client_secret')]: at('client_secret'),
          }),
          ...(grant === 'refresh_token' && { [at('refresh_token_name', 'refresh_token')]: refresh }),
        }
        return {
          ...nothing,
          headers,
          form: { ...mapped(definition['refresh_request_body'], config), ...standard },
        }
      },
    },
  }
}
