import {
  unsupported,
  below,
  invalid,
  isObject,
  unknownMembers,
  type JsonObject,
} from '@latchkey/core/definition'
import { adapt } from '@latchkey/core/definition'
import { headerValue } from '@latchkey/core/http'
import type { AuthContext, AuthStrategy } from '@latchkey/core'
import type { LoginRequest } from '@latchkey/session'
import { parseTemplate, renderUrlTemplate, type Scope, type Template } from '../../template/index.ts'
import { componentIn } from '../text.ts'
import { checkTexts, rendered } from '../value.ts'
import type { Settings, StrategyOf, Where } from '../where.ts'
import { bodyOf, pairsOf } from './body.ts'
import { rulesOf } from './rules.ts'

const members = [
  'type',
  'name',
  'url',
  'url_base',
  'path',
  'http_method',
  'authenticator',
  'request_parameters',
  'request_headers',
  'request_body',
  'request_body_data',
  'request_body_json',
  'error_handler',
  'use_cache',
  '$parameters',
]

/** A request with the settings that its slots take. */
export interface Login {
  readonly request: LoginRequest
  readonly settings: Settings
}

type Make = (scope: Scope, c: AuthContext<Settings>) => Login

/** The requester of a login: its request under a configuration. @throws {AuthError} definition_invalid, unsupported */
export function loginOf(value: unknown, where: Where, at: string, strategyOf: StrategyOf): Make {
  const requester = componentIn(value, at, 'a login_requester')
  const { fields, warn } = where
  if (requester['type'] !== undefined && requester['type'] !== 'HttpRequester')
    throw unsupported(below(at, 'type'), 'a login is made by an HttpRequester only.')
  unknownMembers(requester, members, at).forEach(warn)
  const url = urlOf(requester, at)
  const method = methodOf(requester, at)
  const bodies = bodyOf(requester, at, fields)
  const hasBody = method !== 'GET' && method !== 'HEAD'
  if (bodies && !hasBody)
    warn({ path: at, message: `A ${method} request has no body, so the one that is given here is not sent.` })
  const query = mappingAt(requester, 'request_parameters', at)
  const heads = mappingAt(requester, 'request_headers', at)
  const rules = rulesOf(requester['error_handler'], below(at, 'error_handler'), warn)
  const auth = strategyOf(requester['authenticator'], { ...where, at: below(at, 'authenticator'), requester })
  return (scope, c) => {
    const escape = escaping()
    const full = new URL(renderUrlTemplate(url, scope, at))
    for (const [name, text] of query(scope, fields)) full.searchParams.append(name, text)
    const headers = Object.fromEntries(
      heads(scope, fields).map(([name, text]) => [name, escape.text(headerValue(text, name))]),
    )
    const body = hasBody ? bodies?.(scope) : undefined
    const isTyped = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')
    return {
      settings: escape.settings,
      request: {
        method,
        // A brace would be a slot.
        url: full.href.replace(/[{}]/g, encodeURIComponent),
        headers: { ...headers, ...(body && !isTyped && { 'content-type': body.type }) },
        ...(body && { text: escape.text(body.text) }),
        ...authOf(auth, c.settings),
        rules: rules(scope),
      },
    }
  }
}

/** Names in braces that are meant as they are become slots that hold them. */
function escaping(): { readonly settings: Record<string, string>; text(text: string): string } {
  const settings: Record<string, string> = {}
  return {
    settings,
    text: (text) =>
      text.replace(/\{[\w.-]+\}/g, (found) => {
        const name = `brace${Object.keys(settings).length}`
        settings[name] = found
        return `{${name}}`
      }),
  }
}

/** How the login itself is authenticated: under the settings of the form. */
function authOf(auth: AuthStrategy, settings: Settings): { readonly auth?: AuthStrategy } {
  let leaf = auth
  while (leaf.select) leaf = leaf.select(settings)
  return leaf.scheme === 'none'
    ? {}
    : { auth: adapt(leaf, { fields: {}, settingsOf: () => ({ ...settings }) }) }
}

function urlOf(requester: JsonObject, at: string): Template | readonly [Template, Template] {
  const { url, url_base: base, path } = requester
  const first = url ?? base
  if (typeof first !== 'string' || first === '')
    throw invalid(at, 'a requester has a url, or a url_base and a path.')
  const read = (text: string, name: string): Template => parseTemplate(text, below(at, name))
  const name = url === undefined || url === null ? 'url_base' : 'url'
  if (typeof path !== 'string' || path === '') return read(first, name)
  // A path that is a URL of its own stands alone, as it does at home.
  return /^\s*https?:\/\//i.test(path) ? read(path, 'path') : [read(first, name), read(path, 'path')]
}

function methodOf(requester: JsonObject, at: string): string {
  const method: unknown = requester['http_method'] ?? 'GET'
  if (typeof method === 'string' && /^[a-z]+$/i.test(method)) return method.toUpperCase()
  throw invalid(below(at, 'http_method'), 'this must be a method such as POST.')
}

function mappingAt(
  requester: JsonObject,
  name: string,
  at: string,
): (scope: Scope, fields: Where['fields']) => [string, string][] {
  const value: unknown = requester[name] ?? {}
  const path = below(at, name)
  if (!isObject(value)) throw invalid(path, 'this must be a mapping of names to values.')
  checkTexts(value, path)
  return (scope, fields) => pairsOf(rendered(value, scope, path, fields), path)
}
