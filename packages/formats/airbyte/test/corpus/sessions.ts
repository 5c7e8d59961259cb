import { isObject, type JsonObject } from '@latchkey/core/definition'
import { listOf, mapped, nested, nothing, placed, text, type Config, type Oracle } from './expected.ts'
import { read } from './reading.ts'

/** A session token: a login of its own, and one of two uses of what it gives. */
export function sessionOracle(
  definition: JsonObject,
  config: Config,
  oracleOf: (definition: JsonObject, config: Config) => Oracle | undefined,
): Oracle {
  const use = isObject(definition['request_authentication']) ? definition['request_authentication'] : {}
  const login = isObject(definition['login_requester']) ? definition['login_requester'] : {}
  const body = isObject(login['request_body']) ? login['request_body'] : {}
  const bodyValue = isObject(body['value']) ? body['value'] : undefined
  const json = login['request_body_json'] ?? (/Json/.test(text(body['type'])) ? bodyValue : undefined)
  const form = login['request_body_data'] ?? (/Json/.test(text(body['type'])) ? undefined : bodyValue)
  const inner = isObject(login['authenticator']) ? oracleOf(login['authenticator'], config) : undefined
  const own = inner?.api('') ?? nothing
  const base = read(text(login['url_base'] ?? login['url']), config).replace(/\/+$/, '')
  const path = read(text(login['path']), config).replace(/^\/+/, '')
  return {
    api(token) {
      if (use['type'] === 'Bearer') return { ...nothing, headers: { authorization: `Bearer ${token}` } }
      const template = text(use['api_token'] ?? '{{ session_token }}')
      return placed(
        isObject(use['inject_into']) ? use['inject_into'] : {},
        read(template, config, { session_token: token }),
        config,
      )
    },
    issuer: {
      method: text(login['http_method'] ?? 'GET'),
      url: path === '' ? base : `${base}/${path}`,
      ...(definition['expiration_duration'] !== undefined && {
        lifetime: lengthOf(text(definition['expiration_duration'])),
      }),
      request: () => ({
        headers: { ...lowered(mapped(login['request_headers'], config)), ...own.headers },
        query: { ...mapped(login['request_parameters'], config), ...own.query },
        form: { ...mapped(form, config), ...own.form },
        json: { ...mapped(json, config), ...own.json },
      }),
      answer: (token) => ({ body: nested(listOf(definition['session_token_path']), token) }),
    },
  }
}

/** A session that the user brought, else a login. */
export function legacyOracle(definition: JsonObject, config: Config, base: string): Oracle {
  const at = (name: string): string => read(text(definition[name]), config)
  const header = at('header').toLowerCase()
  return {
    stale: [header, at('session_token')],
    api: (token) => ({ ...nothing, headers: { [header]: token } }),
    issuer: {
      method: 'POST',
      url: `${base}/${at('login_url')}`,
      request: () => ({ ...nothing, json: { username: at('username'), password: at('password') } }),
      answer: (token) => ({ body: { [at('session_token_response_key')]: token } }),
    },
  }
}

const lowered = (map: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(map)
      .filter(([name]) => name.toLowerCase() !== 'content-type')
      .map(([name, value]) => [name.toLowerCase(), value]),
  )

/** Hours, minutes and seconds, days and weeks, or bare seconds. */
function lengthOf(text: string): number {
  const [, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] =
    /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/
      .exec(text)
      ?.map((part: string | undefined) => Number(part ?? 0)) ?? [0, 0, 0, 0, 0, Number(text)]
  return ((((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000
}
